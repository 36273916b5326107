"""What was read of a run, as reports and `mldx read` say it."""

from __future__ import annotations

import numpy as np

from mldx.readers import names
from mldx.readers.numbers import written
from mldx.readers.run import Array, Event, Run, Series
from mldx.symptoms.reading import Number, ReadEvent, Reading, ReadSeries

_TOLD = ("loss", "accuracy")  # told before other metrics
_SPLITS = ("train", "val", "test", "other")


def reading_of(run: Run) -> Reading:
    """Return what was read of a run, its losses first."""
    ordered = sorted(run.series, key=_order)
    return Reading.model_construct(
        origin=run.origin,
        format=run.format,
        name=run.name,
        series=tuple(_series(one) for one in ordered),
        setup=dict(run.setup),
        answers=dict(run.answers),
        events=tuple(map(_event, run.events)),
        others=tuple(run.others),
        ignored=tuple(run.ignored),
        notes=tuple(run.notes),
        doubts=tuple(run.doubts),
    )


def _event(one: Event) -> ReadEvent:
    at = None if one.at is None else written(one.at)
    return ReadEvent.model_construct(kind=one.kind, text=one.text, at=at)


def _order(one: Series) -> tuple[int, int]:
    """Order losses before scores before the rest, training before validation."""
    metric = one.metric
    place = _TOLD.index(metric) if metric in _TOLD else len(_TOLD)
    return place + (metric in names.PROCESS), _SPLITS.index(one.split)


def _series(one: Series) -> ReadSeries:
    finite = one.value[np.isfinite(one.value)]
    return ReadSeries.model_construct(
        name=one.name,
        split=one.split,
        metric=one.metric,
        key=one.key,
        judged=not one.rival,
        axis=one.axis,
        points=len(one),
        start=_least(one.x),
        end=_greatest(one.x),
        first=_at(one.value, 0),
        last=_at(one.value, -1),
        min=_least(finite),
        max=_greatest(finite),
        not_finite=len(one) - len(finite),
    )


def _at(values: Array, place: int) -> Number | None:
    return written(float(values[place])) if len(values) else None


def _least(values: Array) -> Number | None:
    return written(float(values.min())) if len(values) else None


def _greatest(values: Array) -> Number | None:
    return written(float(values.max())) if len(values) else None
