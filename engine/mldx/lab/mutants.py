"""Rules broken in one place, each as the changed card: what an expert may have mistaken.

A row that is dropped is the same mutant as one made usual, and is made once. A row that says
nothing (less than 1 dB) has none, and a change below that is not made. What a check is skipped by
changes what is asked and no verdict, so no case could notice it, and it is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mldx.knowledge import KnowledgeBase, cards
from mldx.knowledge.analysis.names import tables
from mldx.knowledge.frequencies import FrequencyTable

Kind = Literal[
    "usual", "neighbour", "rare", "given", "gate", "scope", "border", "prior", "sign", "threshold"
]
KINDS: dict[Kind, str] = {
    "usual": "a row made usual, as if it were dropped",
    "neighbour": "what a row speaks for most moved to the neighbouring answer",
    "rare": "`usual` doubled at its rarest answer",
    "given": "a table for other circumstances dropped",
    "gate": "a gate opened",
    "scope": "a scope dropped",
    "border": "the border of an answer halved or doubled",
    "prior": "a prior times 3",
    "sign": "a sign of a syndrome dropped",
    "threshold": "a threshold halved or doubled",
}
Group = Literal["checks", "causes", "syndromes", "thresholds"]
CARD: dict[Group, str] = {
    "checks": "check", "causes": "cause", "syndromes": "syndrome", "thresholds": "threshold",
}  # fmt: skip
Plain = Mapping[str, Any]
Path = tuple[str | int, ...]
_SILENT = 1.0  # dB; rows that differ by less say the same
_WHOLE = 100.0
_MOST_PRIOR = 999.0
_ASKING = ("interview",)  # decides what is asked, and no verdict


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change, with the changed card as plain data.

    path   of what is changed, inside the card
    told   the change in words
    cause  whose row or prior it is, if it is one's
    """

    kind: Kind
    group: Group
    id: str
    path: Path
    told: str
    card: Plain
    cause: str = ""

    def __str__(self) -> str:
        return f"{self.id} {self.kind}: {self.told}"

    def applied(self, knowledge: KnowledgeBase) -> KnowledgeBase:
        """Return the rules with this change, under the same version: what was observed stands."""
        group = {**knowledge.content[self.group], self.id: self.card}
        return KnowledgeBase({**knowledge.content, self.group: group}, knowledge.version)


def mutants(knowledge: KnowledgeBase) -> Iterator[Mutant]:
    """Yield every single change of the rules, in the order of the files."""
    content = knowledge.content
    for id, card in content["checks"].items():
        for path, table in tables(card):
            yield from _rows(knowledge, id, path, table)
        yield from _without(id, card)
        yield from _borders(id, card)
    for id, card in content["causes"].items():
        yield _prior(id, card)
        yield from _unscoped(id, card)
    for id, card in content["syndromes"].items():
        yield from _signs(id, card)
    for id, card in content["thresholds"].items():
        yield from _thresholds(id, card) if id not in _ASKING else ()


def _rows(knowledge: KnowledgeBase, id: str, path: Path, table: Plain) -> Iterator[Mutant]:
    """Yield the changes of one table, which stands at `path` of its check."""
    check = knowledge.content["checks"][id]
    answers = knowledge.checks[id].answers
    shares: FrequencyTable = cards.table(table, answers)
    usual = table.get("usual")
    if usual is None:
        return
    for cause, row in table.get("with", {}).items():
        if not _speaks(shares, cause):
            continue
        place = (*path, "with", cause)
        dropped = _less(table["with"], cause)
        told = f"{cause} as usual"
        changed = _with_table(check, path, {**table, "with": dropped})
        yield Mutant("usual", "checks", id, place, told, changed, cause)
        moved, told = _moved(row, usual)
        other = {**table, "with": {**table["with"], cause: moved}}
        if _differ(shares, cards.table(other, answers), cause):
            changed = _with_table(check, path, other)
            yield Mutant("neighbour", "checks", id, place, f"{cause} {told}", changed, cause)
    if table.get("with"):
        more, told = _doubled(usual)
        changed = _with_table(check, path, {**table, "usual": more})
        yield Mutant("rare", "checks", id, (*path, "usual"), told, changed)


def _speaks(table: FrequencyTable, cause: str) -> bool:
    """Does some answer of the table say something of the cause?"""
    return any(abs(db) >= _SILENT for db in _decibans(table, cause))


def _differ(one: FrequencyTable, other: FrequencyTable, cause: str) -> bool:
    """Does some answer say another thing of the cause in the other table?"""
    pairs = zip(_decibans(one, cause), _decibans(other, cause), strict=True)
    return any(abs(db - changed) >= _SILENT for db, changed in pairs)


def _decibans(table: FrequencyTable, cause: str) -> list[float]:
    return [table.decibans(((answer, 1.0),))[cause] for answer in range(len(table.usual))]


def _moved(row: Any, usual: Any) -> tuple[Any, str]:
    """Return a row with the share of its most telling answer moved to the neighbour, and this in
    words.
    """
    if not isinstance(row, Mapping):
        return _WHOLE - row, f"yes {row:g} -> {_WHOLE - row:g}"
    names = list(row)
    most = max(range(len(names)), key=lambda place: row[names[place]] - usual[names[place]])
    beside = most + 1 if most + 1 < len(names) else most - 1
    one, other = names[most], names[beside]
    return {**row, one: 0.0, other: row[one] + row[other]}, f"{one} -> {other}"


def _doubled(usual: Any) -> tuple[Any, str]:
    """Return a usual row with its rarest answer doubled, and this in words; the rows are brought to
    100 when they are read.
    """
    if not isinstance(usual, Mapping):
        more = min(2 * usual, _WHOLE) if usual <= _WHOLE / 2 else _WHOLE - 2 * (_WHOLE - usual)
        return more, f"usual yes {usual:g} -> {more:g}"
    rarest = min(usual, key=lambda name: usual[name])
    return {**usual, rarest: 2 * usual[rarest]}, f"usual {rarest} doubled"


def _without(id: str, check: Plain) -> Iterator[Mutant]:
    """Yield the check without each of its other tables, its gate, its scope."""
    for index, given in enumerate(check.get("given", ())):
        rest = [one for place, one in enumerate(check["given"]) if place != index]
        changed = {**check, "given": rest}
        yield Mutant("given", "checks", id, ("given", index), f"{given['when']} dropped", changed)
    if check.get("gate"):
        yield Mutant("gate", "checks", id, ("gate",), "opened", _less(check, "gate"))
    if check.get("only_for"):
        told, changed = "only_for dropped", _less(check, "only_for")
        yield Mutant("scope", "checks", id, ("only_for",), told, changed)


def _borders(id: str, check: Plain) -> Iterator[Mutant]:
    answers: Mapping[str, Plain] = check.get("answers", {})
    for name, answer in answers.items():
        for factor in (0.5, 2):
            if not answer.get("below"):
                continue
            border = answer["below"] * factor
            changed = {**answers, name: {**answer, "below": border}}
            if _rise(changed):
                told = f"{name} below {answer['below']:g} -> {border:g}"
                card = {**check, "answers": changed}
                yield Mutant("border", "checks", id, ("answers", name, "below"), told, card)


def _rise(answers: Mapping[str, Plain]) -> bool:
    borders = [one["below"] for one in answers.values() if one.get("below") is not None]
    return borders == sorted(set(borders))


def _prior(id: str, card: Plain) -> Mutant:
    weight = card["prior"]["weight"]
    more = min(3 * weight, _MOST_PRIOR)
    changed = {**card, "prior": {**card["prior"], "weight": more}}
    told = f"{weight:g} -> {more:g} of 1000"
    return Mutant("prior", "causes", id, ("prior", "weight"), told, changed, id)


def _unscoped(id: str, card: Plain) -> Iterator[Mutant]:
    """Yield the cause without each of its scopes."""
    for field in ("applies_to", "not_for"):
        if card.get(field):
            told = f"{field} dropped"
            yield Mutant("scope", "causes", id, (field,), told, _less(card, field), id)


def _signs(id: str, card: Plain) -> Iterator[Mutant]:
    """Yield the syndrome without each of its signs."""
    for index, sign in enumerate(card["signs"]):
        rest = [one for place, one in enumerate(card["signs"]) if place != index]
        changed = {**card, "signs": rest}
        yield Mutant("sign", "syndromes", id, ("signs", index), f"{sign} dropped", changed)


def _thresholds(id: str, card: Plain) -> Iterator[Mutant]:
    for name, entry in card.items():
        for factor in (0.5, 2):
            value = entry["value"] * factor
            fits = entry["unit"] != "probability" or value < 1
            if entry["value"] and fits:
                changed = {**card, name: {**entry, "value": value}}
                told = f"{name} {entry['value']:g} -> {value:g}"
                yield Mutant("threshold", "thresholds", id, (name, "value"), told, changed)


def _with_table(check: Plain, path: Path, table: Plain) -> dict[str, Any]:
    """Return the check with another table at `path`, which is the check itself or a `given`."""
    if not path:
        return {**check, **table}
    given = [table if place == path[1] else one for place, one in enumerate(check["given"])]
    return {**check, "given": given}


def _less(mapping: Plain, key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}
