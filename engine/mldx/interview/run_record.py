"""A run that was read from a log, written as a run record: the exchange format, so that an
interview can be reproduced.

What the record format cannot hold (two series of one name, an axis that falls back) makes the
record None, never wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldx.errors import MldxError
from mldx.knowledge import KnowledgeBase
from mldx.observe import observed
from mldx.provenance import Provenance, Source
from mldx.readers.numbers import written
from mldx.readers.record import of_mapping
from mldx.readers.run import Run, Series
from mldx.symptoms import Symptoms
from mldx.symptoms.model import same

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


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }


def _history(series: list[Series]) -> dict[str, list[Any]]:
    """Return every series on one axis, with nulls where it has no point."""
    if not series:
        return {}
    axis = "epoch" if all(one.epoch is not None for one in series) else "step"
    points: dict[str, dict[float, Any]] = {_column(one): _points(one, axis) for one in series}
    places = sorted({x for column in points.values() for x in column})
    columns = {name: [at.get(x) for x in places] for name, at in points.items()}
    return {axis: list(places), **columns}


def _column(one: Series) -> str:
    return one.metric if one.metric in _PROCESS else f"{one.split}_{one.metric}"


def _points(one: Series, axis: str) -> dict[float, Any]:
    """Return each value by its place on the axis."""
    place = one.epoch if axis == "epoch" else one.x
    if place is None:
        return {}
    return {float(x): written(float(y)) for x, y in zip(place, one.value, strict=True)}


def read_again(
    log: Symptoms, record: Mapping[str, Any], facts: Mapping[str, Any], knowledge: KnowledgeBase
) -> Symptoms:
    """Return what a log shows once these setup facts are known: with them its curves tell more."""
    return observed(of_mapping(record, _origin(log)), facts=facts, knowledge=knowledge)


def record_with(
    record: Mapping[str, Any] | None,
    seen: Symptoms,
    answers: Mapping[str, Any],
    knowledge: KnowledgeBase,
) -> dict[str, Any]:
    """Return a run record from which the same is observed again.

    record   of the log; without one, what the log shows is among the answers
    seen     what the log shows, judged by the facts among the answers
    answers  what a person says
    """
    facts, other = parted(answers, knowledge)
    if record is None:
        seen = observed(facts=facts, knowledge=knowledge)
    parts = record or {}
    joined = {
        "setup": {**parts.get("setup", {}), **facts},
        "history": dict(parts.get("history", {})),
        "answers": {**parts.get("answers", {}), **other},
        "overruled": sorted({*parts.get("overruled", ()), *counted_otherwise(seen, other)}),
    }
    return {key: part for key, part in joined.items() if part}


def counted_otherwise(seen: Symptoms, answers: Mapping[str, Any]) -> list[str]:
    """Return the ids of the answers that differ from what was counted or probed, numbers by more
    than a little: these alone have to be insisted on.
    """
    return [
        id
        for id, value in answers.items()
        if id in seen.observed
        and seen.provenances[id].rank > Provenance().rank
        and not same(seen.observed[id], value)
    ]


def parted(
    values: Mapping[str, Any], knowledge: KnowledgeBase
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split values into setup facts and other answers, tuples as lists."""
    values = _plain(values)
    facts = {
        id: value
        for id, value in values.items()
        if id in knowledge.specs and knowledge.specs[id].kind == "fact"
    }
    return facts, {id: value for id, value in values.items() if id not in facts}


def _origin(log: Symptoms) -> str:
    """Return the file in which something was measured."""
    measured = [
        one.origin
        for one in log.provenances.values()
        if one.source is Source.MEASURED and one.basis != "derived"
    ]
    return measured[0] if measured else "log"
