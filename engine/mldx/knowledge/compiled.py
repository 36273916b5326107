"""The decision graph made ready for walking: everything that does not depend on the run is worked
out once, each part when it is first needed.

A check whose branches ask only its own symptom becomes a look-up from value to branches taken.
Checks stand in the order of their files, in which every check comes after all that lead to it
(`mldx.knowledge.analysis.flow` refuses any other), so that one pass over them is a walk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mldx.knowledge.conditions import Condition, Otherwise, Scales, compiled, parse, symptoms, tests
from mldx.knowledge.regions import cell_finder, cuts, samples, tabulated
from mldx.symptoms import Spec

GATE = "gate_"
Outcome = tuple[int, ...]
Decide = Callable[[Mapping[str, Any]], Outcome]


@dataclass(frozen=True, eq=False)
class CompiledBranch:
    """A branch, ready: dB by cause, and the numbers of the checks it leads to."""

    when: Any
    points_to: Mapping[str, float]
    then: tuple[int, ...]

    @cached_property
    def supported(self) -> tuple[str, ...]:
        """The causes it speaks for."""
        return tuple(cause for cause, db in self.points_to.items() if db > 0)


@dataclass(frozen=True, eq=False)
class CompiledCheck:
    """A check, ready.

    number     its place in the walking order
    spec       the symptom it asks
    unknown    the checks it leads to when nothing is observed
    condition  under which it is not asked, if there is one, as plain data
    """

    id: str
    number: int
    stage: str
    spec: Spec
    family: str
    minutes: float
    applies_to: Mapping[str, Sequence[str]] | None
    branches: tuple[CompiledBranch, ...]
    unknown: tuple[int, ...]
    condition: Any
    scales: Scales

    @cached_property
    def path(self) -> str:
        """The symptom's name in rules: `training.loss_shape`."""
        return self.spec.path

    @cached_property
    def symptom(self) -> str:
        """The symptom's id: `loss_shape`."""
        return self.spec.id

    @cached_property
    def decide(self) -> Decide:
        """The numbers of the branches that hold, as a function of the observed values."""
        whens = [parse(branch.when, self.path) for branch in self.branches]
        return decider(self.spec, whens, self.scales)

    @cached_property
    def skip_if(self) -> Decide | None:
        """Whether something else answers it, as a function of the observed values."""
        if not self.condition:
            return None
        return generic([parse(self.condition, self.path)], self.scales)

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

    def following(self, outcome: Outcome) -> set[int]:
        """Return the checks that it leads to, when these branches hold."""
        if not outcome:
            return set(self.unknown)
        return {number for index in outcome for number in self.branches[index].then}


@dataclass(frozen=True, eq=False)
class CompiledGraph:
    """All checks in walking order, and where a walk starts."""

    checks: tuple[CompiledCheck, ...]
    start: tuple[int, ...]

    @cached_property
    def by_id(self) -> dict[str, CompiledCheck]:
        """Every check by its id."""
        return {check.id: check for check in self.checks}

    @cached_property
    def asking(self) -> dict[str, tuple[int, ...]]:
        """Path of a symptom -> the numbers of the checks that ask it."""
        found: dict[str, tuple[int, ...]] = {}
        for check in self.checks:
            found[check.path] = (*found.get(check.path, ()), check.number)
        return found

    @cached_property
    def routing(self) -> tuple[CompiledCheck, ...]:
        """The few checks whose answer decides where the walk goes on."""
        return tuple(
            check
            for check in self.checks
            if any(set(branch.then) != set(check.unknown) for branch in check.branches)
        )

    @cached_property
    def _routes(self) -> dict[tuple[Outcome, ...], frozenset[int]]:
        return {}

    def reached(self, outcomes: tuple[Outcome, ...]) -> frozenset[int]:
        """Return the numbers of the checks that a walk comes to, given the outcome of every routing
        check; remembered, for runs take few routes.
        """
        if outcomes not in self._routes:
            self._routes[outcomes] = self._route(outcomes)
        return self._routes[outcomes]

    def _route(self, outcomes: tuple[Outcome, ...]) -> frozenset[int]:
        decided = {
            check.number: outcome for check, outcome in zip(self.routing, outcomes, strict=True)
        }
        found = set(self.start)
        for check in self.checks:
            if check.number in found:
                found |= check.following(decided.get(check.number, ()))
        return frozenset(found)

    @cached_property
    def _evidence(self) -> dict[tuple[CompiledBranch, ...], dict[str, float]]:
        return {}

    def evidence(self, branches: tuple[CompiledBranch, ...]) -> Mapping[str, float]:
        """Return what the branches of one family say together: by cause, the strongest dB for plus
        the strongest against; remembered, for the answers to one family are few.
        """
        if len(branches) == 1:
            return branches[0].points_to
        if branches not in self._evidence:
            self._evidence[branches] = _strongest([branch.points_to for branch in branches])
        return self._evidence[branches]


def _strongest(items: Sequence[Mapping[str, float]]) -> dict[str, float]:
    causes = dict.fromkeys(cause for item in items for cause in item)
    said = {cause: [item.get(cause, 0.0) for item in items] for cause in causes}
    return {cause: max(0.0, *db) + min(0.0, *db) for cause, db in said.items()}


def build(
    stages: Mapping[str, Any],
    checks: Mapping[str, Mapping[str, Any]],
    specs: Mapping[str, Spec],
    scales: Scales,
) -> CompiledGraph:
    """Return the graph of checked checks; each check is plain data with its `stage`."""
    number = {id: index for index, id in enumerate(checks)}
    ready = tuple(
        _compiled_check(id, check, number, specs[check["asks"]], scales)
        for id, check in checks.items()
    )
    starts = {
        number[id] for head in stages.values() for id in head["start"] if head.get("entry", True)
    }
    return CompiledGraph(ready, tuple(sorted(starts)))


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


def _compiled_check(
    id: str, check: Mapping[str, Any], number: Mapping[str, int], spec: Spec, scales: Scales
) -> CompiledCheck:
    then = check.get("then") or ()
    unknown = check.get("unknown")
    return CompiledCheck(
        id=id,
        number=number[id],
        stage=check["stage"],
        spec=spec,
        family=check.get("family") or spec.id,
        minutes=check["minutes"],
        applies_to=check.get("applies_to"),
        branches=tuple(_compiled_branch(branch, then, number) for branch in check["branches"]),
        unknown=tuple(number[other] for other in (then if unknown is None else unknown)),
        condition=check.get("moot"),
        scales=scales,
    )


def _compiled_branch(
    branch: Mapping[str, Any], then: Sequence[str], number: Mapping[str, int]
) -> CompiledBranch:
    leads = branch["then"] if branch.get("then") is not None else then
    return CompiledBranch(
        branch["when"],
        branch.get("points_to") or {},
        tuple(number[other] for other in leads),
    )


def decider(spec: Spec, conditions: Sequence[Condition], scales: Scales) -> Decide:
    """Return the function from observed values to the branches that hold."""
    decide = generic(conditions, scales)
    path = spec.path
    compared = set().union(*map(symptoms, conditions))
    compared_tests = [test for condition in conditions for test in tests(condition)]
    if spec.kind == "fact" or compared - {path}:
        paths = sorted(compared)
        return _remembered(decide, {one: cell_finder(one, compared_tests, scales) for one in paths})

    def answer(value: Any) -> Outcome:
        return decide({path: value})

    if spec.kind == "number":
        look_up = tabulated(cuts(path, compared_tests, scales), spec.words, answer)
        return lambda values: look_up(values[path])
    by_word = {value: answer(value) for value in samples(spec, ())}
    return lambda values: by_word[values[path]]


def _remembered(decide: Decide, finders: Mapping[str, Callable[[Any], Any]]) -> Decide:
    """Return a decider that remembers its outcome for the cells that the values lie in."""
    found: dict[tuple[Any, ...], Outcome] = {}
    pairs = tuple(finders.items())
    if len(pairs) == 1:
        return _remembered_by_one(decide, *pairs[0])

    def look_up(values: Mapping[str, Any]) -> Outcome:
        cells = tuple([find(values.get(path)) for path, find in pairs])
        if cells not in found:
            found[cells] = decide(values)
        return found[cells]

    return look_up


def _remembered_by_one(decide: Decide, path: str, find: Callable[[Any], Any]) -> Decide:
    found: dict[Any, Outcome] = {}

    def look_up(values: Mapping[str, Any]) -> Outcome:
        cell = find(values.get(path))
        if cell not in found:
            found[cell] = decide(values)
        return found[cell]

    return look_up


def generic(conditions: Sequence[Condition], scales: Scales) -> Decide:
    """Return the function from observed values to the branches that hold, whatever they compare."""
    decided = [
        (index, compiled(one, scales))
        for index, one in enumerate(conditions)
        if not isinstance(one, Otherwise)
    ]
    fallback = tuple(index for index, one in enumerate(conditions) if isinstance(one, Otherwise))

    def decide(values: Mapping[str, Any]) -> Outcome:
        taken, uncertain = [], False
        for index, holds in decided:
            verdict = holds(values)
            if verdict:
                taken.append(index)
            elif verdict is None:
                uncertain = True
        if taken:
            return tuple(taken)
        return () if uncertain else fallback

    return decide
