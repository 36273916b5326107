"""What to do next, by worth per minute.

A question is worth the bits that its answer is expected to settle about what is the matter
(`worth`), a test those about its one cause. A fix is worth the probability that it repairs the run.
All are divided by the minutes they take.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import exp
from typing import Any

from mldx.diagnosis.rank import Tally, domain_factor, possible
from mldx.diagnosis.worth import Chart, bits, entropy, parted
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.schema import HEALTHY

_SURE = 30.0


def test_worth(share: float, power: float) -> float:
    """Return the bits that a confirmation of a cause settles, on average.

    share  probability of the cause
    power  dB that a passed test adds, and a failed one takes away; with 10 dB it is right in 10 of 11 cases
    """
    ratio = 10 ** (power / 10)
    right = ratio / (1 + ratio)
    passes = share * right + (1 - share) * (1 - right)
    if not 0 < passes < 1:
        return 0.0
    after_pass, after_fail = share * right / passes, share * (1 - right) / (1 - passes)
    left = passes * _undecided(after_pass) + (1 - passes) * _undecided(after_fail)
    return _undecided(share) - left


def _undecided(share: float) -> float:
    """Return the entropy of a yes-or-no hypothesis, in bits."""
    return entropy((share, 1 - share))


def question_worth(
    chart: Chart, outlook: Mapping[str, float], found: Tally
) -> tuple[float, list[str]]:
    """Return the bits that an answer to a check settles on average, and the causes it parts, most
    parted first.
    """
    told = parted(chart, outlook, found)
    return bits(chart, outlook, found), sorted(
        told, key=lambda cause: (-round(told[cause], 12), cause)
    )


def outlook(
    odds: Mapping[str, float], listed: Collection[str] = (), beside: float = 1.0
) -> dict[str, float]:
    """Return the share of every cause, and of `healthy`, in what may be the matter.

    odds    log-odds of every cause that can apply
    listed  the causes that something observed supports; empty when none is
    beside  what any other cause counts, where there are listed ones: first things first
    """
    weights = {
        cause: exp(min(one, _SURE))
        * (1.0 if not listed or cause in listed or cause == HEALTHY else beside)
        for cause, one in odds.items()
    }
    total = sum(weights.values())
    return {cause: weight / total for cause, weight in weights.items()}


def considered(
    knowledge: KnowledgeBase, known: Mapping[str, Any], odds: Mapping[str, float]
) -> dict[str, float]:
    """Return the log-odds of every cause that can apply, spoken of or not, and of `healthy`.

    known   the facts that decide where a cause applies, and how common it is there
    """
    start = {
        cause: log_odds + domain_factor(cause, knowledge, known)
        for cause, log_odds in knowledge.prior_log_odds.items()
    }
    return {
        cause: odds.get(cause, log_odds)
        for cause, log_odds in start.items()
        if possible(cause, knowledge, known)
    }
