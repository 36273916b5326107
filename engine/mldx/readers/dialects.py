"""How a text is delimited: CSV, TSV, `;`, `|` or spaces, with its header where it stands.

A header is a line of names with numbers under it. A name may be anything; where the names are odd
(`alpha=0.5`, `0`, a sentence), an axis or a metric among them, with a number under it, tells that
they are names. Comments (`#`) may stand before the header and between the rows, a title before it,
and messages around it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mldx.readers import names
from mldx.readers.normalise import is_progress_bar
from mldx.readers.numbers import MISSING, number
from mldx.readers.source import LogSource

_SEPARATORS = ",\t;|"
_ROW = re.compile(r"[\s|\"]*[-+]?\.?\d")
_QUOTED = re.compile(r"\"\s*([-+]?\d+,\d+)\s*\"")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+")
_LOOKED_AT = 3


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is written.

    comma  `0,51` is a number
    """

    header: list[str]
    separator: str
    comma: bool

    def is_comment(self, row: Sequence[str]) -> bool:
        """Is a row of cells a comment, and not the header behind a `#`?"""
        return row[0].lstrip().startswith("#") and header_of(row) != self.header


def dialect(source: LogSource) -> Dialect | None:
    """Return how the file is delimited, or None when it is no table with a header."""
    lines = _without_comments([line for line in source.sample.split("\n") if line.strip()])
    lines = lines[:_LOOKED_AT]
    if not lines or any(map(is_progress_bar, lines)):
        return None
    separator = max(_SEPARATORS, key=lines[0].count)
    if separator not in lines[0] and " " in lines[0].strip():
        separator = " "
    header, *rows = (_cells(line, separator) for line in lines)
    header = header_of(header)
    if not _is_table(header, rows, exactly=separator == " "):
        return None
    return Dialect(header, separator, _is_decimal_comma(separator, source.sample))


def _is_table(header: list[str], rows: list[list[str]], *, exactly: bool) -> bool:
    """Are these names and what stands under them?

    exactly  the separator is one that stands in prose too: only a full row of numbers will do
    """
    if _is_header(header) and _under(rows[:1], header, exactly=exactly):
        return True
    return not exactly and bool(rows) and _surely_heads(header, rows[0])


def _without_comments(lines: list[str]) -> list[str]:
    """Drop the comments at the beginning, except the one that is the header of the rows below."""
    first = next((place for place, line in enumerate(lines) if line[0] != "#"), len(lines))
    rows = lines[first:]
    if first and rows and not _ROW.match(rows[0]):
        return rows
    heads = [line for line in lines[:first] if not rows or _is_as_wide(line, rows[0])]
    return heads[-1:] + rows


def _is_as_wide(line: str, row: str) -> bool:
    return any(line.count(separator) == row.count(separator) > 0 for separator in _SEPARATORS)


def _is_decimal_comma(separator: str, sample: str) -> bool:
    """Where the comma separates, a quoted number may have one: `"0,51"`, but not `"1,234"`."""
    if separator != ",":
        return True
    return any(not _THOUSANDS.fullmatch(found) for found in _QUOTED.findall(sample))


def _surely_heads(header: list[str], row: list[str]) -> bool:
    """Are there at least two names of a training among cells, an axis or a metric and a metric,
    with numbers under them?
    """
    told = {name: cell for name, cell in zip(header, row, strict=False) if _is_told(name)}
    fits = all(cell in MISSING or is_number(cell) for cell in told.values())
    is_training = len(told) > 1 and any(names.axis(name) is None for name in told)
    return is_training and fits and len(header) == len(row)


def _is_told(name: str) -> bool:
    is_axis = names.axis(name) in ("epoch", "step")
    return is_axis or (names.named(name).known and _may_be_name(name))


def embedded(text: str) -> str | None:
    """Return the table with a loss that stands among other lines of a text, or None.

    The other lines are empty in it, so that each row keeps the number of its line.
    """
    lines = text.split("\n")
    for place, line in enumerate(lines[:-2]):
        if not _ROW.match(lines[place + 1]) or _ROW.match(line):
            continue
        for separator in _SEPARATORS:
            if separator in line and (rows := _rows_under(lines, place, separator)):
                return "\n".join(one if number in rows else "" for number, one in enumerate(lines))
    return None


def _rows_under(lines: list[str], place: int, separator: str) -> set[int]:
    """Return the numbers of the header and of every row under it; none where it is no table of a
    curve.
    """
    header = header_of(_cells(lines[place], separator))
    if not _heads_curve(header):
        return set()
    rows = {
        number
        for number, line in enumerate(lines[place + 1 :], place + 1)
        if line.count(separator) >= len(header) - 1 and _is_row(_cells(line, separator), header)
    }
    again = {number for number, line in enumerate(lines) if line.strip() == lines[place].strip()}
    follows = {place + 1, place + 2} <= rows | again and place + 1 in rows
    return {place, *rows, *again} if follows else set()


def _heads_curve(header: list[str]) -> bool:
    """Are there an axis and a loss among names?"""
    axes = {names.axis(name) for name in header}
    return (
        len(header) > 1
        and all(map(_may_be_name, filter(None, header)))
        and bool(axes & {"epoch", "step"})
        and any(names.is_loss(names.named(name).metric) for name in header)
    )


def _is_row(cells: list[str], header: list[str]) -> bool:
    """Does a line stand under this header: numbers wherever a number must stand?"""
    return len(cells) == len(header) and all(
        cell.strip() in MISSING or is_number(cell) or not must_be_numbers(name)
        for cell, name in zip(cells, header, strict=True)
    )


def _under(rows: list[list[str]], header: list[str], exactly: bool) -> bool:
    """Does the first row fit the header? Where there is none, the header itself must be about a
    training.
    """
    if not rows:
        return not exactly and any(names.axis(name) or names.named(name).known for name in header)
    numbers = [is_number(cell) or cell in MISSING for cell in rows[0]]
    return (len(numbers) == len(header) and all(numbers)) if exactly else _fits(rows[0], header)


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.strip(" ")], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []


def header_of(cells: Sequence[str]) -> list[str]:
    """Return the names in a header, without the `#` that may stand before it."""
    stripped = [cell.strip() for cell in cells]
    return [name.removeprefix("#").strip() for name in stripped[:1]] + stripped[1:]


def _is_header(cells: Sequence[str]) -> bool:
    """Names, mostly different ones, none a number; a single column must be a metric."""
    words = [cell for cell in cells if cell]
    if sum(bool(re.search(r"[A-Za-z]\s+[\d.]+\)?$", word)) for word in words) > 1:
        return False
    if not words or not all(map(_may_be_name, words)):
        return False
    if len(cells) == 1:
        return names.named(words[0]).known
    return len(set(words)) > 0.5 * len(cells)


def _may_be_name(cell: str) -> bool:
    return len(cell) <= 80 and not is_number(cell) and ": " not in cell and "=" not in cell


def _fits(row: Sequence[str], header: Sequence[str]) -> bool:
    if not any(map(is_number, row)) and len(header) < 3:
        return False
    return len(row) == len(header) or (
        len(row) > 1 and abs(len(row) - len(header)) <= 2 and is_number(row[0])
    )


def is_number(cell: str) -> bool:
    """Does a cell hold a number?"""
    try:
        number(cell)
    except ValueError:
        return False
    return True


def must_be_numbers(name: str) -> bool:
    """Must a column of this name hold numbers? Others may hold anything."""
    return names.axis(name) in ("epoch", "step") or (
        names.named(name).known and not names.is_clock(name)
    )
