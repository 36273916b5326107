"""A curve as a picture in text: Braille dots, two by four in a character, on a terminal that knows
them; else plain marks.

The vertical axis is logarithmic where the values span more than a factor of fifty, because that is
how losses are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mldx.readers.run import Array

_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_LOG_FROM = 50.0
LOST = -2
MARKS = "*o+x"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One curve to draw; points that are not finite are marked on the bottom row."""

    name: str
    x: Array
    y: Array


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows of (character, number of the line it belongs to, -1 or LOST), and the labels around
    them.
    """

    rows: list[list[tuple[str, int]]]
    top: str
    bottom: str
    left: str
    right: str
    logarithmic: bool
    lost: str


def drawn(lines: Sequence[Line], width: int, height: int, braille: bool = True) -> Plot | None:
    """Return a plot of `width` by `height` characters, or None when there is nothing to draw."""
    kept = [(line.x[seen], line.y[seen]) for line in lines if (seen := np.isfinite(line.y)).any()]
    if not kept:
        return None
    x_all, y_all = np.concatenate([line.x for line in lines]), np.concatenate([y for _, y in kept])
    logarithmic = bool(y_all.min() > 0 and y_all.max() / y_all.min() > _LOG_FROM)
    shown = [(x, np.log10(y) if logarithmic else y) for x, y in kept]
    scale = _Scale.of(x_all, np.log10(y_all) if logarithmic else y_all)
    rows = _rows(shown, scale, width, height, braille)
    lost = "×" if braille else "!"
    for line in lines:
        for column in scale.cells(line.x[~np.isfinite(line.y)], np.empty(0), width, height)[0]:
            rows[-1][column] = (lost, LOST)
    return Plot(
        rows,
        _short(y_all.max()),
        _short(y_all.min()),
        _short(x_all.min()),
        _short(x_all.max()),
        logarithmic,
        lost,
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    left: float
    wide: float
    low: float
    high: float

    @classmethod
    def of(cls, x: Array, y: Array) -> _Scale:
        wide, high = float(np.ptp(x)), float(np.ptp(y))
        return cls(float(x.min()), wide or 1.0, float(y.min()), high or 1.0)

    def cells(self, x: Array, y: Array, columns: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
        """Return column and row of each point, row 0 on top."""
        across = np.rint((x - self.left) / self.wide * (columns - 1)).astype(int)
        down = np.rint((1 - (y - self.low) / self.high) * (rows - 1)).astype(int)
        return across, down


def _rows(
    lines: Sequence[tuple[Array, Array]], scale: _Scale, width: int, height: int, braille: bool
) -> list[list[tuple[str, int]]]:
    fine = (2, 4) if braille else (1, 1)
    cells = np.zeros((height, width), dtype=int)
    owner = np.full((height, width), -1)
    for number, (x, y) in enumerate(lines):
        across, down = scale.cells(
            *_filled(x, y, width * fine[0]), width * fine[0], height * fine[1]
        )
        row, column = down // fine[1], across // fine[0]
        np.bitwise_or.at(cells, (row, column), _DOTS[down % 4, across % 2] if braille else 1)
        owner[row, column] = number
    return [
        [(_mark(cells[r, c], owner[r, c], braille), int(owner[r, c])) for c in range(width)]
        for r in range(height)
    ]


def _filled(x: Array, y: Array, columns: int) -> tuple[Array, Array]:
    """Add points between the logged ones, so that a short log is a line; a long one is thick enough
    already.
    """
    if len(x) < 2 or len(x) > columns:
        return x, y
    order = np.argsort(x, kind="stable")
    between = np.linspace(x.min(), x.max(), columns)
    return between, np.interp(between, x[order], y[order])


def _mark(dots: int, owner: int, braille: bool) -> str:
    if not dots:
        return " "
    return chr(0x2800 + dots) if braille else MARKS[owner % 4]


def _short(value: float) -> str:
    return f"{value:.3g}"
