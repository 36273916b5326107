"""What a person complains of, known by its id or heard in their own words.

    heard("Help, my val loss goes up!", knowledge)      ["val_loss_rises"]

A complaint is heard by its phrases (`rules/complaints.yaml`): their words in the phrase's order,
whole, with at most three others between each and the next. The longest phrase tells most; of
equally long ones the complaint that has more of them, then the one that stands first in the rules,
where the commonest stand first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mldx.errors import Fault, InputError
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.names import worded
from mldx.knowledge.suggest import near

_BETWEEN = r"(?: \S+){0,3}? "
_LONGEST = 2000


def heard(text: str, knowledge: KnowledgeBase) -> list[str]:
    """Return the complaints that a text may mean, the best first; none where no phrase is in it."""
    said = " ".join(worded(text[:_LONGEST]))
    found = {id: _lengths(said, phrases) for id, phrases in _phrases(knowledge).items()}
    return sorted(
        (id for id in found if found[id]), key=lambda id: (-max(found[id]), -len(found[id]))
    )


def named(said: str, knowledge: KnowledgeBase) -> str:
    """Return the complaint that an id or a text means.

    raises   InputError, when it means none
    """
    cards = knowledge.content["complaints"]
    found = [said.strip()] if said.strip() in cards else heard(said, knowledge)
    if not found:
        told = f"no complaint that the rules know fits {said[:80]!r}."
        raise InputError(Fault("complaint", told, "one of " + ", ".join(cards), near(said, cards)))
    return found[0]


def card(id: str, knowledge: KnowledgeBase) -> Mapping[str, Any]:
    """Return the card of a complaint.

    raises   InputError, when these rules have no such complaint
    """
    cards: Mapping[str, Mapping[str, Any]] = knowledge.content["complaints"]
    if id not in cards:
        raise InputError(
            Fault(
                "complaint",
                f"`{id}` is no complaint of these rules.",
                "one of " + ", ".join(cards),
                near(id, cards),
            )
        )
    return cards[id]


@lru_cache(maxsize=4)
def _phrases(knowledge: KnowledgeBase) -> dict[str, list[tuple[re.Pattern[str], int]]]:
    """Return the phrases of each complaint, as a pattern and the number of its words."""
    cards = knowledge.content["complaints"]
    return {id: [_phrase(worded(phrase)) for phrase in card["heard"]] for id, card in cards.items()}


def _phrase(words: tuple[str, ...]) -> tuple[re.Pattern[str], int]:
    return re.compile(rf"(?<!\S){_BETWEEN.join(map(re.escape, words))}(?!\S)"), len(words)


def _lengths(said: str, phrases: list[tuple[re.Pattern[str], int]]) -> list[int]:
    return [length for pattern, length in phrases if pattern.search(said)]
