"""What of the rules the worked cases reach: checks, answers, causes and syndromes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, TypeVar

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import words
from mldx.lab.running import CaseResult

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something the cases reach, and what they do not."""

    reached: int
    total: int
    missing: tuple[str, ...]

    @classmethod
    def of(cls, reached: Collection[Any], names: Mapping[Any, str]) -> Share:
        """Return the share of the names that was reached; `names` are everything there is, as it is
        to be told.
        """
        missing = tuple(name for key, name in names.items() if key not in reached)
        return cls(len(names) - len(missing), len(names), missing)

    def __str__(self) -> str:
        beside = f" (missing: {'; '.join(self.missing)})" if self.missing else ""
        return f"{self.reached}/{self.total}{beside}"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of the rules the cases reach.

    checks       answered by some case
    answers      given by some case
    concluded    causes that some case that passed names first
    near_missed  causes that some case says must never be named
    shown        syndromes that some case that passed says the run shows
    not_shown    syndromes that some case says the run does not show
    """

    checks: Share
    answers: Share
    concluded: Share
    near_missed: Share
    shown: Share
    not_shown: Share

    @classmethod
    def of(cls, results: Collection[CaseResult], knowledge: KnowledgeBase) -> Coverage:
        """Return the coverage of these results."""
        cards = [result.case.card for result in results]
        passed = [result.case.card for result in results if result.passed]
        taken = _union(result.taken for result in results)
        answered = {check for check, _ in taken}
        causes, syndromes = _named(knowledge.causes), _named(knowledge.syndromes)
        return cls(
            checks=Share.of(answered, _named(knowledge.compiled.by_id)),
            answers=Share.of(taken, every_answer(knowledge)),
            concluded=Share.of(_union(card.concludes[:1] for card in passed), causes),
            near_missed=Share.of(_union(card.never for card in cards), causes),
            shown=Share.of(_union(card.shows for card in passed), syndromes),
            not_shown=Share.of(_union(card.shows_not for card in cards), syndromes),
        )

    def __str__(self) -> str:
        shares = {field.name.replace("_", "-"): getattr(self, field.name) for field in fields(self)}
        return "\n".join(f"{name:12} {share}" for name, share in shares.items())


def _union(parts: Iterable[Iterable[Item]]) -> set[Item]:
    return set(chain.from_iterable(parts))


def _named(ids: Collection[str]) -> dict[str, str]:
    return {id: id for id in ids}


def every_answer(knowledge: KnowledgeBase) -> dict[tuple[str, int], str]:
    """Return every answer of every check, (check, number of the answer), in words."""
    return {
        (check.id, number): f"{check.id} {words(answer)}"
        for check in knowledge.compiled.checks
        for number, answer in enumerate(check.answers)
    }
