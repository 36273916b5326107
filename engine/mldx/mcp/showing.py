"""The tools that look things up: `show_cause` for a card of the rules, `read_run` for what a log
holds.
"""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from mldx.knowledge import links
from mldx.mcp.context import ServerContext, few, observed
from mldx.mcp.diagnosing import task_output
from mldx.mcp.inputs import CauseInput, LogInput
from mldx.mcp.outputs import (
    CauseCardOutput,
    ConfirmationOutput,
    LogRead,
    ObservationOutput,
    PointerOutput,
    SeriesOutput,
)
from mldx.readers.numbers import written
from mldx.readers.run import Series
from mldx.symptoms import Symptoms

_POINTERS = 15
_SETUP = "setup"


def shown(given: CauseInput, context: ServerContext) -> CauseCardOutput:
    """Return the card of a cause, and the observations that point to it and away from it, strongest
    first.

    raises   InputError with the nearest id, when there is no such cause
    """
    rules = context.rules
    card = rules.causes[rules.known_cause(given.id)]
    told = [_pointer(one) for one in links.pointers(rules, given.id)]
    return CauseCardOutput(
        id=given.id,
        title=card.title,
        stage=rules.stage_of(given.id),
        meaning=card.meaning,
        benign=card.benign,
        confirm=ConfirmationOutput(**asdict(card.confirm)),
        fixes=[task_output(one) for one in card.fix],
        mistaken_for=dict(card.mistaken_for),
        leads_to=list(card.leads_to),
        comes_from=list(rules.roots.get(given.id, ())),
        points_to_it=[one for one in told if one.db > 0][:_POINTERS],
        points_away=[one for one in reversed(told) if one.db < 0][:_POINTERS],
        sources=[links.cited(rules, key, note) for key, note in card.sources.items()],
    )


def _pointer(one: links.Pointer) -> PointerOutput:
    seen = f"{one.answer} (where {one.given})" if one.given else one.answer
    return PointerOutput(id=one.check, seen=seen, db=round(one.db, 1))


def log_read(given: LogInput, context: ServerContext) -> LogRead:
    """Return what a log holds and what is observed in it, without a diagnosis."""
    known = observed(given.path, {}, context)
    assert known.run is not None
    run, symptoms = known.run, known.symptoms
    facts = {
        id: value
        for id, value in symptoms.observed.items()
        if context.rules.specs[id].section == _SETUP
    }
    return LogRead(
        origin=run.origin,
        format=run.format,
        series=[_curve(one) for one in run.series[: given.most]],
        series_left=max(len(run.series) - given.most, 0),
        setup=facts,
        observed=[_seen(id, symptoms) for id in symptoms.observed if id not in facts],
        events=few([event.text for event in run.events]),
        notes=few(run.notes),
        ignored=few(run.ignored),
    )


def _curve(one: Series) -> SeriesOutput:
    finite = one.value[np.isfinite(one.value)]
    return SeriesOutput(
        name=one.name,
        split=one.split,
        metric=one.metric,
        axis=one.axis,
        points=len(one),
        first=_figure(one.value[0]) if len(one) else None,
        last=_figure(one.value[-1]) if len(one) else None,
        min=_figure(finite.min()) if finite.size else None,
        max=_figure(finite.max()) if finite.size else None,
        not_finite=len(one) - finite.size,
    )


def _figure(value: float) -> float | str:
    return written(float(f"{value:.6g}"))


def _seen(id: str, symptoms: Symptoms) -> ObservationOutput:
    provenance, saw = symptoms.provenances.get(id), symptoms.observed[id]
    value = _figure(saw) if isinstance(saw, float) else saw
    return ObservationOutput(id=id, value=value, figure=provenance.figure if provenance else "")
