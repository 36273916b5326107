"""Walk the decision graph: from the observed values to the answers they are, each step recorded.

The walk goes through the stages in order, and in a stage through its checks as they stand in the
file. An observed check that makes sense for the run is a step; one that is not observed becomes an
open question, unless what was observed answers it. An answer that a gate names closes later stages:
a model that cannot learn ten samples has nothing to generalize.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mldx.knowledge.cards import SCOPES
from mldx.knowledge.compiled import CompiledCheck, CompiledGraph
from mldx.knowledge.frequencies import Mixture


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One check that was answered.

    value     what was seen
    answer    the number of the answer that it is
    mixture   the answers it is a mixture of, where it lies close to a border
    decibans  what that says for or against each cause of the check's table, and `healthy`
    """

    check: CompiledCheck
    value: Any
    answer: int
    mixture: Mixture
    decibans: Mapping[str, float]

    @property
    def stops(self) -> bool:
        """Does this answer close later stages?"""
        return self.answer in self.check.closing


@dataclass(frozen=True, slots=True)
class Trail:
    """The record of a walk.

    steps   what was answered, in the order walked
    open    checks that were reached and not answered, and that nothing else answers
    closed  stages that a gate closed, with the step that did
    """

    steps: list[WalkStep]
    open: list[CompiledCheck]
    closed: Mapping[str, WalkStep]


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides where a check or a cause applies: domain, task, model family, framework,
    as far as known.
    """
    return {name: values[name] for name in SCOPES if name in values}


def walk(graph: CompiledGraph, values: Mapping[str, Any], known: Mapping[str, Any]) -> Trail:
    """Return the trail of a walk.

    values  observed values by id
    known   the facts that decide where a check applies
    """
    steps: list[WalkStep] = []
    waiting: list[CompiledCheck] = []
    closed: dict[str, WalkStep] = {}
    for check in graph.checks:
        if check.stage in closed:
            continue
        value = values.get(check.id)
        fits = check.applies(known)
        if value is None:
            if fits and check.asks(values):
                waiting.append(check)
            continue
        step = _step(check, value, values) if fits is not False else None
        if step is None:
            continue
        steps.append(step)
        if step.stops and check.card.gate:
            closed.update(dict.fromkeys(check.card.gate.closes, step))
    return Trail(steps, waiting, closed)


def _step(check: CompiledCheck, value: Any, values: Mapping[str, Any]) -> WalkStep | None:
    """Return the step of an answered check; None where the value is none of its answers."""
    answer, mixture = check.answer(value), check.mixture(value)
    if answer is None or mixture is None:
        return None
    return WalkStep(check, value, answer, mixture, check.table(values).decibans(mixture))
