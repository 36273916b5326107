"""The cells of a symptom's range: parts on which every condition of a check says the same.

A choice has its words as cells. A number is cut where some condition compares it: each cut is a
cell, and so is each gap between two cuts. One sample a cell is therefore enough to know a check's
answer everywhere.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from mldx.knowledge.conditions import Scales, Test
from mldx.symptoms import LEVELS, Spec


def cuts(path: str, tests: Iterable[Test], scales: Scales) -> list[float]:
    """Return the sorted numbers at which a comparison of this symptom can change its mind."""
    found: set[float] = set()
    for test in tests:
        operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        for operand in operands:
            if isinstance(operand, bool) or test.symptom != path:
                continue
            if isinstance(operand, (int, float)):
                found.add(float(operand))
            elif operand in LEVELS and path in scales:
                found.update(scales.bounds(path))
    return sorted(found)


def samples(spec: Spec, breaks: Sequence[float]) -> list[Any]:
    """Return one value of every cell of the symptom's range, numbers in rising order."""
    if spec.kind == "flag":
        return [True, False]
    if spec.kind == "choice":
        return list(spec.words)
    return [*numbers(spec.low, spec.high, breaks), *spec.words]


def numbers(low: float, high: float, breaks: Sequence[float]) -> list[float]:
    """Return every cut within low..high, the finite ends, and one number of each gap between, in
    rising order.
    """
    inside = [cut for cut in breaks if low <= cut <= high]
    edges = [low, *inside, high]
    between = [_between(left, right) for left, right in pairwise(edges) if left < right]
    ends = [edge for edge in (low, high) if math.isfinite(edge)]
    return sorted({*inside, *between, *ends})


def _between(left: float, right: float) -> float:
    if math.isinf(left) and math.isinf(right):
        return 0.0
    if math.isinf(left):
        return right - 1
    return left + 1 if math.isinf(right) else (left + right) / 2


def tabulated(
    breaks: Sequence[float], words: Sequence[str], answer: Callable[[Any], Any]
) -> Callable[[Any], Any]:
    """Return `answer` as a table over the cells of a number, so that a look-up replaces its
    comparisons.
    """
    ends = [-math.inf, *breaks, math.inf]
    cells = [answer(_between(ends[0], ends[1]))]  # a gap, then a cut and a gap, again and again
    for cut, following in pairwise(ends[1:]):
        cells += [answer(cut), answer(_between(cut, following))]
    by_word = {word: answer(word) for word in words}

    def look_up(value: Any) -> Any:
        if isinstance(value, str):
            return by_word[value]
        return cells[_cell(breaks, value)]

    return look_up


def cell_finder(path: str, tests: Sequence[Test], scales: Scales) -> Callable[[Any], Any]:
    """Return the function from a symptom's value to the cell it lies in, on which all of these
    tests say the same; no cell of a number equals True, False or None.
    """
    breaks = cuts(path, tests, scales)
    operands = [test.operand for test in tests if test.symptom == path]
    flat = [one for item in operands for one in (item if isinstance(item, tuple) else (item,))]
    words = {word for word in flat if isinstance(word, str)}

    def find(value: Any) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (int, float)):
            return "nan" if math.isnan(value) else ~_cell(breaks, value)
        return value if value in words else ""

    return find


def _cell(breaks: Sequence[float], value: float) -> int:
    """Return the number of a cell: even for a gap, odd for a cut."""
    index = bisect_left(breaks, value)
    return 2 * index + (index < len(breaks) and breaks[index] == value)
