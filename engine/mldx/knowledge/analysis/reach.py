"""Can some answers raise a cause above the reporting line?

From above, a bound that no answers exceed. The evidence of a cause is a sum over families, and of a
family

    best + worst  <=  max(0, the greatest best + worst of any one of its checks)

for the check that gave the best item gave its own worst too. One symptom has one answer in all the
checks that ask it, so the sum is maximized over the answers of those checks together, exactly. What
is left out (gates, scopes, a setup fact that two checks look at) can only lower it.

From below, a witness: answers under which a diagnosis does name the cause above the line. Found by
taking the strongest answers first, and tried out by the judge that is handed in, which is the real
walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import exp, log, prod
from operator import ge, gt
from typing import Any

from mldx.errors import Fault
from mldx.knowledge.analysis.cells import LIMIT, shown, values, ways
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import Test, parse, tests
from mldx.knowledge.read import RuleFiles

Judge = Callable[[Mapping[str, Any]], Mapping[str, float]]

_NEPERS = log(10) / 10


@dataclass(frozen=True, slots=True)
class Witness:
    """The most a cause was raised to, and the answers that did it, by symptom path."""

    cause: str
    probability: float
    answers: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.probability:.0%} with {shown(self.answers) or 'no answer at all'}"


@dataclass(frozen=True, slots=True)
class Row:
    """A cell of a check, with the dB that the branches taken there give each cause: the best for
    plus the worst against.
    """

    check: str
    cell: Mapping[str, Any]
    answer: Any
    gives: Mapping[str, float]


class Reachability:
    """What every check says of every cause under every answer; bounds and witnesses are read from
    it.
    """

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.nodes = base.compiled.by_id
        answers = answers_of(base)
        self.rows = [
            row for id in self.nodes for row in _rows(base, id, answers[self.nodes[id].path])
        ]

    @cached_property
    def speaking(self) -> dict[str, list[Row]]:
        """The rows that speak for a cause, by cause."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            for cause, weight in row.gives.items():
                if weight > 0:
                    found.setdefault(cause, []).append(row)
        return found

    def bound(self, cause: str) -> float:
        """Return a probability that no answers raise the cause above."""
        factors = sum(
            max(0.0, factor) for factor in self.base.domain_factors.get(cause, {}).values()
        )
        decibans = sum(self._best_case(cause, group) for group in self._groups(cause))
        return _probability(self.base.prior_log_odds[cause] + factors + _NEPERS * decibans)

    def _groups(self, cause: str) -> list[list[Row]]:
        """Part the rows that speak for a cause so that no family and no asked symptom stands in two
        groups.
        """
        groups: list[tuple[set[str], list[Row]]] = []
        for row in self.speaking.get(cause, ()):
            node = self.nodes[row.check]
            keys, members = {f"family {node.family}", node.path}, [row]
            for other in [group for group in groups if group[0] & keys]:
                groups.remove(other)
                keys, members = keys | other[0], [*other[1], *members]
            groups.append((keys, members))
        return [members for _, members in groups]

    def _best_case(self, cause: str, rows: Sequence[Row]) -> float:
        """Return the most dB that answers to a group of checks give a cause."""
        table: dict[str, dict[Any, dict[str, float]]] = {}
        for row in rows:
            node = self.nodes[row.check]
            families = table.setdefault(node.path, {}).setdefault(row.answer, {})
            families[node.family] = max(families.get(node.family, 0.0), row.gives[cause])
        choices = [_distinct(answers.values()) for answers in table.values()]
        if prod(map(len, choices)) > LIMIT:
            choices = [[_highest(answers)] for answers in choices]
        return max(sum(_highest(chosen).values()) for chosen in product(*choices))

    def witness(self, cause: str, judge: Judge, line: float) -> Witness:
        """Return answers that raise the cause, the strongest taken first, as few as reach the line.

        An answer that adds nothing by itself may lead to a check that does; such are taken when the
        others are not enough.
        """
        found = Witness(cause, judge({}).get(cause, 0.0), {})
        for better in (gt, ge, ge):
            for cell in self._candidates(cause):
                if found.probability >= line:
                    return _pruned(found, judge)
                if all(found.answers.get(path, value) == value for path, value in cell.items()):
                    raised = judge({**found.answers, **cell}).get(cause, 0.0)
                    if better(raised, found.probability):
                        found = Witness(cause, raised, {**found.answers, **cell})
        return _pruned(found, judge)

    def _candidates(self, cause: str) -> list[Mapping[str, Any]]:
        """Return the answers that speak for a cause, the strongest first; at the end the fields
        where it is common.
        """
        rows = sorted(
            self.speaking.get(cause, ()), key=lambda row: (-row.gives[cause], len(row.cell))
        )
        return [row.cell for row in rows] + list(self._fields(cause))

    def _fields(self, cause: str) -> Iterator[Mapping[str, Any]]:
        known = self.base.content["vocabulary"]
        for word in self.base.domain_factors.get(cause, {}):
            yield from (
                {f"setup.{name}": word}
                for name in ("domain", "task", "model_family")
                if word in known.get(name, {})
            )


def _pruned(found: Witness, judge: Judge) -> Witness:
    """Return a witness without the answers that raise nothing."""
    for path in list(found.answers):
        rest = {other: value for other, value in found.answers.items() if other != path}
        if judge(rest).get(found.cause, 0.0) >= found.probability:
            found = Witness(found.cause, judge(rest)[found.cause], rest)
    return found


def answers_of(base: KnowledgeBase) -> dict[str, list[Any]]:
    """Return for every asked symptom one answer for everything that all the checks that ask it tell
    apart.
    """
    compared: dict[str, list[Test]] = {}
    for check in base.content["checks"].values():
        conditions = [parse(branch["when"], check["asks"]) for branch in check["branches"]]
        mine = [test for one in conditions for test in tests(one) if test.symptom == check["asks"]]
        compared.setdefault(check["asks"], []).extend(mine)
    return {path: values(base, path, asked, None) for path, asked in compared.items()}


def _rows(base: KnowledgeBase, id: str, answers: Sequence[Any]) -> Iterator[Row]:
    """Every joint answer to a check; of those that take the same branches for one answer, one."""
    node, found = base.compiled.by_id[id], ways(base, id)
    scoped = replace(found, values={**found.values, node.path: answers})
    told = set[tuple[str, tuple[int, ...]]]()
    cells = scoped.taken(base.scales) if scoped.size <= LIMIT else _each_alone(answers, node)
    for cell, taken in cells:
        key = (repr(cell[node.path]), taken)
        if key not in told:
            told.add(key)
            points = [item for index in taken for item in node.branches[index].points_to.items()]
            yield Row(id, cell, key[0], _summed(points))


def _each_alone(
    answers: Sequence[Any], node: CompiledCheck
) -> Iterator[tuple[dict[str, Any], tuple[int, ...]]]:
    """Where there are too many cells, any answer may take any branch that speaks: a bound stays a
    bound.
    """
    return (
        ({node.path: answer}, (index,)) for answer in answers for index in range(len(node.branches))
    )


def _summed(points: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return for each cause the best item plus the worst, as a family counts them."""
    sides: dict[str, tuple[float, float]] = {}
    for cause, weight in points:
        best, worst = sides.get(cause, (0.0, 0.0))
        sides[cause] = max(best, weight), min(worst, weight)
    return {cause: best + worst for cause, (best, worst) in sides.items()}


def _distinct(answers: Iterable[dict[str, float]]) -> list[dict[str, float]]:
    return [
        dict(items)
        for items in dict.fromkeys(tuple(sorted(families.items())) for families in answers)
    ]


def _highest(chosen: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return by family the most that any of these gives."""
    found: dict[str, float] = {}
    for families in chosen:
        for family, weight in families.items():
            found[family] = max(found.get(family, 0.0), weight)
    return found


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds)) if log_odds >= 0 else exp(log_odds) / (1 + exp(log_odds))


def unraisable(
    reading: RuleFiles, base: KnowledgeBase, line: float, judge: Judge | None = None
) -> Iterator[Fault]:
    """Some answers raise every cause that something points to above the reporting line."""
    evidence = Reachability(base)
    for id in reading.content["causes"]:
        if id not in evidence.speaking:
            continue
        bound = evidence.bound(id)
        if bound < line:
            yield _fault(reading, id, f"no answers raise `{id}` above {bound:.1%}", line)
        elif judge and (found := evidence.witness(id, judge, line)).probability < line:
            yield _fault(
                reading,
                id,
                f"no answers were found that raise `{id}` above {found.probability:.1%}",
                line,
            )


def _fault(reading: RuleFiles, id: str, what: str, line: float) -> Fault:
    help = "raise its prior, or let some answer speak for it more strongly"
    return Fault(
        reading.where("cause", id, "prior"),
        f"{what}; the reporting line is {line:.0%}.",
        f"at least {line:.0%}",
        help,
    )


def witnesses(base: KnowledgeBase, judge: Judge, line: float) -> dict[str, Witness]:
    """Return the witness of every cause."""
    evidence = Reachability(base)
    return {id: evidence.witness(id, judge, line) for id in base.content["causes"]}
