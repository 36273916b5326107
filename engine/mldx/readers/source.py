"""Where a log comes from: bytes that can be opened as often as a reader wants, and the text they
stand for.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from mldx.errors import Fault, InputError, UnreadableRun
from mldx.readers.literal import documents, python_literal
from mldx.readers.normalise import clean, encoding, unified

if TYPE_CHECKING:
    import json

MayRead = Callable[[Path], bool]
_HEAD = 1 << 16
_BRACKET = re.compile(r"\s*(?:\{|\[(?!\d+\]|[A-Za-z]))")
_JSON = re.compile(r"\s*(?:\{\s*(?:\"|\}\s*$)|\[\s*\{\s*\")")
_CLOSED = re.compile(r"^[}\]]+\s*\n.*[A-Za-z]", re.MULTILINE)  # and a log goes on after it


def anything(path: Path) -> bool:
    """Let every file be read."""
    return True


@dataclass(frozen=True)
class LogSource:
    """One log, not yet read.

    origin    the name by which faults call it
    open      gives its bytes from the beginning, each time anew
    path      the file, if it is one: a tag or a split may stand in its name, never the format
    name      what the container it was in calls it: "cell 7"; else empty
    setup     setup facts that the container states beside it
    notes     what was done to unpack it that a reader of the report must know
    fallback  it is a whole document, read only where no part of it holds a curve
    """

    origin: str
    open: Callable[[], BinaryIO]
    path: Path | None = None
    name: str = ""
    setup: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    fallback: bool = False

    @classmethod
    def of_file(cls, path: Path) -> LogSource:
        """Return the source of a file."""
        return cls(str(path), lambda: path.open("rb"), path)

    @classmethod
    def of_bytes(cls, content: bytes, origin: str) -> LogSource:
        """Return the source of bytes that are already here."""
        return cls(origin, lambda: io.BytesIO(content))

    def part(self, content: bytes, name: str, what: str = "") -> LogSource:
        """Return a source inside this one, such as "cell 7"; `what` it is, if not its name, is how
        faults call it.
        """
        return replace(
            self,
            origin=f"{self.origin}: {what or name}" if what or name else self.origin,
            open=lambda: io.BytesIO(content),
            name=", ".join(filter(None, (self.name, name))),
        )

    @property
    def tag(self) -> str:
        """The tag that TensorBoard writes into the name of a file it exports, "" without one."""
        told = re.search(r"tag-(.+)$", self.path.stem) if self.path else None
        return told[1] if told else ""

    @cached_property
    def head(self) -> bytes:
        """The first bytes, enough to recognise any format."""
        return self._bytes(_HEAD)

    def _bytes(self, size: int = -1) -> bytes:
        try:
            with self.open() as stream:
                return stream.read(size)
        except OSError as error:
            raise InputError(
                Fault(self.origin, f"the file cannot be read: {error.strerror or error}.")
            ) from error

    @cached_property
    def content(self) -> bytes:
        """All bytes."""
        return self._bytes()

    @cached_property
    def sample(self) -> str:
        """The first bytes as text, line ends unified; the last line may be cut."""
        return unified(self.head.decode(encoding(self.head), "replace"))

    def lines(self) -> Iterator[str]:
        """Yield the lines as they are written, one at a time: a large file is never held as a
        whole.
        """
        newline = "\n" if b"\n" in self.head else "\r"
        with self.open() as stream:
            yield from io.TextIOWrapper(stream, encoding(self.head), "replace", newline)

    @cached_property
    def text(self) -> str:
        """The whole text as a person saw it; see `normalise.clean`."""
        return clean(self.content.decode(encoding(self.head), "replace"))

    @cached_property
    def document(self) -> Any:
        """The JSON document (or Python literal) that the file is, a list of them where several
        stand one after the other, or None when it is none of these, or one a line.

        raises   UnreadableRun with line and column, when it began as JSON and broke off
        """
        if not _BRACKET.match(self.sample) or self._begins_with_a_row():
            return None
        return self._parsed()

    def _begins_with_a_row(self) -> bool:
        """Is the first line a document by itself, with others below?"""
        first, _, rest = self.sample.lstrip().partition("\n")
        return bool(rest.strip()) and (_is_row(first) or python_literal(first) is not None)

    def _parsed(self) -> Any:
        import json

        try:
            found = documents(self.text)
        except json.JSONDecodeError as error:
            literal = python_literal(self.text)
            if literal is None and self._is_meant_as_json():
                raise self._broken(error) from error
            return literal
        except (ValueError, RecursionError) as error:
            raise UnreadableRun(Fault(self.origin, f"the JSON cannot be read: {error}.")) from error
        return _only(found or [])

    def _is_meant_as_json(self) -> bool:
        """Does it begin as JSON, and no other text goes on after it?"""
        return _JSON.match(self.sample) is not None and _CLOSED.search(self.text) is None

    def _broken(self, error: json.JSONDecodeError) -> UnreadableRun:
        return UnreadableRun(
            Fault(
                f"{self.origin}:{error.lineno}:{error.colno}",
                f"the JSON breaks off or is malformed here: {error.msg}.",
                "a complete JSON document",
            )
        )


def _only(found: list[Any]) -> Any:
    """Return the one document, or all of them where each is an object."""
    if len(found) == 1:
        return found[0]
    return found if found and all(isinstance(one, dict) for one in found) else None


def _is_row(line: str) -> bool:
    """Is this line a JSON object by itself?"""
    import json

    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
