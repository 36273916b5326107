"""The tools that look things up: `show_cause` for a card of the rules, `read_run` for what a log
holds.
"""

from __future__ import annotations

from dataclasses import asdict

from mldx.knowledge import links
from mldx.mcp.context import ServerContext, few
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
from mldx.observe.intake import observed as observed_run
from mldx.observe.reading import reading_of
from mldx.symptoms import Symptoms
from mldx.symptoms.reading import ReadSeries

_POINTERS = 15
_SETUP = "setup"
_WORDS = ("name", "split", "metric", "key", "judged", "axis", "points", "not_finite")


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
    run = context.folders.read(given.path, given.series)
    read = reading_of(run)
    symptoms = Symptoms() if run.doubts else observed_run(run, knowledge=context.rules)
    facts = {
        id: value
        for id, value in symptoms.observed.items()
        if context.rules.specs[id].section == _SETUP
    }
    return LogRead(
        origin=read.origin,
        format=read.format,
        series=[_curve(one) for one in read.series[: given.most]],
        series_left=max(len(read.series) - given.most, 0),
        setup=facts,
        observed=[_seen(id, symptoms) for id in symptoms.observed if id not in facts],
        events=few([event.text for event in read.events]),
        others=few(read.others),
        notes=few(read.notes),
        ignored=few(read.ignored),
        doubts=list(read.doubts),
    )


def _curve(one: ReadSeries) -> SeriesOutput:
    figures = {name: _figure(getattr(one, name)) for name in ("first", "last", "min", "max")}
    plain = {name: getattr(one, name) for name in _WORDS}
    return SeriesOutput(**plain, **figures)


def _figure(value: float | str | None) -> float | str | None:
    return float(f"{value:.6g}") if isinstance(value, float) else value


def _seen(id: str, symptoms: Symptoms) -> ObservationOutput:
    provenance, saw = symptoms.provenances.get(id), symptoms.observed[id]
    value = float(f"{saw:.6g}") if isinstance(saw, float) else saw
    return ObservationOutput(id=id, value=value, figure=provenance.figure if provenance else "")
