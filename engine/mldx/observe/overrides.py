"""A person's word against a measurement, where the person insists: the answer stands, and the
conflict is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.provenance import Conflict, Provenance, Source
from mldx.symptoms import Symptoms


def overrule(symptoms: Symptoms, answers: Mapping[str, Any], knowledge: KnowledgeBase) -> Symptoms:
    """Return the symptoms with these answers in place of what was measured or probed, each time
    with the conflict.
    """
    strong = displaced(symptoms, answers, knowledge)
    if not strong:
        return symptoms
    kept = symptoms.without(*strong) | Symptoms.of(**strong)
    disputes = tuple(
        Conflict(
            symptom=id, kept=value, kept_by=Provenance(), dropped=symptoms.observed[id], dropped_by=symptoms.provenances[id]
        )
        for id, value in strong.items()
    )  # fmt: skip
    return kept.model_copy(update={"conflicts": (*kept.conflicts, *disputes)}).completed(
        knowledge.version
    )


def displaced(
    symptoms: Symptoms, answers: Mapping[str, Any], knowledge: KnowledgeBase
) -> dict[str, Any]:
    """Return the answers in whose place something else was measured; a setup fact goes by the last
    word anyway.
    """
    return {
        id: value
        for id, value in answers.items()
        if symptoms.observed.get(id, value) != value
        and symptoms.provenances.get(id, Provenance()).source is not Source.ANSWERED
        and knowledge.specs[id].kind != "fact"
    }
