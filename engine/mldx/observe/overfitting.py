"""Training against validation: how far they are apart, and where validation turns.

Accuracy, where there is one, decides how wide a gap is: a tiny training loss makes any ratio of
losses large. Validation that rises while training falls is overfitting and never called divergence.
"""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curve, Curves, least_near, median, nearest_earlier, percent
from mldx.observe.register import Finding, MarkSpec, observer
from mldx.readers.names import direction


@observer(needs=(), basis="counted")
def generalization_gap(curves: Curves) -> Finding | None:
    """How much better training is at the end: in accuracy where there is one, else in loss."""
    if not mature(curves):
        return None
    loss = _loss_gap(curves)
    train, val = curves.accuracy
    if train is None or val is None or not len(train) or not len(val):
        return None if loss is None else Finding(loss[0], f"val loss {loss[1]}")
    gap = _gap_of_points(train.end - val.end, train.end, curves)
    figure = f"accuracy {percent(train.end)} in training, {percent(val.end)} in validation"
    return Finding(gap, figure if loss is None else f"{figure}; val loss {loss[1]}")


def mature(curves: Curves) -> bool:
    """Three epochs or more: by count of points, or by the epoch a short log stands at."""
    curve = curves.val or curves.accuracy[1]
    if curve is None or not len(curve):
        return False
    least = curves.limit("generalization_gap.least_epochs")
    far = curve.axis == "epoch" and float(curve.x[-1]) >= least
    return len(curve) >= least or far


def on_another_scale(train: Curve, val: Curve, curves: Curves) -> bool:
    """Is one loss a multiple of the other from the first to the last evaluation, while both fall?

    Then one of them is a sum where the other is a mean, or counts a penalty, and which is larger
    says nothing.
    """
    limit = curves.limit
    if len(val) < limit("loss_scales.least_points"):
        return False
    matched = nearest_earlier(train, val.x)
    if (matched <= 0).any() or (val.y <= 0).any():
        return False
    logs = np.log(val.y / matched)
    apart = abs(float(median(logs))) > np.log(limit("loss_scales.apart"))
    steady = float(np.ptp(np.array([logs[0], float(median(logs)), logs[-1]]))) < np.log(
        limit("loss_scales.steady")
    )
    fell = min(1 - val.end / val.start, 1 - train.end / train.start) > limit("loss_scales.fell")
    return bool(apart and steady and fell)


def _loss_gap(curves: Curves) -> tuple[float, str] | None:
    """The gap in loss as a share of the training loss, and its figure.

    A small training loss makes any share large. Then the gap is no wider than what it takes back of
    the loss that training began with.
    """
    if curves.train is None or curves.val is None or not len(curves.train) or not len(curves.val):
        return None
    train, val = curves.train.end, curves.val.end
    if train <= 0 or on_another_scale(curves.train, curves.val, curves):
        return None
    gap = min(max((val - train) / train, -1.0), 1e9)
    start = curves.train.start
    if gap > 0 and train < curves.limit("generalization_gap.small") * start:
        gap = min(gap, _gap_of_start((val - train) / start, curves))
    return gap, f"{val:.4g} against {train:.4g}"


def _gap_of_start(share: float, curves: Curves) -> float:
    """Return a gap in loss as a share of the first training loss as the gap that is called the
    same.
    """
    limit = curves.limit
    known = [0.0, limit("generalization_gap.start_mild"), limit("generalization_gap.start")]
    known.append(limit("generalization_gap.start_strong"))
    return float(np.interp(share, [*known, 2 * known[-1]], _GAPS))


def _gap_of_points(points: float, train: float, curves: Curves) -> float:
    """Return a gap in accuracy as the gap in loss that is called the same; near the top less of it
    is much.

    points  accuracy in training less that in validation
    """
    limit = curves.limit
    high = train > limit("generalization_gap.high_accuracy")
    clear = limit("generalization_gap.points_high" if high else "generalization_gap.points")
    known = [0.0, limit("generalization_gap.points_mild"), clear]
    known += [limit("generalization_gap.points_strong"), 1.0]
    return float(np.interp(points, known, _GAPS)) if points > 0 else max(points, -1.0)


# the gaps in loss that stand for those on another scale: none, mild, moderate and strong begin here
_GAPS = (0.0, 0.1, 0.5, 2.0, 10.0)


@observer(
    needs=("train", "val"),
    points={"train": 1, "val": 3},
    mark=MarkSpec("val", "loss", "validation turns up"),
)
def val_loss_turns_up(curves: Curves, train: Curve, val: Curve) -> Finding:
    """Where validation loss has its least value before it rises while training falls on."""
    turn = _turn(curves, train, val)
    if turn is None:
        return Finding("none", f"least {val.smooth.min():.4g}, at the end {val.end:.4g}")
    turn = least_near(val, turn)
    figure = (
        f"val loss {float(val.y[turn]):.4g} at {val.axis} {val.x[turn]:g}, "
        f"{float(val.smooth[-1]):.4g} at the end while train loss fell"
    )
    return Finding((turn + 1) / len(val), figure, float(val.x[turn]))


def _turn(curves: Curves, train: Curve, val: Curve) -> int | None:
    """Return the index of the turning point, or None when there is none."""
    limit = curves.limit
    turn = int(np.argmin(val.smooth))
    after = val.y[turn + 1 :]
    short = len(val) <= limit("val_loss_turns_up.short_run")
    patience = "val_loss_turns_up.patience_short" if short else "val_loss_turns_up.patience"
    if len(after) < limit(patience):
        return None
    low = float(val.smooth[turn])
    rise = float(median(after[-3:])) - low
    if rise <= limit("val_loss_turns_up.rise") * abs(low) or not curves.clear(rise, val):
        return None
    at_turn, at_end = nearest_earlier(train, val.x[[turn, -1]])
    return turn if at_end < (1 - limit("val_loss_turns_up.fall")) * at_turn else None


@observer(needs=("val", "val_score"), points=3)
def val_loss_up_acc_up(curves: Curves, val: Curve, score: Curve) -> Finding:
    """Whether the validation score holds or rises while validation loss climbs from its least
    value.
    """
    limit, name = curves.limit, curves.score_name
    low = int(np.argmin(val.smooth))
    least = float(val.smooth[low])
    rise = (val.end - least) / (abs(least) or 1.0)
    before, after = nearest_earlier(score, val.x[[low]])[0], score.end
    gained = direction(name) * (after - before)
    rose = rise > limit("val_loss_up_acc_up.rise")
    late = len(val) - low > limit("val_loss_up_acc_up.patience")
    # a score that falls by more than it jitters does not hold, however little that is
    allowed = min(limit("val_loss_up_acc_up.loss_of_score"), score.noise)
    found = rose and late and gained >= -allowed
    figure = f"val loss {percent(rise)} above its least, {name} {before:.4g} to {after:.4g}"
    return Finding(bool(found), figure)


@observer(needs=(), basis="counted")
def val_better_than_train(curves: Curves) -> Finding | None:
    """How much better validation is than training, in accuracy where there is one, else in loss."""
    if not mature(curves):
        return None
    train, val = curves.accuracy
    if train and val:
        figure = f"accuracy {percent(val.end)} in validation, {percent(train.end)} in training"
        return Finding(min(max(val.end - train.end, 0.0), 1.0), figure)
    loss, val_loss = curves.train, curves.val
    if not loss or not val_loss or loss.end <= 0 or on_another_scale(loss, val_loss, curves):
        return None
    figure = f"val loss {val_loss.end:.4g}, train loss {loss.end:.4g}"
    return Finding(min(max(_loss_lead(loss, val_loss), 0.0), 1.0), figure)


def _loss_lead(train: Curve, val: Curve) -> float:
    """A loss lead counts only where it held for the last three points."""
    matched = nearest_earlier(train, val.x)
    last = 1 - val.y[-3:] / np.where(matched[-3:] > 0, matched[-3:], np.inf)
    return float(min(last.min(), 1 - val.end / train.end))
