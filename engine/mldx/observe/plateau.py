"""A training loss that rests: flat, the same to the last digit, or falling too slowly to arrive."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curve, Curves, different, percent, slope
from mldx.observe.findings import Finding, one_of, yes_or_no
from mldx.observe.grading import all_of, any_of, beyond, enough, within
from mldx.observe.register import observer
from mldx.readers.run import Array

_FEW = 4  # points that say as much as their digits, and no more
_LEAST_SHOWN = 0.05  # the same number in all epochs says something in any log


@observer(needs=("train",), points="train_loss_flat.least_points")
def train_loss_flat(curves: Curves, train: Curve) -> Finding:
    """Whether the loss stayed where it started; one first drop is allowed when it rests at the loss
    of guessing.
    """
    figure = f"the loss went from {train.start:.4g} to {train.end:.4g}, {lower(fall(train))}"
    rest = train.after_first()
    at_once = all_of(stays(train, curves), 1 - already_low(curves, train))
    guessing = _only_guesses(curves, rest)
    later = 0.0
    if len(rest) >= curves.limit("train_loss_flat.least_points"):
        later = all_of(stays(rest, curves), _learned_nothing(curves, train, rest))
    yes = any_of(at_once, guessing, later)
    if float(np.ptp(train.y)) == 0 and at_once == 1:
        # one number in every epoch is flat by count, whoever looks at the picture
        return Finding(True, figure, basis="counted")
    if at_once < yes:
        figure = _said_later(curves, figure, rest) if guessing == yes else figure
        if later == yes > guessing:
            figure = f"after the first point the loss stays at {rest.end:.4g}"
    return yes_or_no(yes, figure)


def _said_later(curves: Curves, figure: str, rest: Curve) -> str:
    return f"{figure}, and never below guessing, {curves.chance_loss:.4g}"


def fall(curve: Curve) -> float:
    """Return the fall from start to end, as a share of the start."""
    return (curve.start - curve.end) / abs(curve.start) if curve.start else 0.0


def lower(share: float) -> str:
    """Say how far a loss fell, or rose."""
    return f"{percent(abs(share))} {'lower' if share >= 0 else 'higher'}"


def stays(curve: Curve, curves: Curves) -> float:
    """Return how surely it falls by less than the least fall from start to end, with no wider swing
    than a few times that between.
    """
    limit = curves.limit
    level = abs(curve.start) or 1.0
    noise = limit("train_loss_flat.noise") * curve.noise / level
    ordered = np.sort(curve.smooth)
    outside = len(ordered) // 20  # a few outliers at either end say nothing of the swing
    swing = float(ordered[-1 - outside] - ordered[outside]) / level
    least = limit("train_loss_flat.least_fall")
    softness = limit("noise.softness")
    fifth = max(1, len(curve) // 5)
    # one point at the start jitters; where the swing is small the levels of the ends decide
    fell = min(abs(fall(curve)), abs(float(curve.y[:fifth].mean()) - curve.end) / level)
    return all_of(
        curves.within(fell, "train_loss_flat.least_fall", curve.end_error / level),
        within(swing, max(least, noise), softness * max(least, noise)),
        curves.within(noise, "train_loss_flat.most_noise"),
        1 - _creeps(curve, curves),
    )


def _creeps(curve: Curve, curves: Curves) -> float:
    """A little lower with every point: that is slow, and not flat."""
    limit = curves.limit
    if len(curve) < 5:
        return 0.0
    steep = limit("train_loss_flat.creeping_slope")
    rest = curve.y[1:]
    half = len(rest) // 2
    first, last = float(rest[0] - rest[half]), float(rest[half] - rest[-1])
    if first <= 0:
        return 0.0
    return all_of(
        beyond(-slope(curve.y)[1], steep, steep / 2),
        curves.beyond(last / first, "train_loss_slow.steady"),
        curves.beyond(fall(curve), "train_loss_flat.creeping_fall"),
    )


def already_low(curves: Curves, train: Curve) -> float:
    """A curve that starts far below guessing had nothing left to fall, unless the accuracy beside
    it is poor: then the loss is on another scale.
    """
    chance, accuracy = curves.chance_loss, curves.accuracy[0]
    low = 0.0
    if chance is not None and chance > 0:
        low = curves.within(train.start / chance, "train_loss_flat.learned_share")
    if accuracy is None or not len(accuracy):
        return low
    learned = curves.limit("train_loss_flat.learned_accuracy")
    good = beyond(accuracy.end, learned, (1 - learned) / 2)
    fair = curves.beyond(accuracy.end, "train_loss_flat.poor_accuracy")
    return any_of(good, all_of(low, fair))


def _only_guesses(curves: Curves, rest: Curve) -> float:
    """Has the loss come down to that of guessing, or near it from above, and stayed there?"""
    chance, limit = curves.chance_loss, curves.limit
    if not chance or len(rest) < limit("train_loss_at_prior.least_points"):
        return 0.0
    tail = rest.y[len(rest) // 2 :]
    low, high = limit("train_loss_flat.prior_share"), limit("train_loss_flat.prior_above")
    jitter = rest.noise / chance
    return all_of(
        1 - _creeps(rest, curves),
        beyond(float(rest.smooth.min()) / chance, low - jitter, (1 - low) / 2),
        within(float(tail.max()) / chance, high + jitter, (high - 1) / 2),
    )


def _learned_nothing(curves: Curves, train: Curve, rest: Curve) -> float:
    """The plateau is at or above the loss of guessing, or no lower than the first point, or
    accuracy never moved.
    """
    chance, limit = curves.chance_loss, curves.limit
    if chance:
        low = limit("train_loss_flat.prior_share")
        return beyond(rest.end / chance, low, (1 - low) / 2)
    no_drop = limit("train_loss_flat.no_drop")
    first = float(train.y[0])
    still = beyond(rest.end / abs(first), no_drop, (1 - no_drop) / 2) if first > 0 else 0.0
    accuracy = curves.accuracy[0]
    if accuracy is None or len(accuracy) < 3:
        return still
    never_moved = all_of(
        curves.within(accuracy.end, "train_loss_flat.poor_accuracy"),
        curves.within(float(np.ptp(accuracy.y[1:])), "train_loss_flat.accuracy_gain"),
    )
    return any_of(still, never_moved)


@observer(needs=("finite_train",), points="train_loss_identical.least_points", basis="counted")
def train_loss_identical(curves: Curves, train: Curve) -> Finding:
    """Whether the loss is the very same number in every epoch after the first.

    A log of few digits shows one number where the loss moved by less than they show: the fewer,
    the less that says.
    """
    rest = train.y[1:]
    digits = curves.limit("train_loss_identical.digits")
    same = bool(np.ptp(rest) <= digits * abs(rest[0])) and abs(rest[0]) > 0
    shown = "train_loss_identical.coarse", "train_loss_identical.fine"
    settled = _shown(rest, curves, shown) if same else 1.0
    return yes_or_no(float(same), _values(different(rest), len(rest)), settled=settled)


def _shown(values: Array, curves: Curves, thresholds: tuple[str, str]) -> float:
    """Return how far the digits of a log settle that a value did not move; the more points it has,
    the more a small move would have shown.

    thresholds   the worth of the last digit, as a share of the value, from which that says hardly
                 anything, and from which it says all
    """
    level = float(np.abs(values).max())
    coarse, fine = (-np.log10(curves.limit(one)) for one in thresholds)
    digits = -np.log10(_last_place(float(values[0])) / level) + np.log10(len(values) / _FEW)
    return float(np.clip((digits - coarse) / (fine - coarse), _LEAST_SHOWN, 1.0))


def _last_place(value: float) -> float:
    """Return the worth of the last digit of a value."""
    mantissa, _, power = f"{value:.9g}".partition("e")
    return float(10.0 ** (int(power or 0) - len(mantissa.partition(".")[2])))


def _values(count: int, points: int) -> str:
    if count == 1:
        return f"one value in {points} points"
    return f"{count} different values in {points} points"


@observer(
    needs=("finite_train",), points="learning_rate_off_schedule.halted_points", basis="counted"
)
def learning_rate_off_schedule(curves: Curves, train: Curve) -> Finding | None:
    """Whether the loss moved and then stands still to the last digit: the rate is 0, though it was
    not logged.
    """
    if curves.steps is not None or curves.lr is not None:
        return None
    limit = curves.limit
    y, level = train.y, abs(train.end)
    if level < limit("learning_rate_off_schedule.least_level") * abs(train.start):
        return None
    moves = np.abs(np.diff(y))
    moving = np.flatnonzero(moves > limit("train_loss_identical.digits") * level)
    last = int(moving[-1]) + 1 if len(moving) else 0
    if last <= 1 or len(y) - last < limit("learning_rate_off_schedule.halted") * len(y):
        return None
    if float(moves[moves > 0].min()) >= limit("learning_rate_off_schedule.digits") * level:
        return None  # a log this coarse would hide the small steps at the end
    figure = f"the loss is {y[-1]:.6g} to the last digit from {train.axis} {train.x[last]:g} on"
    shown = "learning_rate_off_schedule.coarse", "learning_rate_off_schedule.fine"
    return one_of({"zero": 1.0}, figure, settled=_shown(y[last:], curves, shown))


@observer(needs=("finite_train",), points="train_loss_slow.least_points")
def train_loss_slow(curves: Curves, train: Curve) -> Finding:
    """Whether the loss falls steadily and by little, with no bend that says it has arrived."""
    limit = curves.limit
    rest = train.after_first() if len(train) >= 5 else train
    half = len(rest) // 2
    first = float(rest.smooth[0] - rest.smooth[half])
    last = float(rest.smooth[half] - rest.smooth[-1])
    level = abs(float(rest.smooth[0])) or 1.0
    share = (first + last) / level
    clear = limit("train_loss_slow.clear_slope")
    yes = all_of(
        _even(first, last, curves),
        curves.beyond(share, "train_loss_flat.creeping_fall"),
        curves.within(share, "train_loss_slow.most_fall", rest.end_error / level),
        beyond(abs(slope(rest.y)[1]), clear, clear / 2) if len(rest) > 2 else 0.0,
        curves.clear(first + last, train),
        1 - already_low(curves, train),
    )
    figure = (
        f"{lower(share)} over {len(rest)} points, {first:.3g} in the first half and {last:.3g} in "
        "the second"
    )
    least = int(limit("train_loss_slow.least_points"))
    return yes_or_no(yes, figure, settled=enough(len(train), least, 2 * least))


def _even(first: float, last: float, curves: Curves) -> float:
    """Return how surely two halves of a run fall by about as much."""
    if first <= 0 or last <= 0:
        return 0.0
    return curves.beyond(min(last / first, first / last), "train_loss_slow.steady")
