"""One person's interview: what is complained of, what the log said, what was answered, and what
could not be said.

A session is a value. Each step gives a new one, `back` gives the one before it, and its JSON form
holds the whole of it.

    session = Session.of().complain("not_learning").answer("optimizer", "adam").skip("train_loss_at_prior")
    session.next()        session.diagnosis().causes[0]        session.back().answers["optimizer"] == "adam"
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from mldx.diagnosis import Diagnosis, diagnose
from mldx.diagnosis.inference import Inference
from mldx.errors import Fault, InputError
from mldx.interview.choose import about, chosen, wanted
from mldx.interview.complaints import card, named
from mldx.interview.question import Question
from mldx.interview.stop import Stop
from mldx.knowledge import KnowledgeBase, load
from mldx.observe.intake import answered, observed
from mldx.provenance import Provenance, Source
from mldx.readers.record import of_mapping
from mldx.symptoms import SECTIONS, Symptoms
from mldx.symptoms.model import SPECS, same

FORMAT = 1
Kind = Literal["answers", "complaint", "skip", "looked"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person said.

    answers    (id, value) pairs, one as a rule, several where one choice states them together
    complaint  (id, value) pairs that the complaint of this id states, and what it asks first
    skip       one id, with no value: it could not be said
    looked     sections of observations that were looked at, with no value
    """

    kind: Kind
    said: tuple[tuple[str, Any], ...]
    complaint: str = ""
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Session:
    """What is known of one run, and how it came to be known.

    version  of the rules it was begun with
    steps    what the person said, in order; a later answer to the same question replaces the earlier one
    log      what was read from a log
    record   the run record of that log, if it can be written as one
    """

    version: str
    steps: tuple[Step, ...] = ()
    log: Symptoms = field(default_factory=Symptoms)
    record: Mapping[str, Any] | None = None
    _again: dict[str, Symptoms] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(
        cls,
        log: Symptoms | None = None,
        record: Mapping[str, Any] | None = None,
        knowledge: KnowledgeBase | None = None,
    ) -> Session:
        """Begin an interview, from nothing or from what a log showed."""
        return cls(
            (knowledge or load()).version, (), log if log is not None else Symptoms(), record
        )

    @classmethod
    def told(
        cls,
        log: Symptoms,
        complaint: str,
        skipped: Iterable[str],
        looked: Iterable[str] | None,
        knowledge: KnowledgeBase,
    ) -> Session:
        """Return the session of a program that keeps it by itself, and tells the whole of it at
        every call.

        complaint  its id, or words; empty when there is none
        looked     sections; None when nobody asked

        raises   InputError, when the complaint, an id or a section is none
        """
        session = cls.of(log, knowledge=knowledge)
        if complaint:
            session = session.complain(named(complaint, knowledge), knowledge)
        for id in skipped:
            session = session.skip(id)
        return session if looked is None else session.look(*looked)

    def answer(self, id: str, value: Any) -> Session:
        """Answer a question, or change an answer, or overrule what was measured.

        raises   InputError, naming the symptom and what was expected
        """
        return self.state({id: value})

    def state(self, answers: Mapping[str, Any]) -> Session:
        """State several things as one step."""
        return self._with(Step("answers", _checked(answers)))

    def complain(self, id: str, knowledge: KnowledgeBase | None = None) -> Session:
        """Say what is complained of: it states what the log does not show, and its questions are
        asked first.

        raises   InputError, when the rules have no such complaint
        """
        told = card(id, knowledge if knowledge is not None else load())
        states = {
            symptom: value
            for symptom, value in told["states"].items()
            if symptom not in self.log.observed
        }
        return self._with(Step("complaint", _checked(states), id, tuple(told["asks"])))

    def skip(self, id: str) -> Session:
        """Say "don't know"; it is no "no", takes back an answer given before, and leaves what the
        complaint says.
        """
        if id not in SPECS:
            Symptoms.of(**{id: False})
        return self._with(Step("skip", ((id, None),)))

    def look(self, *sections: str) -> Session:
        """Say which sections of observations were looked at, so that these are asked about first."""
        for section in sections:
            if section not in SECTIONS:
                raise InputError(
                    Fault(section, f"`{section}` is no section.", "one of " + ", ".join(SECTIONS))
                )
        return self._with(Step("looked", tuple((section, None) for section in sections)))

    def back(self) -> Session:
        """Take back the last step; the first session stays as it is."""
        return replace(self, steps=self.steps[:-1])

    def _with(self, step: Step) -> Session:
        return replace(self, steps=(*self.steps, step))

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What the person says, by id, in the order last said."""
        return {**self._stated, **self._answered}

    @cached_property
    def _stated(self) -> dict[str, Any]:
        """What the complaints state, by id."""
        return {
            id: value for step in self.steps if step.kind == "complaint" for id, value in step.said
        }

    @cached_property
    def _answered(self) -> dict[str, Any]:
        """What was answered, by id, in the order last said."""
        said: dict[str, Any] = {}
        for step in self.steps:
            for id, value in step.said if step.kind in ("answers", "skip") else ():
                said.pop(id, None)
                if step.kind == "answers":
                    said[id] = value
        return said

    @cached_property
    def skipped(self) -> frozenset[str]:
        """What the person could not say."""
        last = {
            id: step.kind
            for step in self.steps
            if step.kind in ("answers", "skip")
            for id, _ in step.said
        }
        return frozenset(id for id, kind in last.items() if kind == "skip")

    @property
    def turn(self) -> int:
        """The number of the next question, from 1."""
        return 1 + sum(step.kind in ("answers", "skip") for step in self.steps)

    @cached_property
    def looked(self) -> frozenset[str] | None:
        """The sections the person has looked at, or None when nobody asked."""
        told = [step for step in self.steps if step.kind == "looked"]
        return frozenset(section for section, _ in told[-1].said) if told else None

    @cached_property
    def first(self) -> tuple[str, ...]:
        """What the complaints ask first."""
        return tuple(dict.fromkeys(id for step in self.steps for id in step.asks))

    @cached_property
    def rough(self) -> frozenset[str]:
        """What is known from a complaint alone: such words seldom say how much, or when."""
        return frozenset(self._stated.keys() - self._answered.keys())

    def symptoms(self, knowledge: KnowledgeBase | None = None) -> Symptoms:
        """Return all that is known: the log, the answers, and the person's word where it overrides
        the log.
        """
        rules = knowledge if knowledge is not None else load()
        setup, other = _parts(self.answers, rules)
        seen = self._shown(setup, rules)
        return answered(
            seen,
            {**setup, **other},
            overrides=_counted_otherwise(seen, other),
            knowledge=rules,
        )

    def _shown(self, setup: Mapping[str, Any], rules: KnowledgeBase) -> Symptoms:
        """What the log shows, read again where setup facts were answered: with them its curves may
        tell more.
        """
        if self.record is None or not setup:
            return self.log
        key = f"{rules.version} {sorted(setup.items())}"
        if key not in self._again:
            run = of_mapping(self.record, _origin(self.log))
            self._again[key] = observed(run, facts=setup, knowledge=rules)
        return self._again[key]

    def position(self, knowledge: KnowledgeBase | None = None) -> Inference:
        """Return where the interview stands."""
        rules = knowledge if knowledge is not None else load()
        return Inference(self.symptoms(rules), rules)

    def next(
        self, knowledge: KnowledgeBase | None = None, *, whole: bool = False
    ) -> Question | Stop:
        """Return the next question, or the stop that is due."""
        return chosen(
            self.position(knowledge), whole, self.skipped, self.looked, self.first, self.rough
        )

    def unanswered(self, knowledge: KnowledgeBase | None = None) -> list[Question]:
        """Return the questions of the complaint that have no answer yet, skipped or not: what is
        worth provenance out.
        """
        position = self.position(knowledge)
        return [about(id, position) for id in wanted(self.first, position, self.rough)]

    def about(self, id: str, knowledge: KnowledgeBase | None = None) -> Question:
        """Return the question about any symptom, asked or not: to change an answer, or to overrule
        the log.
        """
        return about(id, self.position(knowledge))

    def diagnosis(self, knowledge: KnowledgeBase | None = None) -> Diagnosis:
        """Return the diagnosis of all that is known."""
        return diagnose(self.symptoms(knowledge), knowledge)

    def to_record(self, knowledge: KnowledgeBase | None = None) -> dict[str, Any]:
        """Return the run record that reproduces the ranking: the log's curves, the answers, and
        which of them overrule it.

        Where the log cannot be written as a record, what it shows stands there as answers.
        """
        rules = knowledge if knowledge is not None else load()
        if self.record is None:
            setup, other = _parts(self.symptoms(rules).observed, rules)
            seen = observed(facts=setup, knowledge=rules)
        else:
            setup, other = _parts(self.answers, rules)
            seen = self._shown(setup, rules)
        return _added(self.record or {}, setup, other, _counted_otherwise(seen, other))

    def to_json(self) -> str:
        """Return the whole session as JSON, to be saved or to go into a link."""
        steps = [{step.kind: _written(step)} for step in self.steps]
        log = [
            _seen(id, value, self.log.provenances.get(id, Provenance()))
            for id, value in self.log.observed.items()
        ]
        content = {
            "mldx_interview": FORMAT,
            "knowledge": self.version,
            "steps": steps,
            "log": log,
            "record": self.record,
        }
        return json.dumps(
            {key: part for key, part in content.items() if part},
            ensure_ascii=False,
            allow_nan=False,
        )

    @classmethod
    def from_json(
        cls, text: str, origin: str = "session", knowledge: KnowledgeBase | None = None
    ) -> Session:
        """Return the session that was written by `to_json`.

        raises   InputError, when it is none, of a later version, or of a complaint that these rules do not know
        """
        content = _document(text, origin)
        try:
            steps = tuple(_step(step) for step in content.get("steps", ()))
            log = _log(content.get("log", ()))
            session = cls(
                str(content.get("knowledge", "")), (), log, _record(content.get("record"), origin)
            )
        except (TypeError, KeyError, ValueError, AttributeError, IndexError) as error:
            raise InputError(
                Fault(origin, "it is damaged.", "a file written by `mldx ask`", "begin anew")
            ) from error
        return session._replayed(steps, knowledge)

    def _replayed(self, steps: tuple[Step, ...], knowledge: KnowledgeBase | None) -> Session:
        """Say everything again, so that it is checked like an answer."""
        session = self
        for step in steps:
            if step.kind == "answers":
                session = session.state(dict(step.said))
            elif step.kind == "complaint":
                session = session.complain(step.complaint, knowledge)
            elif step.kind == "skip":
                session = session.skip(step.said[0][0])
            else:
                session = session.look(*(section for section, _ in step.said))
        return session


def _checked(answers: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """Return (id, value) of each answer, the value in the symptom's own type."""
    found = Symptoms.of(**answers).observed
    return tuple((id, found[id]) for id in answers if id in found)


def _parts(
    values: Mapping[str, Any], rules: KnowledgeBase
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split values into setup facts and other answers, tuples as lists."""
    plain = {id: list(value) if isinstance(value, tuple) else value for id, value in values.items()}
    setup = {
        id: value
        for id, value in plain.items()
        if id in rules.specs and rules.specs[id].kind == "fact"
    }
    return setup, {id: value for id, value in plain.items() if id not in setup}


def _added(
    record: Mapping[str, Any],
    setup: Mapping[str, Any],
    answers: Mapping[str, Any],
    overruled: Iterable[str],
) -> dict[str, Any]:
    """Return a run record with more said; parts in which nothing stands are left out."""
    parts = {
        "setup": {**record.get("setup", {}), **setup}, "history": dict(record.get("history", {})),
        "answers": {**record.get("answers", {}), **answers},
        "overruled": sorted({*record.get("overruled", ()), *overruled}),
    }  # fmt: skip
    return {key: part for key, part in parts.items() if part}


def _counted_otherwise(seen: Symptoms, answers: Mapping[str, Any]) -> list[str]:
    """Return the ids of the answers that differ from what was counted or probed, numbers by more
    than a little: these alone have to be insisted on.
    """
    return [
        id
        for id, value in answers.items()
        if id in seen.observed
        and seen.provenances[id].rank > Provenance().rank
        and not same(seen.observed[id], value)
    ]


def _origin(log: Symptoms) -> str:
    """Return the file in which something was measured."""
    measured = [
        one
        for one in log.provenances.values()
        if one.source is Source.MEASURED and one.basis != "derived"
    ]
    return measured[0].origin if measured else "log"


def _written(step: Step) -> Any:
    if step.kind == "answers":
        return dict(step.said)
    if step.kind == "complaint":
        return step.complaint
    return step.said[0][0] if step.kind == "skip" else [section for section, _ in step.said]


def _step(written: Mapping[str, Any]) -> Step:
    [(kind, said)] = written.items()
    if kind == "answers":
        return Step("answers", tuple(dict(said).items()))
    if kind == "complaint":
        return Step("complaint", (), str(said))
    if kind == "skip":
        return Step("skip", ((str(said), None),))
    if kind == "looked":
        return Step("looked", tuple((str(section), None) for section in said))
    raise ValueError(kind)


def _seen(id: str, value: Any, provenance: Provenance) -> dict[str, Any]:
    told = {key: part for key, part in asdict(provenance).items() if part not in ("", None)}
    return {"id": id, "value": value, **told, "source": provenance.source.value}


def _log(written: Any) -> Symptoms:
    """Return what the log showed, each value with its provenance."""
    found = Symptoms.of(**{one["id"]: one["value"] for one in written})
    provenances = {
        one["id"]: Provenance.of_plain(
            {key: value for key, value in one.items() if key not in ("id", "value")}
        )
        for one in written
    }
    return found.model_copy(update={"provenances": provenances})


def _record(written: Any, origin: str) -> Mapping[str, Any] | None:
    """Return the run record, which must be one, for answers are added to it and its curves are read
    again.
    """
    if written is None:
        return None
    parts = (
        [part for key, part in written.items() if key != "overruled"]
        if isinstance(written, Mapping)
        else [written]
    )
    if not all(isinstance(part, Mapping) for part in parts):
        raise InputError(
            Fault(
                f"{origin}: record", "it is no run record.", "a mapping of mappings", "begin anew"
            )
        )
    json.dumps(written, allow_nan=False)
    of_mapping(written, f"{origin}: record")
    return {key: part for key, part in written.items() if part is not None}


def _document(text: str, origin: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or "mldx_interview" not in content:
        raise InputError(Fault(origin, "it is no saved interview.", "a file written by `mldx ask`"))
    if content["mldx_interview"] != FORMAT:
        told = f"it is of version {content['mldx_interview']}, this mldx writes {FORMAT}."
        raise InputError(Fault(origin, told, f"version {FORMAT}", "update mldx"))
    return content
