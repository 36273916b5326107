"""Text with a log in it: Markdown, HTML, a table among other lines, both sides of a merge conflict.

What is taken out keeps the numbers of its lines, so that a fault names the line of the document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from mldx.readers import json_rows
from mldx.readers.containers import tables
from mldx.readers.dialects import dialect, embedded
from mldx.readers.faults import unreadable
from mldx.readers.names import is_loss, named
from mldx.readers.numbers import plain
from mldx.readers.source import LogSource

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*(.*)$")
_INDENT = "    "
_HEADING = re.compile(r"#{1,6} \S")
_ROW = re.compile(
    r"(?<=\S[ \t])\{(?=[^{}]*\"(?:_type|mode|phase|split|stage)\": ?\")(?=[^{}]*loss)[^{}]*\}$",
    re.MULTILINE,
)
_FEWEST = 4  # rows of an object each, so that a printed dictionary is none
_LIST = re.compile(r"[:=]\s*(?:[\w.]*(?:array|tensor)\()?\[(?=\s*[-+.\dn])([^\[\]]{5,})\]")
_BEFORE = re.compile(r"([A-Za-z_][\w ./-]*)[\"']?\s*$")
_LINE_OF_A_LOSS = re.compile(
    r"^.{0,80}\b(?:epoch|step|iter)\w{0,6}\W{0,4}\d[^\n\[{]{0,200}loss\W{0,4}\d",
    re.IGNORECASE | re.MULTILINE,
)
# JSON, and a run record in YAML
_IS_DATA = re.compile(r"\A\s*[{\[]\s*[\"'{\[}\]]|^(?:setup|history|answers):", re.MULTILINE)
_LONGEST_NAME, _FEWEST_OF_A_LIST = 60, 2
_FRONT = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|$)")
_FACT = re.compile(
    r"\s*[-*] [*`]{0,2}([A-Za-z_][\w ]{2,40}?)[*`]{0,2}\s*:\s*[*`]{0,2}(.+?)[*`]{0,2}\s*$"
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
    setup = {**source.setup, **_facts(lines)}
    found = [replace(source.part(text.encode(), name), setup=setup) for name, text in parts]
    return [*found, replace(source, setup=setup, fallback=True)] if is_document else found


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
    """Yield the blocks that are fenced, each with the number of its fence's line from 1, and those
    that are indented, with the number of the line before.
    """
    fence, first, block = "", 0, list[str]()
    for place, line in enumerate([*lines, "end"], 1):
        mark = _mark_of_fence(line, fence)
        if not mark and (fence or _is_indented(line, inside=bool(block))):
            first = first if fence or block else place - 1
            block.append(line if fence else line.removeprefix(_INDENT))
            continue
        if any(block):
            yield first, block
        fence, first, block = "" if fence else mark, place, []


def _mark_of_fence(line: str, fence: str) -> str:
    """Return the mark that opens a fence, or closes the open one."""
    found = _FENCE.match(line)
    return found[1] if found and line.strip().startswith(fence) else ""


def _is_indented(line: str, *, inside: bool) -> bool:
    return line.startswith(_INDENT) or (inside and not line.strip())


def _facts(lines: Sequence[str]) -> Mapping[str, Any]:
    """Return the setup facts in a list of hyper-parameters, as a model card has one."""
    from mldx.readers.hyperparameters import setup_of

    listed = [_FACT.match(line) for line in lines]
    values = {found[1].strip().replace(" ", "_"): found[2].strip() for found in listed if found}
    return setup_of(values)


def html_parts(source: LogSource) -> list[LogSource] | None:
    """Return the tables of an HTML page, or else its preformatted texts, None when the source is
    no page.

    raises   UnreadableRun when there is neither
    """
    if not _HTML.match(source.sample):
        return None
    pages = [
        tables.as_csv(rows) for rows in tables.html_tables(source.text) if tables.is_curve(rows)
    ]
    texts = pages or tables.html_texts(source.text)
    if not texts:
        what = "it is an HTML page without a table or a text that holds a curve."
        raise unreadable(source.origin, what, "a log with a loss in it")
    kind, several = "table" if pages else "text", len(texts) > 1
    return [
        source.part(text.encode(), f"{kind} {number}" if several else "", kind)
        for number, text in enumerate(texts, 1)
    ]


def rows_parts(source: LogSource) -> list[LogSource] | None:
    """Return the JSON objects that stand at the ends of lines, behind what a logger writes before
    them, where each says its split.
    """
    if not _ROW.search(source.sample):
        return None
    found = [_ROW.search(line) for line in source.text.split("\n")]
    rows = "\n".join(one[0] if one else "" for one in found)
    told = sum(one is not None for one in found)
    return [source.part(rows.encode(), "", "rows")] if told >= _FEWEST else None


def lists_parts(source: LogSource) -> list[LogSource] | None:
    """Return the lists of losses that a script prints at its end, `{'loss': [...], ...}` or
    `val losses: [...]`, where no line of its own has a loss.

    A name that stands there often, each time with a list, is not a curve but what one step gave.
    """
    if _IS_DATA.search(source.sample) or dialect(source) is not None:
        return None
    if not _LIST.search(source.text):
        return None
    if len(_LINE_OF_A_LOSS.findall(source.text)) >= _FEWEST:
        return None
    lists = _lists(source.text)
    curves = {name: some[-1] for name, some in lists.items() if _is_grown(some)}
    if not any(is_loss(named(name).metric) for name in curves):
        return None
    return [source.part(json.dumps(curves).encode(), "", "lists")]


def _lists(text: str) -> dict[str, list[list[str]]]:
    """Return the lists of numbers in a text by the names before them."""
    lists: dict[str, list[list[str]]] = {}
    for found in _LIST.finditer(text):
        name = _BEFORE.search(text[max(0, found.start() - _LONGEST_NAME) : found.start()])
        values = found[1].replace(",", " ").split()
        if name and len(values) > _FEWEST_OF_A_LIST and None not in map(plain, values):
            lists.setdefault(name[1].strip(), []).append(values)
    return lists


def _is_grown(lists: Sequence[Sequence[str]]) -> bool:
    """Was one list printed, or one that grew each time?"""
    return all(len(earlier) < len(later) for earlier, later in pairwise(lists))


def table_parts(source: LogSource) -> list[LogSource] | None:
    """Return the delimited table that stands among other lines, None when there is none."""
    if dialect(source) is not None or json_rows.recognises(source):
        return None
    block = embedded(source.text)
    return None if block is None else [source.part(block.encode(), "", "table")]
