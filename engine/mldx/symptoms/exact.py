"""Setup facts that are of the right type already, so that nothing has to be converted.

Building pydantic's schema takes longer than reading a log. Facts as readers and YAML give them are
of their own types; only what is not (text for a number, a whole number for a flag) is handed to
pydantic, which also words the refusals.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, get_args

from mldx.symptoms.setup import Setup

_SEQUENCES = {"class_counts", "inputs_range"}
_MOST_COUNTED = 10**15


def exact(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return facts that stand as they are, or None where one of them needs pydantic."""
    found: dict[str, Any] = {}
    for id, value in facts.items():
        taken = _sequence(id, value) if id in _SEQUENCES else _scalar(id, value)
        if taken is None:
            return None
        found[id] = taken
    return found


def _scalar(id: str, value: Any) -> Any:
    """Return the value in its own type, None where it is not one of the fact's types or bounds."""
    kinds, low, high = _declared(id)
    kind = type(value)
    if kind is int and kinds == {float}:
        kind, value = float, float(value) if abs(value) <= _MOST_COUNTED else math.nan
    if kind not in kinds:
        return None
    if kind is float and not _amount(id, value):
        return None
    if kind in (int, float) and not low <= value <= high:
        return None
    return value


def _amount(id: str, value: float) -> bool:
    """Can this number stand where a finite amount is asked for, below 1 for a dropout rate?"""
    return math.isfinite(value) and value >= 0 and (id != "dropout" or value < 1)


def _sequence(id: str, value: Any) -> tuple[Any, ...] | None:
    if type(value) not in (list, tuple):
        return None
    if id == "class_counts":
        counts = all(type(one) is int and 0 <= one <= _MOST_COUNTED for one in value)
        return tuple(value) if counts else None
    if len(value) != 2 or any(type(one) is not float for one in value):
        return None
    return tuple(value) if -math.inf < value[0] <= value[1] < math.inf else None


@cache
def _declared(id: str) -> tuple[set[type], float, float]:
    """The types of a fact and its bounds, as `Setup` declares them."""
    info = Setup.model_fields[id]
    bounds = {
        name: getattr(one, name)
        for one in info.metadata
        for name in ("ge", "le")
        if hasattr(one, name)
    }
    kinds = set(get_args(info.annotation)) - {type(None)}
    return kinds, bounds.get("ge", -math.inf), bounds.get("le", math.inf)
