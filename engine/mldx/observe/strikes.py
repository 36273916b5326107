"""What strikes in a run: the oddest facts of a log, among them what is missing.

A strike is not a symptom: it points to no cause by itself. It is what a colleague would say at the
first glance at the log ("twenty steps in all?"). Each has its threshold, and is silent where the
log does not settle it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np

from mldx.observe.curves import Curve, Curves, percent
from mldx.readers.names import direction
from mldx.readers.run import Array
from mldx.symptoms.strike import Strike

_LARGEST_SET = 100  # samples; a larger set moves in steps too fine to be told from any number
_CHANCE = 0.01  # that values fall on the steps of some 1/n by accident
_EXACT = 1e-6  # rounding of single precision
_RUN = re.compile(r"^(run \d+):.*?\bval_loss \S+ to ([-+]?\d+\.?\d*(?:e[-+]?\d+)?)")


def strikes(curves: Curves) -> tuple[Strike, ...]:
    """Return what strikes, what matters most first."""
    with np.errstate(all="ignore"):
        found = [(one.__name__, one(curves)) for one in _STRIKES]
    return tuple(Strike(name, sentence) for name, sentence in found if sentence)


def negative_rate(curves: Curves) -> str:
    """Is the learning rate below zero?"""
    rate = curves.facts.get("learning_rate")
    if not isinstance(rate, int | float) or rate >= 0:
        return ""
    return f"The learning rate is {rate:.3g}: below zero each step climbs the loss."


def no_validation(curves: Curves) -> str:
    """Is nothing measured on other data than the training set?"""
    splits = {one.split for one in curves.run.series if len(one)}
    if not splits or splits & {"val", "test"}:
        return ""
    return "There is no validation: how the model does on unseen data cannot be judged."


def warmup_longer_than_run(curves: Curves) -> str:
    """Does the learning rate climb from the first point to the last?"""
    limit = curves.limit
    rates = curves.lr.value if curves.lr is not None else np.empty(0)
    rates = rates[np.isfinite(rates)]
    if len(rates) < limit("strikes.warmup_points") or np.any(np.diff(rates) < 0):
        return ""
    if rates[-1] <= rates[-2] or rates[-1] < limit("strikes.warmup_rise") * rates[0]:
        return ""
    return (
        f"The learning rate still climbs at the end, from {rates[0]:.3g} to {rates[-1]:.3g}: "
        "the warm-up is longer than the run."
    )


def few_steps(curves: Curves) -> str:
    """Was the model updated only a few times in all?"""
    steps, epochs = _steps(curves), _epochs(curves)
    if steps is None or steps >= curves.limit("strikes.few_steps"):
        return ""
    each = f", {steps / epochs:.3g} an epoch" if epochs else ""
    return f"The run has only {steps:.0f} optimizer steps in all{each}."


def loss_many_times_metric(curves: Curves) -> str:
    """Is the training loss a multiple of the squared error logged beside it?"""
    train, beside = curves.train, curves.metrics.get("mse", (None, None))[0]
    if train is None or beside is None or not len(train) or not len(beside) or beside.end <= 0:
        return ""
    ratio = train.end / beside.end
    if not curves.limit("strikes.loss_ratio") <= ratio < np.inf:
        return ""
    return (
        f"The training loss is {ratio:.3g} times the mse logged beside it "
        f"({train.end:.3g} against {beside.end:.3g}): something else is most of it."
    )


def best_of_restarts(curves: Curves) -> str:
    """Did another run of the same log end with a lower validation loss?"""
    ends = {found[1]: float(found[2]) for one in curves.run.others if (found := _RUN.match(one))}
    if not ends or curves.val is None or not len(curves.val):
        return ""
    best, last = min(ends, key=lambda name: ends[name]), float(curves.val.y[-1])
    if ends[best] >= (1 - curves.limit("strikes.better")) * last:
        return ""
    return (
        f"Of the {len(curves.run.others) + 1} runs in this log {best} is the best "
        f"(val loss {ends[best]:.3g}); the last, judged here, ends at {last:.3g}."
    )


def last_epoch_leap(curves: Curves) -> str:
    """Does the validation score leap in the last epoch as it has not for half of the run?"""
    scores = {
        name: val.y
        for name, (_, val) in curves.metrics.items()
        if val is not None and direction(name) > 0
    }
    name = next((one for one in ("accuracy", "map50", *scores) if one in scores), None)
    if name is None or not _leaps(curves, scores[name]):
        return ""
    before, after = scores[name][-2:]
    return (
        f"The validation {name.replace('_', ' ')} leaps in the last epoch, from {before:.3g} to "
        f"{after:.3g}: one evaluation is not a trend."
    )


def coarse_validation(curves: Curves) -> str:
    """Does the validation accuracy move in the steps of a small number of samples?"""
    accuracy = curves.accuracy[1]
    size = _samples(accuracy) if accuracy is not None else None
    if size is None or size >= curves.limit("strikes.small_set"):
        return ""
    return (
        f"Validation accuracy moves in steps of 1/{size}: with so few validation samples one of "
        f"them is {percent(1 / size)}."
    )


def _leaps(curves: Curves, score: Array) -> bool:
    """Is the last change large, and larger than those of the second half before it?"""
    limit = curves.limit
    if len(score) < limit("strikes.leap_points"):
        return False
    moves = np.abs(np.diff(score))
    last, level = float(moves[-1]), float(np.abs(score[-2:]).max())
    if last <= 0 or last < limit("strikes.leap_level") * level:
        return False
    return bool(last >= limit("strikes.leap") * moves[len(moves) // 2 : -1].max())


_STRIKES: tuple[Callable[[Curves], str], ...] = (
    negative_rate,
    no_validation,
    warmup_longer_than_run,
    few_steps,
    loss_many_times_metric,
    best_of_restarts,
    last_epoch_leap,
    coarse_validation,
)


def _steps(curves: Curves) -> float | None:
    """Return how many steps the run took; a step column counts where epochs stand beside it."""
    facts = curves.facts
    size, batch, epochs = (facts.get(id) for id in ("train_size", "batch_size", "epochs_planned"))
    logged = [
        float(one.step.max()) + _starts_at_zero(float(one.step.max()), curves)
        for one in curves.run.series
        if one.step is not None and one.epoch is not None and len(one)
    ]
    if logged:
        return max(logged)
    if size and batch and epochs:
        return float(np.ceil(size / batch) * epochs)
    return None


def _starts_at_zero(last: float, curves: Curves) -> int:
    """Lightning counts steps from 0: its last step is one below the number of steps."""
    return int(curves.run.setup.get("framework") == "lightning" and last > 0)


def _epochs(curves: Curves) -> float | None:
    """Return how many epochs were logged, where each has one point or more."""
    ends = list(_epoch_ends(curves))
    return max(ends) if ends else None


def _epoch_ends(curves: Curves) -> Iterator[float]:
    zero = _starts_at_zero(1, curves)
    for one in curves.run.series:
        if one.epoch is not None and len(one) and float(one.epoch.max()) + zero > 0:
            yield float(one.epoch.max()) + zero


def _samples(accuracy: Curve) -> int | None:
    """Return the least number of samples by which every accuracy is a share of whole samples, or
    None where there is none below `_LARGEST_SET` or it may be an accident.
    """
    values = sorted({float(f"{one:.7g}") for one in accuracy.y if 0 < one < 1})
    if len(values) < 2:
        return None
    digits = max(len(f"{one:.7g}".partition(".")[2]) for one in values)
    for size in range(2, _LARGEST_SET + 1):
        off = max(0.5 * 10.0**-digits, _EXACT) * size
        if size * (2 * off) ** len(values) > _CHANCE:
            return None
        if all(abs(one * size - round(one * size)) <= off for one in values):
            return size
    return None
