"""A training loss that rests: flat, the same to the last digit, or falling too slowly to arrive."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curve, Curves, different, percent, slope
from mldx.observe.register import Finding, observer


@observer(needs=("train",), points="train_loss_flat.least_points")
def train_loss_flat(curves: Curves, train: Curve) -> Finding:
    """Whether the loss stayed where it started; one first drop is allowed when it rests at the loss
    of guessing.
    """
    figure = f"the loss went from {train.start:.4g} to {train.end:.4g}, {lower(fall(train))}"
    if stays(train, curves) and not already_low(curves, train):
        # one number in every epoch is flat by count, whoever looks at the picture
        one_number = float(np.ptp(train.y)) == 0
        return Finding(True, figure, basis="counted" if one_number else "shape")
    rest = train.after_first()
    if _only_guesses(curves, rest):
        return Finding(True, f"{figure}, and never below guessing, {curves.chance_loss:.4g}")
    long = len(rest) >= curves.limit("train_loss_flat.least_points")
    if long and stays(rest, curves) and _learned_nothing(curves, train, rest):
        return Finding(True, f"after the first point the loss stays at {rest.end:.4g}")
    return Finding(False, figure)


def fall(curve: Curve) -> float:
    """Return the fall from start to end, as a share of the start."""
    return (curve.start - curve.end) / abs(curve.start) if curve.start else 0.0


def lower(share: float) -> str:
    """Say how far a loss fell, or rose."""
    return f"{percent(abs(share))} {'lower' if share >= 0 else 'higher'}"


def stays(curve: Curve, curves: Curves) -> bool:
    """Less than the least fall from start to end, and no wider swing than a few times that
    between.
    """
    limit = curves.limit
    level = abs(curve.start) or 1.0
    noise = limit("train_loss_flat.noise") * curve.noise / level
    ordered = np.sort(curve.smooth)
    outside = len(ordered) // 20  # a few outliers at either end say nothing of the swing
    swing = float(ordered[-1 - outside] - ordered[outside]) / level
    least = limit("train_loss_flat.least_fall")
    still = (
        abs(fall(curve)) < least
        and swing < max(least, noise)
        and noise < limit("train_loss_flat.most_noise")
    )
    return still and not _creeps(curve, curves)


def _creeps(curve: Curve, curves: Curves) -> bool:
    """A little lower with every point: that is slow, and not flat."""
    limit = curves.limit
    if len(curve) < 5 or slope(curve.y)[1] > -limit("train_loss_flat.creeping_slope"):
        return False
    rest = curve.y[1:]
    half = len(rest) // 2
    first, last = float(rest[0] - rest[half]), float(rest[half] - rest[-1])
    even = first > 0 and last > limit("train_loss_slow.steady") * first
    return even and fall(curve) > limit("train_loss_flat.creeping_fall")


def already_low(curves: Curves, train: Curve) -> bool:
    """A curve that starts far below guessing had nothing left to fall."""
    chance, limit = curves.chance_loss, curves.limit
    if chance is not None and train.start < limit("train_loss_flat.learned_share") * chance:
        return True
    accuracy = curves.accuracy[0]
    if accuracy is None or not len(accuracy):
        return False
    return accuracy.end > limit("train_loss_flat.learned_accuracy")


def _only_guesses(curves: Curves, rest: Curve) -> bool:
    """Has the loss come down to that of guessing, or near it from above, and stayed there?"""
    chance, limit = curves.chance_loss, curves.limit
    if chance is None or len(rest) < limit("train_loss_at_prior.least_points"):
        return False
    if _creeps(rest, curves):
        return False
    tail = rest.y[len(rest) // 2 :]
    low = limit("train_loss_flat.prior_share") * chance
    high = limit("train_loss_flat.prior_above") * chance
    return float(rest.smooth.min()) >= low and float(tail.max()) < high


def _learned_nothing(curves: Curves, train: Curve, rest: Curve) -> bool:
    """The plateau is at or above the loss of guessing, or no lower than the first point, or
    accuracy never moved.
    """
    chance, limit = curves.chance_loss, curves.limit
    if chance is not None and rest.end < limit("train_loss_flat.prior_share") * chance:
        return False
    if chance is not None or rest.end >= limit("train_loss_flat.no_drop") * float(train.y[0]):
        return True
    accuracy = curves.accuracy[0]
    if accuracy is None or len(accuracy) < 3:
        return False
    moved = float(np.ptp(accuracy.y[1:]))
    poor = accuracy.end < limit("train_loss_flat.poor_accuracy")
    return poor and moved < limit("train_loss_flat.accuracy_gain")


@observer(needs=("finite_train",), points="train_loss_identical.least_points", basis="counted")
def train_loss_identical(curves: Curves, train: Curve) -> Finding:
    """Whether the loss is the very same number in every epoch after the first."""
    rest = train.y[1:]
    digits = curves.limit("train_loss_identical.digits")
    same = bool(np.ptp(rest) <= digits * abs(rest[0])) and abs(rest[0]) > 0
    return Finding(same, _values(different(rest), len(rest)))


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
    return Finding("zero", figure)


@observer(needs=("finite_train",), points="train_loss_slow.least_points")
def train_loss_slow(curves: Curves, train: Curve) -> Finding:
    """Whether the loss falls steadily and by little, with no bend that says it has arrived."""
    limit = curves.limit
    rest = train.after_first() if len(train) >= 5 else train
    half = len(rest) // 2
    first = float(rest.smooth[0] - rest.smooth[half])
    last = float(rest.smooth[half] - rest.smooth[-1])
    share = (first + last) / (abs(float(rest.smooth[0])) or 1.0)
    uneven = limit("train_loss_slow.steady")
    steady = first > 0 and last > 0 and uneven <= last / first <= 1 / uneven
    little = limit("train_loss_flat.creeping_fall") <= share < limit("train_loss_slow.most_fall")
    sure = len(rest) > 2 and abs(slope(rest.y)[1]) > limit("train_loss_slow.clear_slope")
    found = steady and little and sure and curves.clear(first + last, train)
    figure = (
        f"{lower(share)} over {len(rest)} points, {first:.3g} in the first half and {last:.3g} in "
        "the second"
    )
    return Finding(bool(found and not already_low(curves, train)), figure)
