"""The loss beside that of guessing: where it starts, where it rests, and what a softmax applied
twice leaves.

A model that knows only the class shares has the entropy of the labels as its loss (`chance_loss`).
A first loss far above it, a plateau at it, or a floor that no training can pass each have their own
cause.
"""

from __future__ import annotations

import math

import numpy as np

from mldx.observe.curves import Curve, Curves, percent
from mldx.observe.plateau import stays
from mldx.observe.register import Finding, observer

# the range of `init_loss_ratio` ends here
_MOST = 1e6


@observer(needs=("train", "chance_loss", "seen"))
def train_loss_at_prior(
    curves: Curves, train: Curve, chance: float, seen: dict[str, object]
) -> Finding | None:
    """Whether a flat loss rests at the loss of guessing the class shares."""
    if not seen.get("train_loss_flat"):
        return None
    near = abs(train.end - chance) < curves.limit("train_loss_at_prior.distance") * chance
    return Finding(near, f"the loss rests at {train.end:.4g}; guessing gives {chance:.4g}")


@observer(needs=("train", "chance_loss"), basis="counted")
def init_loss_ratio(curves: Curves, train: Curve, chance: float) -> Finding | None:
    """First loss over the loss of guessing."""
    first = _first(curves, train, chance)
    if first is None or not math.isfinite(first) or first < 0 or chance <= 0:
        return None  # one class leaves nothing to guess, and its loss is 0
    return Finding(
        min(first / chance, _MOST), f"first loss {first:.4g}, guessing gives {chance:.4g}"
    )


def _first(curves: Curves, train: Curve, chance: float) -> float | None:
    """The first loss of a step log; of an epoch log only where it never moved, or is too large for
    a first epoch.
    """
    if curves.steps is not None and len(curves.steps):
        early = curves.steps.x[0] <= curves.limit("init_loss_ratio.first_step")
        return float(curves.steps.value[0]) if early else None
    still = len(train) > 2 and stays(train, curves)
    large = train.x[0] <= 1 and train.y[0] > curves.limit("init_loss_ratio.first_epoch") * chance
    return float(train.y[0]) if still or large else None


@observer(
    needs=("finite_train", "train_accuracy", "chance_loss"),
    points="output_loss_pair.least_points",
)
def output_loss_pair(
    curves: Curves, train: Curve, accuracy: Curve, chance: float
) -> Finding | None:
    """Whether the loss rests where a softmax behind a softmax must leave it, when nothing says what
    the last layer is.

    Probabilities of 0..1 read as logits: a sure right answer costs ln(e + C - 1) - 1 and not 0, a
    sure wrong one 1 more.
    """
    limit, classes = curves.limit, curves.facts.get("n_classes")
    if not classes or curves.facts.get("output_activation") is not None:
        return None
    if accuracy.end < limit("output_loss_pair.skill") * (1 - 1 / classes) + 1 / classes:
        return None
    floor = math.log(math.e + classes - 1) - 1
    expected = floor + 1 - accuracy.end
    near = limit("output_loss_pair.near") * (math.log(classes) - floor)
    if abs(train.end - expected) >= near or not _rests_above(curves, train, floor):
        return None
    return Finding(
        "double_softmax",
        f"the loss rests at {train.end:.4g} with accuracy {percent(accuracy.end)}; a softmax twice "
        f"gives {expected:.4g}",
    )


def _rests_above(curves: Curves, train: Curve, floor: float) -> bool:
    tail = train.y[-max(3, len(train) // 4) :]
    still = float(np.ptp(tail)) < curves.limit("output_loss_pair.rest") * train.end
    return still and float(train.y.min()) > floor
