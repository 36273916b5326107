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


def cuts(spec: Spec, tests: Iterable[Test], scales: Scales) -> list[float]:
    """Return the sorted numbers at which a comparison of this symptom can change its mind."""
    found: set[float] = set()
    for test in tests:
        operands = test.operand if isinstance(test.operand, tuple) else (test.operand,)
        for operand in operands:
            if isinstance(operand, bool) or test.symptom != spec.path:
                continue
            if isinstance(operand, (int, float)):
                found.add(float(operand))
            elif operand in LEVELS and spec.path in scales:
                found.update(scales.bounds(spec.path))
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
    at_cut = [answer(cut) for cut in breaks]
    gaps = [
        answer(_between(left, right))
        for left, right in zip([-math.inf, *breaks], [*breaks, math.inf], strict=True)
    ]
    by_word = {word: answer(word) for word in words}

    def look_up(value: Any) -> Any:
        if isinstance(value, str):
            return by_word[value]
        index = bisect_left(breaks, value)
        return at_cut[index] if index < len(breaks) and breaks[index] == value else gaps[index]

    return look_up
