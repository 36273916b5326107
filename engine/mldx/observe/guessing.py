"""What the loss says beside that of guessing: where it starts, where it rests, and what a softmax
applied twice leaves.

A model that knows only the class shares has the entropy of the labels as its loss (`chance_loss`).
A first loss far above it, a plateau at it, or a floor that no training can pass each tell their own
story.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mldx.observe.curves import Curve, Curves, percent
from mldx.observe.training import Seen, Thresholds, flat, stays
from mldx.symptoms import Observation


def observations(curves: Curves, limit: Thresholds) -> Iterator[Observation]:
    """Every observation that the loss of guessing allows; none where it is not known."""
    if curves.chance_loss is None or curves.train is None or not len(curves.train):
        return
    seen = (
        at_prior(curves, curves.train, curves.chance_loss, limit),
        first_loss(curves, curves.train, curves.chance_loss, limit),
        twice_softmax(curves, curves.train, limit),
    )
    yield from (one for one in seen if one is not None)


def at_prior(curves: Curves, curve: Curve, chance: float, limit: Thresholds) -> Seen:
    """Whether a flat loss rests at the loss of guessing the class shares."""
    moved = flat(curves, limit)
    if moved is None or not moved.value:
        return None
    near = abs(curve.end - chance) < limit("train_loss_at_prior.distance") * chance
    return Observation(
        "train_loss_at_prior",
        near,
        f"the loss rests at {curve.end:.4g}; guessing gives {chance:.4g}",
    )


def first_loss(curves: Curves, curve: Curve, chance: float, limit: Thresholds) -> Seen:
    """First loss over the loss of guessing."""
    first = _first(curves, curve, chance, limit)
    if first is None or not math.isfinite(first) or first < 0:
        return None
    return Observation(
        "init_loss_ratio",
        min(first / chance, 1e6),
        f"first loss {first:.4g}, guessing gives {chance:.4g}",
    )


def _first(curves: Curves, curve: Curve, chance: float, limit: Thresholds) -> float | None:
    """The first loss of a step log; of an epoch log only where it never moved, or is too large for
    a first epoch.
    """
    if curves.steps is not None and len(curves.steps):
        early = curves.steps.x[0] <= limit("init_loss_ratio.first_step")
        return float(curves.steps.value[0]) if early else None
    still = len(curve) > 2 and stays(curve, limit)
    large = curve.x[0] <= 1 and curve.y[0] > limit("init_loss_ratio.first_epoch") * chance
    return float(curve.y[0]) if still or large else None


def twice_softmax(curves: Curves, curve: Curve, limit: Thresholds) -> Seen:
    """Whether the loss rests where a softmax behind a softmax must leave it, when nothing says what
    the last layer is.

    Probabilities of 0..1 read as logits: a sure right answer costs ln(e + C - 1) - 1 and not 0, a
    sure wrong one 1 more.
    """
    train, classes = curves.accuracy[0], curves.facts.get("n_classes")
    if (
        train is None
        or not classes
        or curve.first_bad is not None
        or min(len(curve), len(train)) < _ENOUGH
    ):
        return None
    skilled = train.end >= limit("output_loss_pair.skill") * (1 - 1 / classes) + 1 / classes
    if curves.facts.get("output_activation") is not None or not skilled:
        return None
    floor = math.log(math.e + classes - 1) - 1
    wanted = floor + 1 - train.end
    near = abs(curve.end - wanted) < limit("output_loss_pair.near") * (math.log(classes) - floor)
    if not near or not _rests_above(curve, floor, limit):
        return None
    figure = f"the loss rests at {curve.end:.4g} with accuracy {percent(train.end)}; a softmax twice gives {wanted:.4g}"
    return Observation("output_loss_pair", "double_softmax", figure)


_ENOUGH = 8


def _rests_above(curve: Curve, floor: float, limit: Thresholds) -> bool:
    tail = curve.y[-max(3, len(curve) // 4) :]
    return (
        float(np.ptp(tail)) < limit("output_loss_pair.rest") * curve.end
        and float(curve.y.min()) > floor
    )
