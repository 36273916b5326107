"""A run that was read from a log, written as a run record: the exchange format, so that an
interview can be reproduced.

What the record format cannot hold (two series of one name, an axis that falls back) makes the
record None, never wrong.
"""

from __future__ import annotations

from typing import Any

from mldx.errors import MldxError
from mldx.knowledge import KnowledgeBase
from mldx.observe import observed
from mldx.readers.numbers import written
from mldx.readers.record import of_mapping
from mldx.readers.run import Run, Series
from mldx.symptoms import Symptoms

_PROCESS = {"lr", "grad_norm"}


def record_of(run: Run, seen: Symptoms, knowledge: KnowledgeBase) -> dict[str, Any] | None:
    """Return a run record from which the same is observed as from the log, or None when there is
    none.
    """
    record = {
        "setup": _plain(run.setup), "history": _history(run.series), "answers": _plain(run.answers),
        "overruled": run.overruled,
    }  # fmt: skip
    try:
        again = observed(of_mapping(record, run.origin), knowledge=knowledge)
    except MldxError:
        return None
    return record if again.observed == seen.observed else None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }


def _history(series: list[Series]) -> dict[str, list[Any]]:
    """Return every series on one axis, with nulls where it has no point."""
    if not series:
        return {}
    axis = "epoch" if all(one.epoch is not None for one in series) else "step"
    places = [one.epoch if axis == "epoch" else one.x for one in series]
    points = sorted({float(x) for place in places if place is not None for x in place})
    history: dict[str, list[Any]] = {axis: points}
    for one, place in zip(series, places, strict=True):
        at = {
            float(x): written(float(y))
            for x, y in zip(place if place is not None else (), one.value, strict=True)
        }
        history[one.metric if one.metric in _PROCESS else f"{one.split}_{one.metric}"] = [
            at.get(x) for x in points
        ]
    return history
