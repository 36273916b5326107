"""One rule file at a time: parsed strictly, validated against its shape, kept with the line of
everything in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mldx.errors import Fault, Place
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.cards import STAGES
from mldx.knowledge.extend import KINDS, Change, changed, changes, unknown, with_rows
from mldx.knowledge.names import squeezed
from mldx.knowledge.schema import (
    CauseShape,
    ChangesShape,
    CheckShape,
    CitationShape,
    ComplaintShape,
    FactShape,
    FormShape,
    PairShape,
    RowsShape,
    StageShape,
    SyndromeShape,
    ThresholdShape,
)
from mldx.knowledge.shape_faults import shown, validation_faults
from mldx.knowledge.strict_yaml import Document, decoded
from mldx.symptoms import Spec

_VOCABULARY: TypeAdapter[Any] = TypeAdapter(dict[str, dict[str, list[str]]])
_PAIRS: TypeAdapter[Any] = TypeAdapter(dict[str, list[PairShape]])
_CHANGES: TypeAdapter[Any] = TypeAdapter(ChangesShape)

_SHAPES: dict[str, Any] = {
    "check": TypeAdapter(CheckShape),
    "cause": TypeAdapter(CauseShape),
    "stage": TypeAdapter(StageShape),
    "threshold": TypeAdapter(dict[str, ThresholdShape]),
    "source": TypeAdapter(CitationShape),
    "syndrome": TypeAdapter(SyndromeShape),
    "fact": TypeAdapter(FactShape),
    "complaint": TypeAdapter(ComplaintShape),
    "form": TypeAdapter(FormShape),
}
_ROWS: TypeAdapter[Any] = TypeAdapter(RowsShape)
_GROUPS = {"priors": "causes", "thresholds": "thresholds"}
_NAMED = ("check", "cause", "syndrome", "fact", "complaint", "form")
_ID = re.compile(r"[a-z][a-z0-9_]*")


class RuleFiles:
    """What was read so far.

    folder     the rules
    extend     folders that add to them
    content    plain data by kind and id, as `KnowledgeBase` takes it
    faults     everything wrong so far, in file order
    places     (kind, id) -> the document it stands in, and its path there
    """

    def __init__(self, folder: Path, extend: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.extend = tuple(extend)
        self.faults: list[Fault] = []
        self.places: dict[tuple[str, str], tuple[Document, tuple[str, ...]]] = {}
        self.rows: list[tuple[str, dict[str, Any], Document, tuple[str, ...]]] = []
        self.changes: dict[tuple[str, str], tuple[Document, Change]] = {}
        self.content: dict[str, Any] = {
            "stages": {}, "checks": {}, "causes": {}, "syndromes": {}, "facts": {},
            "thresholds": {}, "vocabulary": {}, "groups": {}, "pairs": {}, "sources": {},
            "complaints": {}, "forms": {}, "calibration": {},
        }  # fmt: skip
        self._readers: dict[str, Callable[[Path, Document], None]] = {
            "checks": self._read_checks,
            "causes": self._read_causes,
            "syndromes": self._read_syndromes,
            "facts": self._read_facts,
            "thresholds": self._read_thresholds,
            "sources": self._read_sources,
            "complaints": self._read_complaints,
            "forms": self._read_forms,
            "vocabulary": self._read_vocabulary,
            "pairs": self._read_pairs,
            "changes": self._read_changes,
            "calibration": self._read_calibration,
        }

    @classmethod
    def of(
        cls, folder: Path, texts: Mapping[Path, bytes], extend: Sequence[Path] = ()
    ) -> RuleFiles:
        """Return everything that these files say."""
        reading = cls(folder, extend)
        for file, text in texts.items():
            reading.add(file, text)
        reading.settle()
        return reading

    def add(self, file: Path, text: bytes) -> None:
        """Read one file into the content, or its faults into the faults."""
        document, faults = decoded(text, shown(file))
        if not faults and not isinstance(document.data, dict):
            faults = [
                Fault(
                    Place(document.file, 1),
                    "the file holds no mapping.",
                    "ids with their cards below them",
                )
            ]
        if faults:
            self.faults += sorted(faults, key=lambda fault: fault.place)
            return
        self._readers.get(file.stem, self._unknown)(file, document)

    def settle(self) -> None:
        """Make the changes of the extensions, once everything is read well."""
        if self.faults:
            return
        for document, change in self.changes.values():
            self._change(document, change)
        for id, rows, document, _ in self.rows:
            if id in self.content["checks"]:
                self.content["checks"][id] = with_rows(self.content["checks"][id], rows)
            else:
                self.faults.append(unknown(document, ("checks", id), self.content["checks"]))

    @cached_property
    def ids(self) -> dict[str, Spec]:
        """Every symptom and setup fact by id; to be asked when everything is read."""
        return self.compiled().specs

    def compiled(self) -> KnowledgeBase:
        """Return the knowledge base of a reading without faults."""
        return KnowledgeBase(self.content, "checked")

    def start(self, name: str) -> Place:
        """Return the first line of a file of the rules."""
        return Place(shown(self.folder / name), 1)

    def where(self, kind: str, id: str, *path: str | int) -> Place:
        """Return the place of a path inside a card."""
        document, base = self.places[kind, id]
        return document.at((*base, *path))

    def _read_checks(self, file: Path, document: Document) -> None:
        stage = self._stage_of(file, document)
        if stage is None:
            return
        for id, card in document.data.items():
            if id == "stage":
                self._take("stage", "stages", stage, card, document, ("stage",))
            elif isinstance(card, dict) and "with" in card and "asks" not in card:
                self._add_rows(id, card, document)
            else:
                self._take("check", "checks", id, card, document, (id,), stage)

    def _add_rows(self, id: str, card: Any, document: Document) -> None:
        """Take rows that are added to a check that stands elsewhere."""
        try:
            shape = _ROWS.validate_python(card)
        except ValidationError as error:
            self.faults += validation_faults(error, document, (id,))
            return
        self.rows.append((id, _plain(shape), document, (id,)))

    def _read_causes(self, file: Path, document: Document) -> None:
        stage = self._stage_of(file, document)
        for id, card in document.data.items() if stage else ():
            self._take("cause", "causes", id, card, document, (id,), stage)

    def _read_syndromes(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("syndrome", "syndromes", id, card, document, (id,))

    def _read_facts(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("fact", "facts", id, card, document, (id,))

    def _read_thresholds(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("threshold", "thresholds", id, card, document, (id,))

    def _read_calibration(self, file: Path, document: Document) -> None:
        self.content["calibration"] = document.data

    def _read_sources(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("source", "sources", id, card, document, (id,))

    def _read_complaints(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("complaint", "complaints", id, card, document, (id,))

    def _read_forms(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("form", "forms", id, card, document, (id,))

    def _read_vocabulary(self, file: Path, document: Document) -> None:
        """Names and spellings; an extension may add spellings to a name. One spelling stands for
        one name.
        """
        groups = document.data.pop("groups", {})
        self.content["groups"] |= groups
        for field, names in (self._whole("vocabulary", _VOCABULARY, document) or {}).items():
            known = self.content["vocabulary"].setdefault(field, {})
            taken = {
                squeezed(spelling): name
                for name, others in known.items()
                for spelling in (name, *others)
            }
            for name, others in names.items():
                for spelling in (name, *others):
                    if taken.setdefault(squeezed(spelling), name) != name:
                        elsewhere = taken[squeezed(spelling)]
                        what = f"`{spelling}` is `{name}` here and `{elsewhere}` elsewhere."
                        self.faults.append(
                            Fault(document.at((field, name)), what, "one name for each spelling")
                        )
                known[name] = [*known.get(name, ()), *others]

    def _read_pairs(self, file: Path, document: Document) -> None:
        for task, rows in (self._whole("pairs", _PAIRS, document) or {}).items():
            self.content["pairs"].setdefault(task, []).extend(
                row.model_dump(mode="json") for row in rows
            )

    def _read_changes(self, file: Path, document: Document) -> None:
        shape = self._whole("changes", _CHANGES, document)
        for change in changes(shape) if shape else ():
            group, id, _, path = change
            if (group, id) in self.changes:
                first, earlier = self.changes[group, id]
                what = f"`{id}` is changed a second time."
                self.faults.append(
                    Fault(
                        document.at(path), what, "one change of each", f"see {first.at(earlier[3])}"
                    )
                )
            else:
                self.changes[group, id] = (document, change)

    def _change(self, document: Document, change: Change) -> None:
        group, id, fields, path = change
        cards = self.content[_GROUPS[group]]
        if id not in cards:
            self.faults.append(unknown(document, path, cards))
            return
        card = changed(group, cards[id], fields)
        rest = {key: value for key, value in card.items() if key != "stage"}
        try:
            plain = _plain(_SHAPES[KINDS[group]].validate_python(rest))
        except ValidationError as error:
            inside = len(("prior",)) if group == "priors" else 0
            self.faults += validation_faults(error, document, path, inside)
            return
        cards[id] = {**plain, **{key: value for key, value in card.items() if key == "stage"}}
        if group != "priors":
            self.places[KINDS[group], id] = (document, path)

    def _unknown(self, file: Path, document: Document) -> None:
        known = ", ".join(f"{name}.yaml" for name in sorted(self._readers))
        self.faults.append(
            Fault(Place(document.file, 1), f"`{file.name}` is not a rule file.", known)
        )

    def _stage_of(self, file: Path, document: Document) -> str | None:
        """The stage is the folder's name: `3-stability/`, `stability/`."""
        stage = file.parent.name.split("-", 1)[-1]
        if stage in STAGES:
            return stage
        self.faults.append(
            Fault(
                Place(document.file, 1),
                f"`{stage}` is no stage.",
                f"a folder named after {', '.join(STAGES)}",
            )
        )
        return None

    def _whole(self, name: str, shape: TypeAdapter[Any], document: Document) -> Any:
        """Return a file that is one card, or None when it has faults."""
        self.places.setdefault((name, ""), (document, ()))
        try:
            return shape.validate_python(document.data)
        except ValidationError as error:
            self.faults += validation_faults(error, document, ())
            return None

    def _take(
        self,
        kind: str,
        group: str,
        id: str,
        card: Any,
        document: Document,
        path: tuple[str, ...],
        stage: str | None = None,
    ) -> None:
        """Validate one card and keep it as plain data."""
        if (kind, id) in self.places:
            what, help = f"`{id}` is defined a second time.", f"see {self.where(kind, id)}"
            self.faults.append(
                Fault(document.at(path), what, "one definition; changes.yaml changes numbers", help)
            )
            return
        if kind in _NAMED and not _ID.fullmatch(id):
            self.faults.append(
                Fault(
                    document.at(path),
                    f"`{id}` is no id.",
                    "small letters, digits and _, a letter first",
                )
            )
            return
        self.places[kind, id] = (document, path)
        try:
            shape = _SHAPES[kind].validate_python(card)
        except ValidationError as error:
            self.faults += validation_faults(error, document, path)
            return
        plain = _plain(shape)
        self.content[group][id] = plain | {"stage": stage} if stage else plain


def _plain(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _plain(value) for key, value in shape.items()}
    return shape.model_dump(mode="json", exclude_none=True, by_alias=True)
