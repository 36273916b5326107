"""What the curves of a detector show."""

from __future__ import annotations

from mldx.observe.curves import Curve, Curves, percent
from mldx.observe.findings import Finding, yes_or_no
from mldx.observe.grading import all_of
from mldx.observe.register import observer

_SCORES = ("map50", "map50_95", "map")


@observer(needs=("train",))
def map_zero_loss_falling(curves: Curves, train: Curve) -> Finding | None:
    """Whether a detector's loss falls while its mAP stays at 0."""
    limit = curves.limit
    logged = [curves.metrics[name] for name in _SCORES if name in curves.metrics]
    val = logged[0][1] if logged else None
    if val is None or len(val) < limit("map_zero_loss_falling.least_points"):
        return None
    best = float(val.y.max())
    fell = (train.start - train.end) / (abs(train.start) or 1.0)
    yes = all_of(
        curves.within(best, "map_zero_loss_falling.score"),
        curves.beyond(
            fell, "map_zero_loss_falling.fall", train.end_error / (abs(train.start) or 1)
        ),
    )
    return yes_or_no(yes, f"best mAP {best:.4g}; train loss {percent(fell)} lower")
