"""What the run shows: the syndromes that hold, each said in one sentence with its figures.

A syndrome is a fact and not a guess: it holds when one of its signs was observed. They are reported
in the order of `rules/syndromes.yaml`, those whose sign lies close to the border of another answer
after the sure ones; one that another says more exactly is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.results import ShownSyndrome
from mldx.knowledge.cards import Syndrome
from mldx.knowledge.compiled import CompiledSyndrome

_SURE = 0.75  # of an observation near a border: the share of its answers that are a sign


def shown(inference: Inference) -> tuple[ShownSyndrome, ...]:
    """Return the syndromes that hold, surest first."""
    found = {
        syndrome.card.id: (syndrome, sign)
        for syndrome in inference.knowledge.compiled.syndromes
        if (sign := syndrome.sign(inference.values)) is not None
    }
    kept = [
        (syndrome, sign)
        for syndrome, sign in found.values()
        if not found.keys() & set(syndrome.card.unless)
    ]
    kept.sort(key=lambda one: _share(one[0], one[1], inference) < _SURE)
    return tuple(_shown(syndrome.card, sign, inference) for syndrome, sign in kept)


def _shown(card: Syndrome, sign: tuple[str, ...], inference: Inference) -> ShownSyndrome:
    return ShownSyndrome(
        id=card.id,
        title=card.title,
        sentence=_sentence(card, sign, inference),
        signs=sign,
        first_aid=card.first_aid,
        asks=card.asks,
        at=_at(sign, inference),
    )


def _share(syndrome: CompiledSyndrome, sign: Iterable[str], inference: Inference) -> float:
    """Return how much of what was observed is a sign: 1, or less where a number lies close to the
    border of an answer that is not.
    """
    values = inference.values
    shares = (
        sum(
            weight
            for answer, weight in step.mixture
            if syndrome.sign({**values, step.check.id: step.check.answers[answer]})
        )
        for step in inference.trail.steps
        if step.check.id in sign
    )
    return min(shares, default=1.0)


def _sentence(card: Syndrome, sign: Iterable[str], inference: Inference) -> str:
    """Return the title, completed by the figures behind the sign; without figures by what it
    means.
    """
    figures = [inference.provenance(symptom).figure for symptom in sign]
    told = "; ".join(figure for figure in figures if figure)
    return f"{card.title}: {told or _inside(card.says)}."


def _inside(says: str) -> str:
    return f"{says[0].lower()}{says[1:]}"


def _at(sign: Iterable[str], inference: Inference) -> float | None:
    """Return the epoch or step where the first of the signs was seen."""
    places = [inference.provenance(symptom).at for symptom in sign]
    return next((at for at in places if at is not None), None)
