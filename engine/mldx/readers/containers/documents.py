"""Text with a log in it: Markdown, HTML, a table among other lines, both sides of a merge conflict.

What is taken out keeps the numbers of its lines, so that a fault names the line of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mldx.readers import json_rows
from mldx.readers.containers import tables
from mldx.readers.delimited import dialect, embedded
from mldx.readers.faults import unreadable
from mldx.readers.source import LogSource

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*(.*)$")
_HEADING = re.compile(r"#{1,6} \S")
_FRONT = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|$)")
_FACT = re.compile(
    r"\s*[-*] [*`]{0,2}([A-Za-z_][\w ]{2,40}?)[*`]{0,2}\s*:\s*[*`]{0,2}(.+?)[*`]{0,2}\s*$"
)
_CODE = (
    "python py python3 bash sh shell zsh yaml yml toml ini bibtex latex diff cpp c java js rust go"
    " dockerfile r sql"
)
_HTML = re.compile(r"\s*<(?:!doctype|html|head|body|div|table|style|meta|\?xml)\b", re.IGNORECASE)
_OURS, _BASE, _MIDDLE, _THEIRS = "<<<<<<< ", "||||||| ", "=======", ">>>>>>> "
_SCANNED = 1 << 20


def conflict_parts(source: LogSource) -> list[LogSource] | None:
    """Return both sides of a file with merge-conflict marks, each a log of its own."""
    if not _has(source, _OURS.encode()):
        return None
    lines = source.text.split("\n")
    ours, theirs, labels = _sides(lines)
    if not all(labels):
        return None
    place = next(place for place, line in enumerate(lines, 1) if line.startswith(_OURS))
    note = f"a merge conflict stands in the file (line {place}): each side of it is a run"
    return [
        replace(source.part("\n".join(side).encode(), label), notes=(*source.notes, note))
        for side, label in zip((ours, theirs), labels, strict=True)
    ]


def _has(source: LogSource, mark: bytes) -> bool:
    """Does a line begin with the mark? The file is not held for that."""
    tail = b"\n"
    with source.open() as stream:
        while block := stream.read(_SCANNED):
            if b"\n" + mark in tail + block:
                return True
            tail = block[-len(mark) :]
    return False


_MARKED = {
    _OURS: (True, False),
    _BASE: (False, False),
    _MIDDLE: (False, True),
    _THEIRS: (True, True),
}


def _sides(lines: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the lines of both sides, with empty ones in place of the other's, and what the marks
    call the sides.
    """
    sides: tuple[list[str], list[str]] = ([], [])
    labels = {_OURS: "", _BASE: "", _MIDDLE: "", _THEIRS: ""}
    taken = (True, True)
    for line in lines:
        mark = _mark(line, inside=taken != (True, True))
        if mark:
            taken, labels[mark] = _MARKED[mark], labels[mark] or line[len(mark) :].strip()
        for side, own in zip(sides, taken, strict=True):
            side.append(line if own and not mark else "")
    return *sides, [labels[_OURS], labels[_THEIRS]]


def _mark(line: str, *, inside: bool) -> str:
    """Return the mark that a line begins with; a row of equal signs is one inside a conflict."""
    if line.rstrip() == _MIDDLE:
        return _MIDDLE if inside else ""
    return next((mark for mark in (_OURS, _BASE, _THEIRS) if line.startswith(mark)), "")


def markdown_parts(source: LogSource) -> list[LogSource] | None:
    """Return the tables and fenced blocks of a Markdown document, None when it is none.

    A table among other lines does not make a log a document: there it is taken only where it holds
    a curve.
    """
    is_document = _is_markdown(source.sample)
    if not is_document and not any(map(tables.is_rule, source.sample.split("\n"))):
        return None
    lines = source.text.split("\n")
    parts = _tables(lines) + (_blocks(lines) if is_document else [])
    if not parts and not is_document:
        return None
    if not parts:
        what = "it is a Markdown document without a table or a block that holds a curve."
        raise unreadable(source.origin, what, "a log with a loss in it")
    setup = {**source.setup, **_facts(lines)}
    return [replace(source.part(text.encode(), name), setup=setup) for name, text in parts]


def _tables(lines: Sequence[str]) -> list[tuple[str, str]]:
    return [
        (f"table {number}", tables.as_csv(rows, place))
        for number, (place, rows) in enumerate(tables.pipe_tables(lines), 1)
        if tables.is_curve(rows)
    ]


def _blocks(lines: Sequence[str]) -> list[tuple[str, str]]:
    return [
        (f"block at line {place}", "\n" * place + "\n".join(block))
        for place, block in _fenced(lines)
    ]


def _is_markdown(sample: str) -> bool:
    if _FRONT.match(sample):
        return True
    lines = sample.split("\n")
    fences = sum(_FENCE.match(line) is not None for line in lines)
    headings = sum(_HEADING.match(line) is not None for line in lines)
    return fences > 1 or (headings > 0 and any(map(tables.is_rule, lines)))


def _fenced(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield the fenced blocks that are no code, each with the number of its fence's line from 1."""
    fence, first, block = "", 0, list[str]()
    for place, line in enumerate(lines, 1):
        found = _FENCE.match(line)
        if found and not fence:
            fence, first, block = found[1], place, []
            language = found[2].strip().lower().split(" ")[0]
        elif found and line.strip().startswith(fence):
            if language not in _CODE.split() and any(map(str.strip, block)):
                yield first, block
            fence = ""
        elif fence:
            block.append(line)


def _facts(lines: Sequence[str]) -> Mapping[str, Any]:
    """Return the setup facts in a list of hyper-parameters, as a model card has one."""
    from mldx.readers.hyperparameters import setup_of

    listed = [_FACT.match(line) for line in lines]
    values = {found[1].strip().replace(" ", "_"): found[2].strip() for found in listed if found}
    return setup_of(values)


def html_parts(source: LogSource) -> list[LogSource] | None:
    """Return the tables of an HTML page, None when the source is none.

    raises   UnreadableRun when no table of the page holds a curve
    """
    if not _HTML.match(source.sample):
        return None
    found = [rows for rows in tables.html_tables(source.text) if tables.is_curve(rows)]
    if not found:
        what = "it is an HTML page without a table that holds a curve."
        raise unreadable(source.origin, what, "a log with a loss in it")
    several = len(found) > 1
    return [
        source.part(tables.as_csv(rows).encode(), f"table {number}" if several else "", "table")
        for number, rows in enumerate(found, 1)
    ]


def table_parts(source: LogSource) -> list[LogSource] | None:
    """Return the delimited table that stands among other lines, None when there is none."""
    if dialect(source) is not None or json_rows.recognises(source):
        return None
    block = embedded(source.text)
    return None if block is None else [source.part(block.encode(), "", "table")]
