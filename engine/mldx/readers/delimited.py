"""Delimited text to a table: CSV, TSV, `;` and `|`, streamed, so that a million rows cost seconds
and no text is kept.

Cells are read column by column in chunks. A header that stands again in the middle begins another
run, perhaps with other columns. A last row that breaks off is left out; any other cell that is no
number is told with its line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise

import numpy as np

from mldx.errors import Fault, InputError
from mldx.readers import names
from mldx.readers.dialects import Dialect, header_of, is_number, must_be_numbers
from mldx.readers.faults import FaultList, unreadable
from mldx.readers.numbers import MISSING, Mask, column
from mldx.readers.plain_rows import csv_columns, is_large
from mldx.readers.run import Array
from mldx.readers.source import LogSource
from mldx.readers.table import Labels, Table

_MOST_WORDS = 5_000  # different ones in a column that says which run a row belongs to
_CHUNK = 2_000  # rows: small enough to stay in the processor's cache
_EXPECTED = "a number, nan, inf, or an empty cell"
_EXPECTED_VAL = "a number, nan, inf, or an empty cell where the epoch had no validation"
Rows = list[list[str]]


def table(source: LogSource, how: Dialect) -> Table:
    """Return the table of a delimited file.

    raises   InputError with a fault for every cell of a metric that is no number, and for every row
             that is too long
    """
    if how.separator == "," and is_large(source) and (plain := csv_columns(source, how.header)):
        return Table.of_columns(plain)
    growing = _Growing(source.origin, how)
    try:
        for lines, rows in _blocks(source, how):
            growing.add(lines, rows)
        growing.end()
        if not growing.size:
            raise unreadable(
                source.origin,
                f"there is a header ({', '.join(how.header[:8])}), but no row under it.",
                "a row",
            )
    except csv.Error as error:
        raise unreadable(
            source.origin, f"the file cannot be split into columns: {error}.", "a CSV file"
        ) from error
    except OSError as error:
        raise InputError(Fault(source.origin, f"the file cannot be read: {error}.")) from error
    return growing.table()


def _blocks(source: LogSource, how: Dialect) -> Iterator[tuple[list[int], Rows]]:
    """Yield chunks of rows with the number of the line that each stands in, the header first."""
    reader = csv.reader(source.lines(), delimiter=how.separator, skipinitialspace=True)
    numbered = ((reader.line_num, row) for row in reader if row and not how.is_comment(row))
    while chunk := list(islice(numbered, _CHUNK)):
        yield [line for line, _ in chunk], [row for _, row in chunk]


@dataclass(slots=True)
class _Words:
    """A column of words: each different one numbered, and the chunks of their numbers."""

    numbers: dict[str, int] = field(default_factory=dict)
    chunks: list[tuple[int, Array]] = field(default_factory=list)

    def add(self, start: int, cells: tuple[str, ...]) -> None:
        """Take the cells of the rows from `start` on."""
        bare = [cell.strip() for cell in cells]
        there = [
            np.nan if cell in MISSING else self.numbers.setdefault(cell, len(self.numbers))
            for cell in bare
        ]
        self.chunks.append((start, np.array(there, np.float64)))

    def codes(self, size: int) -> Array:
        """Return (size,) the number of each row's word, nan where it has none."""
        codes = np.full(size, np.nan)
        for start, chunk in self.chunks:
            codes[start : start + len(chunk)] = chunk
        return codes


@dataclass(slots=True)
class _Growing:
    """The columns so far: a list of chunks each, with None where a chunk has no such column.

    held    the last row and its line, kept back until it is known whether another one follows
    shares  the columns in which a cell was written with `%`
    widths  the numbers of cells of rows that are not as long as the header
    """

    origin: str
    how: Dialect
    first: str = ""
    header: list[str] = field(default_factory=list)
    size: int = 0
    values: dict[str, list[tuple[int, Array, Mask]]] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: FaultList = field(default_factory=FaultList)
    held: tuple[list[int], Rows] = field(default_factory=lambda: ([], []))
    shares: set[str] = field(default_factory=set)
    texts: dict[str, _Words] = field(default_factory=dict)
    widths: set[int] = field(default_factory=set)

    def add(self, lines: list[int], rows: Rows) -> None:
        """Take the row held back and all new ones but the last."""
        lines, rows = self.held[0] + lines, self.held[1] + rows
        self.held = lines[-1:], rows[-1:]
        if len(rows) > 1:
            self._add(lines[:-1], rows[:-1])

    def end(self) -> None:
        """Take the last row, unless it breaks off: then its last cell may be the beginning of
        another number.
        """
        lines, rows = self.held
        width = len(rows[0]) if rows else 0
        if rows and width not in self.widths and any(self.header[width:]):
            self.notes.append(f"the last row (line {lines[0]}) breaks off")
        elif rows:
            self._add(lines, rows)

    def _add(self, lines: list[int], rows: Rows) -> None:
        """Take rows; each header among them begins a new block."""
        self.first = self.first if self.header else rows[0][0]
        headers = {
            place for place, row in enumerate(rows) if row[0] == self.first and self._heads(row)
        }
        for start, end in pairwise(sorted({0, *headers, len(rows)})):
            block, numbers = rows[start:end], lines[start:end]
            if start in headers:
                self._begin(block[0])
                block, numbers = block[1:], numbers[1:]
            if block:
                self._take(numbers, block)

    def _heads(self, row: list[str]) -> bool:
        names = header_of(row)
        return not self.header or names == self.header or not any(map(is_number, row))

    def _begin(self, row: list[str]) -> None:
        if self.header:
            self.breaks.append(self.size)
        self.header = header_of(row) if self.header else self.how.header

    def _take(self, lines: list[int], rows: Rows) -> None:
        width = len(self.header)
        if min(map(len, rows)) < width or max(map(len, rows)) > width:
            rows = self._squared(lines, rows, width)
        for name, cells in zip(self.header, zip(*rows, strict=True), strict=True):
            if name not in self.dropped:
                self._grow(name, cells, lines)
        self.size += len(rows)

    def _squared(self, lines: list[int], rows: Rows, width: int) -> Rows:
        """Fill rows that are too short and tell those that are too long."""
        self.widths |= set(map(len, rows))
        for line, row in zip(lines, rows, strict=True):
            if any(map(str.strip, row[width:])):
                self.faults.add(
                    Fault(
                        f"{self.origin}:{line}",
                        f"the row has {len(row)} cells, the header has {width}.",
                        f"{width} cells",
                    ),
                    line,
                )
        return [(row + [""] * width)[:width] for row in rows]

    def _grow(self, name: str, cells: tuple[str, ...], lines: list[int]) -> None:
        value, there, wrong = column(cells, self.how.comma)
        if "%" in "".join(cells):
            self.shares.add(name)
        if name in self.texts or (wrong and not must_be_numbers(name)):
            self._label(name, cells)
            return
        for row in wrong:
            self._blame(name, cells[row], lines[row])
        self._append(name, value, there)

    def _label(self, name: str, cells: tuple[str, ...]) -> None:
        """Take words; a column with very many different ones is text that says nothing."""
        words = self.texts.setdefault(name, _Words())
        words.add(self.size, cells)
        if self.values.pop(name, None) or len(words.numbers) > _MOST_WORDS:
            self.dropped[name] = f"column `{name}` (text)"
            del self.texts[name]

    def _append(self, name: str, value: Array, there: Mask) -> None:
        chunks = self.values.setdefault(name, [])
        if not chunks or chunks[-1][0] != self.size:
            chunks.append((self.size, value, there))
        elif name:
            self.dropped.setdefault(f"{name} (again)", f"second column `{name}`")

    def _blame(self, name: str, cell: str, line: int) -> None:
        expected = _EXPECTED_VAL if names.named(name).split == "val" else _EXPECTED
        where = f"{self.origin}:{line}"
        self.faults.add(
            Fault(
                where,
                f'{name} is "{cell.strip()}", which is not a number.',
                expected,
                "empty the cell",
            ),
            line,
        )

    def table(self) -> Table:
        """Return all that was added as one table."""
        self.faults.check()
        whole = {name: self._whole(chunks) for name, chunks in self.values.items()}
        made = Table.of(whole, self.size, self.breaks)
        made.mark_shares(self.shares)
        made.labels = [
            Labels(name, words.codes(self.size), list(words.numbers))
            for name, words in self.texts.items()
        ]
        made.header = list(self.header)
        made.ignored += self.dropped.values()
        made.notes += self.notes
        made.split_by_labels()
        made.ignored += [f"column `{one.name}` (text)" for one in made.labels]
        return made

    def _whole(self, chunks: list[tuple[int, Array, Mask]]) -> tuple[Array, Mask]:
        if sum(len(value) for _, value, _ in chunks) == self.size:
            return np.concatenate([value for _, value, _ in chunks]), np.concatenate(
                [there for _, _, there in chunks]
            )
        value, there = np.full(self.size, np.nan), np.zeros(self.size, np.bool_)
        for start, part, mask in chunks:
            value[start : start + len(part)], there[start : start + len(part)] = part, mask
        return value, there
