"""The tool `diagnose`: a run in, the diagnosis in short out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from mldx.diagnosis import Diagnosis, diagnose
from mldx.diagnosis.results import Evidence, NamedCause
from mldx.knowledge.cards import Confirmation, Task
from mldx.mcp.context import ServerContext, few, observed, sentence
from mldx.mcp.inputs import DiagnoseInput
from mldx.mcp.outputs import (
    CauseOutput,
    ConfirmationOutput,
    Diagnosed,
    NextAction,
    Open,
    Suspect,
    SyndromeOutput,
    TaskOutput,
)
from mldx.provenance import Conflict
from mldx.report.outline import Outline, outline

_ITEMS = 4
_DIGITS = 6  # so many that a percentage of it is rounded as in the reports


def diagnosed(given: DiagnoseInput, context: ServerContext) -> Diagnosed:
    """Return the likeliest causes of what a run shows, and what to do next."""
    found = diagnose(observed(given, context), context.rules)
    outlined = outline(found, full=given.most is not None)
    causes = _listed(found, outlined)[: given.most]
    questions = outlined.questions[: given.most]
    return Diagnosed(
        read=_read(outlined),
        syndromes=[
            SyndromeOutput(id=one.id, sentence=one.sentence, first_aid=one.first_aid)
            for one in outlined.syndromes
        ],
        strikes=list(outlined.strikes),
        verdict=found.verdict,
        headline=outlined.headline,
        healthy=round(found.healthy, _DIGITS),
        causes=[_suspect(found, one) for one in causes],
        causes_left=len(found.causes) - len(causes),
        actions=[
            NextAction(**one.action.model_dump(exclude={"gain", "worth"}))
            for one in outlined.actions[: given.most]
        ],
        open_questions=[
            Open(id=one.symptom, words=one.question, minutes=one.minutes) for one in questions
        ],
        questions_left=outlined.questions_left + len(outlined.questions) - len(questions),
        conflicts=few([_conflict(one) for one in found.conflicts]),
        unexplained=few([sentence(one.symptom, one.saw, one.figure) for one in found.unexplained]),
        notes=[*found.notes, *few(outlined.read.notes if outlined.read else ())],
        full=_whole(found) if given.full else None,
    )


def _read(outlined: Outline) -> list[str]:
    """Return what was read, in lines; first why it may be wrong."""
    read = outlined.read
    if read is None:
        return []
    return [line for line in (read.doubt, read.form, read.series) if line]


def _listed(found: Diagnosis, outlined: Outline) -> list[NamedCause]:
    """Return the causes that the report lists, in the order of the ranking."""
    listed = {one.id: one.cause for one in outlined.causes}
    return [listed[one.id] for one in found.causes if one.id in listed]


def ranked(cause: NamedCause) -> CauseOutput:
    """Return a cause's place in the ranking."""
    share = round(cause.probability, _DIGITS)
    return CauseOutput(
        id=cause.id, title=cause.title, probability=share, confidence=cause.confidence
    )


def task_output(one: Task | Confirmation) -> TaskOutput:
    """Return something to do as a card has it."""
    return TaskOutput(do=one.do, minutes=one.minutes)


def _suspect(found: Diagnosis, cause: NamedCause) -> Suspect:
    card, counted = found.card(cause.id), [item for item in cause.evidence if item.counted]
    return Suspect(
        **ranked(cause).model_dump(),
        stage=cause.stage,
        shows_as=list(cause.shows_as),
        speaks_for=few([_item(item) for item in counted if item.db > 0], _ITEMS),
        speaks_against=few([_item(item) for item in counted if item.db < 0], _ITEMS),
        confirm=ConfirmationOutput(**asdict(card.confirm)),
        fix=task_output(card.fix[0]),
        consequence_of=cause.consequence_of or "",
        benign=cause.benign,
    )


def _item(item: Evidence) -> str:
    return sentence(item.symptom, item.saw, item.figure, f"{item.source}, {item.db:+g} dB")


def _conflict(one: Conflict) -> str:
    kept, dropped = one.kept_by.source.value, one.dropped_by.source.value
    return f"{sentence(one.symptom, one.kept)} ({kept}) is kept; {one.dropped} ({dropped}) is not"


def _whole(found: Diagnosis) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(found.model_dump_json())
    return whole
