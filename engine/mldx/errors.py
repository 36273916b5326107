"""What can go wrong for a user, as one tree.

    MldxError
    ├── InputError          a run, a log, an answer cannot be read or is impossible
    │   ├── UnreadableRun   nothing in the file is a training run
    │   └── ObservationError  an array or a number handed to an observer is impossible
    ├── RulesError          the knowledge base has faults; all of them, in file order
    └── MissingExtra        an optional dependency is not installed

Every error is one or more faults, and a fault is a small diagnosis: where, what, what was expected,
the help.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file.

    line  from 1; 0 where it is the whole file
    path  of what stands there, inside the file's data: ("label_noise", "fix", 0, "do")
    """

    file: str
    line: int = 0
    path: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, said so that the reader can put it right.

    where  a place in a file, or the name of what was given
    """

    where: Place | str
    what: str
    expected: str = ""
    help: str = ""

    @property
    def place(self) -> Place:
        """Where it is, as a place; what is wrong in no file counts as a whole one."""
        return self.where if isinstance(self.where, Place) else Place(self.where)

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(map(printable, lines))


def printable(text: str) -> str:
    """Return text with every character that would steer a terminal, or cannot be encoded, written
    as an escape: a message quotes file names and cells that anyone may have written.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one in _LAYOUT else one.encode("unicode_escape").decode("ascii")
        for one in text
    )


# a quoted part may hold several lines, and words that must not be parted
_LAYOUT = "\n\u00a0"


class MldxError(Exception):
    """Bad input of any kind; the command line prints it and exits with 2."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults: tuple[Fault, ...] = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class InputError(MldxError):
    """What the user gave cannot be used."""


class UnreadableRun(InputError):
    """Nothing in the file is a training run."""


class ObservationError(InputError):
    """An array or a number handed to an observer is impossible."""


class RulesError(MldxError):
    """The knowledge base has faults; `faults` holds all of them, in file order."""


class MissingExtra(MldxError):
    """A command needs a dependency that is not installed."""


def wanted(message: str) -> str:
    """Return what pydantic says it expected, in plain words."""
    plain = (
        message.removeprefix("Value error, ")
        .removeprefix("Input should be ")
        .partition(", unable to ")[0]
    )
    return plain.replace("a valid boolean", "yes or no")


def nearest(wrong: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant, or None when nothing is near."""
    from difflib import get_close_matches

    near = get_close_matches(wrong, list(names), n=1, cutoff=0.6)
    return near[0] if near else None
