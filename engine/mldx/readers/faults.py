"""Collect what is wrong in a file, so that all of it is told at once: in file order, the first ten
in full.
"""

from __future__ import annotations

from mldx.errors import Fault, InputError, UnreadableRun
from mldx.readers.run import Run

_TOLD = 10


class FaultList:
    """The faults of one file, each with the line it stands in."""

    def __init__(self) -> None:
        self._found: list[tuple[int, Fault]] = []
        self.count = 0

    def add(self, fault: Fault, line: int = 0) -> None:
        """Note a fault; those far past the tenth are only counted."""
        self.count += 1
        if len(self._found) < 100 * _TOLD:
            self._found.append((line, fault))

    def check(self) -> None:
        """Raise InputError with the faults, if there are any."""
        if self.count:
            told = [fault for _, fault in sorted(self._found, key=lambda one: one[0])][:_TOLD]
            more = self.count - len(told)
            raise InputError(
                *told, *([Fault("", f"... and {more} more of the kind.")] if more else [])
            )


def unreadable(where: str, what: str, expected: str = "", help: str = "") -> UnreadableRun:
    """Return the error for a file in which nothing is a training run."""
    return UnreadableRun(Fault(where, what, expected, help))


class NoLoss(UnreadableRun):
    """A log was read, and no series of it is a loss; `run` has those that are there."""

    def __init__(self, run: Run, what: str, expected: str, help: str) -> None:
        super().__init__(Fault(run.origin, what, expected, help))
        self.run = run
