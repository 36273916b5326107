"""What the page shows of a place: the question, the ranking with its evidence, what is known, and
the curve.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from mldx.diagnosis import Diagnosis
from mldx.diagnosis.results import NamedCause
from mldx.interview import Question, Stop
from mldx.interview.shapes import shape
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import Cause
from mldx.knowledge.wording import words
from mldx.provenance import Source
from mldx.report.html import parts
from mldx.report.html.causes import evidence, settling
from mldx.report.html.curves import figure
from mldx.report.html.flow import path
from mldx.report.html.markup import Markup, joined, tag
from mldx.report.outline import ListedAction, Outline, outline, percent
from mldx.symptoms import SECTIONS, Symptoms
from mldx.web.page_state import PageState
from mldx.web.steps import next_step

AREAS = ("training", "validation", "sanity", "predictions", "data", "internals", "ablations")
USUAL = ("training", "validation")
_POINTS = 40


@dataclass(frozen=True)
class Known:
    """One thing that is known, and who says so."""

    id: str
    name: str
    value: str
    source: str
    figure: str


@dataclass(frozen=True)
class View:
    """Everything that a template needs to know of a place; each part is worked out once."""

    place: PageState
    diagnosis: Diagnosis
    step: Question | Stop | None
    knowledge: KnowledgeBase

    @classmethod
    def of(cls, place: PageState, knowledge: KnowledgeBase) -> View:
        """Work it out once."""
        asks = place.begun and (place.session.looked is not None or bool(place.about))
        return cls(
            place,
            place.session.diagnosis(knowledge),
            next_step(place, knowledge) if asks else None,
            knowledge,
        )

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
        return self.place.begun and self.step is None

    @cached_property
    def complaints(self) -> Mapping[str, Mapping[str, Any]]:
        """What people complain of, by id."""
        found: Mapping[str, Mapping[str, Any]] = self.knowledge.content["complaints"]
        return found

    @cached_property
    def complaint(self) -> Mapping[str, Any] | None:
        """The card of what is complained of, if anything is."""
        told = [
            step.complaint for step in self.place.session.steps if step.complaint in self.complaints
        ]
        return self.complaints[told[-1]] if told else None

    @cached_property
    def areas(self) -> list[tuple[str, str, bool]]:
        """(id, title, whether it is ticked) of what may have been looked at."""
        return [(name, SECTIONS[name].title, name in USUAL) for name in AREAS]

    @cached_property
    def outline(self) -> Outline:
        """What is said of the diagnosis."""
        return outline(self.diagnosis)

    @cached_property
    def ranking(self) -> list[NamedCause]:
        """The likeliest causes."""
        return [one.cause for one in self.outline.causes]

    @cached_property
    def rest(self) -> list[NamedCause]:
        """The other causes."""
        return [one.cause for one in self.outline.rest]

    @cached_property
    def actions(self) -> Sequence[ListedAction]:
        """What to do next."""
        return self.outline.actions

    @cached_property
    def said(self) -> list[Known]:
        """What was answered, and setup facts that were read."""
        return [one for one in self._everything if one.source == Source.ANSWERED.value]

    @cached_property
    def measured(self) -> list[Known]:
        """What was measured in the log."""
        return [one for one in self._everything if one.source != Source.ANSWERED.value]

    @cached_property
    def _everything(self) -> list[Known]:
        return list(map(self._known, self.symptoms.observed.items()))

    def _known(self, seen: tuple[str, Any]) -> Known:
        id, value = seen
        provenance = self.symptoms.provenances.get(id)
        told = (provenance.source.value, provenance.figure) if provenance else ("answered", "")
        return Known(id, id.removeprefix("custom.").replace("_", " "), words(value), *told)

    @cached_property
    def skipped(self) -> Sequence[str]:
        """What could not be said."""
        return sorted(self.place.session.skipped)

    @property
    def symptoms(self) -> Symptoms:
        """What was observed."""
        return self.diagnosis.symptoms

    @cached_property
    def curves(self) -> Markup | None:
        """The curves, marked."""
        return figure(self.symptoms, self.knowledge)

    @cached_property
    def flow(self) -> Markup | None:
        """The path on the flowchart."""
        return path(self.knowledge, self.diagnosis.path)

    @cached_property
    def doubts(self) -> Markup | None:
        """What disagrees, what is not explained, what could not be judged."""
        return parts.doubts(self.outline)

    @cached_property
    def reading(self) -> Markup | None:
        """What was read."""
        return parts.read(self.place.reading) if self.place.reading else None

    def opened(self, cause: NamedCause) -> Markup:
        """Return what stands behind a cause in the ranking."""
        return joined(
            card_of(self.diagnosis.card(cause.id)),
            evidence(cause.evidence),
            settling(self.diagnosis.card(cause.id)),
        )

    def picture(self, value: object) -> Markup | None:
        """Return the little curve of a choice."""
        return _picture(self.question.symptom, str(value)) if self.question else None

    @staticmethod
    def share(probability: float) -> str:
        """Return a probability in percent."""
        return percent(probability)


def card_of(card: Cause) -> Markup:
    """Return what a cause means."""
    return tag("p", card.meaning)


def sources(card: Cause) -> Markup:
    """Return where a card's knowledge is from."""
    told = [
        tag("li", place if name == "own" else f"{name}: {place}")
        for name, place in card.sources.items()
    ]
    return joined(tag("h3", "Sources"), tag("ul", told, class_="small"))


@cache
def _picture(symptom: str, word: str) -> Markup | None:
    """Return the curve that a word stands for, a cross where the loss is no number."""
    y = shape(symptom, word, _POINTS)
    if y is None:
        return None
    x = np.linspace(2, 62, _POINTS)
    there = np.isfinite(y)
    points = " ".join(
        f"{one:.1f},{26 - 22 * min(high, 1.0):.1f}"
        for one, high in zip(x[there], y[there], strict=True)
    )
    lost = (
        tag("path", d=f"M{x[~there][0] + 2:.1f} 12l8 8m0 -8l-8 8", class_="lost")
        if not there.all()
        else None
    )
    line = tag("polyline", points=points, class_="curve")
    return tag("svg", line, lost, viewBox="0 0 64 28", class_="shape", aria_hidden="true")
