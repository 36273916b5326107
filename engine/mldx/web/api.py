"""The interface for programs: `POST /api/diagnose` and `POST /api/next`, described by
`/openapi.json`.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from mldx.diagnosis import Diagnosis, diagnose
from mldx.diagnosis.results import Verdict
from mldx.errors import Fault, MldxError
from mldx.interview import Dialogue, Question, Stop
from mldx.knowledge import KnowledgeBase
from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.symptoms import Symptoms

ABOUT = (
    "Differential diagnosis for machine-learning training runs. "
    "Nothing that is sent here is kept, or leaves the machine."
)
_RANKED, _MOST = 10, 1000

Number = float | str | None
Said = bool | float | str | list[float] | None


class RunRecord(BaseModel):
    """A run record: what is known of a run; every key is optional."""

    model_config = ConfigDict(extra="forbid", strict=True)

    setup: Annotated[
        dict[str, Any],
        Field(description="Facts, by the names of a run record: optimizer, n_classes, ..."),
    ] = {}
    history: Annotated[
        dict[str, list[Number]],
        Field(description="Series by name; null for no value, nan and inf as text."),
    ] = {}
    answers: Annotated[dict[str, Said], Field(description="Observations, by symptom id.")] = {}
    overruled: Annotated[
        list[str], Field(description="Answers that stand against what the history shows.")
    ] = []
    events: Annotated[
        list[dict[str, Number]],
        Field(description="Restarts, resumes and messages: kind, text, at, before, after."),
    ] = []


class Asking(RunRecord):
    """A run record, and how far the interview has come."""

    skipped: Annotated[
        list[str], Field(max_length=_MOST, description="Symptoms that nobody could say.")
    ] = []
    looked: Annotated[
        list[str] | None,
        Field(
            max_length=_MOST, description="Sections that were looked at; null when nobody asked."
        ),
    ] = None
    complaint: Annotated[str | None, Field(description="The id of a complaint, or words.")] = None
    whole: Annotated[bool, Field(description="The whole checklist in its order.")] = False


class RankedCause(BaseModel):
    """A cause in the ranking."""

    id: str
    title: str
    probability: float


class Next(BaseModel):
    """What is asked next: the question, or the stop that is due; and the ranking so far."""

    question: Question | None
    stop: Stop | None
    verdict: Verdict
    ranking: list[RankedCause]


class FaultBody(BaseModel):
    """One fault: where, what is wrong, what was expected, the help."""

    where: str
    what: str
    expected: str = ""
    help: str = ""


class FaultsBody(BaseModel):
    """Everything that is wrong with a request."""

    faults: list[FaultBody]


_REFUSED: dict[int | str, dict[str, Any]] = {
    400: {
        "description": "The body is no JSON, or was called by another name.",
        "content": {"text/plain": {}},
    },
    403: {"description": "Another site may not post here.", "content": {"text/plain": {}}},
    413: {"description": "The body is too large.", "content": {"text/plain": {}}},
    422: {"model": FaultsBody, "description": "The request cannot be used; every fault is told."},
}


def add(app: FastAPI, knowledge: KnowledgeBase) -> None:
    """Add the two calls, and how faults are told."""

    @app.post("/api/diagnose", response_model=Diagnosis, responses=_REFUSED, tags=["diagnosis"])
    def diagnosed(record: RunRecord) -> Response:
        """Return the diagnosis of a run, as `mldx diagnose --json` prints it."""
        found = diagnose(_seen(record, knowledge), knowledge)
        return JSONResponse(found.model_dump(mode="json"))

    @app.post("/api/next", response_model=Next, responses=_REFUSED, tags=["interview"])
    def asked(asking: Asking) -> Next:
        """Return the question that is worth most per minute now, or a stop that says why none
        is.
        """
        return _next(asking, knowledge)

    @app.exception_handler(MldxError)
    def refused(request: Request, error: MldxError) -> Response:
        return _refusal(error.faults)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> Response:
        return _refusal(tuple(map(_malformed, error.errors())))


def _seen(record: RunRecord, knowledge: KnowledgeBase) -> Symptoms:
    plain = record.model_dump(include=set(RunRecord.model_fields))
    run = of_mapping({key: part for key, part in plain.items() if part}, "body")
    return observed(run, knowledge=knowledge)


def _next(asking: Asking, knowledge: KnowledgeBase) -> Next:
    dialogue = Dialogue.stated(
        _seen(asking, knowledge), asking.complaint or "", asking.skipped, asking.looked, knowledge,
        whole=asking.whole,
    )  # fmt: skip
    step, found = dialogue.next_question, dialogue.diagnosis
    ranking = [
        RankedCause(id=one.id, title=one.title, probability=one.probability)
        for one in found.causes[:_RANKED]
    ]
    question, stop = (step, None) if isinstance(step, Question) else (None, step)
    return Next(question=question, stop=stop, verdict=found.verdict, ranking=ranking)


def _refusal(faults: tuple[Fault, ...]) -> Response:
    told = [
        FaultBody(
            where=str(one.where), what=one.what, expected=one.expected, help=one.help
        ).model_dump()
        for one in faults
    ]
    return Response(json.dumps({"faults": told}), 422, media_type="application/json")


def _malformed(error: dict[str, Any]) -> Fault:
    place = _place(error["loc"])
    if error["type"] in ("json_invalid", "model_attributes_type", "missing") and place.startswith(
        "body"
    ):
        help = 'send a JSON object with "Content-Type: application/json"; /openapi.json shows it'
        return Fault(place, error["msg"], "a JSON object: a run record", help)
    return Fault(place, error["msg"])


def _place(parts: tuple[Any, ...]) -> str:
    return ".".join(map(str, parts))
