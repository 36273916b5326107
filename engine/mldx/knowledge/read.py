"""One rule file at a time: parsed strictly, validated against its shape, kept with the line of everything in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mldx.errors import Fault, nearest
from mldx.knowledge.schema import STAGES, Cause, Check, Citation, Levels, StageHead, Threshold
from mldx.knowledge.strict_yaml import Document, parse

_VOCABULARY: TypeAdapter[Any] = TypeAdapter(dict[str, dict[str, list[str]]])
_PAIRS: TypeAdapter[Any] = TypeAdapter(dict[str, list[dict[str, Any]]])


_SHAPES: dict[str, Any] = {
    "check": TypeAdapter(Check),
    "cause": TypeAdapter(Cause),
    "stage": TypeAdapter(StageHead),
    "threshold": TypeAdapter(dict[str, Threshold]),
    "levels": TypeAdapter(Levels),
    "source": TypeAdapter(Citation),
}


class Reading:
    """What was read so far.

    content    plain data by kind and id, as `KnowledgeBase` takes it
    faults     everything wrong so far, in file order
    places     (kind, id) -> the document it stands in, and its path there
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.places: dict[tuple[str, str], tuple[Document, tuple[str, ...]]] = {}
        self.content: dict[str, Any] = {
            "stages": {}, "checks": {}, "causes": {}, "thresholds": {}, "levels": {},
            "vocabulary": {}, "pairs": {}, "sources": {},
        }  # fmt: skip

    def add(self, file: Path, text: bytes) -> None:
        """Read one file into the content, or its faults into the faults."""
        document, faults = self._parsed(file, text)
        if not faults and not isinstance(document.data, dict):
            faults = [Fault(f"{document.where}:1", "the file holds no mapping.", "ids with their cards below them")]
        if faults:
            self.faults += sorted(faults, key=lambda fault: int(fault.where.rsplit(":", 1)[1]))
            return
        kind = file.parent.name if file.parent != self.folder else file.stem
        getattr(self, f"_{kind}", self._unknown)(file, document)

    def where(self, kind: str, id: str, *path: str | int) -> str:
        """Return `file:line` of a path inside a card."""
        document, base = self.places[kind, id]
        return document.at((*base, *path))

    def _parsed(self, file: Path, text: bytes) -> tuple[Document, list[Fault]]:
        where = _shown(file)
        try:
            return parse(text.decode("utf-8-sig"), where)
        except UnicodeDecodeError as error:
            line = text[: error.start].count(b"\n") + 1
            return Document(where, None, None), [Fault(f"{where}:{line}", "this is not UTF-8 text.", "UTF-8")]

    def _flowchart(self, file: Path, document: Document) -> None:
        stage = self._stage_of(file, document)
        if stage is None:
            return
        for id, card in document.data.items():
            if id == "stage":
                self._take("stage", "stages", stage, card, document, ("stage",))
            else:
                self._take("check", "checks", id, card, document, (id,), stage)
        if "stage" not in document.data:
            self.faults.append(
                Fault(f"{document.where}:1", "the stage has no head.", "`stage:` with title, question, start")
            )

    def _causes(self, file: Path, document: Document) -> None:
        stage = self._stage_of(file, document)
        for id, card in document.data.items() if stage else ():
            self._take("cause", "causes", id, card, document, (id,), stage)

    def _thresholds(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            if id == "levels":
                for symptom, levels in (card or {}).items():
                    self._take("levels", "levels", symptom, levels, document, ("levels", symptom))
            else:
                self._take("threshold", "thresholds", id, card, document, (id,))

    def _sources(self, file: Path, document: Document) -> None:
        for id, card in document.data.items():
            self._take("source", "sources", id, card, document, (id,))

    def _vocabulary(self, file: Path, document: Document) -> None:
        self._whole("vocabulary", _VOCABULARY, document)

    def _pairs(self, file: Path, document: Document) -> None:
        self._whole("pairs", _PAIRS, document)

    def _unknown(self, file: Path, document: Document) -> None:
        known = "thresholds.yaml, vocabulary.yaml, pairs.yaml, sources.yaml"
        self.faults.append(Fault(f"{document.where}:1", f"`{file.name}` is no rule file.", known))

    def _stage_of(self, file: Path, document: Document) -> str | None:
        """The stage is in the file's name: `3-stability.yaml`, `stability.yaml`."""
        stage = file.stem.split("-", 1)[-1]
        if stage in STAGES:
            return stage
        self.faults.append(
            Fault(f"{document.where}:1", f"`{stage}` is no stage.", f"a file named after {', '.join(STAGES)}")
        )
        return None

    def _whole(self, name: str, shape: TypeAdapter[Any], document: Document) -> None:
        try:
            self.content[name] = shape.validate_python(document.data)
            self.places[name, ""] = (document, ())
        except ValidationError as error:
            self.faults += _validation_faults(error, document, ())

    def _take(
        self, kind: str, group: str, id: str, card: Any, document: Document, path: tuple[str, ...], stage: str | None = None
    ) -> None:
        """Validate one card and keep it as plain data."""
        if (kind, id) in self.places:
            first = self.where(kind, id)
            self.faults.append(
                Fault(document.at(path), f"`{id}` is defined a second time.", "one definition", f"see {first}")
            )
            return
        self.places[kind, id] = (document, path)
        try:
            shape = _SHAPES[kind].validate_python(card)
        except ValidationError as error:
            self.faults += _validation_faults(error, document, path)
            return
        plain = _plain(shape)
        self.content[group][id] = plain | {"stage": stage} if stage else plain


def _plain(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _plain(value) for key, value in shape.items()}
    return shape.model_dump(mode="json", exclude_none=True)


def _shown(file: Path) -> str:
    """Return the path as a user would type it from where they stand."""
    try:
        relative = os.path.relpath(file)
    except ValueError:
        return str(file)
    return str(file) if relative.startswith("..") else relative


def _validation_faults(error: ValidationError, document: Document, path: tuple[str | int, ...]) -> list[Fault]:
    return [_validation_fault(item, document, path) for item in error.errors()]


def _validation_fault(item: Mapping[str, Any], document: Document, path: tuple[str | int, ...]) -> Fault:
    inside = tuple(part for part in item["loc"] if part != "[key]")
    name = ".".join(str(part) for part in (*path, *inside))
    message = item["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if item["type"] == "extra_forbidden":
        return Fault(
            document.at((*path, *inside)), f"`{name}` is no field here.", "only the documented fields", _near(inside[-1])
        )
    if item["type"] == "missing":
        return Fault(document.at((*path, *inside[:-1])), f"`{name}` is missing.", f"`{inside[-1]}`")
    return Fault(document.at((*path, *inside)), f"`{name}` is {item['input']!r}.", message)


_FIELDS = sorted(
    {field for shape in (Cause, Check, StageHead) for field in shape.model_fields} | {"when", "points_to", "do", "expect"}
)


def _near(word: Any) -> str:
    near = nearest(str(word), _FIELDS)
    return f"write `{near}`" if near else ""
