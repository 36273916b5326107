"""How a cause came to stand where it does: what spoke for it and against it, what is missing, what
is not known.

All of it is read off the walk's inference; nothing is weighed anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.rank import DIRECT, probability
from mldx.diagnosis.results import Confidence, Evidence, NamedCause, Pending
from mldx.knowledge.compiled import CompiledCheck

_MODERATE = 5.0


def named(inference: Inference, id: str, odds: float, root: str | None) -> NamedCause:
    """Return a cause with all that speaks of it.

    root   the likelier cause that produces it, if one is listed
    """
    knowledge = inference.knowledge
    evidence, share = tuple(_evidence(inference, id)), probability(odds)
    return NamedCause(
        id=id,
        title=knowledge.causes[id].title,
        stage=knowledge.stage_of(id),
        probability=share,
        confidence=confidence(share, evidence),
        evidence=evidence,
        absent=tuple(_absent(inference, id)),
        unknown=tuple(_unknown(inference, id)),
        consequence_of=root,
        benign=id in knowledge.benign,
    )


def confidence(share: float, evidence: Iterable[Evidence]) -> Confidence:
    """Put a probability in words; only an observation of the fault itself, or a probe, confirms."""
    direct = any(
        item.counted and (item.db >= DIRECT or (item.source == "probed" and item.db > 0))
        for item in evidence
    )
    if share >= 0.9 and direct:
        return "confirmed"
    if share >= 0.5:
        return "likely"
    return "possible" if share >= 0.1 else "unlikely"


def _evidence(inference: Inference, cause: str) -> Iterable[Evidence]:
    """Every item that spoke of a cause, strongest first; a family counts one item a side."""
    items = [
        (check, branch.points_to[cause])
        for check, branch, _ in inference.trail.steps
        if cause in branch.points_to
    ]
    counts = inference.tally.get(cause, {}).items()
    left = {(family, side): db for family, sides in counts for side, db in enumerate(sides)}
    for check, weight in sorted(items, key=lambda item: -abs(item[1])):
        side = 0 if weight > 0 else 1
        counted = left.get((check.family, side)) == weight
        if counted:
            del left[check.family, side]
        provenance = inference.provenance(check)
        yield Evidence(
            check=check.id,
            symptom=check.symptom,
            saw=inference.saw(check),
            figure=provenance.figure,
            source=provenance.source.value,
            db=weight,
            family=check.family,
            counted=counted,
        )


def _absent(inference: Inference, cause: str) -> Iterable[Pending]:
    """Checks that were answered, where another answer would have spoken for the cause."""
    max_support = inference.knowledge.max_support
    for check, branch, _ in inference.trail.steps:
        best = max_support[check.id].get(cause, 0.0)
        if best >= _MODERATE and branch.points_to.get(cause, 0.0) <= 0:
            yield _pending(inference, check, best, inference.saw(check))


def _unknown(inference: Inference, cause: str) -> Iterable[Pending]:
    """Checks that were not answered, where an answer could speak for the cause."""
    max_support = inference.knowledge.max_support
    for check in inference.trail.open:
        best = max_support[check.id].get(cause, 0.0)
        if best >= _MODERATE:
            yield _pending(inference, check, best, None)


def _pending(inference: Inference, check: CompiledCheck, db: float, saw: Any) -> Pending:
    question = inference.knowledge.checks[check.id].question
    return Pending(check=check.id, symptom=check.symptom, question=question, db=db, saw=saw)
