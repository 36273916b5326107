"""What the run shows: the syndromes that hold, each said in one sentence with its figures.

A syndrome is a fact and not a guess: it holds when one of its signs was observed. They are reported
in the order of `rules/syndromes.yaml`; one that another says more exactly is left out.
"""

from __future__ import annotations

from collections.abc import Iterable

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.results import ShownSyndrome


def shown(inference: Inference) -> tuple[ShownSyndrome, ...]:
    """Return the syndromes that hold, in the order in which they are reported."""
    found = {
        syndrome.card.id: (syndrome.card, sign)
        for syndrome in inference.knowledge.compiled.syndromes
        if (sign := syndrome.sign(inference.values)) is not None
    }
    return tuple(
        ShownSyndrome(
            id=card.id,
            title=card.title,
            sentence=_sentence(card.says, sign, inference),
            signs=sign,
            first_aid=card.first_aid,
            asks=card.asks,
            at=_at(sign, inference),
        )
        for card, sign in found.values()
        if not found.keys() & set(card.unless)
    )


def _sentence(says: str, sign: Iterable[str], inference: Inference) -> str:
    """Return the sentence, completed by the figures behind the sign."""
    figures = [inference.provenance(symptom).figure for symptom in sign]
    told = "; ".join(figure for figure in figures if figure)
    return f"{says}: {told}." if told else f"{says}."


def _at(sign: Iterable[str], inference: Inference) -> float | None:
    """Return the epoch or step where the first of the signs was seen."""
    places = [inference.provenance(symptom).at for symptom in sign]
    return next((at for at in places if at is not None), None)
