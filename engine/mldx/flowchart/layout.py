"""Lay checks out as one reads a newspaper: down a column, then the next column, then the next page.

Checks come in walking order, so that a run of checks that lead to one another stays together.
Columns of a stage are of about one height, and no higher than a screen or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from mldx.flowchart.cards import NOWHERE, CheckCard, Walked
from mldx.flowchart.labels import height

Column = list[CheckCard]
HIGHEST = 112
_ABREAST = 3


def pages(cards: Sequence[CheckCard], walk: Walked = NOWHERE) -> list[list[Column]]:
    """Return the checks as pages of at most three columns."""
    count = ceil(sum(height(card, walk) for card in cards) / HIGHEST)
    needed = count if count <= _ABREAST else _ABREAST * ceil(count / _ABREAST)
    made = columns(cards, needed, walk)
    return [made[first : first + _ABREAST] for first in range(0, len(made), _ABREAST)]


def abreast(cards: Sequence[CheckCard], walk: Walked = NOWHERE) -> list[Column]:
    """Return the checks in as few columns as no column is too high for, side by side."""
    total = sum(height(card, walk) for card in cards)
    return columns(cards, max(ceil(total / HIGHEST), 1), walk)


def columns(cards: Sequence[CheckCard], count: int, walk: Walked = NOWHERE) -> list[Column]:
    """Return at most so many columns, the highest as low as can be; of no cards none."""
    if not cards:
        return []
    measured = [(card, height(card, walk)) for card in cards]
    highest = max((high for _, high in measured), default=1.0)
    while len(found := _filled(measured, highest)) > count:
        highest += 0.5
    return found


def _filled(measured: Sequence[tuple[CheckCard, float]], highest: float) -> list[Column]:
    made: list[Column] = [[]]
    room = highest
    for card, high in measured:
        if high > room and made[-1]:
            made.append([])
            room = highest
        made[-1].append(card)
        room -= high
    return made
