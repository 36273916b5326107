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
from mldx.observe import of_run
from mldx.readers import Run, read_source
from mldx.readers.source import Source
from mldx.report.html.parts import Reading
from mldx.symptoms import Symptoms
from mldx.web.page_state import PageState, no_question

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
    found = place.session.next(knowledge)
    if isinstance(found, Stop) and found.reason in place.past and found.then is not None:
        return found.then
    return found


def done(place: PageState, deed: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Return the place that a deed leads to.

    raises   InputError, when the answer cannot stand, the log cannot be read, or there is no such deed
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


def _complain(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    return place.to(place.session.complain(named(what or given.words, knowledge), knowledge))


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
    return place.to(place.session.back()) if place.session.steps else PageState.start(knowledge)


def _restart(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    return PageState.start(knowledge)


def _change(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    if what not in knowledge.specs:
        raise InputError(no_question(what))
    return replace(place, about=what, asked=what, begun=True)


def _go_on(place: PageState, what: str, given: Given, knowledge: KnowledgeBase) -> PageState:
    """Go on past the stop that is due."""
    found = place.session.next(knowledge)
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
    runs = [read_source(Source.of_bytes(content, name))[-1] for name, content in given.logs]
    seen = [of_run(run, knowledge) for run in runs]
    log = Symptoms()
    for one in seen:
        log = log | one
    session = Session(
        place.session.version, place.session.steps, log, _record(runs, log, knowledge)
    )
    return replace(place.to(session), reading=Reading.of(*runs))


def _record(
    runs: Sequence[Run], log: Symptoms, knowledge: KnowledgeBase
) -> Mapping[str, Any] | None:
    """Return the run record of one log that is not too large for a page to carry."""
    record = record_of(runs[0], log, knowledge) if len(runs) == 1 else None
    return record if record is not None and len(json.dumps(record)) <= _LARGEST_RECORD else None


_DEEDS: Mapping[str, Callable[[PageState, str, Given, KnowledgeBase], PageState]] = {
    "begin": _begin, "complain": _complain, "look": _look, "answer": _answer, "skip": _skip, "say": _say, "back": _back,
    "restart": _restart, "change": _change, "go-on": _go_on, "read": _read,
}  # fmt: skip
