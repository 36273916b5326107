"""Can every cause be named? One that nothing points to, or that no answers raise above the
reporting line, would never be reported.

A cause is tried with the answers that speak for it most, family by family, in its own field. Where
that is not enough they are improved one by one, for an answer may speak for another cause more, or
close the stage in which others stand; and then by the answers to other checks, which may speak
against its rivals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mldx.errors import Fault
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.read import RuleFiles

Faults = Iterator[Fault]
Judge = Callable[[Mapping[str, Any]], Mapping[str, float]]
_SUPPORT = 0.5  # dB; less is a rounding of the rows


def unsupported(reading: RuleFiles, base: KnowledgeBase) -> Faults:
    """Some answer speaks for every cause."""
    for id in reading.content["causes"]:
        if not any(most.get(id, 0.0) >= _SUPPORT for most in base.max_support.values()):
            where = reading.where("cause", id)
            help = f"write a row: `with: {{{id}: ...}}` at the check that shows it"
            yield Fault(where, f"nothing points to `{id}`.", "an answer that speaks for it", help)


def strongest_answers(base: KnowledgeBase, cause: str) -> dict[str, Any]:
    """Return, for each family, the answer that speaks for a cause most, by check; what the cause
    needs to apply is stated too.
    """
    best: dict[str, tuple[float, str, Any]] = {}
    for check in base.compiled.checks:
        table = check.card.table
        for number, answer in enumerate(check.answers):
            db = table.decibans(((number, 1.0),)).get(cause, 0.0)
            if db >= _SUPPORT and db > best.get(check.family, (0.0, "", None))[0]:
                best[check.family] = (db, check.id, answer)
    scope = base.scopes.get(cause, (None, None))[0] or {}
    field = {name: values[0] for name, values in scope.items() if values}
    facts = {id: answer for _, id, answer in best.values()}
    return {**field, **facts}


@dataclass(frozen=True, slots=True)
class Witness:
    """Answers that raise a cause, and what a diagnosis then states of it."""

    cause: str
    probability: float
    answers: Mapping[str, Any]


def witnesses(base: KnowledgeBase, judge: Judge, line: float) -> dict[str, Witness]:
    """Return for every cause that some answer speaks for the answers that raise it most, or above
    the line.

    judge   what a diagnosis states of each cause under given answers
    """
    found = (witness(base, id, judge, line) for id in base.causes)
    return {one.cause: one for one in found if one.answers}


def witness(base: KnowledgeBase, cause: str, judge: Judge, line: float) -> Witness:
    """Return answers that raise a cause above the line, or as far as they were found to."""
    answers = strongest_answers(base, cause)
    if not answers:
        return Witness(cause, 0.0, answers)
    best = Witness(cause, judge(answers).get(cause, 0.0), answers)
    others = [check.id for check in base.compiled.checks if check.id not in answers]
    for id in (*answers, *others):
        if best.probability >= line:
            break
        for other in _otherwise(base, best.answers, id):
            stated = judge(other).get(cause, 0.0)
            if stated > best.probability:
                best = Witness(cause, stated, other)
    return best


def _otherwise(
    base: KnowledgeBase, answers: Mapping[str, Any], id: str
) -> Iterator[dict[str, Any]]:
    """Yield the answers with one of them left out, and with every other one in its place."""
    if id not in base.checks:
        return
    yield {one: answer for one, answer in answers.items() if one != id}
    for answer in base.compiled.by_id[id].answers:
        yield {**answers, id: answer}


def unraisable(reading: RuleFiles, line: float, reached: Mapping[str, Witness]) -> Faults:
    """Some answers raise every cause above the reporting line.

    reached  the answers that raise each cause most
    """
    for id, best in reached.items():
        if best.probability < line:
            where = reading.where("cause", id)
            what = f"no answers raise `{id}` above {best.probability:.1%}."
            yield Fault(where, what, f"the reporting line, {line:.0%}", "sharpen a row, or add one")
