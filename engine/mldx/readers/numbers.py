"""What a cell says: a number, nothing, or something that is no number.

`nan` and `inf` are values: the loss *was* not finite. An empty cell, `NA`, `null` or `None` is no
value at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import compress
from math import isfinite, isnan

import numpy as np
from numpy.typing import NDArray

from mldx.readers.run import Array

Mask = NDArray[np.bool_]
MISSING = frozenset(
    {"", "NA", "N/A", "n/a", "na", "<NA>", "null", "NULL", "Null", "None", "none", "No log"}
)
PATTERN = r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf(?:inity)?)"

_MICROSOFT = {
    "1.#qnan": "nan",
    "1.#ind": "nan",
    "-1.#ind": "nan",
    "-nan(ind)": "nan",
    "1.#inf": "inf",
    "-1.#inf": "-inf",
}
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")
_WRAPPED = re.compile(
    rf"(?:tensor)?[\[(]+\s*({PATTERN})\s*[\])].*|tensor\(\s*({PATTERN}),.*", re.IGNORECASE
)


def number(cell: str, comma: bool = False) -> float:
    """Return the number in a cell, also from `tensor(0.5)`, `98 %` or, with `comma`, `0,51`; else
    raise ValueError.
    """
    bare = cell.strip()
    return _number(bare[:-1].rstrip(), comma) / 100 if bare.endswith("%") else _number(bare, comma)


def _number(bare: str, comma: bool) -> float:
    bare = _MICROSOFT.get(bare.lower(), bare)
    if "," in bare:
        bare = _with_point(bare, comma)
    wrapped = _WRAPPED.fullmatch(bare)
    return float(wrapped[1] or wrapped[2] if wrapped else bare)


def _with_point(bare: str, comma: bool) -> str:
    """Return `0,51` as 0.51 where the comma is decimal, else `1,234.5` as 1234.5."""
    if comma and bare.count(",") == 1:
        return bare.replace(".", "").replace(",", ".")
    return bare.replace(",", "") if _THOUSANDS.fullmatch(bare) else bare


def column(cells: Sequence[str], comma: bool = False) -> tuple[Array, Mask, list[int]]:
    """Return the values, which of them are there, and where a cell is neither a number nor missing;
    all (N,).

    A full column of plain numbers is the common case and takes one pass in C.
    """
    try:
        return (
            np.fromiter(map(float, cells), np.float64, len(cells)),
            np.ones(len(cells), np.bool_),
            [],
        )
    except ValueError:
        there = np.array([cell not in MISSING for cell in cells], np.bool_)
    values = np.full(len(cells), np.nan)
    try:
        values[there] = np.fromiter(map(float, compress(cells, there)), np.float64)
        return values, there, []
    except ValueError:
        return _cell_by_cell(cells, values, there, comma)


def _cell_by_cell(
    cells: Sequence[str], values: Array, there: Mask, comma: bool
) -> tuple[Array, Mask, list[int]]:
    wrong = []
    for row in np.flatnonzero(there).tolist():
        try:
            values[row] = number(cells[row], comma)
        except ValueError:
            there[row] = False
            wrong += [] if cells[row].strip() in MISSING else [row]
    return values, there, wrong


def plain(value: object) -> float | None:
    """Return a JSON or YAML scalar as a float, None when it is none: "nan" and 1 are numbers, true
    and "x" are not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return number(value) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return None


def written(value: float) -> float | str:
    """Return a value as a run record holds it: `nan` and `inf`, which JSON lacks, are words."""
    if isfinite(value):
        return value
    if isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def has_unit(value: object) -> bool:
    """Is the cell written with `%`, so that `plain` has made it a share of 1?"""
    return isinstance(value, str) and "%" in value
