"""What may be the matter: log-odds of every cause that can apply, and their shares as alternatives."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp
from typing import Any

from mldx.diagnosis.rank import domain_factor, possible
from mldx.knowledge import KnowledgeBase
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


def candidate_log_odds(
    knowledge: KnowledgeBase, known: Mapping[str, Any], odds: Mapping[str, float]
) -> dict[str, float]:
    """Return the log-odds of every cause that can apply, spoken of or not, and of `healthy`.

    known   the facts that decide where a cause applies, and how common it is there
    odds    the log-odds of the causes that some evidence spoke of
    """
    return {
        cause: odds[cause] if cause in odds else prior + domain_factor(cause, knowledge, known)
        for cause, prior in knowledge.prior_log_odds.items()
        if possible(cause, knowledge, known)
    }
