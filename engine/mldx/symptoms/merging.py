"""Several sources of one run brought together: who wins, and what is kept of a disagreement.

Values are checked before they come here. Which provenance wins is decided by `Provenance.replaces`.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from mldx.provenance import Conflict, Provenance, Source

_Item = TypeVar("_Item")
Side = tuple[Mapping[str, Any], Mapping[str, Provenance]]
Merged = tuple[dict[str, Any], dict[str, Provenance], tuple[Conflict, ...]]


def merged(*sides: Side, insisted: Container[str] = ()) -> Merged:
    """Return the values, provenances and conflicts of several sources.

    sides      values and provenances by symptom id; of equal rank the later one wins
    insisted   ids whose answer stands against everything else
    """
    values: dict[str, Any] = {}
    provenances: dict[str, Provenance] = {}
    conflicts: list[Conflict] = []
    for theirs, by in sides:
        for id, value in theirs.items():
            new = by.get(id, Provenance())
            if id not in values:
                values[id], provenances[id] = value, new
                continue
            old = provenances[id]
            agree = same(values[id], value)
            later = _wins(old, new, agree, id in insisted)
            if not agree:
                conflicts.append(_conflict(id, (values[id], old), (value, new), later))
            if later:
                values[id], provenances[id] = value, new
            if agree:
                provenances[id] = _settled(provenances[id], old, new)
    return values, provenances, tuple(conflicts)


def _settled(kept: Provenance, old: Provenance, new: Provenance) -> Provenance:
    """Return the provenance of a value that two sources agree on: one that is sure of it settles
    what a reading of lower rank leaves in doubt.
    """
    sure = max((one.rank for one in (old, new) if not one.shares), default=-1)
    return replace(kept, shares=()) if kept.shares and sure > kept.rank else kept


def _wins(old: Provenance, new: Provenance, agree: bool, insisted: bool) -> bool:
    """Does the later observation win?"""
    answers = (old.source is Source.ANSWERED, new.source is Source.ANSWERED)
    if insisted and not agree and answers[0] != answers[1]:
        return answers[1]
    return new.replaces(old, agree)


def same(one: Any, other: Any) -> bool:
    """Are two values of one symptom equal, numbers within a tenth of each other?"""
    if any(isinstance(value, (bool, str, tuple)) for value in (one, other)):
        return bool(one == other)
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=0.1, abs_tol=1e-9)


def once(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """Return each item once, in the order met."""
    kept: list[_Item] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


def _conflict(
    id: str, old: tuple[Any, Provenance], new: tuple[Any, Provenance], keep_new: bool
) -> Conflict:
    kept, dropped = (new, old) if keep_new else (old, new)
    return Conflict(
        symptom=id,
        kept=_scalar(kept[0]),
        kept_by=kept[1],
        dropped=_scalar(dropped[0]),
        dropped_by=dropped[1],
    )


def _scalar(value: Any) -> bool | float | str:
    return value if isinstance(value, (bool, int, float, str)) else str(list(value))
