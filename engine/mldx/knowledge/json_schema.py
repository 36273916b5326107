"""JSON schemas of the rule files, for editors: made of the shapes by which they are read."""

from __future__ import annotations

import math
from typing import Any

from pydantic import TypeAdapter

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

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = "^[a-z][a-z0-9_]*$"
_CONDITION: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "properties": {
        "all": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Condition"}},
        "any": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Condition"}},
        "not": {"$ref": "#/$defs/Condition"},
    },
    "additionalProperties": {
        "type": "object",
        "minProperties": 1,
        "properties": {
            "is": {"type": ["boolean", "number", "string"]},
            "in": {"type": ["array", "string"]},
            **{operator: {"type": "number"} for operator in ("lt", "le", "gt", "ge")},
        },
        "additionalProperties": False,
    },
}
_SPELLINGS = {"type": ["array", "null"], "items": {"type": ["string", "number"]}}
_VOCABULARY = {
    "type": "object",
    "additionalProperties": {"type": "object", "additionalProperties": _SPELLINGS},
}
_CONDITIONS = {"GivenShape": ("when",), "CheckShape": ("skip_if",)}


def rule_schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every rule file, by its name without `.yaml`."""
    checks = file_schema("checks", CheckShape | RowsShape)
    checks["properties"] = {"stage": {"$ref": "#/$defs/StageShape"}}
    checks["$defs"]["StageShape"] = _shape_schema(StageShape)
    return {
        "checks": checks,
        "causes": file_schema("causes", CauseShape),
        "syndromes": file_schema("syndromes", SyndromeShape),
        "facts": file_schema("facts", FactShape),
        "complaints": file_schema("complaints", ComplaintShape),
        "forms": file_schema("forms", FormShape),
        "thresholds": file_schema("thresholds", dict[str, ThresholdShape]),
        "sources": file_schema("sources", CitationShape, ids=False),
        "pairs": file_schema("pairs", list[PairShape]),
        "vocabulary": _headed("vocabulary", _VOCABULARY),
        "changes": _headed("changes", _shape_schema(ChangesShape)),
    }


def file_schema(name: str, shape: Any, *, ids: bool = True) -> dict[str, Any]:
    """Return the schema of a file that holds cards of one shape by id.

    ids   whether their names are ids: small letters, digits and _
    """
    card = _shape_schema(shape)
    shared = card.pop("$defs", {})
    names = {"propertyNames": {"pattern": _ID}} if ids else {}
    whole = {"type": "object", **names, "additionalProperties": card, "$defs": shared}
    return _headed(name, whole)


def _headed(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "title": f"mldx {name}.yaml", **schema}


def _shape_schema(shape: Any) -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(by_alias=True)
    shared = schema.get("$defs", {})
    for name, fields in _CONDITIONS.items():
        whole = schema if schema.get("title") == name else None
        found: dict[str, Any] | None = shared.get(name) or whole
        if found is None:
            continue
        for field in fields:
            found["properties"][field] = {"$ref": "#/$defs/Condition"}
            schema.setdefault("$defs", {})["Condition"] = _CONDITION
    cleaned: dict[str, Any] = _finite(schema)
    return cleaned


def _finite(schema: Any) -> Any:
    """Return a schema without defaults that JSON cannot hold: an open end is infinite."""
    if isinstance(schema, dict):
        return {
            key: _finite(value)
            for key, value in schema.items()
            if not (key == "default" and isinstance(value, float) and math.isinf(value))
        }
    return [_finite(one) for one in schema] if isinstance(schema, list) else schema
