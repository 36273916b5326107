"""The one dialogue: what is complained of, what the log showed, what was answered, what could not
be said, and what is asked next.

A dialogue is a value: each move gives a new one, `back` gives the one before it, and its plain form
(`mldx.interview.encoding`) holds the whole of it. Terminal, page, programs and agents drive it.

    dialogue = Dialogue.of().complain("not_learning").answer("optimizer", "adam")
    dialogue.prompt        dialogue.diagnosis.causes[0]        dialogue.back().answers

Each state is inferred once, by one walk, for its diagnosis and its next question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

from mldx.diagnosis import Diagnosis, diagnosis_of
from mldx.diagnosis.inference import Inference
from mldx.errors import Fault, InputError
from mldx.interview.choose import Course, about, chosen, wanted
from mldx.interview.complaints import card, named
from mldx.interview.forms import SETUP
from mldx.interview.parse_answer import parse_answer
from mldx.interview.question import Question
from mldx.interview.run_record import counted_otherwise, parted, read_again, record_with
from mldx.interview.stop import Reason, Stop
from mldx.knowledge import KnowledgeBase, load
from mldx.knowledge.parse_text import is_unknown, symptom_id
from mldx.observe.intake import answered
from mldx.symptoms import SECTIONS, Symptoms
from mldx.symptoms.checking import checked, known_symptom

AREAS = ("training", "validation", "sanity", "predictions", "data", "internals", "ablations")
USUAL_AREAS = ("training", "validation")
Opening = Literal["complaint", "sections"]
COMPLAINT: Opening = "complaint"
WHAT_WAS_SEEN: Opening = "sections"
_OPENINGS = (COMPLAINT, WHAT_WAS_SEEN)
_PACKS = tuple(name for name in SECTIONS if name not in AREAS)
Kind = Literal["answers", "complaint", "skip", "looked", "dismissed", "form"]


@dataclass(frozen=True, slots=True)
class DialogueStep:
    """One thing a person said.

    answers    (id, value) pairs, one as a rule, several where one choice states them together
    complaint  the id of a complaint
    skip       one id: it could not be said; also of the two questions that open a dialogue
    looked     sections of observations that were looked at
    dismissed  the reason to stop that the person went on past
    form       the id of a form, then (id, value) pairs of its fields; None where it was left blank
    """

    kind: Kind
    said: tuple[tuple[str, Any], ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """What it speaks of."""
        return tuple(id for id, _ in self.said)

    @property
    def fields(self) -> tuple[tuple[str, Any], ...]:
        """The symptoms that it answers, None where they are not known."""
        return self.said[1:] if self.kind == "form" else self.said


def _names(kind: Kind, *ids: str) -> DialogueStep:
    return DialogueStep(kind, tuple((id, None) for id in ids))


@dataclass(frozen=True)
class Dialogue:
    """What is known of one run, how it came to be known, and what is asked next.

    knowledge  the rules that are asked by
    steps      what the person said, in order; a later answer to a question replaces an earlier one
    log        what was read from a log
    record     the run record of that log, if it can be written as one
    whole      whether the whole checklist is asked in its order
    picked     the symptom that the person picked to be asked about; empty as a rule
    version    of the rules it was begun with
    forms      whether questions may stand together on a form
    look_again whether a look asks also what could not be said without it
    """

    knowledge: KnowledgeBase = field(compare=False, repr=False)
    steps: tuple[DialogueStep, ...] = ()
    log: Symptoms = field(default_factory=Symptoms)
    record: Mapping[str, Any] | None = None
    whole: bool = False
    picked: str = ""
    version: str = ""
    forms: bool = field(default=True, compare=False)
    look_again: bool = field(default=True, compare=False)
    _by_facts: dict[str, Symptoms] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        log: Symptoms | None = None,
        record: Mapping[str, Any] | None = None,
        knowledge: KnowledgeBase | None = None,
        *,
        whole: bool = False,
    ) -> Dialogue:
        """Begin a dialogue, from nothing or from what a log showed."""
        rules = knowledge if knowledge is not None else load()
        seen = log if log is not None else Symptoms()
        return cls(rules, (), seen, record, whole, version=rules.version)

    @classmethod
    def stated(
        cls,
        log: Symptoms,
        complaint: str,
        skipped: Iterable[str],
        sections_seen: Iterable[str] | None,
        knowledge: KnowledgeBase,
        *,
        whole: bool = False,
    ) -> Dialogue:
        """Return the dialogue of a program that keeps it by itself, and states it at every call.

        complaint      its id, or words; empty when there is none
        sections_seen  None when nobody asked

        raises   InputError, when the complaint, an id or a section is unknown
        """
        dialogue = replace(cls.of(log, knowledge=knowledge, whole=whole), look_again=False)
        if complaint:
            dialogue = dialogue.hear(complaint)
        for id in skipped:
            dialogue = dialogue.skip(symptom_id(id, knowledge))
        return dialogue if sections_seen is None else dialogue.look(*sections_seen)

    # What a person does

    def answer(self, id: str, value: Any) -> Dialogue:
        """Answer a question, or change an answer, or overrule what was measured.

        raises   InputError, naming the symptom and what was expected
        """
        return self.state({id: value})

    def state(self, answers: Mapping[str, Any]) -> Dialogue:
        """State several things as one step."""
        found = checked(answers, self.knowledge.specs)
        return self._with(
            DialogueStep("answers", tuple((id, found[id]) for id in answers if id in found))
        )

    def reply(self, text: str, asked: str = "") -> Dialogue:
        """Take what was typed: an answer, that it is not known, or `id: value` about anything.

        asked    what it answers; by default what is asked now

        raises   InputError, naming the symptom and what was expected
        """
        name, colon, rest = text.partition(":")
        other = symptom_id(name, self.knowledge)
        if colon and other in self.knowledge.specs:
            return self._replied(rest, other)
        id = asked or (self.question.symptom if self.question else "")
        if not id:
            what = "nothing is asked at the moment."
            raise InputError(Fault("answer", what, "a question", "choose `go on` first"))
        return self._replied(text, id, numbered=True)

    def _replied(self, text: str, id: str, *, numbered: bool = False) -> Dialogue:
        if is_unknown(text):
            return self.skip(id)
        return self.answer(id, parse_answer(text, id, self.knowledge, numbered=numbered))

    def fill(self, form: str, said: Mapping[str, Any]) -> Dialogue:
        """Take what was said on a form: text as it was typed, or values. What is left blank is not
        known.

        raises   InputError, with a fault for each field that cannot stand
        """
        if form != SETUP and form not in self.knowledge.forms:
            raise InputError(Fault(form[:80], "there is no such form.", "the id of a form"))
        faults: list[Fault] = []
        values = {id: self._field(id, value, faults) for id, value in said.items()}
        if faults:
            raise InputError(*faults)
        return self._with(DialogueStep("form", ((form, None), *values.items())))

    def _field(self, id: str, said: Any, faults: list[Fault]) -> Any:
        """Return the value of a field, None where it is not known; what is wrong goes to the
        faults.
        """
        try:
            known_symptom(id, self.knowledge.specs)
            if said is None or (isinstance(said, str) and (not said.strip() or is_unknown(said))):
                return None
            if isinstance(said, str):
                return parse_answer(said, id, self.knowledge)
            return checked({id: said}, self.knowledge.specs)[id]
        except InputError as error:
            faults += error.faults
            return None

    def complain(self, id: str) -> Dialogue:
        """Say what is complained of: it implies what the log does not show, and its questions are
        asked first.

        raises   InputError, when the rules have no such complaint
        """
        card(id, self.knowledge)
        return self._with(_names("complaint", id))

    def hear(self, text: str) -> Dialogue:
        """Take a complaint by its id or in the person's own words; two of them where two are said.

        raises   InputError, when it is none that the rules know, with the nearest ones in words
        """
        if not text.strip():
            what = "nothing was typed."
            raise InputError(Fault("complaint", what, "your own words, or one of the list"))
        dialogue = self
        for id in named(text, self.knowledge):
            dialogue = dialogue.complain(id)
        return dialogue

    def skip(self, id: str) -> Dialogue:
        """Say "don't know"; it is not a "no", takes back an answer given before, and leaves what
        the complaint says.
        """
        if id in self.knowledge.forms:
            return self.fill(id, {})
        if id not in _OPENINGS:
            known_symptom(id, self.knowledge.specs)
        return self._with(_names("skip", id))

    def look(self, *sections: str) -> Dialogue:
        """Say which sections of observations were looked at, so that these are asked about first.

        Sections that hold for one kind of data only are asked about wherever they apply.
        """
        for section in sections:
            if section not in SECTIONS:
                what = f"`{section}` is not a section."
                raise InputError(Fault(section, what, "one of " + ", ".join(SECTIONS)))
        return self._with(_names("looked", *sections))

    def change(self, id: str) -> Dialogue:
        """Pick a symptom to be asked about: to change an answer, or to overrule the log.

        raises   InputError, when there is no such symptom
        """
        if id not in self.knowledge.specs:
            raise InputError(no_question(id))
        return replace(self, picked=id)

    def dismiss(self) -> Dialogue:
        """Go on past the stop that is due; where none is, nothing happens."""
        found = self.prompt
        return self.dismissing(found.reason) if isinstance(found, Stop) else self

    def dismissing(self, reason: str) -> Dialogue:
        """Go on past every stop of this kind.

        raises   InputError, when there is no such reason to stop
        """
        if reason not in get_args(Reason):
            what = f"`{reason[:80]}` is not a reason to stop."
            raise InputError(Fault("dismissed", what, "one of " + ", ".join(get_args(Reason))))
        return self._with(_names("dismissed", reason))

    def back(self) -> Dialogue:
        """Take back what was picked, else the last step."""
        if self.picked:
            return replace(self, picked="")
        return replace(self, steps=self.steps[:-1])

    def with_log(self, log: Symptoms, record: Mapping[str, Any] | None) -> Dialogue:
        """Return the dialogue with another log; what was said is kept."""
        return replace(self, log=log, record=record, _by_facts={})

    def in_order(self, whole: bool) -> Dialogue:
        """Ask the whole checklist in its order from now on, or what is worth most."""
        return replace(self, whole=whole, picked="")

    def _with(self, step: DialogueStep) -> Dialogue:
        return replace(self, steps=(*self.steps, step), picked="")

    # What was said

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What the person says, by id, in the order last said."""
        return {**self.implied, **self.answered}

    @cached_property
    def complaints(self) -> tuple[str, ...]:
        """The ids of what is complained of."""
        said = (step for step in self.steps if step.kind == "complaint")
        return tuple(dict.fromkeys(id for step in said for id in step.ids))

    @cached_property
    def implied(self) -> dict[str, Any]:
        """What the complaints imply where the log does not show it, by id."""
        found: dict[str, Any] = {}
        for complaint in self.complaints:
            found |= card(complaint, self.knowledge).implies
        known = checked(found, self.knowledge.specs)
        return {id: known[id] for id in found if id not in self.log.observed}

    @cached_property
    def answered(self) -> dict[str, Any]:
        """What was answered, by id, in the order last said."""
        said: dict[str, Any] = {}
        for step in self._replies:
            for id, value in step.fields:
                said.pop(id, None)
                if value is not None:
                    said[id] = value
        return said

    @cached_property
    def skipped(self) -> frozenset[str]:
        """What the person could not say."""
        replied = frozenset(id for step in self._replies for id, _ in step.fields)
        return replied - self.answered.keys()

    @cached_property
    def _exhausted(self) -> frozenset[str]:
        """What the person could not say twice, or once where a look is not to ask it again."""
        fields = (field for step in self._replies for field in step.fields)
        times = Counter(id for id, value in fields if value is None)
        most = 1 if self.look_again else 0
        return frozenset(id for id, count in times.items() if count > most)

    @cached_property
    def forms_seen(self) -> frozenset[str]:
        """The forms that were shown; that of setup facts may be shown again with others."""
        return frozenset(step.ids[0] for step in self.steps if step.kind == "form") - {SETUP}

    @property
    def _replies(self) -> Iterable[DialogueStep]:
        """The steps that reply to a question about a symptom."""
        return (
            step
            for step in self.steps
            if step.kind in ("answers", "skip", "form") and not set(step.ids) & set(_OPENINGS)
        )

    @property
    def turn(self) -> int:
        """The number of the question that is asked, from 1; one that is changed keeps its own."""
        replied = list(dict.fromkeys(id for step in self._replies for id, _ in step.fields))
        return 1 + (replied.index(self.picked) if self.picked in replied else len(replied))

    @cached_property
    def sections_seen(self) -> frozenset[str] | None:
        """The sections the person has looked at, or None when nobody says."""
        told = [step for step in self.steps if step.kind == "looked"]
        return frozenset((*told[-1].ids, *_PACKS)) if told else None

    @cached_property
    def first_questions(self) -> tuple[str, ...]:
        """What the complaints ask first."""
        cards = (card(id, self.knowledge) for id in self.complaints)
        return tuple(dict.fromkeys(id for one in cards for id in one.first_questions))

    @cached_property
    def imprecise(self) -> frozenset[str]:
        """What is known from a complaint alone: such words seldom say how much, or when."""
        return frozenset(self.implied.keys() - self.answered.keys())

    @property
    def dismissed_last(self) -> bool:
        """Did the person go on past a stop just now?"""
        return bool(self.steps) and self.steps[-1].kind == "dismissed"

    @cached_property
    def dismissed_stops(self) -> frozenset[str]:
        """The reasons to stop that the person went on past."""
        return frozenset(id for step in self.steps if step.kind == "dismissed" for id in step.ids)

    # What follows

    @cached_property
    def symptoms(self) -> Symptoms:
        """All that is known: the log, the answers, and the person's word where it overrules it."""
        insisted = counted_otherwise(self._seen, self.answered)
        return answered(self._seen, self.answers, overrides=insisted, knowledge=self.knowledge)

    @cached_property
    def _seen(self) -> Symptoms:
        """What the log shows, judged by the setup facts that were answered."""
        facts, _ = parted(self.answers, self.knowledge)
        if self.record is None or not facts:
            return self.log
        key = repr(sorted(facts.items()))
        if key not in self._by_facts:
            self._by_facts[key] = read_again(self.log, self.record, facts, self.knowledge)
        return self._by_facts[key]

    @cached_property
    def inference(self) -> Inference:
        """What follows from it; diagnosis and next question share it."""
        return Inference(self.symptoms, self.knowledge)

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """The diagnosis of all that is known."""
        return diagnosis_of(self.inference)

    @cached_property
    def next_question(self) -> Question | Stop:
        """The next question, or the stop that is due and was not dismissed."""
        course = Course(
            self.whole, self.skipped, self.sections_seen, self.first_questions, self.imprecise,
            len({*self.answered, *self.skipped}), self.forms_seen, self.forms, self._exhausted,
        )  # fmt: skip
        found = chosen(self.inference, course)
        dismissed = isinstance(found, Stop) and found.reason in self.dismissed_stops
        return found.then if dismissed and found.then is not None else found  # type: ignore[union-attr]

    @cached_property
    def prompt(self) -> Opening | Question | Stop:
        """What is asked now: what was picked, what opens a dialogue, the next question, or a
        stop.
        """
        if self.picked:
            return self.question_about(self.picked)
        opening = self._opening()
        return self.next_question if opening is None else opening

    def _opening(self) -> Opening | None:
        """The two things that make the other questions fewer: the complaint, and what was seen."""
        if not self.steps and not self.log.observed and self.knowledge.complaints:
            return COMPLAINT
        opened = any(step.kind == "looked" or WHAT_WAS_SEEN in step.ids for step in self.steps)
        return None if self.whole or opened else WHAT_WAS_SEEN

    @property
    def question(self) -> Question | None:
        """The question that is asked now, if one is."""
        return self.prompt if isinstance(self.prompt, Question) else None

    def question_about(self, id: str) -> Question:
        """Return the question about any symptom, asked or not.

        raises   InputError, when there is no such symptom
        """
        if id not in self.knowledge.specs:
            raise InputError(no_question(id))
        return about(id, self.inference)

    def unanswered(self) -> list[Question]:
        """Return the questions of the complaint that have no answer yet, skipped or not: what is
        worth finding out.
        """
        left = wanted(self.first_questions, self.inference, self.imprecise)
        return [about(id, self.inference) for id in left]

    def to_record(self) -> dict[str, Any]:
        """Return the run record that reproduces the ranking: the log's curves, the answers, and
        which of them overrule it.

        Where the log cannot be written as a record, what it shows stands there as answers.
        """
        said = self.answers if self.record is not None else self.symptoms.observed
        return record_with(self.record, self._seen, said, self.knowledge)


def no_question(id: str) -> Fault:
    """Say that there is nothing to ask of this id."""
    return Fault(id[:80], "there is no such question.", "the id of a symptom")
