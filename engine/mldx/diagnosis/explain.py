"""How a cause came to stand where it does: what spoke for it and against it, what is missing, what
is not known.

All of it is read off the inference; nothing is weighed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.rank import DIRECT
from mldx.diagnosis.results import Confidence, Evidence, NamedCause, Pending
from mldx.knowledge.compiled import CompiledCheck

_MODERATE = 5.0  # dB from which an answer would have been worth having
_SILENT = 0.05  # dB; less is said of nothing


def named(inference: Inference, id: str, probability: float, root: str | None) -> NamedCause:
    """Return a cause with all that speaks of it.

    root   the likelier cause that produces it, if one is listed
    """
    card = inference.knowledge.causes[id]
    evidence = tuple(_evidence(inference, id))
    return NamedCause(
        id=id,
        title=card.title,
        stage=card.stage,
        probability=probability,
        posterior=inference.probabilities.get(id, 0.0),
        confidence=confidence(probability, evidence),
        shows_as=card.shows_as,
        evidence=evidence,
        absent=tuple(_absent(inference, id)),
        unknown=tuple(_unknown(inference, id)),
        consequence_of=root,
        benign=card.benign,
    )


def confidence(probability: float, evidence: Iterable[Evidence]) -> Confidence:
    """Put a probability in words; only an observation of the fault itself, or a probe, confirms."""
    direct = any(
        item.counted and (item.db >= DIRECT or (item.source == "probed" and item.db > 0))
        for item in evidence
    )
    if probability >= 0.9 and direct:
        return "confirmed"
    if probability >= 0.5:
        return "likely"
    return "possible" if probability >= 0.1 else "unlikely"


def _evidence(inference: Inference, cause: str) -> Iterable[Evidence]:
    """Every item that spoke of a cause, strongest first; of each family one item a side is
    counted.
    """
    spoke = [step for step in inference.trail.steps if abs(step.decibans.get(cause, 0)) >= _SILENT]
    counts = inference.tally.get(cause, {}).items()
    left = {(family, side): db for family, sides in counts for side, db in enumerate(sides)}
    for step in sorted(spoke, key=lambda step: -abs(step.decibans[cause])):
        weight = step.decibans[cause]
        side = 0 if weight > 0 else 1
        counted = left.get((step.check.family, side)) == weight
        if counted:
            del left[step.check.family, side]
        provenance = inference.provenance(step.check.id)
        yield Evidence(
            check=step.check.id,
            symptom=step.check.id,
            saw=step.value,
            figure=provenance.figure,
            source=provenance.source.value,
            db=round(weight, 1),
            family=step.check.family,
            counted=counted,
        )


def _absent(inference: Inference, cause: str) -> Iterable[Pending]:
    """Checks that were answered, where another answer would have spoken for the cause."""
    max_support = inference.knowledge.max_support
    for step in inference.trail.steps:
        best = max_support[step.check.id].get(cause, 0.0)
        if best >= _MODERATE and step.decibans.get(cause, 0.0) <= 0:
            yield _pending(step.check, best, step.value)


def _unknown(inference: Inference, cause: str) -> Iterable[Pending]:
    """Checks that were not answered, where an answer could speak for the cause."""
    max_support = inference.knowledge.max_support
    for check in inference.trail.open:
        best = max_support[check.id].get(cause, 0.0)
        if best >= _MODERATE:
            yield _pending(check, best, None)


def _pending(check: CompiledCheck, db: float, saw: Any) -> Pending:
    return Pending(
        check=check.id, symptom=check.id, question=check.card.asks, db=round(db, 1), saw=saw
    )
