"""Fit the map from a posterior to the probability that is stated, on runs whose cause is known.

Each run is diagnosed twice, with its answers and by setup and history alone. The first cause counts
as right when the source names it, or when it cannot be told apart from that on what was known. A
logistic regression of "right" on logit(q), q the posterior given that something is wrong, gives
intercept and slope (Platt 1999); a mild pull towards slope 1 keeps few runs from bending it. How
well it holds is measured on sources that it was not fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.diagnosis.calibration import logit
from mldx.diagnosis.inference import Inference
from mldx.errors import Fault, InputError
from mldx.knowledge import KnowledgeBase
from mldx.observe import observed
from mldx.readers.record import of_mapping

Array = NDArray[np.float64]
FOLDS, BINS = 5, 10
_PULL = 0.5  # weight of the prior that the slope is 1, in runs


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """A diagnosis whose first cause is known to be right or wrong.

    score    logit of the posterior of the first cause, given that something is wrong
    healthy  the posterior of `healthy`
    faulty   was something wrong with the run?
    """

    source: str
    score: float
    healthy: float
    right: bool
    faulty: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted map, with what it was fitted on and how well it holds on other sources."""

    intercept: float
    slope: float
    diagnoses: int
    sources: int
    brier: float
    ece: float

    def stated(self, one: KnownOutcome) -> float:
        """Return the probability that is stated of a first cause."""
        return _stated(self.intercept, self.slope, one)


def fitted(judged: Sequence[KnownOutcome]) -> Calibration:
    """Return the map fitted on the faulty runs, cross-validated over all by source.

    raises   InputError, when there are too few runs to fit anything
    """
    faulty = [one for one in judged if one.faulty]
    if len({one.source for one in faulty}) < FOLDS:
        what = f"{len(faulty)} diagnoses of faulty runs are too few to fit."
        raise InputError(Fault("", what, f"runs of {FOLDS} sources or more"))
    intercept, slope = _logistic(faulty)
    stated, right = _cross_validated(judged)
    return Calibration(
        intercept=round(intercept, 3),
        slope=round(slope, 3),
        diagnoses=len(faulty),
        sources=len({one.source for one in faulty}),
        brier=float(((stated - right) ** 2).mean()),
        ece=calibration_error(stated, right),
    )


def judged(records: Iterable[Mapping[str, Any]], knowledge: KnowledgeBase) -> list[KnownOutcome]:
    """Return the diagnoses of runs with a known cause; thin and doubtful ones are left out.

    records  run records with `truth: {causes, acceptable, confidence}`, `source` and `thin`
    """
    found = []
    for record in records:
        truth = record["truth"]
        if record.get("thin") or not truth["causes"] or truth.get("confidence") == "low":
            continue
        answered = record.get("answers") or {}
        for answers in [answered, *([{}] if record.get("history") and answered else [])]:
            one = _judged(record, answers, knowledge)
            if one is not None:
                found.append(one)
    return found


def _judged(
    record: Mapping[str, Any], answers: Mapping[str, Any], knowledge: KnowledgeBase
) -> KnownOutcome | None:
    """Diagnose one run; None where no cause is named."""
    known = {"setup": record.get("setup") or {}, "history": record.get("history") or {}}
    run = of_mapping({**known, "answers": answers}, str(record.get("id", "run")))
    inference = Inference(observed(run, knowledge=knowledge), knowledge)
    named, _ = inference.ranking
    if not named:
        return None
    first, _ = named[0]
    probability = inference.probabilities[first]
    truth = record["truth"]
    return KnownOutcome(
        source=str(record.get("source_id") or record.get("source") or record.get("id")),
        score=logit(probability / max(1 - inference.healthy, 1e-9)),
        healthy=inference.healthy,
        right=first in {*truth["causes"], *truth.get("acceptable", ())},
        faulty="healthy" not in truth["causes"],
    )


def calibration_error(stated: Array, right: Array) -> float:
    """Return the expected calibration error over ten bins of equal width (Guo et al. 2017)."""
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    gaps = [abs(float((stated - right)[bins == number].sum())) for number in range(BINS)]
    return sum(gaps) / len(stated)


def _cross_validated(judged: Sequence[KnownOutcome]) -> tuple[Array, Array]:
    """Return what is stated of each run by a map fitted on other sources, and the truth."""
    stated = np.zeros(len(judged))
    folds = np.array([_fold(one.source) for one in judged])
    for fold in range(FOLDS):
        inside = [one for one, number in zip(judged, folds, strict=True) if number != fold]
        intercept, slope = _logistic([one for one in inside if one.faulty])
        for index in np.flatnonzero(folds == fold).tolist():
            stated[index] = _stated(intercept, slope, judged[index])
    return stated, np.array([float(one.right) for one in judged])


def _fold(source: str) -> int:
    return int(sha256(source.encode()).hexdigest(), 16) % FOLDS


def _stated(intercept: float, slope: float, one: KnownOutcome) -> float:
    return (1 - one.healthy) / (1 + exp(-(intercept + slope * one.score)))


def _logistic(judged: Sequence[KnownOutcome]) -> tuple[float, float]:
    """Return intercept and slope by Newton's method; the problem is convex."""
    design = np.array([(1.0, one.score) for one in judged])
    right = np.array([float(one.right) for one in judged])
    weights = np.array([0.0, 1.0])
    pull = np.array([0.0, _PULL])
    for _ in range(100):
        shares = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (shares - right) + pull * (weights - (0.0, 1.0))
        curvature = (design.T * (shares * (1 - shares))) @ design + np.diag(pull + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(weights[0]), float(weights[1])
