"""Walk the decision graph: from the observed values to the answers they are, each step recorded.

The walk goes through the stages in order, and in a stage through its checks as they stand in the
file. An observed check that makes sense for the run is a step; one that is not observed becomes an
open question, unless what was observed answers it. An answer that a gate names closes later stages:
a model that cannot learn ten samples has nothing to generalize. A gate of which a curve settles
only a share closes by that share: what lies behind it counts for as much as the gate is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mldx.knowledge.cards import SCOPES
from mldx.knowledge.compiled import CompiledCheck, CompiledGraph
from mldx.knowledge.frequencies import Mixture, weighted
from mldx.provenance import Shares


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One check that was answered.

    value     what was seen
    answer    the number of the answer that it is
    mixture   the answers it is a mixture of, where it lies close to a border or is in doubt
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


def walk(
    graph: CompiledGraph,
    values: Mapping[str, Any],
    known: Mapping[str, Any],
    shares: Mapping[str, Shares] | None = None,
) -> Trail:
    """Return the trail of a walk.

    values  observed values by id
    known   the facts that decide where a check applies
    shares  of what a curve does not settle: the values that it may be, by id
    """
    seen = (values, shares or {})
    steps: list[WalkStep] = []
    waiting: list[CompiledCheck] = []
    closed: dict[str, WalkStep] = {}
    shut: dict[str, float] = {}
    for check in graph.checks:
        fits = check.applies(known)
        if check.id not in values:
            if fits and check.stage not in closed and check.asks(values):
                waiting.append(check)
            continue
        share = shut.get(check.stage, 0.0)
        step = _step(graph, check, seen, share) if fits is not False and share < _SHUT else None
        if step is not None:
            steps.append(step)
            _close(step, closed, shut)
    return Trail(steps, waiting, closed)


_SHUT = 1 - 1e-9  # rounding
Seen = tuple[Mapping[str, Any], Mapping[str, Shares]]


def _close(step: WalkStep, closed: dict[str, WalkStep], shut: dict[str, float]) -> None:
    """Close the stages behind a gate, by the share of the answers that close it."""
    gate = step.check.card.gate
    if gate is None:
        return
    share = sum(weight for answer, weight in step.mixture if answer in step.check.closing)
    shut.update({stage: max(share, shut.get(stage, 0.0)) for stage in gate.closes})
    if step.stops:
        closed.update(dict.fromkeys(gate.closes, step))


def _step(graph: CompiledGraph, check: CompiledCheck, seen: Seen, shut: float) -> WalkStep | None:
    """Return the step of an answered check; None where the value is none of its answers.

    shut   the share by which an earlier gate closes its stage: that much of what it says is in
           doubt
    """
    values, shares = seen
    value = values[check.id]
    answer, mixture = check.answer(value), check.mixture(value, shares.get(check.id, ()))
    if answer is None or mixture is None:
        return None
    decibans = _decibans(graph, check, mixture, seen)
    return WalkStep(
        check, value, answer, mixture, weighted([(decibans, 1 - shut)]) if shut else decibans
    )


def _decibans(
    graph: CompiledGraph, check: CompiledCheck, mixture: Mixture, seen: Seen
) -> Mapping[str, float]:
    """Return what an answer says, by the table that applies; where its circumstance is in doubt, by
    each that may, according to its weight.

    Of several circumstances in doubt the first counts so; the others are taken as they were seen.
    """
    values, shares = seen
    named = check.circumstances
    unsure = next((id for id in named if id in shares), None) if named and shares else None
    if unsure is None:
        return check.table(values).decibans(mixture)
    circumstance = graph.by_id[unsure]
    weights = circumstance.mixture(values[unsure], shares[unsure]) or ()
    whole = sum(weight for _, weight in weights)
    tables = [
        (check.table({**values, unsure: circumstance.answers[answer]}), weight / whole)
        for answer, weight in weights
    ]
    return weighted([(table.decibans(mixture), weight) for table, weight in tables])
