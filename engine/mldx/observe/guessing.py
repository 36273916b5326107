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

# the distance of the limits of an activation, and the power of the distance that a loss takes
_WIDTHS = {"sigmoid": 1, "tanh": 2}
_POWERS = {"mse": 2, "mae": 1, "rmse": 1}


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


@observer(needs=("finite_train",))
def output_loss_pair(curves: Curves, train: Curve) -> Finding | None:
    """Whether the loss is where a last layer of limited reach, or a softmax behind a softmax, must
    leave it.
    """
    return _out_of_reach(curves, train) or _softmax_twice(curves, train)


def _out_of_reach(curves: Curves, train: Curve) -> Finding | None:
    """Targets between the limits of an activation cost at most the distance of the limits (its
    square for a squared error): a least loss above it lies with targets out of reach.
    """
    facts = curves.facts
    width = _WIDTHS.get(str(facts.get("output_activation")))
    power = _POWERS.get(str(facts.get("loss_fn")))
    if facts.get("task") not in ("regression", "forecasting") or width is None or power is None:
        return None
    least, most = float(train.y.min()), width**power
    if least <= most:
        return None
    figure = (
        f"the least loss is {least:.4g}; targets within reach of a {facts['output_activation']} "
        f"cost at most {most:g}"
    )
    return Finding("wrong_activation", figure, basis="counted")


def _softmax_twice(curves: Curves, train: Curve) -> Finding | None:
    """Whether the loss rests where a softmax behind a softmax must leave it, when nothing says what
    the last layer is.

    Probabilities of 0..1 read as logits: a sure right answer costs ln(e + C - 1) - 1 and not 0, a
    sure wrong one 1 more.
    """
    limit, classes = curves.limit, curves.facts.get("n_classes")
    accuracy, chance = curves.accuracy[0], curves.chance_loss
    if not classes or accuracy is None or chance is None:
        return None
    if curves.facts.get("output_activation") is not None:
        return None
    if min(len(train), len(accuracy)) < limit("output_loss_pair.least_points"):
        return None
    if accuracy.end < limit("output_loss_pair.skill") * (1 - 1 / classes) + 1 / classes:
        return None
    return _near_the_floor(curves, train, accuracy.end, classes)


def _near_the_floor(curves: Curves, train: Curve, accuracy: float, classes: int) -> Finding | None:
    floor = math.log(math.e + classes - 1) - 1
    expected = floor + 1 - accuracy
    near = curves.limit("output_loss_pair.near") * (math.log(classes) - floor)
    if abs(train.end - expected) >= near or not _rests_above(curves, train, floor):
        return None
    return Finding(
        "double_softmax",
        f"the loss rests at {train.end:.4g} with accuracy {percent(accuracy)}; a softmax twice "
        f"gives {expected:.4g}",
    )


def _rests_above(curves: Curves, train: Curve, floor: float) -> bool:
    tail = train.y[-max(3, len(train) // 4) :]
    still = float(np.ptp(tail)) < curves.limit("output_loss_pair.rest") * train.end
    return still and float(train.y.min()) > floor
