"""From a posterior to the probability that is stated of a cause.

Stated probabilities are meant to be frequencies: of the runs of which 70 % was said, 70 % had that
cause or one that cannot be told apart from it on what was known. The map is fitted on runs with known
causes (`rules/calibration.yaml` says on which) and is monotone, so that it changes no ranking:

    stated = 1 / (1 + exp(-(intercept + slope * logit(p))))
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log
from typing import Any

_LEAST = 1e-6


def stated(probability: float, calibration: Mapping[str, Any]) -> float:
    """Return what is stated of a cause with this posterior; the posterior itself where nothing was
    fitted.
    """
    if not calibration:
        return probability
    inside = min(max(probability, _LEAST), 1 - _LEAST)
    logit = log(inside / (1 - inside))
    return 1 / (1 + exp(-(calibration["intercept"] + calibration["slope"] * logit)))
