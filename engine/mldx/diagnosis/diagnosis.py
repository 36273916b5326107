"""The diagnosis: the inference of one walk, and the questions one may put to it.

What is asked for is worked out from the inference when it is asked for; there is no second story
beside the walk's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr, computed_field

from mldx.diagnosis.actions import ordered, rerun_minutes, test_worth
from mldx.diagnosis.explain import named
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import (
    discrimination,
    information_gain,
    likelihood_table,
)
from mldx.diagnosis.results import (
    Action,
    NamedCause,
    OpenQuestion,
    ShownSyndrome,
    SmallestChange,
    StageState,
    Step,
    Unexplained,
    Verdict,
)
from mldx.diagnosis.walk import WalkStep
from mldx.knowledge.cards import HEALTHY, STAGES, Cause, Confirmation, Task
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.names import canonical
from mldx.knowledge.wording import words
from mldx.provenance import Conflict, Source
from mldx.symptoms import Symptoms
from mldx.symptoms.reading import Reading
from mldx.symptoms.strike import Strike


class Diagnosis(BaseModel):
    """Ranked causes and next actions for one run.

    healthy   probability that nothing is wrong
    notes     what could not be used as given: spellings that are not in the vocabulary
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    mldx: str
    knowledge: str
    verdict: Verdict
    healthy: float
    notes: tuple[str, ...] = ()
    _inference: Inference = PrivateAttr()

    @classmethod
    def of(
        cls, inference: Inference, version: str, verdict: Verdict, notes: tuple[str, ...]
    ) -> Diagnosis:
        """Return the diagnosis of a inference."""
        made = cls.model_construct(
            mldx=version,
            knowledge=inference.knowledge.version,
            verdict=verdict,
            healthy=inference.healthy,
            notes=notes,
        )
        made._inference = inference
        return made

    @computed_field  # type: ignore[prop-decorator]
    @property
    def read(self) -> Reading | None:
        """What was read of the run: format, series, facts, what was left out; None of answers
        alone.
        """
        return self._inference.symptoms.reading

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def syndromes(self) -> tuple[ShownSyndrome, ...]:
        """What the run shows, each in one sentence with its figures."""
        from mldx.diagnosis.syndromes import shown

        return shown(self._inference)

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def strikes(self) -> tuple[Strike, ...]:
        """The oddest facts of the run, in sentences; at most three."""
        symptoms = self._inference.symptoms
        kept = [
            one
            for one in symptoms.strikes
            if one.id != "no_validation" or not _asked_of_validation(symptoms)
        ]
        return tuple(kept[:_STRIKES])

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def causes(self) -> tuple[NamedCause, ...]:
        """The supported causes, likeliest first, each root before its consequences."""
        ordered, root_of = self._inference.ranking
        return tuple(named(self._inference, id, share, root_of.get(id)) for id, share in ordered)

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """Tests, fixes and checks, worth most per minute first; before them the fix of a cause
        that is all but settled, else a cheap test that decides.
        """
        threshold = self._inference.knowledge.threshold
        told = [*self._tests_and_fixes(), *self._checks_to_make()]
        return ordered(told, self._leading(), self._asks(), threshold)

    @cached_property
    def _faults(self) -> list[NamedCause]:
        """The causes that spoil a run, likeliest first, whichever is the root of which."""
        faults = [cause for cause in self.causes if not cause.benign]
        return sorted(faults, key=lambda cause: -cause.probability)

    @cached_property
    def _leading_syndrome(self) -> ShownSyndrome | None:
        """The syndrome of the likeliest fault; the first, where it shows as none that was seen."""
        shows_as = self._faults[0].shows_as if self._faults else ()
        first = self.syndromes[0] if self.syndromes else None
        return next((one for one in self.syndromes if one.id in shows_as), first)

    def _leading(self) -> list[tuple[str, float]]:
        """The likeliest faults of the leading syndrome; of all that are listed, where none is."""
        shown = self._leading_syndrome
        under = [cause for cause in self._faults if shown and shown.id in cause.shows_as]
        return [(cause.id, cause.probability) for cause in (under or self._faults)[:_LEADING]]

    def _asks(self) -> tuple[str, ...]:
        """The checks that tell the causes of the leading syndrome apart."""
        return self._leading_syndrome.asks if self._leading_syndrome else ()

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """What was reached and not answered, worth most per minute first; one question for each
        symptom.
        """
        return tuple(map(self.open_question, self.open_checks))

    @cached_property
    def open_checks(self) -> Mapping[str, float]:
        """The checks of the open questions, by id with the gain of each, worth most per minute
        first.
        """
        gains = {check.id: self._gain(check) for check in self._inference.trail.open}
        minutes = self._inference.knowledge.checks

        def order(id: str) -> float:
            return -round(gains[id] / minutes[id].minutes, 9)

        return {id: gains[id] for id in sorted(gains, key=order)}

    def _gain(self, check: CompiledCheck) -> float:
        inference = self._inference
        table = likelihood_table(check, inference.values)
        return information_gain(table, inference.alternatives, inference.tally)

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def path(self) -> tuple[Step, ...]:
        """The walk, step by step."""
        return tuple(_step(step) for step in self._inference.trail.steps)

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Sources that disagree; numbers of one level do not."""
        return tuple(one for one in self._inference.symptoms.conflicts if self._differ(one))

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def unexplained(self) -> tuple[Unexplained, ...]:
        """Alarming observations that the leading hypotheses leave improbable."""
        inference = self._inference
        threshold = inference.knowledge.threshold
        alarming, improbable = (
            threshold("diagnosis.alarming"),
            threshold("diagnosis.improbable"),
        )
        return tuple(
            Unexplained(
                symptom=step.check.id,
                saw=step.value,
                figure=inference.provenance(step.check.id).figure,
            )
            for step in inference.trail.steps
            if step.decibans.get(HEALTHY, 0.0) <= alarming and inference.expected(step) < improbable
        )

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def stages(self) -> tuple[StageState, ...]:
        """Every stage: what was answered there, and why it could not be judged if it could not."""
        return tuple(self._stage_state(stage) for stage in STAGES)

    @property
    def symptoms(self) -> Symptoms:
        """What was observed, names brought to one vocabulary and setup facts drawn out."""
        return self._inference.symptoms

    def card(self, cause: str) -> Cause:
        """Return the card of a cause: meaning, confirmation, fixes, look-alikes, sources.

        raises   InputError, when there is no such cause
        """
        knowledge = self._inference.knowledge
        return knowledge.causes[knowledge.known_cause(cause)]

    def why(self, cause: str) -> NamedCause:
        """Return what speaks for and against any cause, listed or not.

        raises   InputError, when there is no such cause
        """
        listed = {one.id: one for one in self.causes}
        if self._inference.knowledge.known_cause(cause) in listed:
            return listed[cause]
        return named(self._inference, cause, self._inference.stated(cause), None)

    def what_if(self) -> tuple[SmallestChange, ...]:
        """Return the single observations that, seen otherwise, would put another cause on top,
        surest first.
        """
        from mldx.diagnosis.what_if import changes

        return changes(self._inference)

    def to_dot(self, stage: str | None = None) -> str:
        """Return the flowchart as Graphviz DOT, the walked path lit up; of one stage, or of all."""
        from mldx.flowchart.dot import chart
        from mldx.report.outline import outline

        outlined = outline(self)
        caption = f"{outlined.label.upper()}. {outlined.headline}"
        return chart(self._inference.knowledge, stage, self.path, caption)

    def __str__(self) -> str:
        """Return the report as the terminal shows it."""
        from mldx.report.terminal import text

        return text(self)

    def to_markdown(self) -> str:
        """Return the report as Markdown, for an issue."""
        from mldx.report.markdown import report

        return report(self)

    def to_html(self, date: str = "") -> str:
        """Return the report as one HTML file that needs nothing beside it.

        date   when the report was made, to be named at the end
        """
        from mldx.report.html import report

        return report(self, self._inference.knowledge, date)

    def _repr_html_(self) -> str:
        from mldx.report.html import framed

        return framed(self.to_html())

    def _tests_and_fixes(self) -> Iterable[Action]:
        threshold = self._inference.knowledge.threshold
        power = threshold("diagnosis.test_power")
        rerun = rerun_minutes(self._inference.values, threshold)
        for cause in self.causes:
            card = self._inference.knowledge.causes[cause.id]
            if not any(item.counted and item.db >= _SEEN for item in cause.evidence):
                gain = test_worth(cause.probability, power)
                yield _action("test", cause.id, card.confirm, card.confirm.expect, gain)
            if not cause.benign:
                title = f"{card.title[0].lower()}{card.title[1:]}"
                expect = f"The run is repaired, if this was it: {title}."
                edit = card.fix[0]
                fix = Task(edit.do, edit.minutes + rerun)
                yield _action("fix", cause.id, fix, expect, cause.probability)

    def _checks_to_make(self) -> Iterable[Action]:
        asks = self._asks()
        for id, gain in self.open_checks.items():
            card = self._inference.knowledge.checks[id]
            if card.section in _TO_MAKE or id in asks:
                yield _action("check", id, Task(card.asks, card.minutes), card.help, gain)

    def open_question(self, id: str) -> OpenQuestion:
        """Return the open question of one of the `open_checks`."""
        inference = self._inference
        check = inference.knowledge.compiled.by_id[id]
        table = likelihood_table(check, inference.values)
        said = discrimination(table, inference.alternatives, inference.tally)
        separates = sorted(said, key=lambda cause: (-round(said[cause], 12), cause))
        return OpenQuestion(
            symptom=id,
            check=id,
            stage=check.stage,
            question=check.card.asks,
            help=check.card.help,
            minutes=check.minutes,
            gain=self.open_checks[id],
            separates=tuple(separates[:5]),
        )

    def _stage_state(self, stage: str) -> StageState:
        trail = self._inference.trail
        answered = {step.check.id for step in trail.steps if step.check.stage == stage}
        unanswered = [check for check in trail.open if check.stage == stage]
        return StageState(
            stage=stage,
            title=self._inference.knowledge.stages[stage].title,
            answered=len(answered),
            open=len(unanswered),
            why="" if answered else self._why_not(stage),
        )

    def _why_not(self, stage: str) -> str:
        """Say why nothing of a stage could be judged."""
        closing = self._inference.trail.closed.get(stage)
        if closing is None:
            return "nothing of it was observed"
        return f"{closing.check.id} is {words(closing.value)}; settle that first"

    def _differ(self, conflict: Conflict) -> bool:
        """Numbers that are one answer agree, and so do two spellings of one name."""
        names = self._inference.knowledge.spellings.get(conflict.symptom)
        if names is not None:
            one, other = (
                canonical(str(value), names)[0] or value
                for value in (conflict.kept, conflict.dropped)
            )
            return bool(one != other)
        check = self._inference.knowledge.compiled.by_id.get(conflict.symptom)
        if check is None:
            return True
        return check.answer(conflict.kept) != check.answer(conflict.dropped)


def _step(step: WalkStep) -> Step:
    card, answer = step.check.card, step.check.answers[step.answer]
    return Step(
        check=card.id,
        stage=card.stage,
        symptom=card.id,
        saw=step.value,
        answer=answer,
        says=card.answers[step.answer].say if card.answers else words(answer),
        points_to={
            cause: round(db, 1) for cause, db in step.decibans.items() if abs(db) >= _SILENT
        },
        closes=card.gate.closes if step.stops and card.gate else (),
    )


def _asked_of_validation(symptoms: Symptoms) -> bool:
    """Did anybody answer anything about validation? A log without it measures some of it still."""
    sources = (symptoms.provenances.get(id) for id in symptoms.section("validation"))
    return any(one is None or one.source != Source.MEASURED for one in sources)


_STRIKES, _LEADING = 3, 3
_SILENT = 0.05
_SEEN = 12.0
_TO_MAKE = {
    "sanity",
    "predictions",
    "internals",
    "data",
    "ablations",
    "text",
    "vision",
    "timeseries",
    "boosting",
    "adversarial",
}


def _action(
    kind: Literal["test", "fix", "check"],
    about: str,
    task: Task | Confirmation,
    expect: str,
    gain: float,
) -> Action:
    return Action(
        kind=kind,
        about=about,
        do=task.do,
        expect=expect,
        minutes=task.minutes,
        gain=gain,
        worth=gain / task.minutes,
    )
