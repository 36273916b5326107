"""Can every cause be named? One that nothing points to, or that no answers raise above the reporting
line, would never be reported.

A cause is tried with the answers that speak for it most, family by family, in its own field; what a
diagnosis then states of it is what it can reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldx.errors import Fault
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.read import RuleFiles

Faults = Iterator[Fault]
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


def unraisable(
    reading: RuleFiles, base: KnowledgeBase, line: float, reached: Mapping[str, float]
) -> Faults:
    """Some answers raise every cause above the reporting line.

    reached  what a diagnosis states of each cause under its strongest answers
    """
    for id in reading.content["causes"]:
        if reached.get(id, 1.0) < line:
            where = reading.where("cause", id)
            what = f"no answers raise `{id}` above {reached[id]:.1%}."
            yield Fault(where, what, f"the reporting line, {line:.0%}", "sharpen a row, or add one")
