"""Break the rules on purpose, one change at a time, and see whether some case notices.

A change that no case notices is a line that nothing holds in place: it may be wrong already. A case
that passed on the rules as they are and fails on the changed ones has killed the mutant.

    score = killed mutants / all mutants

What was observed of a case depends on the thresholds alone, so that each case is observed once, and
again only where a threshold changes. Only the cases that a change can reach are judged again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mldx.diagnosis.walk import facts
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.read import RuleFiles
from mldx.lab.case import Case
from mldx.lab.mutants import CARD, KINDS, Kind, Mutant, mutants
from mldx.lab.running import ObservedCase, judged, observed
from mldx.lab.running import run as run_case


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants of each kind were killed, and those that were not."""

    killed: Mapping[Kind, int]
    total: Mapping[Kind, int]
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of all mutants that were killed; 1 when there are none."""
        total = sum(self.total.values())
        return sum(self.killed.values()) / total if total else 1.0

    def __str__(self) -> str:
        lines = [f"survived: {line}" for line in self.survivors]
        lines += [
            f"{kind:9} {self.killed[kind]:5}/{total:<5} {KINDS[kind]}"
            for kind, total in self.total.items()
        ]
        killed, total = sum(self.killed.values()), sum(self.total.values())
        return "\n".join([*lines, f"all       {killed:5}/{total:<5} {self.share:.1%} killed"])


def score(
    cases: Iterable[Case],
    knowledge: KnowledgeBase,
    sample: int | None = None,
    seed: int = 0,
    places: RuleFiles | None = None,
) -> Score:
    """Return how many mutants the cases kill.

    sample  so many of all mutants, drawn with the seed; by default all there are
    places  where the cards stand, so that a survivor is told with file and line
    """
    runner = MutationRunner([observed(case, knowledge) for case in cases], knowledge)
    chosen = drawn(list(mutants(knowledge)), sample, seed)
    living = [mutant for mutant in chosen if not runner.kills(mutant)]
    total = {kind: sum(mutant.kind == kind for mutant in chosen) for kind in KINDS}
    alive = {kind: sum(mutant.kind == kind for mutant in living) for kind in KINDS}
    killed = {kind: total[kind] - alive[kind] for kind in KINDS}
    return Score(killed, total, tuple(_line(mutant, places) for mutant in living))


def drawn(found: Sequence[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return so many mutants, in the order they were made."""
    if sample is None or sample >= len(found):
        return list(found)
    dice = random.Random(seed)  # noqa: S311  # a sample of mutants is no secret
    chosen = dice.sample(range(len(found)), sample)
    return [found[place] for place in sorted(chosen)]


def _line(mutant: Mutant, places: RuleFiles | None) -> str:
    if places is None:
        return str(mutant)
    return f"{places.where(CARD[mutant.group], mutant.id, *mutant.path)}: {mutant}"


@dataclass(frozen=True, slots=True)
class _Passed:
    """A case that passed on the rules as they are, and the causes that it listed."""

    sight: ObservedCase
    listed: frozenset[str]

    def observes(self, symptom: str) -> bool:
        return symptom in self.sight.symptoms.observed

    def names(self, cause: str) -> bool:
        card = self.sight.case.card
        return cause in (*card.concludes, *card.never, *card.odds)


class MutationRunner:
    """The cases that pass on the rules as they are, to be judged again on changed ones."""

    def __init__(self, sights: Iterable[ObservedCase], knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.passed: list[_Passed] = []
        for sight in sights:
            result = judged(sight, knowledge)
            if result.passed:
                listed = frozenset(cause for cause, _ in result.ranking)
                self.passed.append(_Passed(sight, listed))

    def kills(self, mutant: Mutant) -> bool:
        """Does a case that passed fail now?"""
        reached = [one for one in self.passed if self._reaches(mutant, one)]
        if not reached:
            return False
        changed = mutant.applied(self.knowledge)
        first = sorted(reached, key=lambda one: not one.names(mutant.cause))
        if mutant.group == "thresholds":
            first = sorted(first, key=lambda one: not one.observes(mutant.id))
            return any(not run_case(one.sight.case, changed).passed for one in first)
        return any(not judged(one.sight, changed).passed for one in first)

    def _reaches(self, mutant: Mutant, case: _Passed) -> bool:
        """Can the change matter to a case?"""
        card = case.sight.case.card
        if mutant.group == "checks":
            return case.observes(mutant.id)
        if mutant.group == "syndromes":
            return bool(card.shows or card.shows_not)
        if mutant.group == "thresholds":
            return mutant.id == "diagnosis" or bool(case.sight.case.run.series)
        if mutant.kind == "scope":
            known = facts(case.sight.symptoms.observed)
            return not self.knowledge.possible(mutant.id, known)
        return mutant.id in case.listed
