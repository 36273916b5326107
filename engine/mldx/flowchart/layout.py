"""Lay checks out as one reads a newspaper: down a column, then the next column, then the next page.

Checks come in walking order. Columns of a stage are of about one height, and no higher than a
screen or two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

from mldx.flowchart.cards import CheckCard

Column = list[CheckCard]
Height = Callable[[CheckCard], float]
HIGHEST = 100
ABREAST = 3


def pages(cards: Sequence[CheckCard], height: Height) -> list[list[Column]]:
    """Return the checks as pages of at most three columns."""
    count = len(abreast(cards, height))
    needed = count if count <= ABREAST else ABREAST * ceil(count / ABREAST)
    made = columns(cards, needed, height)
    return [made[first : first + ABREAST] for first in range(0, len(made), ABREAST)]


def abreast(cards: Sequence[CheckCard], height: Height) -> list[Column]:
    """Return the checks in as few columns as no column is too high for, side by side."""
    fewest = len(_filled([(card, height(card)) for card in cards], HIGHEST))
    return columns(cards, fewest, height)


def columns(cards: Sequence[CheckCard], count: int, height: Height) -> list[Column]:
    """Return at most so many columns, the highest as low as can be; of no cards none."""
    if not cards:
        return []
    measured = [(card, height(card)) for card in cards]
    highest = max(high for _, high in measured)
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
