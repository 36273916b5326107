"""Break the rules on purpose, one change at a time, and see whether some case notices.

A change that no case notices is a line that nothing holds in place: it may be wrong already. A case
that passed on the rules as they are and fails on the changed ones has caught the mutant.

    caught share = caught mutants / all mutants

What was observed of a case does not depend on the flowchart, so each case is observed once. A
change inside one check can matter only to the cases that answered the check, and for the evidence
of a branch only to those that took it; only these are walked again, over a table in which that one
check is replaced.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy, deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.compiled import CompiledBranch, CompiledCheck, CompiledGraph
from mldx.knowledge.loader import read_texts
from mldx.knowledge.read import RuleFiles
from mldx.lab.cases import Case, CaseResult, ObservedCase, observed, settled
from mldx.symptoms import LEVELS, Spec

Kind = Literal["flip", "halve", "remove", "then", "swap", "shift", "drop"]
KINDS: dict[Kind, str] = {
    "flip": "the sign of an evidence item turned",
    "halve": "an evidence item halved",
    "remove": "an evidence item removed",
    "then": "a branch that leads nowhere",
    "swap": "a word of a condition replaced by its neighbor",
    "shift": "a bound of a condition doubled or halved",
    "drop": "a branch removed",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in which check and branch, told in words, and the changed check as plain data."""

    kind: Kind
    check: str
    branch: int
    path: tuple[str | int, ...]
    told: str
    card: Mapping[str, Any]

    @property
    def reach(self) -> Literal["branch", "check"]:
        """Whether it matters only to cases that took the branch, or to all that met the check."""
        return "branch" if self.kind in ("flip", "halve", "remove", "then") else "check"


@dataclass(frozen=True, slots=True)
class Score:
    """How many mutants of each kind were caught, and those that were not."""

    caught: Mapping[Kind, int]
    total: Mapping[Kind, int]
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of all mutants that were caught; 1 when there are none."""
        return (
            sum(self.caught.values()) / (sum(self.total.values()) or 1) if self.survivors else 1.0
        )

    def __str__(self) -> str:
        lines = [f"survived: {line}" for line in self.survivors]
        lines += [
            f"{kind:7} {self.caught[kind]:5}/{total:<5} {KINDS[kind]}"
            for kind, total in self.total.items()
        ]
        total = sum(self.total.values())
        return "\n".join(
            [*lines, f"all     {total - len(self.survivors):5}/{total:<5} {self.share:.1%} caught"]
        )


def score(
    cases: Iterable[Case],
    knowledge: KnowledgeBase,
    sample: int | None = None,
    seed: int = 0,
    places: RuleFiles | None = None,
) -> Score:
    """Return how many mutants the cases catch.

    sample  so many mutants of each kind, drawn with the seed; by default all there are
    places  where the checks stand, so that a survivor is told with file and line
    """
    bench = MutationRunner([observed(case, knowledge) for case in cases], knowledge)
    chosen = drawn(list(mutants(knowledge)), sample, seed)
    living = [mutant for mutant in chosen if not bench.catches(mutant)]
    total = {kind: sum(mutant.kind == kind for mutant in chosen) for kind in KINDS}
    alive = {kind: sum(mutant.kind == kind for mutant in living) for kind in KINDS}
    caught = {kind: total[kind] - alive[kind] for kind in KINDS}
    return Score(caught, total, tuple(_line(mutant, places) for mutant in living))


def drawn(found: Sequence[Mutant], sample: int | None, seed: int) -> list[Mutant]:
    """Return so many mutants of each kind, in the order they were made."""
    if sample is None:
        return list(found)
    dice = random.Random(seed)  # noqa: S311  # a sample of mutants is no secret
    places = {
        kind: [place for place, mutant in enumerate(found) if mutant.kind == kind] for kind in KINDS
    }
    chosen = sorted(
        place
        for of_kind in places.values()
        for place in dice.sample(of_kind, min(sample, len(of_kind)))
    )
    return [found[place] for place in chosen]


def reading(folder: Path) -> RuleFiles:
    """Return where everything in a rules folder stands."""
    read = RuleFiles(folder)
    for file, text in read_texts(folder).items():
        read.add(file, text)
    return read


def _line(mutant: Mutant, places: RuleFiles | None) -> str:
    where = f"{places.where('check', mutant.check, *mutant.path)}: " if places else ""
    return f"{where}{mutant.check}[{mutant.branch}] {mutant.kind}: {mutant.told}"


class MutationRunner:
    """The cases that pass on the rules as they are, by the branches they take."""

    def __init__(self, sights: Iterable[ObservedCase], knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.by_branch: dict[tuple[str, int], list[ObservedCase]] = {}
        self.by_check: dict[str, list[ObservedCase]] = {}
        for sight in sights:
            result = settled(sight, knowledge)
            if result.passed:
                self._file(sight, result)

    def _file(self, sight: ObservedCase, result: CaseResult) -> None:
        for branch in result.taken:
            self.by_branch.setdefault(branch, []).append(sight)
        for check in dict.fromkeys(check for check, _ in result.taken):
            self.by_check.setdefault(check, []).append(sight)

    def catches(self, mutant: Mutant) -> bool:
        """Does a case that passed fail now?"""
        near = self.by_branch.get((mutant.check, mutant.branch), [])
        concerned = near if mutant.reach == "branch" else self.by_check.get(mutant.check, [])
        if not concerned:
            return False
        changed = with_check(self.knowledge, mutant.check, mutant.card)
        return any(not settled(sight, changed).passed for sight in concerned)


def with_check(knowledge: KnowledgeBase, id: str, card: Mapping[str, Any]) -> KnowledgeBase:
    """Return the knowledge base with one check changed; the rest of its table is used as it is.

    The check leads nowhere that it did not lead before, so the order of the walk holds.
    """
    graph = knowledge.compiled
    changed = _recompiled(graph.by_id[id], card, knowledge)
    checks = tuple(changed if check.id == id else check for check in graph.checks)
    other = copy(knowledge)
    other.compiled = CompiledGraph(checks, graph.start)
    return other


def _recompiled(
    check: CompiledCheck, card: Mapping[str, Any], knowledge: KnowledgeBase
) -> CompiledCheck:
    by_id = knowledge.compiled.by_id
    branches = tuple(
        CompiledBranch(
            branch["when"],
            branch["points_to"],
            tuple(by_id[id].number for id in leading(branch, card)),
        )
        for branch in card["branches"]
    )
    return replace(check, branches=branches)


def leading(branch: Mapping[str, Any], card: Mapping[str, Any]) -> Sequence[str]:
    """Return the checks that a branch leads to, its own or those of its check."""
    own = branch.get("then")
    found: Sequence[str] = own if own is not None else card.get("then") or ()
    return found


def mutants(knowledge: KnowledgeBase) -> Iterator[Mutant]:
    """Every single change of every check, in the order of the files."""
    for id, card in knowledge.content["checks"].items():
        for number, branch in enumerate(card["branches"]):
            yield from _evidence(id, card, number, branch)
            if leading(branch, card):
                told = f"no longer leads to {', '.join(leading(branch, card))}"
                yield _mutant("then", id, card, number, ("then",), told, {"then": []})
            for kind, told, when in changed_conditions(
                branch["when"], card["asks"], knowledge.paths
            ):
                yield _mutant(kind, id, card, number, ("when",), told, {"when": when})
            if len(card["branches"]) > 1:
                yield _without_branch(id, card, number, branch)


def _evidence(
    id: str, card: Mapping[str, Any], number: int, branch: Mapping[str, Any]
) -> Iterator[Mutant]:
    points = branch["points_to"]
    for cause, weight in points.items():
        path = ("points_to", cause)
        left = {other: value for other, value in points.items() if other != cause}
        changes: list[tuple[Kind, str, dict[str, float]]] = [
            ("flip", f"{-weight:g}", {**points, cause: -weight}),
            ("halve", f"{weight / 2:g}", {**points, cause: weight / 2}),
            ("remove", "nothing", left),
        ]
        for kind, new, changed in changes:
            yield _mutant(
                kind, id, card, number, path, f"{cause} {weight:g} -> {new}", {"points_to": changed}
            )


def _without_branch(
    id: str, card: Mapping[str, Any], number: int, branch: Mapping[str, Any]
) -> Mutant:
    changed = {
        **card,
        "branches": [one for place, one in enumerate(card["branches"]) if place != number],
    }
    return Mutant("drop", id, number, ("branches", number), f"{branch['when']} removed", changed)


def _mutant(
    kind: Kind,
    id: str,
    card: Mapping[str, Any],
    number: int,
    path: tuple[str, ...],
    told: str,
    change: dict[str, Any],
) -> Mutant:
    changed = deepcopy(dict(card))
    changed["branches"][number].update(change)
    return Mutant(kind, id, number, ("branches", number, *path), told, changed)


def changed_conditions(
    when: Any, asked: str, specs: Mapping[str, Spec]
) -> Iterator[tuple[Kind, str, Any]]:
    """Every condition that differs from this one in one operand: (kind, in words, condition).

    asked   the symptom that bare operators are about
    specs   every symptom by its path
    """
    for key, value in when.items() if isinstance(when, Mapping) else ():
        for kind, told, other in _changed_part(key, value, asked, specs):
            yield kind, told, {**when, key: other}


def _changed_part(
    key: str, value: Any, asked: str, specs: Mapping[str, Spec]
) -> Iterator[tuple[Kind, str, Any]]:
    if isinstance(value, list) and key != "in":
        for place, part in enumerate(value):
            for kind, told, other in changed_conditions(part, asked, specs):
                yield kind, told, [*value[:place], other, *value[place + 1 :]]
    elif isinstance(value, Mapping):
        yield from changed_conditions(value, key if "." in key else asked, specs)
    elif key == "in":
        if len(value) > 1:
            yield "swap", f"in without {value[0]}", value[1:]
    else:
        for kind, other in _neighbours(value, specs[asked]):
            yield kind, f"{specs[asked].id} {key} {_said(value)} -> {_said(other)}", other


def _neighbours(operand: Any, spec: Spec) -> Iterator[tuple[Kind, Any]]:
    """Words give way to the next word of the symptom, levels to the levels beside them, numbers to
    twice and half.
    """
    if isinstance(operand, bool):
        yield "swap", not operand
    elif isinstance(operand, str):
        for word in _words_beside(operand, spec):
            yield "swap", word
    else:
        for factor in (2, 0.5):
            if spec.low <= operand * factor <= spec.high and operand:
                yield "shift", operand * factor


def _words_beside(word: str, spec: Spec) -> list[str]:
    """Return the word after this one and the word before it, on the scale that holds it."""
    for words in (spec.words, LEVELS):
        if word in words:
            place = words.index(word)
            return [*words[place + 1 : place + 2], *words[max(place - 1, 0) : place]]
    return []


def _said(operand: Any) -> str:
    return f"{operand:g}" if isinstance(operand, float) else str(operand)


__all__ = [
    "KINDS",
    "Mutant",
    "MutationRunner",
    "Score",
    "drawn",
    "mutants",
    "reading",
    "score",
    "with_check",
]
