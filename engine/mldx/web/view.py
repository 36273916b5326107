"""What the page shows of a state: the question, the causes with their evidence, what is known, and
the curves; or the runs to choose from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from markupsafe import Markup

from mldx.diagnosis import Diagnosis
from mldx.diagnosis.results import NamedCause
from mldx.interview import Question, QuestionForm, Stop
from mldx.interview.dialogue import AREAS, USUAL_AREAS
from mldx.interview.question import Choice
from mldx.interview.shapes import shape
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import Complaint
from mldx.report.html import parts
from mldx.report.html.curves import figure
from mldx.report.html.flow import path
from mldx.report.html.render import rendered
from mldx.report.outline import Outline, counted, outline
from mldx.report.read_summary import summarised
from mldx.symptoms import SECTIONS
from mldx.web.known import Known, answer, asks, known
from mldx.web.page_state import PageState
from mldx.web.run_curve import run_curve
from mldx.web.troubles import Group, grouped

_POINTS = 40


@dataclass(frozen=True, slots=True)
class ShownChoice:
    """A choice as it is shown: what says most comes first.

    value  as the form sends it
    """

    value: str
    first: str
    second: str
    picture: Markup | None


@dataclass(frozen=True, slots=True)
class ShownField:
    """A question of a form with its choices; a setup fact is typed, and its choices are offered."""

    question: Question
    choices: Sequence[ShownChoice]

    @property
    def typed(self) -> bool:
        """Is it typed, and not picked?"""
        return self.question.kind == "text" or not self.choices


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One of several runs to choose from."""

    name: str
    about: str
    curve: Markup | None
    outline: Outline


@dataclass(frozen=True)
class View:
    """Everything that a template needs to know of a state; each part is worked out once."""

    state: PageState

    @property
    def knowledge(self) -> KnowledgeBase:
        """The rules that are asked by."""
        return self.state.dialogue.knowledge

    @property
    def template(self) -> str:
        """The template that shows it."""
        if self.state.choosing:
            return "runs.html"
        return "walk.html" if self.state.begun else "start.html"

    @cached_property
    def diagnosis(self) -> Diagnosis:
        """What follows from all that is known."""
        return self.state.dialogue.diagnosis

    @cached_property
    def outline(self) -> Outline | None:
        """What is said of it; None while nothing is known."""
        return outline(self.diagnosis) if self.diagnosis.symptoms.observed else None

    @cached_property
    def step(self) -> Question | Stop | None:
        """What is asked, or the stop that is due; None before there is anything to ask about."""
        return None if self.state.choosing else self.state.prompt

    @property
    def question(self) -> Question | None:
        """The question that is asked, if one is."""
        return self.step if isinstance(self.step, Question) else None

    @property
    def stop(self) -> Stop | None:
        """The stop that is due, if one is."""
        return self.step if isinstance(self.step, Stop) else None

    @property
    def asks_areas(self) -> bool:
        """Is it time to ask what was looked at?"""
        return self.state.begun and self.step is None

    @property
    def turn(self) -> int:
        """The number of the question."""
        return self.state.dialogue.turn

    @property
    def whole(self) -> bool:
        """Is the whole checklist asked in its order?"""
        return self.state.dialogue.whole

    @cached_property
    def complaint_groups(self) -> Sequence[Group]:
        """What people complain of, in groups."""
        return list(grouped(self.knowledge))

    @cached_property
    def complaints(self) -> Sequence[Complaint]:
        """The cards of what is complained of."""
        cards = self.knowledge.complaints
        return [cards[id] for id in self.state.dialogue.complaints]

    @cached_property
    def areas(self) -> Sequence[tuple[str, str, bool]]:
        """(id, title, whether it is ticked) of what may have been looked at."""
        return [(name, SECTIONS[name], name in USUAL_AREAS) for name in AREAS]

    @cached_property
    def choices(self) -> Sequence[ShownChoice]:
        """What may be said."""
        question = self.question
        return list(_shown_choices(question)) if question else []

    @property
    def form(self) -> QuestionForm | None:
        """The form that is asked, if one is."""
        return self.question.form if self.question else None

    @cached_property
    def fields(self) -> Sequence[ShownField]:
        """The questions of the form."""
        asked = self.form.fields if self.form else ()
        return [ShownField(one, list(_shown_choices(one))) for one in asked]

    @cached_property
    def related(self) -> Sequence[Known]:
        """What is known already of the causes that the question distinguishes."""
        question = self.question
        return [
            Known(
                one.symptom,
                asks(one.symptom, self.knowledge),
                answer(one.symptom, one.saw, self.knowledge),
                one.figure,
                one.source == "answered",
            )
            for one in (question.related if question else ())
        ]

    @property
    def answered(self) -> Sequence[Known]:
        """What was answered, and setup facts that were read."""
        return [one for one in self._known if one.said]

    @property
    def measured(self) -> Sequence[Known]:
        """What was measured in the log."""
        return [one for one in self._known if not one.said]

    @cached_property
    def _known(self) -> Sequence[Known]:
        dialogue = self.state.dialogue
        return list(known(self.diagnosis.symptoms, self.knowledge, dialogue.imprecise))

    @cached_property
    def skipped(self) -> Sequence[Known]:
        """What could not be said."""
        return [
            Known(id, asks(id, self.knowledge), "", "", True)
            for id in sorted(self.state.dialogue.skipped)
        ]

    @cached_property
    def curves(self) -> Markup | None:
        """The curves, marked."""
        return figure(self.diagnosis.symptoms, self.knowledge)

    @cached_property
    def flow(self) -> Markup | None:
        """The path on the flowchart."""
        return path(self.knowledge, self.diagnosis.path)

    @cached_property
    def reading(self) -> Markup | None:
        """What was read."""
        read = summarised(self.state.reading) if self.state.reading else None
        return parts.read(read) if read else None

    @cached_property
    def runs(self) -> Sequence[ShownRun]:
        """The runs to choose from, each judged by itself."""
        return [self._shown_run(run) for run in self.state.runs]

    def _shown_run(self, run: PageState) -> ShownRun:
        judged = outline(run.dialogue.diagnosis)
        plot_series = run.dialogue.log.plot_series
        read = judged.read
        return ShownRun(
            name=read.name if read else "",
            about="; ".join(filter(None, (read.form, read.series))) if read else "",
            curve=run_curve(plot_series),
            outline=judged,
        )

    @property
    def joinable(self) -> bool:
        """May the runs be the parts of one?"""
        return self.state.joinable

    def opened(self, cause: NamedCause) -> Markup:
        """Return what stands behind a cause in the ranking."""
        card = self.diagnosis.card(cause.id)
        return rendered("opened.html", card=card, bars=counted(cause.evidence))


def _shown_choices(question: Question) -> Iterator[ShownChoice]:
    for choice in question.choices:
        first, second = choice.label, choice.meaning
        if question.kind == "number" and choice.meaning:  # "below 3 %" says more than "none"
            first, second = second, first
        picture = _picture(question.symptom, str(choice.value))
        yield ShownChoice(_sent(choice), first, second, picture)


def _sent(choice: Choice) -> str:
    value = choice.value
    return str(value).lower() if isinstance(value, bool) else value


@cache
def _picture(symptom: str, word: str) -> Markup | None:
    """Return the curve that a word stands for, a cross where the loss is not a number."""
    y = shape(symptom, word, _POINTS)
    if y is None:
        return None
    x = np.linspace(2, 62, _POINTS)
    there = np.isfinite(y)
    points = " ".join(
        f"{one:.1f},{26 - 22 * min(high, 1.0):.1f}"
        for one, high in zip(x[there], y[there], strict=True)
    )
    lost = None if there.all() else f"{x[~there][0] + 2:.1f}"
    return rendered("shape.html", points=points, lost=lost)
