"""The tool `diagnose`: a run in, the diagnosis in short out."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from mldx.diagnosis import Diagnosis, diagnose
from mldx.diagnosis.results import Evidence, NamedCause
from mldx.knowledge.cards import Confirmation, Task
from mldx.mcp.context import ServerContext, few, observed, sentence
from mldx.mcp.inputs import DiagnoseTakes
from mldx.mcp.outputs import Deed, Diagnosed, NextAction, Open, Ranked, Suspect, Test
from mldx.provenance import Conflict

_ITEMS = 4
_DIGITS = 3


def diagnosed(given: DiagnoseTakes, desk: ServerContext) -> Diagnosed:
    """Return the likeliest causes of what a run shows, and what to do next."""
    known = observed(given.path, given.model_dump(include={"setup", "history", "answers"}), desk)
    found = diagnose(known.symptoms, desk.rules)
    return Diagnosed(
        verdict=found.verdict,
        healthy=round(found.healthy, _DIGITS),
        causes=[_suspect(found, cause) for cause in found.causes[: given.most]],
        causes_left=max(len(found.causes) - given.most, 0),
        actions=[
            NextAction(**one.model_dump(exclude={"gain", "worth"}))
            for one in found.actions[: given.most]
        ],
        open_questions=[
            Open(id=one.symptom, words=one.question, minutes=one.minutes)
            for one in found.open_questions[: given.most]
        ],
        questions_left=max(len(found.open_questions) - given.most, 0),
        conflicts=few([_conflict(one) for one in found.conflicts]),
        unexplained=few([sentence(one.symptom, one.saw, one.figure) for one in found.unexplained]),
        notes=[*found.notes, *known.notes],
        full=_whole(found) if given.full else None,
    )


def ranked(cause: NamedCause) -> Ranked:
    """Return a cause's place in the ranking."""
    share = round(cause.probability, _DIGITS)
    return Ranked(id=cause.id, title=cause.title, probability=share, confidence=cause.confidence)


def deed(one: Task | Confirmation) -> Deed:
    """Return something to do as a card has it."""
    return Deed(do=one.do, minutes=one.minutes)


def _suspect(found: Diagnosis, cause: NamedCause) -> Suspect:
    card, counted = found.card(cause.id), [item for item in cause.evidence if item.counted]
    return Suspect(
        **ranked(cause).model_dump(),
        stage=cause.stage,
        speaks_for=few([_item(item) for item in counted if item.db > 0], _ITEMS),
        speaks_against=few([_item(item) for item in counted if item.db < 0], _ITEMS),
        confirm=Test(**asdict(card.confirm)),
        fix=deed(card.fix[0]),
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
