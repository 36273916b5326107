"""Worked cases read from `STAGE/cases.yaml` of the rules and of the folders that extend them; every
fault of every file told together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mldx.errors import Fault, InputError, Place, RulesError, wanted
from mldx.knowledge import KnowledgeBase, rules_folder
from mldx.knowledge import load as load_rules
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.shape_faults import shown
from mldx.knowledge.strict_yaml import Document, decoded
from mldx.knowledge.suggest import near
from mldx.lab.case import Case, CaseShape
from mldx.readers.record import of_mapping

FILE = "cases.yaml"


def load(folder: Path | None = None, knowledge: KnowledgeBase | None = None) -> tuple[Case, ...]:
    """Return the cases of a rules folder, by default the shipped one, in file order.

    raises   RulesError, with every fault of every file: what is no case, no cause, or no run record
    """
    rules = knowledge if knowledge is not None else load_rules(folder)
    loader = CaseLoader(rules)
    for file in sorted((folder or rules_folder()).glob(f"*/{FILE}")):
        loader.add(*decoded(file.read_bytes(), shown(file)))
    if loader.faults:
        raise RulesError(*loader.faults)
    return tuple(loader.cases.values())


class CaseLoader:
    """The cases read so far, and everything wrong with them, in file order."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.cases: dict[str, Case] = {}
        self.faults: list[Fault] = []

    def add(self, document: Document, faults: list[Fault]) -> None:
        """Take every case of one parsed file, or its faults."""
        if not faults and not isinstance(document.data, dict):
            what, expected = "the file holds no mapping.", "ids with their cases below them"
            faults = [Fault(Place(document.file, 1), what, expected)]
        found = faults or [
            fault for id, card in document.data.items() for fault in self._take(id, card, document)
        ]
        self.faults += sorted(found, key=lambda fault: fault.place)

    def _take(self, id: str, written: Any, document: Document) -> list[Fault]:
        if id in self.cases:
            what, help = f"`{id}` is told a second time.", f"see {self.cases[id].where}"
            return [Fault(document.at((id,)), what, "one case for each id", help)]
        try:
            card = CaseShape.model_validate(written)
        except ValidationError as error:
            return [_misshapen(item, id, document) for item in error.errors()]
        faults = [*_no_claim(id, card, document), *self._strangers(id, card, document)]
        try:
            run = of_mapping(card.run, id, self.knowledge.specs)
            self.cases[id] = Case(id, document.at((id,)), card, run)
        except InputError as error:
            faults += [_bad_record(fault, id, document) for fault in error.faults]
        return faults

    def _strangers(self, id: str, card: CaseShape, document: Document) -> Iterator[Fault]:
        """Causes and syndromes that are named and have no card."""
        causes, syndromes = self.knowledge.causes, self.knowledge.syndromes
        yield from _unknown(id, card, document, ("concludes", "never"), causes, "cause")
        yield from _unknown(id, card, document, ("odds",), [*causes, HEALTHY], "cause")
        yield from _unknown(id, card, document, ("shows", "shows_not"), syndromes, "syndrome")


def _unknown(
    id: str,
    card: CaseShape,
    document: Document,
    fields: Iterable[str],
    known: Iterable[str],
    kind: str,
) -> Iterator[Fault]:
    cards = set(known)
    for field in fields:
        named: Any = getattr(card, field)
        steps: list[Any] = list(named) if field == "odds" else list(range(len(named)))
        for step, name in zip(steps, named, strict=True):
            if name not in cards:
                what = f"`{id}` names `{name}` in {field}, which is no {kind}."
                expected = f"the id of a {kind}; see `mldx rules list {kind}s`"
                yield Fault(document.at((id, field, step)), what, expected, near(name, cards))


def _no_claim(id: str, card: CaseShape, document: Document) -> list[Fault]:
    if card.claims:
        return []
    expected = "concludes, never, verdict, shows, shows_not or odds"
    help = "say what the run must show"
    return [Fault(document.at((id,)), f"`{id}` claims nothing.", expected, help)]


def _misshapen(item: Mapping[str, Any], id: str, document: Document) -> Fault:
    inside = tuple(part for part in item["loc"] if part != "[key]")
    name, where = ".".join(map(str, (id, *inside))), document.at((id, *inside))
    if item["type"] == "missing":
        return Fault(where, f"`{name}` is missing.", f"`{inside[-1]}`")
    if item["type"] == "extra_forbidden":
        fields = CaseShape.model_fields
        help = near(str(inside[-1]), fields)
        return Fault(where, f"`{name}` is no field of a case.", ", ".join(fields), help)
    return Fault(where, f"`{name}` is {item['input']!r}.", wanted(item["msg"]))


def _bad_record(fault: Fault, id: str, document: Document) -> Fault:
    """Tell a fault of the run record by its line; its place is given as `id:
    history.train_loss[2]`.
    """
    inside = str(fault.where).removeprefix(f"{id}: ")
    path = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", inside)]
    where = document.at((id, "run", *path))
    return Fault(where, f"`{id}.run.{inside}`: {fault.what}", fault.expected, fault.help)


__all__ = ["FILE", "CaseLoader", "load"]
