"""What a person complains of, known by its id or understood from their own words.

    matching("Help, my val loss goes up!", knowledge)      ["val_loss_rises"]

A complaint is understood by its phrases (`rules/complaints.yaml`): their words in the phrase's
order, whole but for their endings (Porter's second stemmer), with at most three others between each
and the next. The longest phrase counts most; of equally long ones the complaint that has more of
them, then the one that stands first in the rules, where the commonest stand first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import Complaint
from mldx.knowledge.names import worded

_BETWEEN = r"(?: \S+){0,3}? "
_LONGEST = 2000
_OFFERED = 4
_COMMON = 3  # a word of every third complaint says nothing
_SHORT = 2  # nor does a word of two letters
_BRITISH = re.compile(r"(\w{2})is(e|es|ed|ing|ation)$")


@dataclass(frozen=True, slots=True)
class Match:
    """A phrase that was found in a text: how many words it has, and where it stands."""

    words: int
    start: int
    end: int

    def overlaps(self, other: Match) -> bool:
        """Do the two share a word?"""
        return self.start < other.end and other.start < self.end


def matching(text: str, knowledge: KnowledgeBase) -> list[str]:
    """Return the complaints that a text may mean, best first; none where no phrase is in it."""
    return list(_matches(text, knowledge))


def named(said: str, knowledge: KnowledgeBase) -> list[str]:
    """Return the complaint that an id or a text means, and a second one where the text has words
    of its own for it.

    raises   InputError, when it means none, with the nearest complaints in words
    """
    cards = knowledge.complaints
    exact = [id for id in cards if said.strip() in (id, cards[id].words)]
    if exact:
        return exact[:1]
    matches = _matches(said, knowledge)
    if not matches:
        raise InputError(_not_understood(said, knowledge))
    first, *others = matches
    second = (id for id in others if _stands_beside(id, first, matches, knowledge))
    return [first, *list(second)[:1]]


def card(id: str, knowledge: KnowledgeBase) -> Complaint:
    """Return the card of a complaint.

    raises   InputError, when these rules have no such complaint
    """
    cards = knowledge.complaints
    if id not in cards:
        what = f"`{id}` is not a complaint of these rules."
        raise InputError(Fault("complaint", what, "one of " + ", ".join(cards), _near(id, cards)))
    return cards[id]


def _stands_beside(
    id: str, first: str, matches: Mapping[str, list[Match]], knowledge: KnowledgeBase
) -> bool:
    """Is a complaint said in words of its own, and can it be true together with the first?"""
    cards = knowledge.complaints
    here, there = cards[id].implies, cards[first].implies
    if any(there.get(symptom, value) != value for symptom, value in here.items()):
        return False
    return any(not any(map(match.overlaps, matches[first])) for match in matches[id])


def nearest_complaints(said: str, knowledge: KnowledgeBase) -> list[str]:
    """Return the complaints that share most words with a text, else the commonest."""
    vocabulary = _vocabulary(knowledge)
    stems = set(_stems(worded(said[:_LONGEST])))
    shared = {id: len(stems & own) for id, own in vocabulary.items()}
    near = sorted((id for id in shared if shared[id]), key=lambda id: -shared[id])
    return (near or list(shared))[:_OFFERED]


def _not_understood(said: str, knowledge: KnowledgeBase) -> Fault:
    """Say so in words, not in ids."""
    cards = knowledge.complaints
    offered = [cards[id].words for id in nearest_complaints(said, knowledge)]
    what = f"no complaint that the rules know fits {said[:80]!r}."
    help = _near(said, cards) or "say it in other words, or pick one from the list"
    return Fault("complaint", what, "for example: " + "; or: ".join(offered), help)


def _near(said: str, ids: Iterable[str]) -> str:
    found = nearest(said[:80], ids)
    return f"write `{found}`" if found else ""


def _matches(text: str, knowledge: KnowledgeBase) -> dict[str, list[Match]]:
    """Return the phrases that were found by complaint, the best complaint first."""
    said = " ".join(_stems(worded(text[:_LONGEST])))
    found = {
        id: [
            Match(words, *place.span())
            for pattern, words in phrases
            if (place := pattern.search(said))
        ]
        for id, phrases in _phrases(knowledge).items()
    }
    order = sorted(
        (id for id in found if found[id]),
        key=lambda id: (-max(match.words for match in found[id]), -len(found[id])),
    )
    return {id: found[id] for id in order}


@lru_cache(maxsize=4)
def _phrases(knowledge: KnowledgeBase) -> dict[str, list[tuple[re.Pattern[str], int]]]:
    """Return the phrases of each complaint, as a pattern and the number of its words."""
    cards = knowledge.complaints
    return {
        id: [
            (_pattern(stems), len(stems))
            for stems in dict.fromkeys(_stems(worded(phrase)) for phrase in card.phrases)
        ]
        for id, card in cards.items()
    }


def _pattern(stems: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\S){_BETWEEN.join(map(re.escape, stems))}(?!\S)")


@lru_cache(maxsize=4)
def _vocabulary(knowledge: KnowledgeBase) -> dict[str, set[str]]:
    """Return the stems of each complaint's title and phrases, without words that say nothing."""
    found = {
        id: set(_stems(worded(" ".join((card.words, *card.phrases)))))
        for id, card in knowledge.complaints.items()
    }
    complaints_with = Counter(stem for stems in found.values() for stem in stems)
    telling = {
        stem
        for stem, count in complaints_with.items()
        if _COMMON * count <= len(found) and len(stem) > _SHORT
    }
    return {id: stems & telling for id, stems in found.items()}


def _stems(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_stem, words))


@lru_cache(maxsize=10_000)
def _stem(word: str) -> str:
    """Return a word without its ending: "memorizing" and "memorised" are one; "never" is "not"."""
    from snowballstemmer import stemmer

    if word == "never":
        return "not"
    return str(stemmer("english").stemWord(_BRITISH.sub(r"\1iz\2", word)))
