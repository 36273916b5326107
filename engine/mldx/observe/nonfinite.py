"""Losses that cannot be: NaN and infinities, negative ones, zeros from the first step on."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curve, Curves
from mldx.observe.findings import Finding, one_of
from mldx.observe.grading import all_of
from mldx.observe.register import MarkSpec, observer

_NEVER_NEGATIVE = (
    "cross_entropy",
    "mse",
    "mae",
    "rmse",
    "huber",
    "hinge",
    "log_cosh",
    "mape",
    "msle",
    "focal",
    "quantile",
)
_PLAIN_TASKS = ("binary", "multiclass", "multilabel", "regression", "forecasting")


@observer(
    needs=("train",),
    points=0,  # a loss that is NaN from its first point on has none that is finite
    basis="counted",
    mark=MarkSpec("train", "loss", "first NaN or infinity"),
)
def loss_nonfinite(curves: Curves, train: Curve) -> Finding:
    """When the loss became NaN or infinite: by point of the log, and by share of the planned
    run.
    """
    bad, limit = train.first_bad, curves.limit
    if bad is None:
        return Finding("never", f"{train.logged} finite values")
    planned = float(curves.facts.get("epochs_planned") or 0) if curves.steps is None else 0.0
    share = bad / max(train.logged, planned)
    by_epoch = curves.steps is None and bad < limit("loss_nonfinite.early_points")
    if by_epoch or share <= limit("loss_nonfinite.early"):
        when = "early"
    else:
        when = "late" if share >= limit("loss_nonfinite.late") else "mid"
    figure = f"first non-finite value at point {bad + 1} of {train.logged}"
    return Finding(when, figure, _place(curves, train, bad))


def _place(curves: Curves, train: Curve, index: int) -> float | None:
    """Where a point of the series as logged lies on the axis."""
    losses = curves.run.all("train", "loss")
    series = next((one for one in losses if one.name == train.name), None)
    return float(series.x[index]) if series is not None and index < len(series) else None


@observer(needs=("train",), points=0)
def nonfinite_onset(curves: Curves, train: Curve) -> Finding | None:
    """Whether a NaN was there from the first, came after a climb, or out of nothing."""
    if train.first_bad is None:
        return None
    if train.first_bad == 0:
        return Finding("from_first", "no finite value was logged", basis="counted")
    if len(train) < 2:
        return None
    last, least = float(train.y[-1]), float(train.y.min())
    high = curves.beyond(last / least, "nonfinite_onset.climb") if least > 0 else 1.0
    climbed = all_of(high, curves.clear(last - least, train))
    figure = f"the last finite loss is {last:.4g}, the least was {least:.4g}"
    return one_of({"after_climb": climbed, "sudden": 1 - climbed}, figure)


@observer(needs=("train",), basis="counted")
def loss_negative(curves: Curves, train: Curve) -> Finding | None:
    """Whether a loss that cannot be negative is; a loss of unknown kind may be, unless the task is
    a plain one.
    """
    least = float(train.y.min())
    if least >= curves.limit("loss_negative.least"):
        return Finding(False, f"least loss {least:.4g}")
    loss = str(curves.facts.get("loss_fn") or "")
    bounded = any(kind in loss for kind in _NEVER_NEGATIVE)
    plain = not loss and curves.facts.get("task") in _PLAIN_TASKS
    return Finding(True, f"least loss {least:.4g}") if bounded or plain else None


@observer(needs=(), basis="counted")
def loss_zero_at_start(curves: Curves) -> Finding | None:
    """Whether the first logged losses are all zero."""
    finest = curves.steps.value if curves.steps is not None else None
    if finest is None and curves.train is not None:
        finest = curves.train.y
    if finest is None or len(finest) < 3:
        return None
    first = finest[:3]
    zero = bool((np.abs(first) < curves.limit("loss_zero_at_start.least")).all())
    return Finding(zero, f"the first losses are {', '.join(f'{value:.4g}' for value in first)}")
