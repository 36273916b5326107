"""What a person does on the page, and where it leads: (place, what was pressed, what was typed) ->
place.

Every deed is a word, and an id behind a colon where it needs one: `answer:flat`,
`change:loss_shape`, `skip`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview import Question, Session, Stop
from mldx.interview.complaints import named
from mldx.interview.parse_answer import parse_answer
from mldx.interview.run_record import record_of
from mldx.knowledge import KnowledgeBase
from mldx.observe import observed
from mldx.readers import Run
from mldx.readers.record import of_mapping
from mldx.report.html.parts import Reading
from mldx.symptoms import Symptoms
from mldx.web.page_state import PageState, no_question
from mldx.web.runs import joined, may_be_one, read_all

_LARGEST_RECORD = 400_000


@dataclass(frozen=True)
class Given:
    """What came with a deed.

    words   what was typed
    looked  sections that were ticked
    logs    (name, content) of what was dropped or pasted
    """

    words: str = ""
    looked: Sequence[str] = ()
    logs: Sequence[tuple[str, bytes]] = ()


def next_step(place: PageState, knowledge: KnowledgeBase) -> Question | Stop:
    """Return the question that is asked at a place, or the stop that is due there and was not gone
    past.
    """
    if place.about:
        return place.session.about(place.about, knowledge)
    found = place.session.next(knowledge, whole=place.whole)
    if isinstance(found, Stop) and found.reason in place.past and found.then is not None:
        return found.then
    return found


def done(place: PageState, deed: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Return the place that a deed leads to.

    raises   InputError, when the answer cannot stand, the log cannot be read, or there is no such
             deed
    """
    name, _, what = deed.partition(":")
    if name not in _DEEDS:
        raise InputError(
            Fault(
                "page", f"`{name[:40]}` is nothing that can be done here.", "a button of the page"
            )
        )
    return _DEEDS[name](place, what, given, knowledge)


def _begin(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    return replace(place, begun=True)


def _whole(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Ask the whole checklist in its order, or no longer."""
    return replace(place, begun=True, whole=not place.whole, about="", asked="")


def _complain(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    said = what or given.words.strip()
    if not said:
        fault = "there is nothing in the field yet."
        help = "pick one of the usual troubles, or press `Just ask me`"
        raise InputError(Fault("Your words", fault, "a sentence: my val loss goes up", help))
    return place.to(place.session.complain(named(said, knowledge), knowledge))


def _look(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    return place.to(place.session.look(*given.looked))


def _answer(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Take a choice that was pressed, or what was typed, as the answer to what is asked."""
    asked = _asked(place, knowledge)
    said = what or given.words.strip()
    if not said:
        raise InputError(Fault("answer", "nothing was typed.", "a value, or one of the choices"))
    return place.to(place.session.answer(asked, parse_answer(said, asked, knowledge)))


def _skip(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    return place.to(place.session.skip(_asked(place, knowledge)))


def _asked(place: PageState, knowledge: KnowledgeBase) -> str:
    """Return the symptom that is asked about."""
    if place.asked in knowledge.specs:
        return place.asked
    found = next_step(place, knowledge)
    if isinstance(found, Question):
        return found.symptom
    raise InputError(
        Fault("answer", "nothing is asked at the moment.", "a question", "choose `go on` first")
    )


def _say(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Take what was typed where Enter was pressed: an answer, else a complaint."""
    return (_answer if place.begun else _complain)(place, what, given, knowledge)


def _back(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Take back the last step: the question that was picked, an answer, at last the log."""
    if place.about or place.past:
        return replace(place, about="", asked="", past=frozenset())
    if place.session.steps:
        return place.to(place.session.back())
    start = PageState.start(knowledge)
    if place.runs and not place.choosing:
        return replace(start, runs=place.runs, joinable=place.joinable, choosing=True)
    return start


def _restart(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    return PageState.start(knowledge)


def _change(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    if what not in knowledge.specs:
        raise InputError(no_question(what))
    return replace(place, about=what, asked=what, begun=True)


def _go_on(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Go on past the stop that is due."""
    found = place.session.next(knowledge, whole=place.whole)
    return (
        replace(place, asked="", past=place.past | {found.reason})
        if isinstance(found, Stop)
        else place
    )


def _read(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Read the logs that were dropped or pasted; what was answered before is kept."""
    if not given.logs:
        raise InputError(
            Fault("log", "no file was chosen and nothing was pasted.", "a log file, or its text")
        )
    runs = read_all(given.logs)
    if len(runs) == 1:
        return _with_run(place, runs[0], knowledge)
    several = tuple(
        _with_run(PageState.start(knowledge), run, knowledge, len(runs)) for run in runs
    )
    recorded = all(one.session.record is not None for one in several)
    joinable = recorded and may_be_one(runs)
    return replace(place, runs=several, joinable=joinable, choosing=True)


def _pick(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Go on with one of several runs; what was answered before is kept."""
    if not what.isdecimal() or int(what[:9]) >= len(place.runs):
        raise InputError(Fault("page", "there is no such run.", "one of those that are listed"))
    run = place.runs[int(what)]
    return _with_log(place, run.session.log, run.session.record, run.reading)


def _join(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Take the logs as the parts of one run."""
    if not place.joinable:
        raise InputError(Fault("page", "these are not parts of one run.", "one of the runs"))
    parts = [
        of_mapping(run.session.record, run.reading.name if run.reading else "")
        for run in place.runs
    ]
    return _with_run(place, joined(parts), knowledge)


def _with_run(place: PageState, run: Run, knowledge: KnowledgeBase, among: int = 1) -> PageState:
    log = observed(run, knowledge=knowledge)
    return _with_log(place, log, _record(run, log, knowledge, among), Reading.of(run))


def _with_log(
    place: PageState, log: Symptoms, record: Mapping[str, Any] | None, reading: Reading | None
) -> PageState:
    session = Session(place.session.version, place.session.steps, log, record)
    return replace(place.to(session), reading=reading, choosing=False)


def _record(
    run: Run, log: Symptoms, knowledge: KnowledgeBase, among: int
) -> Mapping[str, Any] | None:
    """Return the run record of a log that is not too large for a page to carry, among others."""
    record = record_of(run, log, knowledge)
    largest = _LARGEST_RECORD // among
    return record if record is not None and len(json.dumps(record)) <= largest else None


_DEEDS: Mapping[str, Callable[[PageState, str, Given, KnowledgeBase], PageState]] = {
    "begin": _begin,
    "whole": _whole,
    "complain": _complain,
    "look": _look,
    "answer": _answer,
    "skip": _skip,
    "say": _say,
    "back": _back,
    "restart": _restart,
    "change": _change,
    "go-on": _go_on,
    "read": _read,
    "pick": _pick,
    "join": _join,
}
