"""Where a training loss is going: up, back and forth, down at once, or still down at the end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from mldx.observe.curves import Curve, Curves, least_near, median, percent, slope
from mldx.observe.findings import Finding, yes_or_no
from mldx.observe.grading import all_of, any_of, beyond, enough
from mldx.observe.register import MarkSpec, observer
from mldx.readers.run import Array

_HALF = 0.5


@observer(
    needs=("finite_train",),
    points="train_loss_rising.least_points",
    mark=MarkSpec("train", "loss", "least loss"),
)
def train_loss_rising(curves: Curves, train: Curve) -> Finding:
    """Whether the loss ends above where it began, or clearly above its lowest point and
    climbing.
    """
    limit = curves.limit
    least = float(train.smooth.min())
    up, factor = train.end - least, limit("train_loss_rising.factor") - 1
    softness = limit("noise.softness")
    clear = all_of(
        beyond(up, factor * abs(least), softness * factor * abs(least) + 2 * train.end_error),
        curves.clear(up, train),
    )
    rise, start = train.end - train.start, abs(train.start) or 1.0
    above = all_of(
        curves.beyond(rise / start, "train_loss_rising.above_start", train.end_error / start),
        curves.clear(rise, train),
    )
    higher = beyond(rise / start, 0.0, softness * limit("train_loss_rising.above_start"))
    yes = any_of(above, all_of(clear, any_of(higher, _climbing(train))))
    at = float(train.x[least_near(train, int(np.argmin(train.smooth)))]) if yes >= _HALF else None
    return yes_or_no(yes, f"least {least:.4g}, at the end {train.end:.4g}", at)


def _climbing(curve: Curve) -> float:
    """Do the last three windows of eight each lie clearly above the one before?"""
    if len(curve) < 8:
        return 0.0
    means = [float(part.mean()) for part in np.array_split(curve.smooth, 8)[-4:]]
    noise = curve.noise
    return min(beyond(after - before, noise, noise / 2) for before, after in pairwise(means))


@observer(needs=("finite_train",), points="loss_oscillation.least_points")
def loss_oscillation(curves: Curves, train: Curve) -> Finding:
    """Whether the curve swings by a good part of its level and of its whole range, again and
    again.
    """
    y = train.y[1:]
    swings, turns = _swings(y, curves), max(len(y) - 2, 1)
    share = curves.limit("loss_oscillation.share")
    # one reversal more or less is chance
    yes = beyond(swings / turns, share, share / 4 + 0.5 / turns)
    whole = int(curves.limit("loss_oscillation.enough_points"))
    settled = enough(len(train), int(curves.limit("loss_oscillation.least_points")), whole)
    return yes_or_no(yes, f"{swings:.0f} wide reversals in {len(y)} points", settled=settled)


def _swings(y: Array, curves: Curves) -> float:
    """Count the reversals with both sides wider than the limits, those close to them in part."""
    of_range = curves.limit("loss_oscillation.of_range") * float(np.ptp(y))
    of_level = curves.limit("loss_oscillation.of_level") * abs(float(median(y)))
    wide = max(of_range, of_level)
    if wide <= 0:
        return 0.0
    moves = np.diff(y)
    turned = moves[:-1] * moves[1:] < 0
    less = np.minimum(np.abs(moves[:-1]), np.abs(moves[1:]))
    width = curves.limit("noise.softness") * wide
    return float((turned * np.clip(0.5 + (less - wide) / (2 * width), 0, 1)).sum())


@observer(needs=("train",), points=3)
def loss_instant_drop(curves: Curves, train: Curve) -> Finding | None:
    """Whether accuracy, or the loss where there is none, is almost perfect after the first epoch of
    several.
    """
    if curves.steps is not None or train.x[0] > 1:
        return None
    limit, chance, accuracy = curves.limit, curves.chance_loss, curves.accuracy[0]
    first, figure = float(train.y[0]), f"loss {train.y[0]:.4g} after the first epoch"
    if accuracy is not None and len(accuracy):
        almost = limit("loss_instant_drop.accuracy")
        perfect = beyond(float(accuracy.y[0]), almost, (1 - almost) / 2)
        return yes_or_no(perfect, figure) if chance or perfect else None
    if not chance:
        return None
    return yes_or_no(curves.within(first / chance, "loss_instant_drop.share"), figure)


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
    # all of the losses have to be falling, so the one that falls least decides
    yes, least, name = min(gains, key=lambda gain: gain[:2])
    figure = f"another fifth of the run would lower the {name} by {percent(least)}"
    return yes_or_no(yes, figure)


def _gain_ahead(curve: Curve, curves: Curves) -> tuple[float, float, str]:
    """Return how surely another fifth of the run would lower a loss, by what share of its level,
    and the name of the loss; nothing when it has come to rest.

    A fall that slows down is carried on as it slows: each fifth falls by the same share of the one
    before it. What that would still bring must count beside all that the run has brought, too, or
    every converged curve would be promised more.
    """
    limit = curves.limit
    tail = curve.y[-max(3, len(curve) // 5) :]
    if not curve.end:
        return 0.0, 0.0, curve.name
    ahead, level = _next_fall(curve), abs(curve.end)
    fallen = (curve.start - float(curve.y.min())) or level
    clear = limit("loss_still_falling_at_end.clear_slope")
    yes = all_of(
        beyond(-slope(tail)[1], clear, clear / 2),
        curves.beyond(ahead / fallen, "loss_still_falling_at_end.of_fall"),
        curves.beyond(ahead / level, "loss_still_falling_at_end.gain", curve.end_error / level),
    )
    return yes, ahead / level if yes else 0.0, curve.name


def _next_fall(curve: Curve) -> float:
    """Return the fall of another fifth, from those of the last two fifths."""
    width = max(1, len(curve) // 5)
    levels = [float(curve.y[-width * k : len(curve) - width * (k - 1)].mean()) for k in (3, 2, 1)]
    before, last = levels[0] - levels[1], levels[1] - levels[2]
    if last <= 0:
        return 0.0
    return last * min(last / before, 1.0) if before > 0 else last
