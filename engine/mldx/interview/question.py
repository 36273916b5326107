"""A question as a person meets it: what is asked, what may be said, why it is asked, what is known
already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import isfinite
from typing import Any, Literal

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import LikelihoodTable, discrimination
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.parse_text import takes_flag, takes_number
from mldx.symptoms import LEVELS, Spec

Kind = Literal["flag", "choice", "number", "text"]
_PARTED, _RELATED = 5, 3
_ANY = 1e-6


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


def question(
    id: str,
    decides: Sequence[tuple[LikelihoodTable, float]],
    bits: float,
    worth: float,
    inference: Inference,
) -> Question:
    """Return the question about a symptom; the first check that it decides and that asks it words
    it, a gate last.
    """
    spec = inference.knowledge.specs[id]
    decides = sorted(decides, key=lambda one: not one[0].weights)
    node = next((chart.check for chart, _ in decides if chart.check), None)
    asks = next(
        (chart.check for chart, _ in decides if chart.check and chart.check.symptom == id), None
    )
    causes = _separated(decides, inference)
    said, help = _words(spec, asks, node, inference.knowledge)
    return Question(
        symptom=id,
        check=node.id if node else "",
        stage=node.stage if node else "",
        section=spec.section,
        question=said,
        about=spec.text,
        help=help,
        minutes=asks.minutes if asks else 1.0,
        kind=kind(spec),
        choices=choices(spec, inference.knowledge),
        unit=spec.unit,
        low=_bound(spec.low),
        high=_bound(spec.high),
        gain=bits,
        worth=worth,
        separates=tuple(
            Separated(cause, inference.knowledge.causes[cause].title) for cause in causes[:_PARTED]
        ),
        related=tuple(_related(set(causes[:_PARTED]), inference)),
    )


def _bound(value: float) -> float | None:
    return value if isfinite(value) else None


def _words(
    spec: Spec, asks: CompiledCheck | None, node: CompiledCheck | None, knowledge: KnowledgeBase
) -> tuple[str, str]:
    """Return the question and its help; a fact that no check asks is asked for by its own text."""
    if asks:
        check = knowledge.checks[asks.id]
        return check.question, check.help
    if node:
        return (
            spec.text,
            f"It decides how another answer is read: {knowledge.checks[node.id].question}",
        )
    return spec.text, "It decides which questions apply, and how common each cause is."


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
    """Return what may be said; of a number its levels, with what they mean."""
    if kind(spec) == "flag":
        return Choice(True, "yes"), Choice(False, "no")
    told = _meanings(spec, knowledge)
    if spec.kind == "fact":
        return tuple(
            Choice(word, word, told.get(word, "")) for word in knowledge.vocabulary.get(spec.id, ())
        )
    words = tuple(Choice(word, word.replace("_", " "), told.get(word, "")) for word in spec.words)
    if spec.kind == "choice":
        return words
    levels = (
        replace(one, meaning=told.get(one.label, one.meaning)) for one in _levels(spec, knowledge)
    )
    return (*levels, *words)


def _meanings(spec: Spec, knowledge: KnowledgeBase) -> Mapping[str, str]:
    """Return what the checks that ask for a symptom say of its answers."""
    asking = (check for check in knowledge.checks.values() if check.asks == spec.path)
    return {word: meaning for check in asking for word, meaning in check.answers.items()}


def _levels(spec: Spec, knowledge: KnowledgeBase) -> tuple[Choice, ...]:
    if spec.path not in knowledge.scales:
        return ()
    bounds: Sequence[float] = knowledge.scales.bounds(spec.path)
    toward, away = ("above", "below") if knowledge.scales.rising(spec.path) else ("below", "above")
    said = [_number(bound, spec) for bound in bounds]
    none = _number(0, spec) if abs(bounds[0]) < _ANY else f"{away} {said[0]}"
    between = [
        f"more than 0, {away} {upper}" if abs(bound) < _ANY else f"{lower} to {upper}"
        for bound, (lower, upper) in zip(bounds, pairwise(said), strict=False)
    ]
    meanings = [none, *between, f"{said[-1]} or {'more' if toward == 'above' else 'less'}"]
    return tuple(
        Choice(level, level, meaning) for level, meaning in zip(LEVELS, meanings, strict=True)
    )


def _number(value: float, spec: Spec) -> str:
    if spec.unit == "share":
        return f"{100 * value:g} %"
    return f"{value:g}"


def _related(parted: set[str], inference: Inference) -> Iterator[Related]:
    """What was seen of the causes in question, the strongest first."""
    seen: dict[str, float] = {}
    for node, way, _ in inference.trail.steps:
        strength = max(
            (abs(db) for cause, db in way.points_to.items() if cause in parted), default=0.0
        )
        seen[node.symptom] = max(seen.get(node.symptom, 0.0), strength)
    for id in sorted((id for id in seen if seen[id]), key=lambda id: (-seen[id], id))[:_RELATED]:
        provenance = inference.symptoms.provenances.get(id)
        figure, source = (
            (provenance.figure, provenance.source.value) if provenance else ("", "answered")
        )
        yield Related(id, inference.symptoms.observed[id], figure, source)
