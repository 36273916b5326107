"""Walk the decision graph over observed values and record every step.

A value takes each branch whose condition holds, and every branch is a record: which check, what was
seen, what it points to, which checks it leads to. An unobserved symptom takes `unknown` and becomes
an open question, unless what was observed answers it.

Only few checks decide where the walk goes on. Which checks it comes to is looked up by the outcomes
of those; of them, the ones whose symptom was observed are then visited, in the order of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import SCOPES
from mldx.knowledge.compiled import CompiledBranch, CompiledCheck, CompiledGraph, Outcome
from mldx.knowledge.scope import applies
from mldx.symptoms import Symptoms

Values = Mapping[str, Any]
_FACTS = tuple((name, f"setup.{name}") for name in SCOPES)


class Trail:
    """The record of a walk.

    steps     (check, branch taken, value seen), in the order walked; a check with two branches has
              two steps
    reached   the numbers of the checks that the walk came to
    graph     what was walked
    """

    def __init__(
        self,
        graph: CompiledGraph,
        values: Values,
        known: Mapping[str, Any],
        reached: frozenset[int],
    ) -> None:
        self.steps: list[tuple[CompiledCheck, CompiledBranch, Any]] = []
        self.reached = reached
        self.graph = graph
        self._values, self._known = values, known

    @cached_property
    def open(self) -> list[CompiledCheck]:
        """Checks that were reached and not answered, and that nothing else answers."""
        return [
            check
            for check in self.graph.checks
            if check.number in self.reached
            and self._values.get(check.path) is None
            and (check.applies_to is None or applies(check.applies_to, self._known))
            and check.asks(self._values)
        ]


def readings(symptoms: Symptoms, knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the observed values by path, levels brought to the numbers that stand for them."""
    path_of = knowledge.path_of
    values: dict[str, Any] = {}
    for id, value in symptoms.observed.items():
        path = path_of[id]
        values[path] = value
        if isinstance(value, str):
            spec = knowledge.specs[id]
            if spec.kind == "number" and value not in spec.words:
                values[path] = knowledge.scales.number(path, value)
    return values


def facts(values: Values) -> dict[str, Any]:
    """Return what decides where a check or a cause applies: domain, task, model family, framework,
    as far as known.
    """
    return {name: values[path] for name, path in _FACTS if path in values}


def walk(graph: CompiledGraph, values: Values, known: Mapping[str, Any]) -> Trail:
    """Return the trail of a walk over these values; `known` are the facts that decide where a check
    applies.
    """
    reached = graph.reached(tuple([_outcome(check, values, known) for check in graph.routing]))
    trail = Trail(graph, values, known, reached)
    checks, steps = graph.checks, trail.steps
    for number in _observed(graph, values):
        if number in reached and _concerns(checks[number], known):
            check = checks[number]
            value = values[check.path]
            for index in check.decide(values):
                steps.append((check, check.branches[index], value))
    return trail


def _observed(graph: CompiledGraph, values: Values) -> list[int]:
    """Return the numbers of the checks whose symptom was observed, in walking order."""
    asking = graph.asking
    return sorted([number for path in values if path in asking for number in asking[path]])


def _concerns(check: CompiledCheck, known: Mapping[str, Any]) -> bool:
    """Can the check apply to such a run?"""
    return check.applies_to is None or applies(check.applies_to, known) is not False


def _outcome(check: CompiledCheck, values: Values, known: Mapping[str, Any]) -> Outcome:
    """Return the branches that hold; none where nothing was seen or the check does not apply."""
    if values.get(check.path) is None or not _concerns(check, known):
        return ()
    return check.decide(values)
