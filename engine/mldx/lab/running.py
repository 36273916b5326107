"""Worked cases run through the rules: each is judged by the inference that a user's diagnosis is
made of, and compared with what it claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mldx.diagnosis import diagnosis_of
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.syndromes import shown
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY
from mldx.lab.case import Case, CaseShape, OddsShape
from mldx.observe.intake import observed as observed_run
from mldx.symptoms import Symptoms

FLOOR = 0.02
FIRST = 5
Ranking = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ObservedCase:
    """What was observed of a case, ready to be judged; it depends on the thresholds of the
    observers and not on the tables.
    """

    case: Case
    symptoms: Symptoms


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What the rules made of a case.

    ranking  (cause, stated probability), in the order of the diagnosis
    shown    the syndromes that the run shows
    taken    (check, number of the answer) for every answer of the walk
    asked    checks that were reached, answered or not
    misses   what was expected and did not come, a sentence each; none when the case passed
    """

    case: Case
    ranking: Ranking
    shown: tuple[str, ...]
    taken: frozenset[tuple[str, int]]
    asked: frozenset[str]
    misses: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Did everything come as expected?"""
        return not self.misses

    def __str__(self) -> str:
        if self.passed:
            return f"{self.case.id}: passed"
        lines = [
            f"{self.case.where}: `{self.case.id}` failed.",
            *(f"  {miss}" for miss in self.misses),
        ]
        return "\n".join([*lines, f"  the first three: {told(self.ranking[:3]) or 'none'}"])


def observed(case: Case, knowledge: KnowledgeBase) -> ObservedCase:
    """Observe the run of a case."""
    return ObservedCase(case, observed_run(case.run, knowledge=knowledge))


def run(case: Case, knowledge: KnowledgeBase) -> CaseResult:
    """Run one case through the rules."""
    return judged(observed(case, knowledge), knowledge)


def run_all(cases: Iterable[Case], knowledge: KnowledgeBase) -> list[CaseResult]:
    """Run every case."""
    return [run(case, knowledge) for case in cases]


def judged(sight: ObservedCase, knowledge: KnowledgeBase) -> CaseResult:
    """Judge what was observed, and compare with what the case claims."""
    inference = Inference(sight.symptoms, knowledge)
    ordered, _ = inference.ranking
    trail = inference.trail
    taken = frozenset((step.check.id, step.answer) for step in trail.steps)
    asked = {check for check, _ in taken} | {check.id for check in trail.open}
    seen = tuple(one.id for one in shown(inference))
    ranking = tuple(ordered)
    misses = tuple(_misses(sight.case, inference, ranking, seen))
    return CaseResult(sight.case, ranking, seen, taken, frozenset(asked), misses)


def _misses(
    case: Case, inference: Inference, ranking: Ranking, seen: tuple[str, ...]
) -> Iterator[str]:
    """Say for each claim of a case that did not hold what came instead."""
    card = case.card
    yield from _not_concluded(card.concludes, ranking)
    line = inference.knowledge.threshold("diagnosis.reporting_line")
    yield from _named(card.never, ranking, line)
    yield from _outside(card.odds, inference.healthy, ranking)
    yield from _shown_otherwise(card, seen)
    if card.verdict and (verdict := diagnosis_of(inference).verdict) != card.verdict:
        yield f"expected the verdict {card.verdict}; it is {verdict}"


def _named(never: Iterable[str], ranking: Ranking, line: float) -> Iterator[str]:
    """Say which causes stand first or above the reporting line, and should not."""
    for cause in never:
        if (ranking[:1] and ranking[0][0] == cause) or dict(ranking).get(cause, 0.0) >= line:
            yield f"expected never `{cause}`; it is {_standing(cause, ranking)}"


def _shown_otherwise(card: CaseShape, seen: tuple[str, ...]) -> Iterator[str]:
    """Say which syndromes the run should show and does not, and the reverse."""
    for syndrome in card.shows:
        if syndrome not in seen:
            yield f"expected to show `{syndrome}`; it shows {', '.join(seen) or 'none'}"
    for syndrome in card.shows_not:
        if syndrome in seen:
            yield f"expected not to show `{syndrome}`; it does"


def _outside(odds: Mapping[str, OddsShape], healthy: float, ranking: Ranking) -> Iterator[str]:
    """Say which bands do not hold what is stated of their cause, or of `healthy`."""
    stated = {**dict(ranking), HEALTHY: healthy}
    for cause, band in odds.items():
        if not band.holds(stated.get(cause, 0.0)):
            standing = f"{healthy:.2f}" if cause == HEALTHY else _standing(cause, ranking)
            yield f"expected `{cause}` {band}; it is {standing}"


def _not_concluded(concludes: tuple[str, ...], ranking: Ranking) -> Iterator[str]:
    """Say which concluded causes do not stand where they should: one first, the others near it."""
    first = [cause for cause, _ in ranking[:FIRST]]
    if concludes and first[:1] != [concludes[0]]:
        yield f"expected `{concludes[0]}` first; it is {_standing(concludes[0], ranking)}"
    for cause in concludes[1:]:
        if cause not in first or dict(ranking)[cause] <= FLOOR:
            standing = _standing(cause, ranking)
            yield f"expected `{cause}` among the first {FIRST} and above {FLOOR}; it is {standing}"


def _standing(cause: str, ranking: Ranking) -> str:
    found = [
        f"number {place} with {share:.2f}"
        for place, (id, share) in enumerate(ranking, 1)
        if id == cause
    ]
    return found[0] if found else "not listed"


def told(ranking: Iterable[tuple[str, float]]) -> str:
    """Write a ranking in one line."""
    return ", ".join(f"{cause} {share:.2f}" for cause, share in ranking)
