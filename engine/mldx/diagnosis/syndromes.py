"""What the run shows: the syndromes that hold, each said in one sentence with its figures.

A syndrome is a fact and not a guess: it holds when one of its signs was observed. Where a sign lies
close to the border of another answer, or a curve does not settle it, the syndrome has a degree, the
share of the answers that are a sign: where that is the likelier half of what is settled it is
reported, after the sure ones. They come in the order of `rules/syndromes.yaml`; one that another
says more exactly is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.results import ShownSyndrome
from mldx.knowledge.cards import Syndrome
from mldx.knowledge.compiled import CompiledSyndrome
from mldx.knowledge.conditions import Holds

_SURE = 0.75  # the degree from which a syndrome is told with the sure ones
_LEAST = 0.2  # what is settled by less was hardly observed
Found = tuple[CompiledSyndrome, tuple[str, ...], float]


def shown(inference: Inference) -> tuple[ShownSyndrome, ...]:
    """Return the syndromes that hold, surest first."""
    found = {
        syndrome.card.id: (syndrome, *sign)
        for syndrome in inference.knowledge.compiled.syndromes
        if (sign := _sign(syndrome, inference)) is not None
    }
    kept = [one for one in found.values() if not found.keys() & set(one[0].card.unless)]
    kept.sort(key=lambda one: one[2] < _SURE)
    return tuple(_shown(syndrome.card, sign, degree, inference) for syndrome, sign, degree in kept)


def _sign(syndrome: CompiledSyndrome, inference: Inference) -> tuple[tuple[str, ...], float] | None:
    """Return the first sign that is likelier there than not, and the degree of the surest."""
    likely = []
    for holds, seen in syndrome.signs:
        degree, settled = _degree(holds, seen, inference)
        if degree >= _LEAST and degree >= settled / 2:
            likely.append((seen, degree))
    return (likely[0][0], max(degree for _, degree in likely)) if likely else None


def _degree(holds: Holds, seen: Iterable[str], inference: Inference) -> tuple[float, float]:
    """Return how much of what was observed is a sign, and how much of it is settled: each is 1, or
    less where an answer is in doubt.
    """
    values, checks = inference.values, inference.knowledge.compiled.by_id
    if not all(id in values for id in seen):
        return 0.0, 1.0
    degree = settled = 1.0
    for id in seen:
        mixture = inference.mixture(id)
        answers = checks[id].answers
        signs = (weight for answer, weight in mixture if holds({**values, id: answers[answer]}))
        degree = min(degree, sum(signs))
        settled = min(settled, sum(weight for _, weight in mixture))
    return degree, settled


def _shown(
    card: Syndrome, sign: tuple[str, ...], degree: float, inference: Inference
) -> ShownSyndrome:
    return ShownSyndrome(
        id=card.id,
        title=card.title,
        sentence=_sentence(card, sign, inference),
        signs=sign,
        degree=degree,
        first_aid=card.first_aid,
        asks=card.asks,
        at=_at(sign, inference),
    )


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
