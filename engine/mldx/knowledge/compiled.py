"""The decision graph made ready for walking: everything that does not depend on the run is worked
out once.

A check whose branches ask only its own symptom becomes a look-up from value to branches taken.
Checks stand in an order in which every check comes after all that lead to it, so that one pass over
the list is a walk.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldx.knowledge.conditions import Condition, Otherwise, Scales, compiled, parse, symptoms, tests
from mldx.knowledge.regions import cuts, samples, tabulated
from mldx.symptoms import Spec

GATE = "gate_"
Decide = Callable[[Mapping[str, Any]], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class CompiledBranch:
    """A branch, ready: dB by cause, and the numbers of the checks it leads to."""

    when: Any
    points_to: Mapping[str, float]
    then: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A check, ready. `decide` gives the numbers of the branches that hold for the observed values.

    number   its place in the walking order
    path     the symptom's name in rules: `training.loss_shape`
    symptom  the symptom's id: `loss_shape`
    skip_if  the same as `decide` for the condition under which it is not asked, if there is one
    """

    id: str
    number: int
    stage: str
    path: str
    symptom: str
    family: str
    minutes: float
    applies_to: Mapping[str, Sequence[str]] | None
    branches: tuple[CompiledBranch, ...]
    unknown: tuple[int, ...]
    decide: Decide
    skip_if: Decide | None = None

    def asks(self, values: Mapping[str, Any]) -> bool:
        """Is it worth asking, or do the observed values answer it?"""
        return self.skip_if is None or not self.skip_if(values)

    def stops(self, branch: CompiledBranch) -> bool:
        """Does the walk end on this branch, though others of the check lead on? A gate stops where
        a way on is missing.
        """
        if self.id.startswith(GATE):
            return not set(branch.then) >= set(self.unknown)
        return not branch.then and any(other.then for other in self.branches)


@dataclass(frozen=True, slots=True)
class CompiledGraph:
    """All checks in walking order, and where a walk starts."""

    checks: tuple[CompiledCheck, ...]
    start: tuple[int, ...]
    by_id: Mapping[str, CompiledCheck]


def build(
    stages: Mapping[str, Any],
    checks: Mapping[str, Mapping[str, Any]],
    specs: Mapping[str, Spec],
    scales: Scales,
) -> CompiledGraph:
    """Return the graph of checked checks; each check is plain data with its `stage`."""
    order = walking_order(checks)
    number = {id: index for index, id in enumerate(order)}
    ready = tuple(_compiled_check(id, checks[id], number, specs, scales) for id in order)
    starts = {
        number[id] for head in stages.values() for id in head["start"] if head.get("entry", True)
    }
    return CompiledGraph(ready, tuple(sorted(starts)), {check.id: check for check in ready})


def leads_to(check: Mapping[str, Any]) -> list[str]:
    """Return every check that some outcome of this one leads to."""
    then = check.get("then") or ()
    unknown = check.get("unknown")
    exits = [
        branch["then"] if branch.get("then") is not None else then for branch in check["branches"]
    ]
    return list(
        dict.fromkeys(id for ids in [*exits, then if unknown is None else unknown] for id in ids)
    )


def walking_order(checks: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the checks so that each follows all that lead to it; where that leaves a choice, as
    they are written.

    raises   ValueError, naming the checks that lead to one another in a circle
    """
    rank = {id: index for index, id in enumerate(checks)}
    followers = {
        id: [other for other in leads_to(check) if other in rank] for id, check in checks.items()
    }
    waiting = dict.fromkeys(rank, 0)
    for others in followers.values():
        for other in others:
            waiting[other] += 1
    ready = [rank[id] for id, count in waiting.items() if count == 0]
    names, order = list(rank), list[str]()
    while ready:
        id = names[heapq.heappop(ready)]
        order.append(id)
        for other in followers[id]:
            waiting[other] -= 1
            if waiting[other] == 0:
                heapq.heappush(ready, rank[other])
    if len(order) < len(rank):
        raise ValueError(
            "these checks lead to one another in a circle: "
            + ", ".join(_in_circles(followers, set(order)))
        )
    return order


def _in_circles(followers: Mapping[str, Sequence[str]], settled: set[str]) -> list[str]:
    """Return what is left when everything is taken away that leads to nothing left: the circles,
    and what joins them.
    """
    left = set(followers) - settled
    while ends := {id for id in left if not left & set(followers[id])}:
        left -= ends
    return sorted(left)


def _compiled_check(
    id: str,
    check: Mapping[str, Any],
    number: Mapping[str, int],
    specs: Mapping[str, Spec],
    scales: Scales,
) -> CompiledCheck:
    path, branches = check["asks"], check["branches"]
    spec = specs[path]
    then = check.get("then") or ()
    unknown = check.get("unknown")
    skip_if = check.get("moot")
    return CompiledCheck(
        id=id,
        number=number[id],
        stage=check["stage"],
        path=path,
        symptom=spec.id,
        family=check.get("family") or spec.id,
        minutes=check["minutes"],
        applies_to=check.get("applies_to"),
        branches=tuple(_compiled_branch(branch, then, number) for branch in branches),
        unknown=tuple(number[other] for other in (then if unknown is None else unknown)),
        decide=_at_first_use(
            lambda: decider(spec, [parse(branch["when"], path) for branch in branches], scales)
        ),
        skip_if=_at_first_use(lambda: generic([parse(skip_if, path)], scales)) if skip_if else None,
    )


def _at_first_use(make: Callable[[], Decide]) -> Decide:
    """Return a decider that is compiled when it is first asked; most checks of a graph are not
    asked by one run.
    """
    made: Decide | None = None

    def decide(values: Mapping[str, Any]) -> tuple[int, ...]:
        nonlocal made
        if made is None:
            made = make()
        return made(values)

    return decide


def _compiled_branch(
    branch: Mapping[str, Any], then: Sequence[str], number: Mapping[str, int]
) -> CompiledBranch:
    leads = branch["then"] if branch.get("then") is not None else then
    return CompiledBranch(
        branch["when"],
        dict(branch.get("points_to") or {}),
        tuple(number[other] for other in leads),
    )


def decider(spec: Spec, conditions: Sequence[Condition], scales: Scales) -> Decide:
    """Return the function from observed values to the branches that hold."""
    decide = generic(conditions, scales)
    path = spec.path
    if spec.kind == "fact" or set().union(*map(symptoms, conditions)) - {path}:
        return decide

    def answer(value: Any) -> tuple[int, ...]:
        return decide({path: value})

    if spec.kind == "number":
        breaks = cuts(spec, [test for condition in conditions for test in tests(condition)], scales)
        look_up = tabulated(breaks, spec.words, answer)
        return lambda values: look_up(values[path])
    by_word = {value: answer(value) for value in samples(spec, ())}
    return lambda values: by_word[values[path]]


def generic(conditions: Sequence[Condition], scales: Scales) -> Decide:
    """Return the function from observed values to the branches that hold, whatever they compare."""
    decided = [
        (index, compiled(one, scales))
        for index, one in enumerate(conditions)
        if not isinstance(one, Otherwise)
    ]
    fallback = tuple(index for index, one in enumerate(conditions) if isinstance(one, Otherwise))

    def decide(values: Mapping[str, Any]) -> tuple[int, ...]:
        said = [(index, holds(values)) for index, holds in decided]
        taken = tuple(index for index, verdict in said if verdict)
        if taken or not fallback:
            return taken
        return () if any(verdict is None for _, verdict in said) else fallback

    return decide
