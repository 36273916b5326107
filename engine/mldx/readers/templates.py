"""The lines of a log by their template: what is left of a line when its numbers are masked.

    Epoch 3/50 | loss 0.51 | acc 70.1%      Epoch #/# | loss # | acc #%

A program prints the same line again and again, so lines of one template are one stream, with its
own counters and its own values. Masking takes one pass over the text; what a template means is
worked out once.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from mldx.readers.phrases import (
    HIDDEN,
    SLOT,
    Phrases,
    cleaned,
    columns_of,
    parsed,
    rank_of,
    table_row,
)

LONGEST = 5000  # characters of a line; what is longer is data and not a log
_BLOCK = 1 << 20
# A number stands free or after a counter (`epoch3`); the digits of `acc@1`, `loss_0`, `top-5` and
# `mAP50-95` belong to the name. The first character is a plain set, which the search is fast for.
_NUMBER = re.compile(
    r"([-+.0-9nNiI]"
    r"(?:(?<![A-Za-z0-9_.@#\u00c0-\u024f\u0400-\u04ff].)|(?<=[Ee]poch.)|(?<=[Ee]poch[_-].)"
    r"|(?<=EPOCH.)|(?<=\b[Ee]p.)|(?<=[Ss]tep.)|(?<=[Ii]ter.))"
    r"(?:(?:(?<![A-Za-z_]-[0-9])|(?<=poch-.))(?<!P50-[0-9])(?<!50:\.)"
    r"(?:(?<=[0-9])|(?<=[-+.])\.?[0-9])"
    r"(?:[0-9]{0,2}(?:,[0-9]{3}(?![0-9]))+|[0-9]*)\.?[0-9]*(?:[eE][-+]?[0-9]+)?"
    r"|(?<=[nN])[aA][nN](?![A-Za-z0-9_])|(?<=[iI])[nN][fF](?:inity)?(?![A-Za-z0-9_])"
    r"|(?<=[-+])(?:inf|nan|Infinity)(?![A-Za-z0-9_])))"
)
_CELL = re.compile(rf"^\s*\|\s*([^|]*?)\s*\|\s*({SLOT}?)[^|{SLOT}]*\|\s*$")


@dataclass(slots=True, eq=False)
class Template:
    """A template, what its slots mean, and the lines that have it.

    lines    the numbers of those lines
    numbers  the values of the slots that mean something, line after line
    """

    size: int
    phrases: Phrases
    text: str = ""
    lines: array[int] = field(default_factory=lambda: array("q"))
    numbers: array[float] = field(default_factory=lambda: array("d"))


def scanned(text: str) -> list[Template]:
    """Return the templates of a text, in the order of their first lines."""
    scan = _Scan()
    for block in _blocks(text):
        scan.take(block)
    scan.end_box()
    return [one for one in scan.found if one.lines]


def _blocks(text: str) -> Iterator[str]:
    """Yield a text in blocks of whole lines, overlong lines cut."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _BLOCK)
        end = len(text) if end < 0 else end
        block = text[start:end]
        lines = block.split("\n")
        if max(map(len, lines)) > LONGEST:
            block = "\n".join(line[:LONGEST] for line in lines)
        yield block
        start = end + 1


class _Scan:
    def __init__(self) -> None:
        self.found: list[Template] = []
        self.line = -1
        self._masked: dict[str, Template] = {}
        self._cleaned: dict[tuple[int | None, str], Template] = {}
        self._tables: dict[tuple[str, str], Template] = {}
        self._header = ""
        self._cells: list[tuple[str, list[str]]] = []

    def take(self, block: str) -> None:
        """Read a block of lines."""
        parts = _NUMBER.split(block)
        numbers = parts[1::2]
        at = 0
        known = self._masked
        for masked in SLOT.join(parts[::2]).split("\n"):
            self.line += 1
            template = known.get(masked)
            if template is None:
                template = known[masked] = self._template(masked, numbers[at : at + 64])
            phrases = template.phrases
            if phrases.slots or phrases.heading:
                template.lines.append(self.line)
                take = template.numbers.append
                for slot in phrases.slots:
                    take(_float(numbers[at + slot]))
            if phrases.beside or self._cells:
                self._beside(template, masked, numbers[at : at + template.size])
            at += template.size

    def _template(self, masked: str, sample: list[str]) -> Template:
        rank, line = rank_of(masked, sample)
        clean = cleaned(line)
        key = (rank, clean)
        if key not in self._cleaned:
            size = clean.count(SLOT) + clean.count(HIDDEN)
            phrases = parsed(clean, sample[:size])
            if _CELL.match(line):
                phrases = Phrases(beside="cell")
            phrases.rank = rank
            self._cleaned[key] = self._new(size, phrases, clean)
        return self._cleaned[key]

    def _new(self, size: int, phrases: Phrases, text: str) -> Template:
        template = Template(size, phrases, text)
        self.found.append(template)
        return template

    def _beside(self, template: Template, masked: str, numbers: list[str]) -> None:
        """Read what is no sentence: a table's header or row, a cell of a box."""
        beside = template.phrases.beside
        if beside == "cell":
            self._cells.append((masked, numbers))
            return
        self.end_box()
        if beside == "header":
            self._header = template.text
        elif beside == "row" and self._header:
            self._row(template, numbers)

    def _row(self, template: Template, numbers: list[str]) -> None:
        rank = template.phrases.rank
        key = (self._header, f"{rank} {template.text}")
        if key not in self._tables:
            phrases = table_row(columns_of(self._header), template.text, numbers)
            phrases.rank = rank
            self._tables[key] = self._new(template.size, phrases, f"{self._header}\n")
        self._append(self._tables[key], self.line, numbers)

    def end_box(self) -> None:
        """Read the cells of a box as one line."""
        if not self._cells:
            return
        cells, self._cells = self._cells, []
        pairs = [(_CELL.match(masked), numbers) for masked, numbers in cells]
        filled = [(cell[1], numbers) for cell, numbers in pairs if cell and cell[2]]
        numbers = [numbers[name.count(SLOT)] for name, numbers in filled]
        names = [" ".join(name.replace(SLOT, " ").split()) for name, _ in filled]
        masked = "| " + " ; ".join(f"{name}: {SLOT}" for name in names)
        key = (None, masked)
        if key not in self._cleaned:
            self._cleaned[key] = self._new(len(numbers), parsed(masked, numbers), masked)
        self._append(self._cleaned[key], self.line - 1, numbers)

    def _append(self, template: Template, line: int, numbers: list[str]) -> None:
        template.lines.append(line)
        template.numbers.extend(_float(numbers[slot]) for slot in template.phrases.slots)


def _float(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        try:
            return float(written.replace(",", ""))
        except ValueError:
            return float("nan")
