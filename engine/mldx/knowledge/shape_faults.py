"""What a file of rules is called, and how the faults of a shape are told: by line, in the words of
the rules.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mldx.errors import Fault, nearest, wanted
from mldx.knowledge.schema import CauseShape, CheckShape, ComplaintShape, StageShape
from mldx.knowledge.strict_yaml import Document


def shown(file: Path) -> str:
    """Return the path as a user would type it from where they stand."""
    try:
        relative = os.path.relpath(file)
    except ValueError:
        return str(file)
    return str(file) if relative.startswith("..") else relative


def validation_faults(
    error: ValidationError, document: Document, path: tuple[str | int, ...], skip: int = 0
) -> list[Fault]:
    """Return a fault for each error; `skip` so many steps of its place, where a change is written
    without them.
    """
    found = [
        _validation_fault({**item, "loc": item["loc"][skip:]}, document, path)
        for item in error.errors()
    ]
    return sorted(found, key=lambda fault: fault.place)


def _validation_fault(
    item: Mapping[str, Any], document: Document, path: tuple[str | int, ...]
) -> Fault:
    inside = tuple(part for part in item["loc"] if part != "[key]")
    name = ".".join(str(part) for part in (*path, *inside))
    if item["type"] == "extra_forbidden":
        return Fault(
            document.at((*path, *inside)),
            f"`{name}` is no field here.",
            "only the documented fields",
            _near(inside[-1]),
        )
    if item["type"] == "missing":
        return Fault(document.at((*path, *inside[:-1])), f"`{name}` is missing.", f"`{inside[-1]}`")
    one_symptom = inside[-1:] == ("asks",) and item["type"] != "tuple_type"
    expected = "`section.symptom`" if one_symptom else wanted(item["msg"])
    return Fault(document.at((*path, *inside)), f"`{name}` is {item['input']!r}.", expected)


_FIELDS = sorted(
    {
        field
        for shape in (CauseShape, CheckShape, ComplaintShape, StageShape)
        for field in shape.model_fields
    }
    | {"when", "with", "usual", "do", "expect"}
)


def _near(word: Any) -> str:
    near = nearest(str(word), _FIELDS)
    return f"write `{near}`" if near else ""
