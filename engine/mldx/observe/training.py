"""What the curve of the training loss shows.

Each observer takes the curves and the thresholds and gives one observation, or None where the curve
is too short or lacks what it takes: too short is "not observed" and not "no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from mldx.observe.curves import Curve, Curves, different, least_near, median, percent, slope
from mldx.provenance import Basis
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
Seen = Observation | None


def observations(curves: Curves, limit: Thresholds) -> Iterator[Observation]:
    """Every observation the training curve allows, and the coarse shape that sums them up."""
    seen = [one for observer in OBSERVERS if (one := observer(curves, limit)) is not None]
    yield from seen
    shape = loss_shape({one.id: one.value for one in seen}, curves, limit)
    if shape:
        yield shape


def nonfinite(curves: Curves, limit: Thresholds) -> Seen:
    """When the loss became NaN or infinite: by point of the log, and by share of the planned run."""
    curve = curves.train
    if curve is None:
        return None
    bad = curve.first_bad
    if bad is None:
        return Observation("loss_nonfinite", "never", f"{curve.logged} finite values")
    planned = float(curves.facts.get("epochs_planned") or 0) if curves.steps is None else 0.0
    share = bad / max(curve.logged, planned)
    when = "late" if share >= limit("loss_nonfinite.late") else "mid"
    if (bad < limit("loss_nonfinite.early_points") and curves.steps is None) or share <= limit(
        "loss_nonfinite.early"
    ):
        when = "early"
    at = _axis_at(curves, bad)
    return Observation(
        "loss_nonfinite", when, f"first non-finite value at point {bad + 1} of {curve.logged}", at
    )


def _axis_at(curves: Curves, index: int) -> float | None:
    losses = curves.run.all("train", "loss")
    series = next((one for one in losses if curves.train and one.name == curves.train.name), None)
    return float(series.x[index]) if series is not None and index < len(series) else None


def nonfinite_onset(curves: Curves, limit: Thresholds) -> Seen:
    """Whether a NaN was there from the first, came after a climb, or out of nothing."""
    curve = curves.train
    if curve is None or curve.first_bad is None:
        return None
    if curve.first_bad == 0:
        return Observation("nonfinite_onset", "from_first", "no finite value was logged")
    if len(curve) < 2:
        return None
    last, least = float(curve.y[-1]), float(curve.y.min())
    climbed = last > limit("nonfinite_onset.climb") * least and last - least > 3 * curve.noise
    figure = f"the last finite loss is {last:.4g}, the least was {least:.4g}"
    return Observation("nonfinite_onset", "after_climb" if climbed else "sudden", figure)


def flat(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss stayed where it started; one first drop is allowed when it rests at the loss
    of guessing.
    """
    curve = curves.train
    if curve is None or len(curve) < limit("train_loss_flat.least_points"):
        return None
    fall = _fall(curve)
    figure = f"the loss went from {curve.start:.4g} to {curve.end:.4g}, {_lower(fall)}"
    if stays(curve, limit) and not _already_low(curves, limit):
        # one number in every epoch is flat by count, whoever looks at the picture
        basis: Basis = "counted" if float(np.ptp(curve.y)) == 0 else "shape"
        return Observation("train_loss_flat", True, figure, basis=basis)
    rest = curve.after_first()
    if _only_guesses(curves, rest, limit):
        return Observation(
            "train_loss_flat", True, f"{figure}, and never below guessing, {curves.chance_loss:.4g}"
        )
    if (
        len(rest) >= limit("train_loss_flat.least_points")
        and stays(rest, limit)
        and _learned_nothing(curves, rest, limit)
    ):
        return Observation(
            "train_loss_flat", True, f"after the first point the loss stays at {rest.end:.4g}"
        )
    return Observation("train_loss_flat", False, figure)


def _fall(curve: Curve) -> float:
    return (curve.start - curve.end) / abs(curve.start) if curve.start else 0.0


def _lower(fall: float) -> str:
    """Say how far a loss fell, or rose."""
    return f"{percent(abs(fall))} {'lower' if fall >= 0 else 'higher'}"


def stays(curve: Curve, limit: Thresholds) -> bool:
    """Less than the least fall from start to end, and no wider swing than a few times that between."""
    least = limit("train_loss_flat.least_fall")
    level = abs(curve.start) or 1.0
    ordered = np.sort(curve.smooth)
    outside = len(ordered) // 20
    swing = float(ordered[-1 - outside] - ordered[outside]) / level
    still = (
        abs(_fall(curve)) < least
        and swing < max(least, 4 * curve.noise / level)
        and 4 * curve.noise / level < 0.2
    )
    return still and not _creeps(curve, limit)


def _creeps(curve: Curve, limit: Thresholds) -> bool:
    """A little lower with every point: that is slow, and not flat."""
    if len(curve) < 5 or slope(curve.y)[1] > -limit("train_loss_flat.creeping_slope"):
        return False
    rest = curve.y[1:]
    half = len(rest) // 2
    first, last = float(rest[0] - rest[half]), float(rest[half] - rest[-1])
    even = first > 0 and last > limit("train_loss_slow.steady") * first
    return even and _fall(curve) > limit("train_loss_flat.creeping_fall")


def _already_low(curves: Curves, limit: Thresholds) -> bool:
    """A curve that starts far below guessing had nothing left to fall."""
    chance, curve = curves.chance_loss, curves.train
    assert curve is not None
    low = chance is not None and curve.start < limit("train_loss_flat.learned_share") * chance
    train = curves.accuracy[0]
    return low or (
        train is not None
        and len(train) > 0
        and train.end > limit("train_loss_flat.learned_accuracy")
    )


def _only_guesses(curves: Curves, rest: Curve, limit: Thresholds) -> bool:
    """Has the loss come down to that of guessing, or near it from above, and stayed there?"""
    chance = curves.chance_loss
    if (
        chance is None
        or len(rest) < limit("train_loss_at_prior.least_points")
        or _creeps(rest, limit)
    ):
        return False
    tail = rest.y[len(rest) // 2 :]
    low, high = (
        limit("train_loss_flat.prior_share") * chance,
        limit("train_loss_flat.prior_above") * chance,
    )
    return float(rest.smooth.min()) >= low and float(tail.max()) < high


def _learned_nothing(curves: Curves, rest: Curve, limit: Thresholds) -> bool:
    """The plateau is at or above the loss of guessing, or no lower than the first point, or
    accuracy never moved.
    """
    assert curves.train is not None
    first = float(curves.train.y[0])
    if (
        curves.chance_loss is not None
        and rest.end < limit("train_loss_flat.prior_share") * curves.chance_loss
    ):
        return False
    if rest.end >= limit("train_loss_flat.no_drop") * first:
        return True
    if curves.chance_loss is not None:
        return True
    train = curves.accuracy[0]
    if train is None or len(train) < 3:
        return False
    moved = float(train.y[1:].max() - train.y[1:].min())
    return moved < limit("train_loss_flat.accuracy_gain") and train.end < limit(
        "train_loss_flat.poor_accuracy"
    )


def identical(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss is the very same number in every epoch after the first."""
    curve = curves.train
    if (
        curve is None
        or curve.first_bad is not None
        or len(curve) < limit("train_loss_identical.least_points")
    ):
        return None
    rest = curve.y[1:]
    same = bool(np.ptp(rest) <= 1e-7 * abs(rest[0])) and abs(rest[0]) > 0
    return Observation("train_loss_identical", same, _values(different(rest), len(rest)))


def _values(count: int, points: int) -> str:
    return (
        f"one value in {points} points"
        if count == 1
        else f"{count} different values in {points} points"
    )


def halted(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss moved and then stands still to the last digit: the rate is 0, logged or not."""
    curve = curves.train
    if (
        curve is None
        or curve.first_bad is not None
        or curves.steps is not None
        or curves.lr is not None
    ):
        return None
    y, level = curve.y, abs(curve.end)
    if len(y) < limit("learning_rate_off_schedule.halted_points") or level < 1e-3 * abs(
        curve.start
    ):
        return None
    moves = np.abs(np.diff(y))
    last = int(np.flatnonzero(moves > 1e-7 * level)[-1]) + 1 if (moves > 1e-7 * level).any() else 0
    fine = (
        last > 1
        and float(moves[moves > 0].min()) < limit("learning_rate_off_schedule.digits") * level
    )
    if not fine or len(y) - last < limit("learning_rate_off_schedule.halted") * len(y):
        return None
    return Observation(
        "learning_rate_off_schedule",
        "zero",
        f"the loss is {y[-1]:.6g} to the last digit from {curve.axis} {curve.x[last]:g} on",
    )


def slow(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss falls steadily and by little, with no bend that says it has arrived."""
    curve = curves.train
    if (
        curve is None
        or len(curve) < limit("train_loss_slow.least_points")
        or curve.first_bad is not None
    ):
        return None
    rest = curve.after_first() if len(curve) >= 5 else curve
    half = len(rest) // 2
    first, last = (
        float(rest.smooth[0] - rest.smooth[half]),
        float(rest.smooth[half] - rest.smooth[-1]),
    )
    level = abs(float(rest.smooth[0])) or 1.0
    fall = (first + last) / level
    steady = (
        first > 0
        and last > 0
        and limit("train_loss_slow.steady") <= last / first <= 1 / limit("train_loss_slow.steady")
    )
    little = limit("train_loss_flat.creeping_fall") <= fall < limit("train_loss_slow.most_fall")
    clear = (first + last) > 3 * curve.noise
    turned = len(rest) > 2 and abs(slope(rest.y)[1]) > limit("train_loss_slow.clear_slope")
    found = bool(steady and little and clear and turned and not _already_low(curves, limit))
    return Observation(
        "train_loss_slow", found, f"{_lower(fall)} over {len(rest)} points, {_halves(first, last)}"
    )


def _halves(first: float, last: float) -> str:
    return f"{first:.3g} in the first half and {last:.3g} in the second"


def rising(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss ends above where it began, or clearly above its lowest point and climbing."""
    curve = curves.train
    if curve is None or len(curve) < limit("train_loss_rising.least_points"):
        return None
    least = float(curve.smooth.min())
    up = curve.end - least
    clear = up > (limit("train_loss_rising.factor") - 1) * abs(least) and up > 3 * curve.noise
    above = curve.end - curve.start > max(
        limit("train_loss_rising.above_start") * abs(curve.start), 3 * curve.noise
    )
    found = above or (clear and (curve.end > curve.start or _climbing(curve)))
    at = float(curve.x[least_near(curve, int(np.argmin(curve.smooth)))]) if found else None
    return Observation(
        "train_loss_rising", bool(found), f"least {least:.4g}, at the end {curve.end:.4g}", at
    )


def _climbing(curve: Curve) -> bool:
    """Do the last three windows each lie clearly above the one before?"""
    if len(curve) < 8:
        return False
    means = [float(part.mean()) for part in np.array_split(curve.smooth, 8)[-4:]]
    return all(after > before + curve.noise for before, after in pairwise(means))


def oscillation(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the curve swings by a good part of its level and of its whole range, again and again."""
    curve = curves.train
    if (
        curve is None
        or len(curve) < limit("loss_oscillation.least_points")
        or curve.first_bad is not None
    ):
        return None
    y = curve.y[1:]
    swings = _swings(y, limit)
    share = swings / max(len(y) - 2, 1)
    found = share >= limit("loss_oscillation.share")
    return Observation(
        "loss_oscillation", bool(found), f"{swings} wide reversals in {len(y)} points"
    )


def _swings(y: np.ndarray, limit: Thresholds) -> int:
    """Count the reversals with both sides wider than the limits."""
    span, level = float(np.ptp(y)), abs(float(median(y)))
    wide = max(
        limit("loss_oscillation.of_range") * span, limit("loss_oscillation.of_level") * level
    )
    moves = np.diff(y)
    turned = moves[:-1] * moves[1:] < 0
    return (
        int((turned & (np.abs(moves[:-1]) > wide) & (np.abs(moves[1:]) > wide)).sum())
        if wide > 0
        else 0
    )


def negative(curves: Curves, limit: Thresholds) -> Seen:
    """Whether a loss that cannot be negative is; a loss of unknown kind may be, unless the task is
    a plain one.
    """
    curve, loss = curves.train, str(curves.facts.get("loss_fn") or "")
    if curve is None or not len(curve):
        return None
    least = float(curve.y.min())
    if least >= limit("loss_negative.least"):
        return Observation("loss_negative", False, f"least loss {least:.4g}")
    plain = any(kind in loss for kind in _NEVER_NEGATIVE) or (
        not loss and curves.facts.get("task") in _PLAIN_TASKS
    )
    return Observation("loss_negative", True, f"least loss {least:.4g}") if plain else None


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


def zero_at_start(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the first logged losses are all zero."""
    series = curves.steps
    first = (
        series.value[:3]
        if series is not None
        else curves.train.y[:3]
        if curves.train is not None
        else None
    )
    if first is None or len(first) < 3:
        return None
    zero = bool((np.abs(first) < limit("loss_zero_at_start.least")).all())
    return Observation(
        "loss_zero_at_start",
        zero,
        f"the first losses are {', '.join(f'{value:.4g}' for value in first)}",
    )


def instant_drop(curves: Curves, limit: Thresholds) -> Seen:
    """Whether loss or accuracy is all but perfect after the first epoch of several."""
    curve, chance = curves.train, curves.chance_loss
    if curve is None or curves.steps is not None or len(curve) < 3 or curve.x[0] > 1:
        return None
    train = curves.accuracy[0]
    perfect = (
        train is not None
        and len(train) > 0
        and float(train.y[0]) > limit("loss_instant_drop.accuracy")
    )
    if chance is None and not perfect:
        return None
    tiny = chance is not None and float(curve.y[0]) < limit("loss_instant_drop.share") * chance
    return Observation(
        "loss_instant_drop",
        bool(tiny or perfect),
        f"loss {float(curve.y[0]):.4g} after the first epoch",
    )


def still_falling(curves: Curves, limit: Thresholds) -> Seen:
    """Whether another fifth of the run would lower the losses by more than a little."""
    told = [
        curve
        for curve in (curves.val, curves.train)
        if curve is not None and len(curve) >= 3 and curve.first_bad is None
    ]
    if not told:
        return None
    gains = [_gain_ahead(curve, limit) for curve in told]
    figure = f"another fifth of the run would lower the {told[0].name} by {percent(gains[0])}"
    return Observation(
        "loss_still_falling_at_end", min(gains) > limit("loss_still_falling_at_end.gain"), figure
    )


def _gain_ahead(curve: Curve, limit: Thresholds) -> float:
    """Extend the last fifth (three points at least) by another fifth; 0 when its slope is not
    clear.
    """
    tail = curve.y[-max(3, len(curve) // 5) :]
    fall, t = slope(tail)
    if t > -limit("loss_still_falling_at_end.clear_slope"):
        return 0.0
    ahead = max(1.0, len(curve) / 5)
    return float(-fall * ahead / abs(tail[-1])) if tail[-1] else 0.0


def loss_shape(seen: dict[str, object], curves: Curves, limit: Thresholds) -> Seen:
    """The coarse shape: the worst of what the finer observers saw."""
    curve = curves.train
    if curve is None or ("train_loss_flat" not in seen and seen.get("loss_nonfinite") == "never"):
        return None
    shape = _worst(seen, curve, curves, limit)
    if shape is None:
        return None
    basis: Basis = "counted" if shape == "nonfinite" else "shape"
    return Observation("loss_shape", shape, _shape_figure(curve), basis=basis)


def _worst(seen: dict[str, object], curve: Curve, curves: Curves, limit: Thresholds) -> str | None:
    if seen.get("loss_nonfinite") != "never":
        return "nonfinite"
    if seen.get("train_loss_rising"):
        return "diverging" if curve.end > 2 * abs(curve.start) else "rising"
    for id, shape in (
        ("loss_oscillation", "oscillating"),
        ("train_loss_flat", "flat"),
        ("train_loss_slow", "slow"),
    ):
        if seen.get(id):
            return shape
    if len(curve) < 3:
        return None
    if _fall(curve) < limit("loss_shape.least_fall") and not _already_low(curves, limit):
        return None
    if len(curve) >= 8 and _flat_tail(curve):
        return "falls_then_flat"
    return "falling" if _fall(curve) > 0 else None


def _flat_tail(curve: Curve) -> bool:
    """Has the second half no trend, though the first fell?"""
    tail = curve.y[len(curve) // 2 :]
    return abs(slope(tail)[1]) < 2 and curve.start > curve.end + 3 * curve.noise


def _shape_figure(curve: Curve) -> str:
    if not len(curve):
        return "no finite value"
    return f"{curve.start:.4g} at the start, {curve.end:.4g} at the end, over {curve.logged} points"


OBSERVERS = (
    nonfinite, nonfinite_onset, flat, identical, halted, slow, rising, oscillation, negative, zero_at_start, instant_drop,
    still_falling,
)  # fmt: skip
