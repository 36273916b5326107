"""Training against validation: how far they are apart, and where validation turns.

Accuracy, where there is one, decides how wide a gap is: a tiny training loss makes any ratio of
losses large. Validation that rises while training falls is overfitting and never called divergence.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mldx.observe.curves import Curve, Curves, least_near, median, nearest_earlier, percent
from mldx.observe.findings import Finding, about, one_of, yes_or_no
from mldx.observe.grading import all_of, beyond, within
from mldx.observe.register import MarkSpec, observer
from mldx.readers.names import direction

_HALF = 0.5
_QUANTILES = (0.0, 0.5, 1.0)


@observer(needs=(), basis="counted")
def generalization_gap(curves: Curves) -> Finding | None:
    """How much better training is at the end: in accuracy where there is one, else in loss."""
    if not mature(curves):
        return None
    loss = _loss_gap(curves)
    train, val = curves.accuracy
    if train is None or val is None or not len(train) or not len(val):
        if loss is None:
            return None
        gap, figure, error, settled = loss
        return about(gap, error, f"val loss {figure}", span=_RANGE, settled=settled)
    points = train.end - val.end
    gap = _gap_of_points(points, train.end, curves)
    error = math.hypot(train.end_error, val.end_error)
    width = abs(_gap_of_points(points + error, train.end, curves) - gap)
    figure = f"accuracy {percent(train.end)} in training, {percent(val.end)} in validation"
    told = figure if loss is None else f"{figure}; val loss {loss[1]}"
    return about(gap, width, told, span=_RANGE)


def mature(curves: Curves) -> bool:
    """Three epochs or more: by count of points, or by the epoch a short log stands at."""
    curve = curves.val or curves.accuracy[1]
    if curve is None or not len(curve):
        return False
    least = curves.limit("generalization_gap.least_epochs")
    far = curve.axis == "epoch" and float(curve.x[-1]) >= least
    return len(curve) >= least or far


def on_another_scale(train: Curve, val: Curve, curves: Curves) -> float:
    """Is one loss a multiple of the other from the first to the last evaluation, while both fall?

    Then one of them is a sum where the other is a mean, or counts a penalty, and which is larger
    says nothing.
    """
    limit = curves.limit
    if len(val) < limit("loss_scales.least_points"):
        return 0.0
    matched = nearest_earlier(train, val.x)
    if min(matched.min(), val.y.min(), train.start, val.start) <= 0:
        return 0.0
    logs = np.log(val.y / matched)
    middle = float(median(logs))
    apart, steady = math.log(limit("loss_scales.apart")), math.log(limit("loss_scales.steady"))
    softness = limit("noise.softness")
    jitter = math.hypot(train.noise / abs(train.end or 1.0), val.noise / abs(val.end or 1.0))
    return all_of(
        beyond(abs(middle), apart, softness * apart),
        within(float(np.ptp(np.array([logs[0], middle, logs[-1]]))), steady, jitter + apart / 8),
        curves.beyond(
            min(1 - val.end / val.start, 1 - train.end / train.start), "loss_scales.fell"
        ),
    )


def _loss_gap(curves: Curves) -> tuple[float, str, float, float] | None:
    """The gap in loss as a share of the training loss, its figure, its standard error, and how far
    it is settled.

    A small training loss makes any share large. Then the gap is no wider than what it takes back of
    the loss that training began with.
    """
    if curves.train is None or curves.val is None or not len(curves.train) or not len(curves.val):
        return None
    train, val = curves.train.end, curves.val.end
    settled = 1 - on_another_scale(curves.train, curves.val, curves)
    if train <= 0 or not settled:
        return None
    start = curves.train.start
    gap = _gap_of_losses(train, val, start, curves)
    error = math.hypot(curves.train.end_error, curves.val.end_error)
    width = abs(_gap_of_losses(train, val + error, start, curves) - gap)
    return gap, f"{val:.4g} against {train:.4g}", width, settled


def _gap_of_losses(train: float, val: float, start: float, curves: Curves) -> float:
    gap = min(max((val - train) / train, -1.0), 1e9)
    small = curves.within(train / start, "generalization_gap.small") if start > 0 else 0.0
    if gap <= 0 or not small:
        return gap
    taken = min(gap, _gap_of_start((val - train) / start, curves))
    return small * taken + (1 - small) * gap


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
    top = limit("generalization_gap.high_accuracy")
    high = beyond(train, top, (1 - top) / 2)
    clear = high * limit("generalization_gap.points_high")
    clear += (1 - high) * limit("generalization_gap.points")
    known = [0.0, limit("generalization_gap.points_mild"), clear]
    known += [limit("generalization_gap.points_strong"), 1.0]
    return float(np.interp(points, known, _GAPS)) if points > 0 else max(points, -1.0)


# the gaps in loss that stand for those on another scale: none, mild, moderate and strong begin here
_GAPS = (0.0, 0.1, 0.5, 2.0, 10.0)
_RANGE = (-1.0, 1e9)


@observer(
    needs=("train", "val"),
    points={"train": 1, "val": 3},
    mark=MarkSpec("val", "loss", "validation turns up"),
)
def val_loss_turns_up(curves: Curves, train: Curve, val: Curve) -> Finding:
    """Where validation loss has its least value before it rises while training falls on."""
    turn = least_near(val, int(np.argmin(val.smooth)))
    yes = _turns(curves, train, val)
    figure = (
        f"val loss {float(val.y[turn]):.4g} at {val.axis} {val.x[turn]:g}, "
        f"{float(val.smooth[-1]):.4g} at the end while train loss fell"
    )
    rests = f"least {val.smooth.min():.4g}, at the end {val.end:.4g}"
    at = float(val.x[turn]) if yes >= _HALF else None
    shares = {place: yes * share for place, share in _places(val).items()}
    value = (turn + 1) / len(val) if yes >= _HALF else "none"
    found = one_of({**shares, "none": 1 - yes}, figure if yes >= _HALF else rests, at)
    return replace(found, value=value)


def _places(val: Curve) -> dict[float, float]:
    """Return where the least value may lie, as shares of the run, each with its share: within the
    jitter of the least value each place is as good as any.
    """
    near = val.smooth <= float(val.smooth.min()) + val.noise
    found = (np.flatnonzero(near) + 1) / len(val)
    if len(found) <= len(_QUANTILES):
        return {float(place): 1 / len(found) for place in found}
    picked = np.quantile(found, _QUANTILES)
    return {float(place): 1 / len(picked) for place in dict.fromkeys(picked)}


def _turns(curves: Curves, train: Curve, val: Curve) -> float:
    """Return how surely the validation loss rises from its least value while training falls on."""
    limit = curves.limit
    turn = int(np.argmin(val.smooth))
    after = val.y[turn + 1 :]
    if not len(after):
        return 0.0
    short = len(val) <= limit("val_loss_turns_up.short_run")
    patience = limit("val_loss_turns_up.patience_short" if short else "val_loss_turns_up.patience")
    low = float(val.smooth[turn])
    rise = float(median(after[-3:])) - low
    at_turn, at_end = nearest_earlier(train, val.x[[turn, -1]])
    fell = 1 - at_end / at_turn if at_turn > 0 else 0.0
    error = val.noise / (abs(low) or 1.0)
    return all_of(
        beyond(len(after), patience - 0.5, 1.0),
        curves.beyond(rise / (abs(low) or 1.0), "val_loss_turns_up.rise", error / 2),
        curves.clear(rise, val),
        curves.beyond(fell, "val_loss_turns_up.fall", train.noise / (abs(at_turn) or 1.0)),
    )


@observer(needs=("val", "val_score"), points=3)
def val_loss_up_acc_up(curves: Curves, val: Curve, score: Curve) -> Finding:
    """Whether the validation score holds or rises while validation loss climbs from its least
    value.
    """
    limit, name = curves.limit, curves.score_name
    low = int(np.argmin(val.smooth))
    least = float(val.smooth[low])
    level = abs(least) or 1.0
    rise = (val.end - least) / level
    before, after = nearest_earlier(score, val.x[[low]])[0], score.end
    gained = direction(name) * (after - before)
    patience = limit("val_loss_up_acc_up.patience")
    # a score that falls by more than it jitters does not hold, however little that is
    allowed = min(limit("val_loss_up_acc_up.loss_of_score"), score.noise)
    yes = all_of(
        curves.beyond(rise, "val_loss_up_acc_up.rise", val.end_error / level),
        beyond(len(val) - low, patience + 0.5, 1.0),
        beyond(gained, -allowed, score.noise),
    )
    figure = f"val loss {percent(rise)} above its least, {name} {before:.4g} to {after:.4g}"
    return yes_or_no(yes, figure)


@observer(needs=(), basis="counted")
def val_better_than_train(curves: Curves) -> Finding | None:
    """How much better validation is than training, in accuracy where there is one, else in loss."""
    if not mature(curves):
        return None
    train, val = curves.accuracy
    if train and val:
        figure = f"accuracy {percent(val.end)} in validation, {percent(train.end)} in training"
        error = math.hypot(train.end_error, val.end_error)
        return about(val.end - train.end, error, figure, span=(0.0, 1.0))
    loss, val_loss = curves.train, curves.val
    if not loss or not val_loss or loss.end <= 0:
        return None
    settled = 1 - on_another_scale(loss, val_loss, curves)
    if not settled:
        return None
    figure = f"val loss {val_loss.end:.4g}, train loss {loss.end:.4g}"
    error = math.hypot(loss.end_error, val_loss.end_error) / loss.end
    return about(_loss_lead(loss, val_loss), error, figure, span=(0.0, 1.0), settled=settled)


def _loss_lead(train: Curve, val: Curve) -> float:
    """A loss lead counts only where it held for the last three points."""
    matched = nearest_earlier(train, val.x)
    last = 1 - val.y[-3:] / np.where(matched[-3:] > 0, matched[-3:], np.inf)
    return float(min(last.min(), 1 - val.end / train.end))
