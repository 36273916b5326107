"""One person's interview: what the log said, what was answered in which order, and what could not be said.

A session is a value. Each step gives a new one, `back` gives the one before it, and its JSON form holds the whole of it.

    session = Session.of().answer("loss_shape", "flat").skip("train_loss_at_prior")
    session.next()        session.diagnosis().causes[0]        session.back() == Session.of().answer("loss_shape", "flat")
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from mldx.diagnosis import Diagnosis, diagnose
from mldx.errors import Fault, InputError
from mldx.findings import Conflict, Finding, Source
from mldx.interview.choose import about, chosen
from mldx.interview.position import Position
from mldx.interview.question import Question
from mldx.interview.stop import Stop
from mldx.knowledge import KnowledgeBase, load
from mldx.observe.setup import completed
from mldx.symptoms import SECTIONS, Symptoms
from mldx.symptoms.model import SPECS, same

FORMAT = 1
Kind = Literal["answers", "skip", "looked"]
_BACKGROUND = "setup"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person said.

    answers  (id, value) pairs, one as a rule, several where one choice states them together
    skip     one id, with no value: it could not be said
    looked   sections of observations that were looked at, with no value
    """

    kind: Kind
    said: tuple[tuple[str, Any], ...]


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

    @classmethod
    def of(
        cls, log: Symptoms | None = None, record: Mapping[str, Any] | None = None, knowledge: KnowledgeBase | None = None
    ) -> Session:
        """Begin an interview, from nothing or from what a log showed."""
        return cls((knowledge or load()).version, (), log if log is not None else Symptoms(), record)

    def answer(self, id: str, value: Any) -> Session:
        """Answer a question, or change an answer, or overrule what was measured.

        raises   InputError, naming the symptom and what was expected
        """
        return self.state({id: value})

    def state(self, answers: Mapping[str, Any]) -> Session:
        """State several things as one step, as whoever chooses a complaint does."""
        found = Symptoms.of(**answers).observed
        return self._with(Step("answers", tuple((id, found[id]) for id in answers if id in found)))

    def skip(self, id: str) -> Session:
        """Say "don't know"; it is no "no", and takes back an answer given before."""
        if id not in SPECS:
            Symptoms.of(**{id: False})
        return self._with(Step("skip", ((id, None),)))

    def look(self, *sections: str) -> Session:
        """Say which sections of observations were looked at, so that these are asked about first."""
        for section in sections:
            if section not in SECTIONS:
                raise InputError(Fault(section, f"`{section}` is no section.", "one of " + ", ".join(SECTIONS)))
        return self._with(Step("looked", tuple((section, None) for section in sections)))

    def back(self) -> Session:
        """Take back the last step; the first session stays as it is."""
        return replace(self, steps=self.steps[:-1])

    def _with(self, step: Step) -> Session:
        return replace(self, steps=(*self.steps, step))

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What the person says, by id, in the order last said."""
        said: dict[str, Any] = {}
        for step in self.steps:
            for id, value in step.said if step.kind != "looked" else ():
                said.pop(id, None)
                if step.kind == "answers":
                    said[id] = value
        return said

    @cached_property
    def skipped(self) -> frozenset[str]:
        """What the person could not say."""
        last = {id: step.kind for step in self.steps if step.kind != "looked" for id, _ in step.said}
        return frozenset(id for id, kind in last.items() if kind == "skip")

    @cached_property
    def looked(self) -> frozenset[str] | None:
        """The sections the person has looked at, or None when nobody asked."""
        told = [step for step in self.steps if step.kind == "looked"]
        return frozenset(section for section, _ in told[-1].said) if told else None

    def symptoms(self, knowledge: KnowledgeBase | None = None) -> Symptoms:
        """Return all that is known: the log, the answers, and the person's word where it overrules the log."""
        rules = knowledge if knowledge is not None else load()
        together = completed(self.log | Symptoms.of(**self.answers), rules)
        overruled = {id: value for id, value in self.answers.items() if not same(together.observed[id], value)}
        strong = {id: value for id, value in overruled.items() if _measured(together, id) and SPECS[id].kind != "fact"}
        return overrule(together, strong, rules) if strong else together

    def position(self, knowledge: KnowledgeBase | None = None) -> Position:
        """Return where the interview stands."""
        rules = knowledge if knowledge is not None else load()
        return Position.of(self.symptoms(rules), rules)

    def next(self, knowledge: KnowledgeBase | None = None, *, whole: bool = False) -> Question | Stop:
        """Return the next question, or the stop that is due."""
        return chosen(self.position(knowledge), whole, self.skipped, self.looked)

    def about(self, id: str, knowledge: KnowledgeBase | None = None) -> Question:
        """Return the question about any symptom, asked or not: to change an answer, or to overrule the log."""
        return about(id, self.position(knowledge))

    def diagnosis(self, knowledge: KnowledgeBase | None = None) -> Diagnosis:
        """Return the diagnosis of all that is known."""
        return diagnose(self.symptoms(knowledge), knowledge)

    def to_record(self, knowledge: KnowledgeBase | None = None) -> dict[str, Any]:
        """Return the run record that reproduces the ranking.

        The log's curves are kept where nothing in them was overruled; else what was observed stands there as answers.
        """
        seen = self.symptoms(knowledge)
        overruled = any(conflict.kept_by.source is Source.ANSWERED for conflict in seen.conflicts)
        if self.record is not None and not overruled:
            setup, other = _parts({**self.answers})
            parts = {
                "setup": {**self.record.get("setup", {}), **setup}, "history": dict(self.record.get("history", {})),
                "answers": {**self.record.get("answers", {}), **other},
            }  # fmt: skip
        else:
            setup, other = _parts(seen.observed)
            parts = {"setup": setup, "answers": other}
        return {key: part for key, part in parts.items() if part}

    def to_json(self) -> str:
        """Return the whole session as JSON, to be saved or to go into a link."""
        steps = [{step.kind: _written(step)} for step in self.steps]
        log = [_seen(id, value, self.log.findings.get(id, Finding())) for id, value in self.log.observed.items()]
        content = {"mldx_interview": FORMAT, "knowledge": self.version, "steps": steps, "log": log, "record": self.record}
        return json.dumps({key: part for key, part in content.items() if part}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, origin: str = "session") -> Session:
        """Return the session that was written by `to_json`.

        raises   InputError, when it is none, or of a later version
        """
        content = _document(text, origin)
        try:
            steps = tuple(_step(step) for step in content.get("steps", ()))
            log = _log(content.get("log", ()))
            session = cls(str(content.get("knowledge", "")), (), log, _record(content.get("record"), origin))
        except (TypeError, KeyError, ValueError, AttributeError, IndexError) as error:
            raise InputError(Fault(origin, "it is damaged.", "a file written by `mldx ask`", "begin anew")) from error
        return session._replayed(steps)

    def _replayed(self, steps: tuple[Step, ...]) -> Session:
        """Say everything again, so that it is checked like an answer."""
        session = self
        for step in steps:
            if step.kind == "answers":
                session = session.state(dict(step.said))
            elif step.kind == "skip":
                session = session.skip(step.said[0][0])
            else:
                session = session.look(*(section for section, _ in step.said))
        return session


def overrule(symptoms: Symptoms, answers: Mapping[str, Any], knowledge: KnowledgeBase) -> Symptoms:
    """Return the symptoms with the person's word in place of what was measured, each time with the conflict."""
    kept = symptoms.without(*answers) | Symptoms.of(**answers)
    disputes = tuple(
        Conflict(
            symptom=id, kept=value, kept_by=Finding(), dropped=symptoms.observed[id], dropped_by=symptoms.findings[id]
        )
        for id, value in answers.items()
    )  # fmt: skip
    earlier = tuple(conflict for conflict in symptoms.conflicts if conflict.symptom not in answers)
    return kept.model_copy(update={"conflicts": (*earlier, *disputes)}).completed(knowledge.version)


def _measured(symptoms: Symptoms, id: str) -> bool:
    return symptoms.findings.get(id, Finding()).source is not Source.ANSWERED


def _parts(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split values into setup facts and other answers, tuples as lists."""
    plain = {id: list(value) if isinstance(value, tuple) else value for id, value in values.items()}
    setup = {id: value for id, value in plain.items() if SPECS[id].section == _BACKGROUND}
    return setup, {id: value for id, value in plain.items() if id not in setup}


def _written(step: Step) -> Any:
    if step.kind == "answers":
        return dict(step.said)
    return step.said[0][0] if step.kind == "skip" else [section for section, _ in step.said]


def _step(written: Mapping[str, Any]) -> Step:
    [(kind, said)] = written.items()
    if kind == "answers":
        return Step("answers", tuple(dict(said).items()))
    if kind == "skip":
        return Step("skip", ((str(said), None),))
    if kind == "looked":
        return Step("looked", tuple((str(section), None) for section in said))
    raise ValueError(kind)


def _seen(id: str, value: Any, finding: Finding) -> dict[str, Any]:
    return {"id": id, "value": value, **finding.model_dump(mode="json", exclude_defaults=True)}


def _log(written: Any) -> Symptoms:
    """Return what the log showed, each value with its finding."""
    found = Symptoms.of(**{one["id"]: one["value"] for one in written})
    findings = {
        one["id"]: Finding(**{key: value for key, value in one.items() if key not in ("id", "value")}) for one in written
    }
    return found.model_copy(update={"findings": findings})


def _record(written: Any, origin: str) -> Mapping[str, Any] | None:
    """Return the run record, whose parts must be mappings, for answers are added to them."""
    if written is None:
        return None
    if not isinstance(written, Mapping) or not all(isinstance(part, Mapping) for part in written.values()):
        raise InputError(Fault(f"{origin}: record", "it is no run record.", "a mapping of mappings", "begin anew"))
    return written


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
