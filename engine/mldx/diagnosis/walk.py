"""Walk the decision graph: from the observed values to the branches taken, each step recorded.

At each check every branch whose condition holds is taken; an unobserved symptom takes `unknown` and
becomes an open question, unless what was observed makes it moot. A check is visited once, after all
that lead to it, so the walk is one pass over the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.compiled import CompiledBranch, CompiledCheck, CompiledGraph
from mldx.symptoms import Symptoms

SCOPES = ("domain", "task", "model_family", "framework")


@dataclass(frozen=True, slots=True)
class Trail:
    """The record of a walk.

    steps   (check, branch taken, value seen), in the order walked; a check with two branches has two steps
    open    checks that were reached and not answered, and that nothing else answers
    """

    steps: list[tuple[CompiledCheck, CompiledBranch, Any]]
    open: list[CompiledCheck]


def readings(symptoms: Symptoms, knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the observed values by path, levels brought to the numbers that stand for them."""
    scales, specs = knowledge.scales, knowledge.specs
    values: dict[str, Any] = {}
    for id, value in symptoms.observed.items():
        spec = specs[id]
        if isinstance(value, str) and spec.kind == "number" and value not in spec.words:
            value = scales.number(spec.path, value)
        values[spec.path] = value
    return values


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides where a check or a cause applies: domain, task, model family, framework,
    as far as known.
    """
    return {name: values[f"setup.{name}"] for name in SCOPES if f"setup.{name}" in values}


def applies(scope: Mapping[str, Any] | None, known: Mapping[str, Any]) -> bool | None:
    """Does a scope hold? None when a fact it needs is not known; several keys must all hold."""
    if scope is None:
        return True
    missing = False
    for name, wanted in scope.items():
        if wanted and name not in known:
            missing = True
        elif wanted and known[name] not in wanted:
            return False
    return None if missing else True


def walk(graph: CompiledGraph, values: Mapping[str, Any], known: Mapping[str, Any]) -> Trail:
    """Return the trail of a walk over these values; `known` are the facts that decide where a check
    applies.
    """
    reached = bytearray(len(graph.checks))
    for number in graph.start:
        reached[number] = 1
    steps: list[tuple[CompiledCheck, CompiledBranch, Any]] = []
    waiting: list[CompiledCheck] = []
    for node in graph.checks:
        if not reached[node.number]:
            continue
        value = values.get(node.path)
        if value is None:
            if (node.applies_to is None or applies(node.applies_to, known)) and node.asks(values):
                waiting.append(node)
            following = node.unknown
        elif node.applies_to is not None and applies(node.applies_to, known) is False:
            following = node.unknown
        else:
            following = _taken(node, value, values, steps)
        for number in following:
            reached[number] = 1
    return Trail(steps, waiting)


def _taken(
    node: CompiledCheck,
    value: Any,
    values: Mapping[str, Any],
    steps: list[tuple[CompiledCheck, CompiledBranch, Any]],
) -> tuple[int, ...]:
    """Record every branch that holds, and return where they lead."""
    branches = node.decide(values)
    if not branches:
        return node.unknown
    if len(branches) == 1:
        way = node.branches[branches[0]]
        steps.append((node, way, value))
        return way.then
    following: tuple[int, ...] = ()
    for index in branches:
        way = node.branches[index]
        steps.append((node, way, value))
        following += way.then
    return following
