"""The core: symptoms and knowledge in, a `Diagnosis` out; pure, no reading and no writing.

diagnosis = diagnose(Symptoms.of(loss_nonfinite="early"))
diagnosis.causes[0].id, diagnosis.verdict, diagnosis.actions[0].do
"""

from __future__ import annotations

from functools import lru_cache

from mldx import __version__
from mldx.diagnosis.diagnosis import Diagnosis
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.rank import SUPPORT
from mldx.diagnosis.results import Verdict
from mldx.knowledge import KnowledgeBase, load
from mldx.knowledge.cards import HEALTHY
from mldx.observe.setup import unknown_names
from mldx.symptoms import Symptoms

__all__ = ["Diagnosis", "diagnose", "diagnosis_of"]
ASKED_LATER = (
    "diagnosis.improbable",
    "diagnosis.alarming",
    "diagnosis.test_power",
    "diagnosis.root_share",
)


def diagnose(symptoms: Symptoms, knowledge: KnowledgeBase | None = None) -> Diagnosis:
    """Return the ranked causes of what was observed, and the next actions.

    knowledge   the rules to judge by; by default the shipped ones, read once for each process

    Pure and deterministic: the same symptoms and rules give the same bytes.

    raises   RulesError, when the rules lack a number that a diagnosis needs
    """
    return diagnosis_of(Inference(symptoms, knowledge if knowledge is not None else load()))


def diagnosis_of(inference: Inference) -> Diagnosis:
    """Return the diagnosis of a walk that is done; an interview asks its next question by the same.

    raises   RulesError, as `diagnose`
    """
    rules = whole(inference.knowledge)
    notes = (
        unknown_names(inference.symptoms, rules)
        if inference.symptoms.setup.model_fields_set
        else ()
    )
    return Diagnosis.of(inference, __version__, _verdict(inference), notes)


@lru_cache(maxsize=4)
def whole(knowledge: KnowledgeBase) -> KnowledgeBase:
    """Return the rules, or raise RulesError: a number that is read only when a report is asked for
    is missed at once.
    """
    for name in ASKED_LATER:
        knowledge.threshold(name)
    return knowledge


def _verdict(inference: Inference) -> Verdict:
    """Healthy when that is likely, validation was judged, and no fault is above the reporting line.

    Faulty when one is and `healthy` is not likely; also when `healthy` is all but excluded,
    whichever fault it may be.
    """
    threshold = inference.knowledge.threshold
    faults = _fault_shares(inference)
    calm = inference.healthy >= threshold("diagnosis.healthy_line")
    ill = bool(faults) and inference.healthy < threshold("diagnosis.ill_line")
    above = bool(faults) and max(faults) >= threshold("diagnosis.reporting_line")
    if ill or (above and not calm):
        return "faulty"
    return "healthy" if calm and not above and _validated(inference) else "undecided"


def _fault_shares(inference: Inference) -> list[float]:
    """Return the probabilities of what is listed and not benign."""
    benign = inference.knowledge.benign
    return [share for cause, share in inference.listed if cause not in benign]


def _validated(inference: Inference) -> bool:
    """Did something about validation speak for a healthy run? A training curve alone cannot."""
    return any(
        step.check.stage in ("generalization", "drill_down")
        and step.decibans.get(HEALTHY, 0.0) >= SUPPORT
        for step in inference.trail.steps
    )
