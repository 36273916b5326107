"""Worked cases: a run, what it concludes, and what it must never conclude.

A case stands beside its near miss, the almost equal run in which one telling thing differs; so the
cases hold the rules from both sides. They are read from `rules/cases/*.yaml`:

    concludes: [a]        a is the first cause
    concludes: [a, b]     a is the first, and b among the first five and above `FLOOR`
    never: [x]            x is not the first cause and not above the reporting line
    verdict: healthy      of the whole diagnosis: healthy, faulty or undecided
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mldx.diagnosis import diagnose
from mldx.diagnosis.rank import probability, rank, roots_first
from mldx.diagnosis.results import Verdict
from mldx.diagnosis.walk import Trail, facts, readings, walk
from mldx.errors import Fault, InputError, Place, RulesError, nearest
from mldx.knowledge import KnowledgeBase, rules_folder
from mldx.knowledge import load as load_rules
from mldx.knowledge.custom import SECTION
from mldx.knowledge.schema import Id, Shape
from mldx.knowledge.strict_yaml import Document, decoded
from mldx.knowledge.wording import phrase
from mldx.observe.intake import observed as observed_run
from mldx.readers.record import of_mapping
from mldx.readers.run import Run
from mldx.symptoms import Symptoms

FLOOR = 0.02
FIRST = 5


class Card(Shape):
    """A case as it is written; `tells` is what a reader may need to guess the verdict."""

    tells: str = ""
    run: dict[str, Any]
    concludes: tuple[Id, ...] = ()
    never: tuple[Id, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A case with the place it was read from and its run record, read."""

    id: str
    where: Place
    card: Card
    run: Run


@dataclass(frozen=True, slots=True)
class ObservedCase:
    """What was observed of a case, ready to be walked; it depends on the thresholds and not on the
    flowchart.
    """

    case: Case
    symptoms: Symptoms
    values: Mapping[str, Any]
    known: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What the rules made of a case.

    ranking  (cause, probability), in the order of the diagnosis
    taken    (check, number of the branch) for every branch of the walk
    misses   what was expected and did not come, a sentence each; none when the case passed
    """

    case: Case
    ranking: tuple[tuple[str, float], ...]
    taken: frozenset[tuple[str, int]]
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


def load(folder: Path | None = None, knowledge: KnowledgeBase | None = None) -> tuple[Case, ...]:
    """Return the cases of a rules folder, by default the shipped one, in file order.

    raises   RulesError, with every fault of every file: what is no case, no cause, or no run record
    """
    rules = knowledge if knowledge is not None else load_rules(folder)
    shelf = CaseLoader(rules.causes, rules.specs)
    for file in sorted(((folder or rules_folder()) / "cases").glob("*.yaml")):
        shelf.add(*decoded(file.read_bytes(), str(file)))
    if shelf.faults:
        raise RulesError(*shelf.faults)
    return tuple(shelf.cases.values())


def observed(case: Case, knowledge: KnowledgeBase) -> ObservedCase:
    """Observe the run of a case."""
    symptoms = observed_run(case.run, knowledge=knowledge)
    values = readings(symptoms, knowledge)
    return ObservedCase(case, symptoms, values, facts(values))


def run(case: Case, knowledge: KnowledgeBase) -> CaseResult:
    """Run one case through the rules."""
    return settled(observed(case, knowledge), knowledge)


def run_all(cases: Iterable[Case], knowledge: KnowledgeBase) -> list[CaseResult]:
    """Run every case."""
    return [run(case, knowledge) for case in cases]


def settled(sight: ObservedCase, knowledge: KnowledgeBase) -> CaseResult:
    """Walk the graph over what was observed, and compare with what the case expects."""
    trail = walk(knowledge.compiled, sight.values, sight.known)
    ranked = rank(trail, knowledge, sight.known).listed
    ordered, _ = roots_first(ranked, knowledge)
    ranking = tuple((cause, probability(odds)) for cause, odds in ordered)
    return CaseResult(
        sight.case, ranking, frozenset(branches(trail)), tuple(misses(sight, ranking, knowledge))
    )


def branches(trail: Trail) -> Iterator[tuple[str, int]]:
    """Every branch of a walk, as (check, number of the branch)."""
    for check, branch, _ in trail.steps:
        yield check.id, next(number for number, one in enumerate(check.branches) if one is branch)


def misses(
    sight: ObservedCase, ranking: tuple[tuple[str, float], ...], knowledge: KnowledgeBase
) -> Iterator[str]:
    """Say for each expectation of a case that did not hold what came instead."""
    card = sight.case.card
    yield from _missed(card.concludes, ranking)
    line = knowledge.threshold("diagnosis.reporting_line")
    for cause in card.never:
        if (ranking[:1] and ranking[0][0] == cause) or dict(ranking).get(cause, 0.0) >= line:
            yield f"expected never `{cause}`; it is {_standing(cause, ranking)}"
    if card.verdict and (verdict := diagnose(sight.symptoms, knowledge).verdict) != card.verdict:
        yield f"expected the verdict {card.verdict}; it is {verdict}"


def _missed(concludes: tuple[str, ...], ranking: tuple[tuple[str, float], ...]) -> Iterator[str]:
    """Say which concluded causes do not stand where they should: one first, the others near it."""
    first = [cause for cause, _ in ranking[:FIRST]]
    if concludes and first[:1] != [concludes[0]]:
        yield f"expected `{concludes[0]}` first; it is {_standing(concludes[0], ranking)}"
    for cause in concludes[1:]:
        if cause not in first or dict(ranking)[cause] <= FLOOR:
            standing = _standing(cause, ranking)
            yield f"expected `{cause}` among the first {FIRST} and above {FLOOR}; it is {standing}"


def _standing(cause: str, ranking: tuple[tuple[str, float], ...]) -> str:
    found = [
        f"number {place} with {share:.2f}"
        for place, (id, share) in enumerate(ranking, 1)
        if id == cause
    ]
    return found[0] if found else "not listed"


def told(ranking: Iterable[tuple[str, float]]) -> str:
    """Write a ranking in one line."""
    return ", ".join(f"{cause} {share:.2f}" for cause, share in ranking)


class CaseLoader:
    """The cases read so far, and everything wrong with them, in file order."""

    def __init__(self, causes: Collection[str], specs: Collection[str]) -> None:
        self.causes, self.specs = causes, specs
        self.cases: dict[str, Case] = {}
        self.faults: list[Fault] = []

    def add(self, document: Document, faults: list[Fault]) -> None:
        """Take every case of one parsed file, or its faults."""
        if not faults and not isinstance(document.data, dict):
            faults = [
                Fault(
                    Place(document.file, 1),
                    "the file holds no mapping.",
                    "ids with their cases below them",
                )
            ]
        found = faults or [
            fault for id, card in document.data.items() for fault in self._take(id, card, document)
        ]
        self.faults += sorted(found, key=lambda fault: fault.place)

    def _take(self, id: str, written: Any, document: Document) -> list[Fault]:
        if id in self.cases:
            first = self.cases[id].where
            return [
                Fault(
                    document.at((id,)),
                    f"`{id}` is told a second time.",
                    "one case for each id",
                    f"see {first}",
                )
            ]
        try:
            card = Card.model_validate(written)
        except ValidationError as error:
            return [_misshapen(item, id, document) for item in error.errors()]
        faults = [*_no_claim(id, card, document), *self._strangers(id, card, document)]
        try:
            self.cases[id] = Case(id, document.at((id,)), card, of_mapping(card.run, id))
        except InputError as error:
            faults += [_bad_record(fault, id, document, self.specs) for fault in error.faults]
        return faults

    def _strangers(self, id: str, card: Card, document: Document) -> Iterator[Fault]:
        """Causes that are named and have no card."""
        for field in ("concludes", "never"):
            for index, cause in enumerate(getattr(card, field)):
                if cause not in self.causes:
                    near = nearest(cause, self.causes)
                    what = f"`{id}` names `{cause}` in {field}, which is no cause."
                    yield Fault(
                        document.at((id, field, index)),
                        what,
                        "the id of a card in causes/",
                        _write(near),
                    )


def _no_claim(id: str, card: Card, document: Document) -> list[Fault]:
    if card.concludes or card.never or card.verdict:
        return []
    return [
        Fault(
            document.at((id,)),
            f"`{id}` claims nothing.",
            "concludes, never or verdict",
            "say what the run must show",
        )
    ]


def _misshapen(item: Mapping[str, Any], id: str, document: Document) -> Fault:
    inside = tuple(part for part in item["loc"] if part != "[key]")
    name, where = ".".join(map(str, (id, *inside))), document.at((id, *inside))
    if item["type"] == "missing":
        return Fault(where, f"`{name}` is missing.", f"`{inside[-1]}`")
    if item["type"] == "extra_forbidden":
        return Fault(
            where,
            f"`{name}` is no field of a case.",
            "tells, run, concludes, never, verdict",
            _near_field(inside[-1]),
        )
    return Fault(
        where, f"`{name}` is {item['input']!r}.", item["msg"].removeprefix("Input should be ")
    )


def _near_field(word: Any) -> str:
    return _write(nearest(str(word), Card.model_fields))


def _write(near: str | None) -> str:
    return f"write `{near}`" if near else ""


def _bad_record(fault: Fault, id: str, document: Document, specs: Collection[str]) -> Fault:
    """Tell a fault of the run record by its line; its place is given as `id:
    history.train_loss[2]`.
    """
    inside = str(fault.where).removeprefix(f"{id}: ")
    path = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", inside)]
    own = inside.replace("answers.", f"{SECTION}.", 1)
    help = f"write `{own}`" if own in specs else fault.help
    return Fault(
        document.at((id, "run", *path)), f"`{id}.run.{inside}`: {fault.what}", fault.expected, help
    )


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
        return f"{self.reached}/{self.total}" + (
            f" (missing: {'; '.join(self.missing)})" if self.missing else ""
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of the rules the cases reach.

    checks       answered by some case
    branches     taken by some case
    concluded    causes that some case that passed names first
    near_missed  causes that some case says must never be named
    """

    checks: Share
    branches: Share
    concluded: Share
    near_missed: Share

    @classmethod
    def of(cls, results: Collection[CaseResult], knowledge: KnowledgeBase) -> Coverage:
        """Return the coverage of these results."""
        passed = [result.case.card for result in results if result.passed]
        taken = set().union(*(result.taken for result in results))
        checks = {check.id: check.id for check in knowledge.compiled.checks}
        causes = {id: id for id in knowledge.causes}
        concluded = {card.concludes[0] for card in passed if card.concludes}
        never = set().union(*(result.case.card.never for result in results))
        return cls(
            Share.of({check for check, _ in taken}, checks),
            Share.of(taken, dict(_every_branch(knowledge))),
            Share.of(concluded, causes),
            Share.of(never, causes),
        )

    def __str__(self) -> str:
        rows = {
            "checks": self.checks,
            "branches": self.branches,
            "concluded": self.concluded,
            "near-missed": self.near_missed,
        }
        return "\n".join(f"{name:12} {share}" for name, share in rows.items())


def _every_branch(knowledge: KnowledgeBase) -> Iterator[tuple[tuple[str, int], str]]:
    for check in knowledge.compiled.checks:
        for number, branch in enumerate(check.branches):
            yield (check.id, number), f"{check.id}[{number}] {phrase(branch.when, check.path)}"
