"""A question as a person meets it: what is asked, what may be said, why it is asked, what is known
already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import LikelihoodTable, discrimination
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import Check
from mldx.knowledge.parse_text import takes_flag, takes_number
from mldx.knowledge.wording import words
from mldx.symptoms import Spec

Kind = Literal["flag", "choice", "number", "text"]
_PARTED, _RELATED = 5, 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to say; `meaning` is what it means in words or in numbers, where the word alone
    does not say.
    """

    value: bool | str
    label: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Separated:
    """A cause that the answer would part from others."""

    cause: str
    title: str


@dataclass(frozen=True, slots=True)
class Related:
    """What was seen already of the same causes, and who says so."""

    symptom: str
    saw: Any
    figure: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """The next thing to ask.

    kind       flag (yes or no), choice (one word), number (or a level of it), text (free)
    check      the check that asks; empty for a fact of the setup that no check asks
    about      what exactly is to be said: the symptom in words
    unit, low, high   of a number; no bound is None
    gain       bits the answer is expected to settle
    worth      bits per minute, by which questions are ranked
    separates  the causes it would part, most parted first: why it is asked
    related    what is known already of these causes
    form       the screen on which it is asked with others; None where it is asked alone
    """

    symptom: str
    check: str
    stage: str
    section: str
    question: str
    about: str
    help: str
    minutes: float
    kind: Kind
    choices: tuple[Choice, ...]
    unit: str
    low: float | None
    high: float | None
    gain: float
    worth: float
    separates: tuple[Separated, ...]
    related: tuple[Related, ...]
    form: QuestionForm | None = None


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """Several questions on one screen; what is left blank there is not known.

    id       of the form in the rules; `setup` for setup facts that are quicker asked together
    asks     what is to be looked at or looked up
    minutes  that it takes, all questions together
    fields   the questions; the first is the one that bears the form
    """

    id: str
    asks: str
    help: str
    minutes: float
    fields: tuple[Question, ...]


def question(
    id: str,
    decides: Sequence[tuple[LikelihoodTable, float]],
    bits: float,
    worth: float,
    inference: Inference,
) -> Question:
    """Return the question about a symptom or a setup fact.

    decides  the tables that the answer decides, each with its share in it
    """
    knowledge = inference.knowledge
    spec = knowledge.specs[id]
    asks = knowledge.checks.get(id)
    judged = next((table.check.card for table, _ in decides if table.check), None)
    said, help = _words(spec, asks, judged, knowledge)
    causes = _separated(decides, inference)[:_PARTED]
    return Question(
        symptom=id,
        check=id if asks else "",
        stage=asks.stage if asks else "",
        section=spec.section,
        question=said,
        about=spec.text,
        help=help,
        minutes=asks.minutes if asks else 1.0,
        kind=kind(spec),
        choices=choices(spec, knowledge),
        unit=spec.unit,
        low=_bound(spec.low),
        high=_bound(spec.high),
        gain=bits,
        worth=worth,
        separates=tuple(Separated(cause, knowledge.causes[cause].title) for cause in causes),
        related=tuple(_related(set(causes), inference)),
    )


def _bound(value: float) -> float | None:
    return value if isfinite(value) else None


def _words(
    spec: Spec, asks: Check | None, judged: Check | None, knowledge: KnowledgeBase
) -> tuple[str, str]:
    """Return the question and its help; a fact that no check asks is asked in its own words."""
    if asks:
        return asks.asks, asks.help
    fact = knowledge.facts.get(spec.id)
    said = fact.asks if fact else spec.text
    if fact and fact.help:
        return said, fact.help
    if judged:
        return said, f"It decides how another answer is read: {judged.asks}"
    return said, "It decides which questions apply, and how common each cause is."


def _separated(decides: Sequence[tuple[LikelihoodTable, float]], inference: Inference) -> list[str]:
    """The causes that the answer would part, most parted first."""
    outlook, total = inference.interview_posterior(), dict[str, float]()
    for chart, share in decides:
        for cause, told in discrimination(chart, outlook, inference.tally).items():
            total[cause] = total.get(cause, 0.0) + share * told
    return sorted(total, key=lambda cause: (-round(total[cause], 12), cause))


def kind(spec: Spec) -> Kind:
    """Return how an answer is given."""
    if spec.kind != "fact":
        return spec.kind
    if takes_flag(spec):
        return "flag"
    return "number" if takes_number(spec) else "text"


def choices(spec: Spec, knowledge: KnowledgeBase) -> tuple[Choice, ...]:
    """Return what may be said: the answers of the check, or the names of the vocabulary."""
    card = knowledge.checks.get(spec.id)
    if kind(spec) == "flag":
        return Choice(True, "yes"), Choice(False, "no")
    if card is not None and spec.kind != "fact":
        return tuple(Choice(one.id, words(one.id), one.say) for one in card.answers)
    meanings = {one.id: one.say for one in card.answers} if card else {}
    names = knowledge.vocabulary.get(spec.id, ())
    return tuple(Choice(name, name, meanings.get(name, "")) for name in names)


def _related(parted: set[str], inference: Inference) -> Iterator[Related]:
    """What was seen of the causes in question, the strongest first."""
    seen: dict[str, float] = {}
    for step in inference.trail.steps:
        spoke = [abs(db) for cause, db in step.decibans.items() if cause in parted]
        seen[step.check.id] = max(spoke, default=0.0)
    for id in sorted((id for id in seen if seen[id]), key=lambda id: (-seen[id], id))[:_RELATED]:
        provenance = inference.symptoms.provenances.get(id)
        figure, source = (
            (provenance.figure, provenance.source.value) if provenance else ("", "answered")
        )
        yield Related(id, inference.symptoms.observed[id], figure, source)
