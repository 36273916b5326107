"""The views of one run: its logs as they were opened, and which of them to judge.

Points decide: two curves come before one, then the longer; a text log must say clearly more than a
structured one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mldx.errors import InputError, UnreadableRun
from mldx.readers import names
from mldx.readers.bundles import Log
from mldx.readers.file_names import is_by_tools
from mldx.readers.run import Run

_LEAST = 3  # points of a curve
_ENOUGH = 20  # points of both curves, after which another view adds nothing
_CLEARLY = 1.25  # times as many points, for a view that is less structured


@dataclass(slots=True)
class OpenedLog:
    """A log that was opened: its runs, or what stood in the way."""

    log: Log
    runs: list[Run] = field(default_factory=list)
    error: InputError | None = None

    @property
    def curves(self) -> int:
        """Return of how many splits there is a curve."""
        return sum(points >= _LEAST for points in self._points)

    @property
    def points(self) -> int:
        """Return how long the shorter curve is, or the only one."""
        return min((one for one in self._points if one >= _LEAST), default=max(self._points))

    @property
    def _points(self) -> tuple[int, int]:
        """Return the points of the longest loss of training, and of the longest held out."""
        longest = {True: 0, False: 0}
        for one in (series for run in self.runs for series in run.series):
            if names.is_loss(one.metric):
                trained = one.split == "train"
                longest[trained] = max(longest[trained], len(one))
        return longest[True], longest[False]

    def is_enough(self) -> bool:
        """Can no other view say more?"""
        return self.curves == 2 and self.points >= _ENOUGH

    def is_better(self, other: OpenedLog) -> bool:
        """Does it say clearly more than another view, one that is more structured?"""
        if self.curves != other.curves:
            return self.curves > other.curves
        return other.points < _ENOUGH and self.points > _CLEARLY * other.points


def best_of(views: Sequence[OpenedLog]) -> OpenedLog:
    """Return the view to judge: the first that has runs, unless a later one says clearly more."""
    readable = [view for view in views if view.runs]
    if not readable:
        return next(filter(is_faulty, views), views[0])
    best, *others = readable
    for view in others:
        best = view if view.is_better(best) else best
    return best


def is_faulty(view: OpenedLog) -> bool:
    """Is it a log with faults, rather than none?"""
    if view.error is None:
        return False
    return not isinstance(view.error, UnreadableRun) or is_by_tools(view.log.path)


def why(view: OpenedLog, root: Path) -> str:
    """Say why a log is not the one that is judged."""
    name = relative(view.log.path, root)
    if is_faulty(view):
        assert view.error is not None
        return f"{name}: {str(view.error.faults[0].what).rstrip('.')}"
    if view.error is not None:
        return f"{name}: no training log"
    points = "1 point" if view.points == 1 else f"{view.points} points"
    return f"{name}: another view of the run, {points}"


def relative(path: Path, root: Path) -> str:
    """Return how a path is called inside a folder."""
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
