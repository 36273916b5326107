"""What a person does on the page, and where it leads: (state, action, what was typed) -> state.

Every action is a word, and an id behind a colon where it needs one: `answer:flat`,
`change:loss_shape`, `skip`. The dialogue does the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview.dialogue import COMPLAINT
from mldx.interview.run_record import record_of
from mldx.knowledge import KnowledgeBase
from mldx.observe import observed
from mldx.readers import Run
from mldx.readers.choice import wanted_series
from mldx.readers.record import of_mapping
from mldx.symptoms import Symptoms
from mldx.web.page_state import PageState
from mldx.web.runs import joined, may_be_one, read_all

_LARGEST_RECORD = 400_000


@dataclass(frozen=True)
class ActionInput:
    """What came with an action.

    words   what was typed
    looked  sections that were ticked
    logs    (name, content) of what was dropped or pasted
    fields  what was said on a form, by symptom
    series  which series of the logs is which, as typed: "train_loss=total_loss, lr=rate"
    """

    words: str = ""
    looked: Sequence[str] = ()
    logs: Sequence[tuple[str, bytes]] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    series: str = ""


def done(state: PageState, action: str, given: ActionInput) -> PageState:
    """Return the state that an action leads to.

    raises   InputError, when the answer cannot stand, the log cannot be read, or there is no such
             action
    """
    name, _, what = action.partition(":")
    if name not in _ACTIONS:
        told = f"`{name[:40]}` is not an action of this page."
        raise InputError(Fault("page", told, "a button of the page"))
    return _ACTIONS[name](state, what, given)


def _begin(state: PageState, what: str, given: ActionInput) -> PageState:
    return state.to(state.dialogue.skip(COMPLAINT))


def _whole(state: PageState, what: str, given: ActionInput) -> PageState:
    """Ask the whole checklist in its order, or no longer."""
    dialogue = state.dialogue if state.begun else state.dialogue.skip(COMPLAINT)
    return state.to(dialogue.in_order(not dialogue.whole))


def _complain(state: PageState, what: str, given: ActionInput) -> PageState:
    said = what or given.words.strip()
    if not said:
        fault = "there is nothing in the field yet."
        help = "pick one of the usual troubles, or press `Just ask me`"
        raise InputError(Fault("Your words", fault, "a sentence: my val loss goes up", help))
    return state.to(state.dialogue.hear(said))


def _look(state: PageState, what: str, given: ActionInput) -> PageState:
    return state.to(state.dialogue.look(*given.looked))


def _answer(state: PageState, what: str, given: ActionInput) -> PageState:
    """Take a choice that was pressed, or what was typed, as the answer to what is asked."""
    said = what or given.words.strip()
    if not said:
        raise InputError(Fault("answer", "nothing was typed.", "a value, or one of the choices"))
    return state.to(state.dialogue.reply(said, state.asked))


def _fill(state: PageState, what: str, given: ActionInput) -> PageState:
    """Take a form; what is left blank there is not known."""
    return state.to(state.dialogue.fill(what, given.fields))


def _skip(state: PageState, what: str, given: ActionInput) -> PageState:
    return state.to(state.dialogue.reply("skip", state.asked))


def _say(state: PageState, what: str, given: ActionInput) -> PageState:
    """Take what was typed where Enter was pressed: an answer, else a complaint."""
    return (_answer if state.begun else _complain)(state, what, given)


def _back(state: PageState, what: str, given: ActionInput) -> PageState:
    """Take back the last move: the question that was picked, a step, at last the log."""
    dialogue = state.dialogue
    if dialogue.steps or dialogue.picked:
        return state.to(dialogue.back())
    start = _restart(state, what, given)
    if state.runs and not state.choosing:
        return replace(start, runs=state.runs, joinable=state.joinable, choosing=True)
    return start


def _restart(state: PageState, what: str, given: ActionInput) -> PageState:
    return PageState.start(state.dialogue.knowledge)


def _change(state: PageState, what: str, given: ActionInput) -> PageState:
    return replace(state, dialogue=state.dialogue.change(what), asked=what)


def _go_on(state: PageState, what: str, given: ActionInput) -> PageState:
    """Go on past the stop that is due."""
    return state.to(state.dialogue.dismiss())


def _read(state: PageState, what: str, given: ActionInput) -> PageState:
    """Read the logs that were dropped or pasted; what was answered before is kept."""
    if not given.logs:
        told = "no file was chosen and nothing was pasted."
        raise InputError(Fault("log", told, "a log file, or its text"))
    said = [one for one in re.split(r"[,;\n]\s*", given.series) if one.strip()]
    runs = read_all(given.logs, wanted_series(said))
    if len(runs) == 1:
        return _with_run(state, runs[0])
    start = _restart(state, "", given)
    several = tuple(_with_run(start, run, len(runs)) for run in runs)
    recorded = all(one.dialogue.record is not None for one in several)
    joinable = recorded and may_be_one(runs)
    return replace(state, runs=several, joinable=joinable, choosing=True)


def _pick(state: PageState, what: str, given: ActionInput) -> PageState:
    """Go on with one of several runs; what was answered before is kept."""
    if not what.isdecimal() or int(what[:9]) >= len(state.runs):
        raise InputError(Fault("page", "there is no such run.", "one of those that are listed"))
    run = state.runs[int(what)]
    return _with_log(state, run.dialogue.log, run.dialogue.record)


def _join(state: PageState, what: str, given: ActionInput) -> PageState:
    """Take the logs as the parts of one run."""
    if not state.joinable:
        raise InputError(Fault("page", "these are not parts of one run.", "one of the runs"))
    parts = [
        of_mapping(run.dialogue.record, run.reading.origin if run.reading else "")
        for run in state.runs
    ]
    return _with_run(state, joined(parts))


def _with_run(state: PageState, run: Run, among: int = 1) -> PageState:
    knowledge = state.dialogue.knowledge
    log = observed(run, knowledge=knowledge)
    return _with_log(state, log, _record(run, log, knowledge, among))


def _with_log(state: PageState, log: Symptoms, record: Mapping[str, Any] | None) -> PageState:
    dialogue = state.dialogue.with_log(log, record)
    return replace(state.to(dialogue), choosing=False)


def _record(
    run: Run, log: Symptoms, knowledge: KnowledgeBase, among: int
) -> Mapping[str, Any] | None:
    """Return the run record of a log that is not too large for a page to carry, among others."""
    record = record_of(run, log, knowledge)
    largest = _LARGEST_RECORD // among
    return record if record is not None and len(json.dumps(record)) <= largest else None


_ACTIONS: Mapping[str, Callable[[PageState, str, ActionInput], PageState]] = {
    "begin": _begin,
    "whole": _whole,
    "complain": _complain,
    "look": _look,
    "answer": _answer,
    "fill": _fill,
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
