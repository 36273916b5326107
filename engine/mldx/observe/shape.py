"""The coarse shape of the training loss: the worst of what the finer observers saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldx.observe.curves import Curve, Curves, slope
from mldx.observe.plateau import already_low, fall
from mldx.observe.register import Finding, observer

# the worst first
_SHAPES = (
    ("loss_oscillation", "oscillating"),
    ("train_loss_flat", "flat"),
    ("train_loss_slow", "slow"),
)


@observer(needs=("train", "seen"), points=0)
def loss_shape(curves: Curves, train: Curve, seen: Mapping[str, Any]) -> Finding | None:
    """The shape in one word, where the curve is long enough to be called flat or not."""
    if seen.get("loss_nonfinite") != "never":
        return Finding("nonfinite", _figure(train), basis="counted")
    shape = _shape(curves, train, seen) if "train_loss_flat" in seen else None
    return None if shape is None else Finding(shape, _figure(train))


def _shape(curves: Curves, train: Curve, seen: Mapping[str, Any]) -> str | None:
    limit = curves.limit
    if seen.get("train_loss_rising"):
        far = train.end > limit("loss_shape.diverging") * abs(train.start)
        return "diverging" if far else "rising"
    for id, shape in _SHAPES:
        if seen.get(id):
            return shape
    return _falling_shape(curves, train) if len(train) >= 3 else None


def _falling_shape(curves: Curves, train: Curve) -> str | None:
    limit = curves.limit
    if fall(train) < limit("loss_shape.least_fall") and not already_low(curves, train):
        return None
    if len(train) >= limit("loss_shape.least_points") and _flat_tail(curves, train):
        return "falls_then_flat"
    return "falling" if fall(train) > 0 else None


def _flat_tail(curves: Curves, train: Curve) -> bool:
    """Has the second half no trend, though the first fell?"""
    tail = train.y[len(train) // 2 :]
    rests = abs(slope(tail)[1]) < curves.limit("loss_shape.flat_slope")
    return rests and curves.clear(train.start - train.end, train)


def _figure(train: Curve) -> str:
    if not len(train):
        return "no finite value"
    return f"{train.start:.4g} at the start, {train.end:.4g} at the end, over {train.logged} points"
