"""The diagnosis as a function of answers, for analyses that try out what the rules can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mldx.diagnosis.inference import Inference
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.analysis.reach import Judge
from mldx.symptoms import Symptoms


def judge(knowledge: KnowledgeBase) -> Judge:
    """Return the function from answers, by id, to what a diagnosis states of every supported cause.

    A number may be answered by the id of one of its answers.
    """

    def stated(answers: Mapping[str, Any]) -> dict[str, float]:
        symptoms = Symptoms.assembled(answers, {}, rules_version=knowledge.version)
        return dict(Inference(symptoms, knowledge).listed)

    return stated
