"""Lines of styled text: folded to a width, put side by side, and written as an output can take
them.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

Span = tuple[str, str]
Line = list[Span]

SCREEN = 22  # lines of a screen of 24 that are left beside the command and the next prompt
_WIDEST = 110  # longer lines are hard to read
_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "magenta": "35",
    "blue": "34",
    "bold red": "1;31",
    "faulty": "1;37;41",
    "healthy": "1;37;42",
    "undecided": "1;30;43",
    "bold yellow": "1;33",
}
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PLAINER = str.maketrans({"│": "|", "└": "+", "×": "x", "…": "~", "–": "-", "−": "-", "→": "->"})
_BLANKS = re.compile(r" (?!%)")  # a percentage is not broken


@dataclass(frozen=True, slots=True)
class Look:
    """What the output can show.

    braille  whether it has dots to draw with, and colours to tell two curves apart by
    """

    width: int = 80
    height: int = SCREEN
    colour: bool = False
    encoding: str = "utf-8"

    @classmethod
    def of_stdout(cls) -> Look:
        """Return the look of standard output."""
        size = shutil.get_terminal_size()
        colour = (
            sys.stdout.isatty()
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb"
        )
        return cls(size.columns, max(size.lines - 2, SCREEN), colour, encoding_of_stdout())

    @property
    def room(self) -> int:
        """How long a line of text is."""
        return max(min(self.width, _WIDEST), 30)

    @property
    def braille(self) -> bool:
        """Are there dots, and colours to tell two curves apart?"""
        return self.colour and self.encoding.lower().startswith("utf")


def encoding_of_stdout() -> str:
    """Return the encoding of standard output."""
    return getattr(sys.stdout, "encoding", None) or "ascii"


def encodable(text: str, encoding: str) -> str:
    """Return a text with what an encoding does not have replaced: `│` by `|`, others by `?`."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAINER).encode(encoding, "replace").decode(encoding)
    return text


def end_of(path: str, room: int) -> str:
    """Return the last part of a path that is too long for its column."""
    return path if len(path) <= room else f"…{path[1 - room :]}"


def folded(
    spans: Sequence[Span], room: int, indent: int = 0, head: str = "", first: int = 0
) -> list[Line]:
    """Break spans into lines at blanks, each line indented.

    head    what stands in the indent of the first line
    first   how much of the first line is taken already, where that is not the indent
    """
    lines: list[Line] = [[(f"{head:{indent}}", "")]]
    used = first or indent
    for text, style in spans:
        for word in _words(text, max(room - indent, 8)):
            blank = len(lines[-1]) > 1
            if blank and used + 1 + len(word) > room:
                lines.append([(" " * indent, "")])
                used, blank = indent, False
            lines[-1].append((f" {word}" if blank else word, style))
            used += len(word) + blank
    return lines


def _words(text: str, longest: int) -> Iterator[str]:
    """Yield the words of a text, one that no line can hold in pieces."""
    plain = _UNPRINTABLE.sub("\ufffd", " ".join(text.split()))
    for word in _BLANKS.split(plain) if plain else ():
        for start in range(0, len(word), longest):
            yield word[start : start + longest]


def _length(line: Line) -> int:
    return sum(len(text) for text, _ in line)


def padded(line: Line, width: int) -> Line:
    """Return a line with blanks up to a width."""
    return [*line, (" " * max(width - _length(line), 0), "")]


def shortened_line(line: Line, width: int) -> Line:
    """Return so much of a line as a width holds."""
    kept: Line = []
    for text, style in line:
        kept.append((text[: max(width - _length(kept), 0)], style))
    return kept


def rendered(lines: Iterable[Line], look: Look) -> str:
    """Return lines as text that an output can take, with colour if it has any."""
    written = ("".join(_styled(line, look.colour)).rstrip() for line in lines)
    return encodable("\n".join(written).rstrip("\n"), look.encoding)


def _styled(line: Line, colour: bool) -> Iterator[str]:
    for style, spans in groupby(line, key=itemgetter(1)):
        text = "".join(span for span, _ in spans)
        yield f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and style and text else text
