"""Tables of HTML and Markdown as rows of cells, and those rows as CSV, which a reader takes."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Sequence
from html.parser import HTMLParser

from mldx.readers.names import is_loss, named
from mldx.readers.numbers import plain

Rows = list[list[str]]
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:[|+]\s*:?-+:?\s*)*\|?\s*")
_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_FEWEST = 2  # rows of a curve
_SPACES = re.compile(r"\s+")


def html_tables(text: str) -> list[Rows]:
    """Return the tables of a piece of HTML, each row with at least one cell."""
    if "<table" not in text.lower():
        return []
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [rows for rows in parser.found if rows]


def html_texts(text: str) -> list[str]:
    """Return what stands preformatted in a page, without its tags."""
    return [html.unescape(_TAG.sub("", found[1])) for found in _PRE.finditer(text)]


class _Tables(HTMLParser):
    """Collects the cells; of a table in a cell the inner one is taken too, on its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Rows] = []
        self._open: list[Rows] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a table, a row or a cell."""
        if tag == "table":
            self._end_cell()
            self._open.append([])
            self.found.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._end_cell()
            self._open[-1].append([])
        elif tag in {"td", "th"} and self._open:
            self._end_cell()
            self._cell = []

    def handle_endtag(self, tag: str) -> None:
        """End a cell or a table."""
        if tag in {"td", "th", "tr", "table"}:
            self._end_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Take the text of a cell."""
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self._open:
            if not self._open[-1]:
                self._open[-1].append([])
            self._open[-1][-1].append(_SPACES.sub(" ", "".join(self._cell)).strip())
        self._cell = None


def is_rule(line: str) -> bool:
    """Is it the line under the header of a Markdown table, `|---|:-:|`?"""
    return "---" in line and "|" in line and _RULE.fullmatch(line) is not None


def pipe_tables(lines: Sequence[str]) -> list[tuple[int, Rows]]:
    """Return the Markdown tables among lines, each with the number of its first line from 0."""
    found = []
    for place in range(1, len(lines)):
        header = lines[place - 1]
        if "|" in header and is_rule(lines[place]):
            rows = [pipe_cells(header), []]
            for line in lines[place + 1 :]:
                if "|" not in line:
                    break
                rows.append(pipe_cells(line))
            found.append((place - 1, rows))
    return found


def pipe_cells(line: str) -> list[str]:
    """Return the cells of a row of a Markdown table, the bars at its ends or without them."""
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().strip("*`").strip() for cell in inner.split("|")]


def is_curve(rows: Rows) -> bool:
    """Is a column of it a loss, with numbers in at least two rows?"""
    header, *values = [row for row in rows if any(row)] or [[]]
    losses = [place for place, name in enumerate(header) if is_loss(named(name).metric)]
    return any(
        sum(place < len(row) and plain(row[place]) is not None for row in values) >= _FEWEST
        for place in losses
    )


def as_csv(rows: Rows, line: int = 0) -> str:
    """Return rows as CSV, after as many empty lines as stand before them in the document, so that
    faults name the right line.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows(row if any(row) else [] for row in rows)
    return "\n" * line + written.getvalue()
