"""A curve as a picture in text: Braille dots, two by four in a character, on a terminal that knows
them; else a plain mark for each curve.

The vertical axis is the one of the pictures in HTML (`scale`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from mldx.knowledge.wording import words
from mldx.report.scale import Scale, bounded, share
from mldx.symptoms.plot_series import PlotSeries

MARKS = "*o+x"
NOBODY, LOST = -1, -2  # whose cell it is, where it is not a curve's: nobody's, a lost point's
_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row and column of a cell
_CROSS = {True: "×", False: "!"}


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows of (character, number of the curve it belongs to, or NOBODY or LOST), and what stands
    around them.

    top, bottom  the greatest and the least value
    left, right  the ends of the axis
    """

    rows: list[list[tuple[str, int]]]
    top: str
    bottom: str
    left: str
    right: str
    logarithmic: bool

    @property
    def lost(self) -> bool:
        """Is there a point that is not finite?"""
        return any(owner == LOST for _, owner in self.rows[-1])


def drawn(
    curves: Sequence[PlotSeries], width: int, height: int, braille: bool = True
) -> Plot | None:
    """Return a plot of `width` by `height` characters, or None when no value is finite.

    A point that is not finite is a cross on the bottom row.
    """
    places = [bounded(x) for curve in curves for x in curve.x]
    values = [y for curve in curves for y in curve.y if math.isfinite(y)]
    if not values:
        return None
    left, right = min(places), max(places)
    scale = Scale.of(min(values), max(values))
    canvas = _Canvas(width, height, braille)
    for number, curve in enumerate(curves):
        spots = [(share(bounded(x), left, right), y) for x, y in zip(curve.x, curve.y, strict=True)]
        _draw(canvas, spots, scale, number)
    return Plot(
        canvas.rows(),
        _short(max(values)),
        _short(min(values)),
        words(left),
        words(right),
        scale.logarithmic,
    )


def _draw(canvas: _Canvas, spots: Sequence[tuple[float, float]], scale: Scale, number: int) -> None:
    """Draw a curve of (place across, value), and what is not finite on the bottom row."""
    canvas.draw([(across, scale.share(y)) for across, y in spots if math.isfinite(y)], number)
    for across, y in spots:
        if not math.isfinite(y):
            canvas.lose(across)


def sparkline(heights: Sequence[float], width: int) -> str:
    """Return heights from 0 to 1, two for each character, as one line of Braille; a cross where
    one is not a number.
    """
    cells = [0] * width
    for place, high in enumerate(heights):
        if math.isfinite(high):
            row = 3 - min(int(4 * min(high, 0.99)), 3)
            cells[place // 2] |= _DOTS[row][place % 2]
    return "".join(chr(_BRAILLE + dots) if dots else _CROSS[True] for dots in cells)


@dataclass(slots=True)
class _Canvas:
    """A grid of characters, each of one dot or, in Braille, of two by four."""

    width: int
    height: int
    braille: bool
    dots: dict[tuple[int, int], int] = field(default_factory=dict)
    owner: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def columns(self) -> int:
        """How many dots there are from left to right."""
        return self.width * (2 if self.braille else 1)

    @property
    def lines(self) -> int:
        """How many dots there are from top to bottom."""
        return self.height * (4 if self.braille else 1)

    def draw(self, spots: list[tuple[float, float]], number: int) -> None:
        """Draw a curve through places, all from 0 to 1."""
        for across, up in _filled(sorted(spots), self.columns, self.lines):
            self.mark(across, up, number)

    def mark(self, across: float, up: float, number: int) -> None:
        """Set the dot of a curve at a place, both from 0 to 1."""
        column = round(across * (self.columns - 1))
        line = round((1 - up) * (self.lines - 1))
        cell = (line // 4, column // 2) if self.braille else (line, column)
        dot = _DOTS[line % 4][column % 2] if self.braille else 1
        self.dots[cell] = self.dots.get(cell, 0) | dot
        if self.owner.get(cell) != LOST:
            self.owner[cell] = number

    def lose(self, across: float) -> None:
        """Set a cross on the bottom row."""
        self.owner[self.height - 1, round(across * (self.width - 1))] = LOST

    def rows(self) -> list[list[tuple[str, int]]]:
        """Return the characters, from top to bottom."""
        return [
            [self._cell((row, column)) for column in range(self.width)]
            for row in range(self.height)
        ]

    def _cell(self, cell: tuple[int, int]) -> tuple[str, int]:
        owner = self.owner.get(cell, NOBODY)
        if owner == LOST:
            return _CROSS[self.braille], LOST
        if owner == NOBODY:
            return " ", NOBODY
        return (chr(_BRAILLE + self.dots[cell]) if self.braille else MARKS[owner % 4]), owner


def _filled(
    points: list[tuple[float, float]], columns: int, lines: int
) -> Iterator[tuple[float, float]]:
    """Yield the points, and some between them, so that a short log is a line too."""
    yield from points
    if len(points) > columns:
        return
    for (across, up), (next_across, next_up) in pairwise(points):
        between = int(max(columns * (next_across - across), lines * abs(next_up - up)))
        for part in range(1, between + 1):
            there = part / (between + 1)
            yield across + there * (next_across - across), up + there * (next_up - up)


def _short(value: float) -> str:
    return f"{value:.3g}"
