"""Signs that a log was misread: then nothing is concluded from its curves.

A short run is no sign by itself: three epochs of fine-tuning are three points. What counts is that
the log has more than was read of it, or that what was read cannot be a loss.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mldx.readers import names
from mldx.readers.choice import counted
from mldx.readers.run import Array, Run, Series
from mldx.readers.segments import NO_AXIS

_FEW = 3  # points of a curve
_MORE = 5  # points of another series that show how long the run was
_ALTERNATING = 12  # points before two levels in turn are seen
_COUNTING = 5
_SHARE = 0.9  # of the steps that go back and forth
_APART = 4.0  # two levels, against the change within a level
_LEVEL, _SURE_LEVEL = 0.3, 1.0  # against the level itself, in lines of text and in a table


def doubts(run: Run, text: bool = False) -> list[str]:
    """Return why a run may have been misread, in words.

    text   its lines were understood by their words, and not by the form of a file
    """
    losses = [one for one in run.series if one.metric == "loss" and not one.rival and len(one)]
    found = [*_few(run, losses), *_never_changes(losses)]
    for one in losses:
        found += [*_counts(one), *_alternates(one, _LEVEL if text else _SURE_LEVEL)]
    return found


def _few(run: Run, losses: list[Series]) -> Iterator[str]:
    """Fewer than three points of loss, where something says that there were more."""
    points = max(map(len, losses), default=0)
    if not 0 < points < _FEW:
        return
    why = _more_than_read(run)
    if why:
        yield f"only {points} {'point' if points == 1 else 'points'} of loss{why}"


def _more_than_read(run: Run) -> str:
    """Say what shows that there is more in a log than its few points of loss; empty for nothing."""
    longer = [one for one in run.series if len(one) >= _MORE]
    if longer:
        return f", and {counted(longer[:1])}"
    if run.others and not run.doubts:
        return f" in the longest of {len(run.others) + 1} runs"
    return ", and neither an epoch nor a step" if NO_AXIS in run.notes else ""


def _never_changes(losses: list[Series]) -> Iterator[str]:
    """All that could be a loss is one value and not called a loss: a setting, as a rule."""
    if losses and all(map(_is_setting, losses)):
        yield f"{counted(losses)} never changes and is not called a loss"


def _is_setting(one: Series) -> bool:
    called = names.named(one.name).metric == "loss"
    return not called and len(one) >= _FEW and bool(np.ptp(one.value) == 0)


def _counts(one: Series) -> Iterator[str]:
    """Whole numbers that rise by the same step: a counter, and no loss."""
    if len(one) < _COUNTING or not np.isfinite(one.value).all():
        return
    steps = np.diff(one.value)
    if steps[0] > 0 and (steps == steps[0]).all() and (one.value % 1 == 0).all():
        yield f"{counted([one])} counts up by {steps[0]:g}"


def _alternates(one: Series, level: float) -> Iterator[str]:
    """Two levels in turn: the values of two streams in one series."""
    if len(one) >= _ALTERNATING and np.isfinite(one.value).all() and _two_levels(one.value, level):
        yield f"{counted([one])} goes back and forth between two levels, as two series do"


def _two_levels(y: Array, level: float) -> bool:
    """Is every other value of another level, far beyond what either level changes?

    y      (N,), N >= 3
    level  how far apart, as a share of the median
    """
    steps = np.diff(y)
    back_and_forth = np.mean(np.sign(steps[1:]) * np.sign(steps[:-1]) < 0)
    step, within = np.median(np.abs(steps)), np.median(np.abs(y[2:] - y[:-2]))
    high = np.median(np.abs(y))
    return bool(back_and_forth >= _SHARE and step > _APART * within and step > level * high)
