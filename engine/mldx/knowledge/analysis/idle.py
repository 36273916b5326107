"""What stands in the rules and does nothing: rows as usual, conditions that never hold, syndromes
that nothing shows as.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from mldx.errors import Fault
from mldx.knowledge.analysis.names import tables
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, SCOPES, Scope
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import JOINTS, Test, parse, tests
from mldx.knowledge.frequencies import FrequencyTable
from mldx.knowledge.read import RuleFiles

Faults = Iterator[Fault]
_SILENT = 0.5  # dB; less is a rounding of the rows


def silent_rows(reading: RuleFiles, base: KnowledgeBase) -> Faults:
    """Every row of a cause says something: some answer is more or less frequent than usual."""
    for check in base.compiled.checks:
        paths = tables(reading.content["checks"][check.id])
        cards = (check.card.table, *(given.table for given in check.card.given))
        for (path, _), table in zip(paths, cards, strict=True):
            for cause in table.rows:
                if cause != HEALTHY and not _speaks(table, cause, _SILENT):
                    where = reading.where("check", check.id, *path, "with", cause)
                    what = f"`{cause}` of `{check.id}` is as usual."
                    yield Fault(where, what, "a row that some answer distinguishes", "drop it")


def _speaks(table: FrequencyTable, cause: str, least: float) -> bool:
    return any(
        abs(table.decibans(((answer, 1.0),))[cause]) >= least for answer in range(len(table.usual))
    )


def unscoped(reading: RuleFiles, base: KnowledgeBase) -> Faults:
    """A cause that only checks of one field speak for has the scope of that field."""
    for id, card in reading.content["causes"].items():
        if card.get("applies_to"):
            continue
        scopes = [check.card.only_for for check in base.compiled.checks if _supports(check, id)]
        field, names = _narrowed(scopes)
        if field:
            where = reading.where("cause", id)
            what = f"only checks of one {field.replace('_', ' ')} speak for `{id}`."
            help = f"write for example `applies_to: {{{field}: [{', '.join(names)}]}}`"
            yield Fault(where, what, "a scope", help)


def _narrowed(scopes: Sequence[Scope | None]) -> tuple[str, list[str]]:
    """Return the first field that every one of the scopes narrows, with the names that they let
    pass; "" where there is none.
    """
    given = [scope for scope in scopes if scope is not None]
    if not given or len(given) < len(scopes):
        return "", []
    for field in SCOPES:
        passing = [getattr(scope, field) for scope in given]
        if all(passing):
            return field, sorted(set(chain.from_iterable(passing)))
    return "", []


def _supports(check: CompiledCheck, cause: str) -> bool:
    return any(
        cause in table.rows
        and max(
            table.decibans(((answer, 1.0),))[cause] for answer in range(len(check.answers))
        ) >= _SILENT
        for _, table in check.tables
    )  # fmt: skip


def circles(reading: RuleFiles) -> Faults:
    """No cause leads back to itself."""
    leads = {id: card["leads_to"] for id, card in reading.content["causes"].items()}
    told = set[frozenset[str]]()
    for id in leads:
        circle = _back(id, leads)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            what = f"`{id}` leads back to itself: {' -> '.join([*circle, id])}."
            where = reading.where("cause", id, "leads_to")
            yield Fault(where, what, "roots before their consequences", "drop one `leads_to`")


def _back(start: str, leads: Mapping[str, Any]) -> list[str]:
    """Return a way from a cause back to itself, or nothing."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for other in leads.get(way[-1], ()):
            if other == start:
                return way
            if other not in seen:
                seen.add(other)
                ways.append([*way, other])
    return []


def syndromes(reading: RuleFiles) -> Faults:
    """Every syndrome is one that some cause shows as."""
    shown = {one for card in reading.content["causes"].values() for one in card["shows_as"]}
    for id in reading.content["syndromes"]:
        if id not in shown:
            where = reading.where("syndrome", id)
            help = f"write `shows_as: [{id}]` at its causes"
            yield Fault(where, f"no cause shows as `{id}`.", "a cause that it comes from", help)


def unseen(reading: RuleFiles) -> Faults:
    """Every cause shows as some syndrome, where there are any."""
    for id, card in reading.content["causes"].items():
        if reading.content["syndromes"] and not card["shows_as"]:
            where = reading.where("cause", id)
            help = "write `shows_as: [...]`"
            yield Fault(where, f"`{id}` shows as nothing.", "a syndrome that it is seen as", help)


def never(reading: RuleFiles, base: KnowledgeBase) -> Faults:
    """Every sign of a syndrome, and every condition of a table, can hold."""
    for id, card in reading.content["syndromes"].items():
        for index, sign in enumerate(card["signs"]):
            for symptom in _impossible(base, sign):
                where = reading.where("syndrome", id, "signs", index)
                what = f"a sign of `{id}` never holds: no answer of `{symptom}` meets it."
                yield Fault(where, what, "a condition that some answer meets")
    for id, check in reading.content["checks"].items():
        for index, given in enumerate(check.get("given", ())):
            for symptom in _impossible(base, given["when"]):
                where = reading.where("check", id, "given", index, "when")
                what = f"a table of `{id}` never applies: no answer of `{symptom}` meets it."
                yield Fault(where, what, "a condition that some answer meets")


def _impossible(base: KnowledgeBase, when: Mapping[str, Any]) -> Iterator[str]:
    """Yield the symptoms whose own part of a condition no value meets."""
    for symptom, part in when.items():
        if symptom not in JOINTS and not _can_hold(base, symptom, part):
            yield symptom


def _can_hold(base: KnowledgeBase, symptom: str, part: Any) -> bool:
    spec, bounds = base.specs[symptom], list(tests(parse({symptom: part})))
    numeric = [test for test in bounds if test.operator not in ("is", "in")]
    if not numeric:
        return True  # a word that is none is refused before
    low = max((test.operand for test in numeric if test.operator in ("ge", "gt")), default=spec.low)
    high = min(
        (test.operand for test in numeric if test.operator in ("le", "lt")), default=spec.high
    )
    low, high = max(low, spec.low), min(high, spec.high)
    return low < high or (low == high and not _open(numeric))


def _open(numeric: list[Test]) -> bool:
    return any(test.operator in ("lt", "gt") for test in numeric)
