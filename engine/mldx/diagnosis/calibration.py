"""From a posterior to the probability that is stated of a cause.

Stated probabilities are meant to be frequencies: of the runs of which 70 % was said, 70 % had that
cause or one that cannot be told apart from it on what was known. With q the posterior of the cause
given that something is wrong,

    stated = P(not healthy) / (1 + exp(-(intercept + slope * logit(q))))

The map is fitted on runs with known causes (`rules/calibration.yaml` says on which, and how well it
held on others); it is monotone, so that it changes no ranking.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any

_LEAST = 1e-6


def stated(probability: float, healthy: float, calibration: Mapping[str, Any]) -> float:
    """Return what is stated of a cause; its posterior where nothing was fitted.

    probability  the posterior of the cause
    healthy      the posterior of `healthy`
    """
    if not calibration:
        return probability
    faulty = max(1 - healthy, _LEAST)
    score = calibration["intercept"] + calibration["slope"] * logit(probability / faulty)
    return faulty / (1 + exp(-score))


def logit(probability: float) -> float:
    """Return the log-odds, of what is all but certain those of all but certain."""
    inside = min(max(probability, _LEAST), 1 - _LEAST)
    return log(inside / (1 - inside))
