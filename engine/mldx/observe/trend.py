"""Where a training loss is going: up, back and forth, down at once, or still down at the end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mldx.observe.curves import Curve, Curves, least_near, median, percent, slope
from mldx.observe.register import Finding, MarkSpec, observer
from mldx.readers.run import Array


@observer(
    needs=("train",),
    points="train_loss_rising.least_points",
    mark=MarkSpec("train", "loss", "least loss"),
)
def train_loss_rising(curves: Curves, train: Curve) -> Finding:
    """Whether the loss ends above where it began, or clearly above its lowest point and
    climbing.
    """
    limit = curves.limit
    least = float(train.smooth.min())
    up = train.end - least
    clear = up > (limit("train_loss_rising.factor") - 1) * abs(least) and curves.clear(up, train)
    above_start = train.end - train.start
    above = above_start > limit("train_loss_rising.above_start") * abs(
        train.start
    ) and curves.clear(above_start, train)
    found = above or (clear and (train.end > train.start or _climbing(train)))
    at = float(train.x[least_near(train, int(np.argmin(train.smooth)))]) if found else None
    return Finding(bool(found), f"least {least:.4g}, at the end {train.end:.4g}", at)


def _climbing(curve: Curve) -> bool:
    """Do the last three windows of eight each lie clearly above the one before?"""
    if len(curve) < 8:
        return False
    means = [float(part.mean()) for part in np.array_split(curve.smooth, 8)[-4:]]
    return all(after > before + curve.noise for before, after in pairwise(means))


@observer(needs=("finite_train",), points="loss_oscillation.least_points")
def loss_oscillation(curves: Curves, train: Curve) -> Finding:
    """Whether the curve swings by a good part of its level and of its whole range, again and
    again.
    """
    y = train.y[1:]
    swings = _swings(y, curves)
    found = swings / max(len(y) - 2, 1) >= curves.limit("loss_oscillation.share")
    return Finding(bool(found), f"{swings} wide reversals in {len(y)} points")


def _swings(y: Array, curves: Curves) -> int:
    """Count the reversals with both sides wider than the limits."""
    of_range = curves.limit("loss_oscillation.of_range") * float(np.ptp(y))
    of_level = curves.limit("loss_oscillation.of_level") * abs(float(median(y)))
    wide = max(of_range, of_level)
    if wide <= 0:
        return 0
    moves = np.diff(y)
    turned = moves[:-1] * moves[1:] < 0
    both_wide = (np.abs(moves[:-1]) > wide) & (np.abs(moves[1:]) > wide)
    return int((turned & both_wide).sum())


@observer(needs=("train",), points=3)
def loss_instant_drop(curves: Curves, train: Curve) -> Finding | None:
    """Whether loss or accuracy is almost perfect after the first epoch of several."""
    if curves.steps is not None or train.x[0] > 1:
        return None
    limit, chance, accuracy = curves.limit, curves.chance_loss, curves.accuracy[0]
    first = float(train.y[0])
    perfect = (
        accuracy is not None
        and len(accuracy) > 0
        and float(accuracy.y[0]) > limit("loss_instant_drop.accuracy")
    )
    if chance is None and not perfect:
        return None
    tiny = chance is not None and first < limit("loss_instant_drop.share") * chance
    return Finding(tiny or perfect, f"loss {first:.4g} after the first epoch")


@observer(needs=())
def loss_still_falling_at_end(curves: Curves) -> Finding | None:
    """Whether another fifth of the run would lower the losses by more than a little."""
    there = [
        curve
        for curve in (curves.val, curves.train)
        if curve is not None and len(curve) >= 3 and curve.first_bad is None
    ]
    if not there:
        return None
    gains = [_gain_ahead(curve, curves) for curve in there]
    least = min(gains)  # all of the losses have to be falling, so the one that falls least decides
    name = there[gains.index(least)].name
    figure = f"another fifth of the run would lower the {name} by {percent(least)}"
    return Finding(least > curves.limit("loss_still_falling_at_end.gain"), figure)


def _gain_ahead(curve: Curve, curves: Curves) -> float:
    """Return by what share of its level another fifth of the run would lower a loss; 0 when it has
    come to rest.

    A fall that slows down is carried on as it slows: each fifth falls by the same share of the one
    before it. What that would still bring must count beside all that the run has brought, too, or
    every converged curve would be promised more.
    """
    limit = curves.limit
    tail = curve.y[-max(3, len(curve) // 5) :]
    _, t = slope(tail)
    if t > -limit("loss_still_falling_at_end.clear_slope") or not curve.end:
        return 0.0
    ahead = _next_fall(curve)
    fallen = curve.start - float(curve.y.min())
    if ahead < limit("loss_still_falling_at_end.of_fall") * fallen:
        return 0.0
    return ahead / abs(curve.end)


def _next_fall(curve: Curve) -> float:
    """Return the fall of another fifth, from those of the last two fifths."""
    width = max(1, len(curve) // 5)
    levels = [float(curve.y[-width * k : len(curve) - width * (k - 1)].mean()) for k in (3, 2, 1)]
    before, last = levels[0] - levels[1], levels[1] - levels[2]
    if last <= 0:
        return 0.0
    return last * min(last / before, 1.0) if before > 0 else last
