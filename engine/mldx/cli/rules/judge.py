"""The diagnosis as a function of answers, for analyses that try out what the rules can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldx.diagnosis.rank import probability, rank
from mldx.diagnosis.walk import facts, walk
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.analysis.reach import Judge


def judge(knowledge: KnowledgeBase) -> Judge:
    """Return the function from answers (by symptom path) to the probability of every supported
    cause.
    """

    def probabilities(answers: Mapping[str, Any]) -> dict[str, float]:
        known = facts(answers)
        ranked = rank(walk(knowledge.compiled, answers, known), knowledge, known).listed
        return {cause: probability(odds) for cause, odds in ranked}

    return probabilities
