"""What in the rules bears on what: who speaks of a cause, who compares a symptom, who cites a
source.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.cards import Check
from mldx.knowledge.conditions import parse, symptoms
from mldx.knowledge.frequencies import FrequencyTable, Row
from mldx.knowledge.wording import phrase, words

_SILENT = 0.5  # dB; less is a rounding of the rows


@dataclass(frozen=True, slots=True)
class CauseRow:
    """How one check is answered with a cause, beside how it usually is.

    given     the circumstances in which the table applies, in words; empty where it always does
    answers   what may be said
    row       shares with the cause
    usual     shares without it
    decibans  what each answer says of the cause
    """

    check: str
    given: str
    answers: tuple[str, ...]
    row: Row
    usual: Row
    decibans: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """An answer that says something of a cause."""

    check: str
    answer: str
    given: str
    db: float


def rows(base: KnowledgeBase, cause: str) -> list[CauseRow]:
    """Return the rows of a cause from all checks, in the order of the walk."""
    return [
        _cause_row(check.answers, card.id, given, table, cause)
        for check in base.compiled.checks
        for card in (check.card,)
        for given, table in tables(card)
        if cause in table.rows
    ]


def _cause_row(
    answers: tuple[str | bool, ...], check: str, given: str, table: FrequencyTable, cause: str
) -> CauseRow:
    decibans = tuple(table.decibans(((number, 1.0),))[cause] for number in range(len(table.usual)))
    said = tuple(words(answer) for answer in answers)
    return CauseRow(check, given, said, table.rows[cause], table.usual, decibans)


def tables(card: Check) -> Iterator[tuple[str, FrequencyTable]]:
    """Yield the tables of a check, each with its circumstances in words."""
    for given in card.given:
        yield phrase(given.when), given.table
    yield "", card.table


def pointers(base: KnowledgeBase, cause: str) -> list[Pointer]:
    """Return every answer that speaks for or against a cause, the strongest for first."""
    found = [
        Pointer(row.check, answer, row.given, db)
        for row in rows(base, cause)
        for answer, db in zip(row.answers, row.decibans, strict=True)
        if abs(db) >= _SILENT
    ]
    return sorted(found, key=lambda one: -one.db)


def comparing(base: KnowledgeBase, symptom: str) -> list[str]:
    """Return the checks and syndromes that compare a symptom or a setup fact."""
    found = [card.id for card in base.checks.values() if symptom in _compared(card)]
    shown = [
        card.id
        for card in base.syndromes.values()
        if any(symptom in symptoms(parse(sign)) for sign in card.signs)
    ]
    return [*found, *shown]


def _compared(card: Check) -> set[str]:
    whens = [given.when for given in card.given]
    if card.skip_if:
        whens.append(card.skip_if)
    return {symptom for when in whens for symptom in symptoms(parse(when))}


def citing(base: KnowledgeBase) -> dict[str, list[str]]:
    """Return for every source, and for `own`, the causes whose cards cite it."""
    found: dict[str, list[str]] = {key: [] for key in (*base.content["sources"], "own")}
    for id, card in base.content["causes"].items():
        for key in card["sources"]:
            found[key].append(id)
    return found


def cited(base: KnowledgeBase, key: str, note: str) -> str:
    """Return a source in words: the text, the place in it, whether it was seen there, and where it
    is found.
    """
    source = base.content["sources"].get(key)
    if source is None:
        return note
    doubt = "" if source["verified"] else " (not verified)"
    return f"{source['text']}{f', {note}' if note else ''}{doubt} {source['url']}"


def only_own(base: KnowledgeBase) -> list[str]:
    """Return the causes that rest on our judgement alone."""
    return [id for id, card in base.content["causes"].items() if set(card["sources"]) == {"own"}]


def thresholds(base: KnowledgeBase, symptom: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every threshold that a symptom is measured by, with its name; by its id."""
    for name, entry in base.content["thresholds"].get(symptom, {}).items():
        yield f"{symptom}.{name}", entry
