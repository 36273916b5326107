"""What may be the matter: the shares of all causes that can apply, taken as alternatives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp

from mldx.knowledge.cards import HEALTHY

_SURE = 30.0  # beyond e^30 a cause is certain, and exp would only lose the others


def posterior(
    log_odds: Mapping[str, float], listed: Collection[str] = (), beside: float = 1.0
) -> dict[str, float]:
    """Return the share of every cause, and of `healthy`, in what may be the matter.

    log_odds  of every cause that can apply
    listed    the causes that something observed supports; empty when none is
    beside    what any other cause counts, where there are listed ones: first things first
    """
    weights = {cause: exp(min(one, _SURE)) for cause, one in log_odds.items()}
    if listed:
        for cause in weights.keys() - {HEALTHY, *listed}:
            weights[cause] *= beside
    total = sum(weights.values())
    return {cause: weight / total for cause, weight in weights.items()}
