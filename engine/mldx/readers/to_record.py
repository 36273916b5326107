"""A run as a run record, the exchange format: what was read of a log, written so that it reads back
as the same.

A series goes by its metric behind its split (`val_loss`), or by the log's own name where several
are one metric of one split; rows are joined on the step where every series has one, else on the
epoch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from mldx.errors import Fault, InputError
from mldx.readers import names
from mldx.readers.numbers import written
from mldx.readers.run import Array, Event, Run, Series, Split

_Row = tuple[float, int]  # a place on the axis, and how often it came before


def to_mapping(run: Run, rivals: bool = True) -> dict[str, Any]:
    """Return the record of a run; what is empty is left out.

    rivals   also series in whose place another is judged
    raises   InputError for what a record cannot hold: series that share no axis, or a series whose
             name there would be another's
    """
    series = [one for one in run.series if len(one) and (rivals or not one.rival)]
    parts = {
        "setup": _plain(run.setup),
        "history": _history(series, run.origin) if series else {},
        "answers": _plain(run.answers),
        "overruled": list(run.overruled),
        "events": list(map(_event, run.events)),
    }
    return {key: part for key, part in parts.items() if part}


def _event(event: Event) -> dict[str, Any]:
    figures = {"at": event.at, "before": event.before, "after": event.after}
    there = {name: written(figure) for name, figure in figures.items() if figure is not None}
    return {"kind": event.kind, "text": event.text, **there}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
    }


def _history(series: Sequence[Series], origin: str) -> dict[str, list[Any]]:
    """Return every series on one axis, with null where it has no point."""
    axis = _joining_axis(series, origin)
    found = [_rows(_axis(one, axis)) for one in series]
    rows = sorted(set().union(*found))
    number = {row: place for place, row in enumerate(rows)}
    places = [list(map(number.__getitem__, one)) for one in found]
    history: dict[str, list[Any]] = {axis: [_whole(x) for x, _ in rows]}
    if axis == "step" and any(one.epoch is not None for one in series):
        history["epoch"] = _epochs(series, places, len(rows))
    for column, one, place in zip(_columns(series, origin), series, places, strict=True):
        history[column] = _spread(map(written, one.value.tolist()), place, len(rows))
    return history


def _spread(values: Iterable[Any], places: Sequence[int], size: int) -> list[Any]:
    """Return values at their places, None between."""
    spread: list[Any] = [None] * size
    for place, value in zip(places, values, strict=True):
        spread[place] = value
    return spread


def _joining_axis(series: Sequence[Series], origin: str) -> str:
    """Return the axis that every series has: the step, else the epoch."""
    if all(one.step is not None for one in series):
        return "step"
    if all(one.epoch is not None for one in series):
        return "epoch"
    what = "its series stand on two axes, some by step and some by epoch."
    raise InputError(Fault(origin, what, "one axis for all series in a run record"))


def _axis(one: Series, name: str) -> Array:
    axis = one.step if name == "step" else one.epoch
    assert axis is not None
    return axis


def _whole(x: float) -> float:
    """Write 3.0 as 3."""
    return int(x) if x.is_integer() else x


def _rows(axis: Array) -> list[_Row]:
    """Return the row of each point; the second point of one place has a row of its own."""
    if not len(axis) or (np.diff(axis) > 0).all():
        return [(x, 0) for x in axis.tolist()]
    seen: Counter[float] = Counter()
    rows = []
    for x in axis.tolist():
        rows.append((x, seen[x]))
        seen[x] += 1
    return rows


def _epochs(
    series: Sequence[Series], places: Sequence[Sequence[int]], size: int
) -> list[float | None]:
    """Return the epoch of each row, None where no series says it."""
    epochs: list[float | None] = [None] * size
    for one, found in zip(series, places, strict=True):
        if one.epoch is not None:
            for place, epoch in zip(found, one.epoch.tolist(), strict=True):
                epochs[place] = _whole(epoch)
    return epochs


def _columns(series: Sequence[Series], origin: str) -> list[str]:
    """Return the name of each series in the record; read back it says the same."""
    groups = Counter((one.split, one.metric) for one in series)
    taken: dict[str, None] = {}
    for one in series:
        several = groups[one.split, one.metric] > 1
        fitting = (name for name in _candidates(one) if _says(name, one, several=several))
        name = next((name for name in fitting if name not in taken), None)
        if name is None:
            raise _nameless(one, origin)
        taken[name] = None
    return list(taken)


def _nameless(one: Series, origin: str) -> InputError:
    what = f"a run record has no name for `{one.name}`, {one.split} {one.metric}."
    return InputError(Fault(origin, what, "a series of its own name in each split"))


def _candidates(one: Series) -> Iterator[str]:
    yield one.key
    yield one.name
    yield f"{one.split}_{one.name}"
    yield f"{one.split}_{names.quantity(one.name)}"


def _says(name: str, one: Series, *, several: bool) -> bool:
    """Does a name say the split and the metric of a series, and among several its quantity?"""
    told = names.named(name)
    if names.axis(name) or names.is_clock(name) or told.metric != one.metric:
        return False
    if told.split != one.split and not _without_split(told.split, one):
        return False
    return not several or _quantity(name) == _quantity(one.name)


def _without_split(split: Split | None, one: Series) -> bool:
    """Is a name without a split read as this series all the same?"""
    return split is None and (one.split == "other" or one.metric in names.PROCESS)


def _quantity(name: str) -> tuple[str, str]:
    return names.quantity(name), names.named(name).grain
