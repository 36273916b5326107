"""The tool `next_question`: what is known so far in, the next question or a stop out. Nothing is
kept between two calls.
"""

from __future__ import annotations

from mldx.interview import Dialogue, Question, QuestionForm, Stop
from mldx.mcp.context import ServerContext, observed, sentence
from mldx.mcp.diagnosing import ranked
from mldx.mcp.inputs import QuestionInput
from mldx.mcp.outputs import (
    FormOutput,
    NextQuestion,
    Option,
    QuestionOutput,
    SeparatedCause,
    Stopped,
)

_RANKED = 5


def next_question(given: QuestionInput, context: ServerContext) -> NextQuestion:
    """Return the question whose answer is worth most, or the reason to stop, with the ranking so
    far.

    raises   InputError, for a skipped id or a section that is none
    """
    known = observed(given, context)
    dialogue = Dialogue.stated(known, given.complaint, given.skipped, given.looked, context.rules)
    step, found = dialogue.next_question, dialogue.diagnosis
    return NextQuestion(
        question=_asked(step) if isinstance(step, Question) else None,
        stop=_stopped(step) if isinstance(step, Stop) else None,
        verdict=found.verdict,
        ranking=[ranked(cause) for cause in found.causes[:_RANKED]],
        notes=list(found.notes),
    )


def _stopped(stop: Stop) -> Stopped:
    then = _asked(stop.then) if stop.then else None
    return Stopped(reason=stop.reason, told=stop.told, leading=list(stop.leading), then=then)


def _asked(one: Question) -> QuestionOutput:
    return QuestionOutput(
        id=one.symptom,
        words=one.question,
        about=one.about,
        help=one.help,
        section=one.section,
        kind=one.kind,
        choices=[Option(value=choice.value, meaning=choice.meaning) for choice in one.choices],
        unit=one.unit,
        low=one.low,
        high=one.high,
        minutes=one.minutes,
        separates=[SeparatedCause(id=cause.cause, title=cause.title) for cause in one.separates],
        known=[sentence(seen.symptom, seen.saw, seen.figure, seen.source) for seen in one.related],
        form=_form(one.form) if one.form else None,
    )


def _form(one: QuestionForm) -> FormOutput:
    return FormOutput(
        id=one.id,
        words=one.asks,
        help=one.help,
        minutes=one.minutes,
        fields=[_asked(field) for field in one.fields],
    )
