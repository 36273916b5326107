"""What to do next, by worth per minute.

A test is worth the bits it is expected to settle: the drop in entropy over the causes, averaged over its outcomes. A fix
is worth the probability that it repairs the run. Both are divided by the minutes they take.

Causes are weighed as independent yes-or-no hypotheses, because several can be present; the entropy of all is the sum.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import log2
from typing import Any

from mldx.diagnosis.rank import Tally, added, domain_factor, possible, probability
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.schema import HEALTHY
from mldx.knowledge.table import Node


def entropy(share: float) -> float:
    """Return the entropy of a yes-or-no hypothesis, in bits."""
    if share <= 0 or share >= 1:
        return 0.0
    return -share * log2(share) - (1 - share) * log2(1 - share)


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
    return entropy(share) - passes * entropy(after_pass) - (1 - passes) * entropy(after_fail)


def question_worth(
    node: Node, odds: Mapping[str, float], found: Tally, listed: Collection[str], beside: float
) -> tuple[float, list[str]]:
    """Return the bits that an answer to a check settles on average, and the causes it parts, most parted first.

    listed  the causes that something observed supports; empty when none is
    beside  what bits about any other cause count, where there are listed ones: first things first

    For each cause the bits are the mutual information of cause and answer. How often a branch is taken without the cause
    is read off what it says of `healthy`: an alarming answer is rarer than a calm one.
    """
    calm = [10 ** (way.points.get(HEALTHY, 0.0) / 20) for way in node.exits]
    base = [share / sum(calm) for share in calm]
    spoken = dict.fromkeys(cause for way in node.exits for cause in way.points if cause in odds and cause != HEALTHY)
    settled = {
        cause: _information(node, cause, odds[cause], base, found) * (1.0 if not listed or cause in listed else beside)
        for cause in spoken
    }
    return sum(settled.values()), sorted(settled, key=lambda cause: (-settled[cause], cause))


def _information(node: Node, cause: str, log_odds: float, base: Sequence[float], found: Tally) -> float:
    """Return the mutual information, in bits, of a cause and the answer to a check.

    base   the share of each branch among runs without the cause; sums to 1
    """
    best, worst = found.get(cause, {}).get(node.family, (0.0, 0.0))
    ratios = [10 ** (added(way.points.get(cause, 0.0), best, worst) / 10) for way in node.exits]
    total = sum(share * ratio for share, ratio in zip(base, ratios, strict=True))
    before = probability(log_odds)
    left = 0.0
    for share, ratio in zip(base, ratios, strict=True):
        with_cause = before * share * ratio / total
        either = with_cause + (1 - before) * share
        left += either * entropy(with_cause / either)
    return max(entropy(before) - left, 0.0)


def considered(knowledge: KnowledgeBase, known: Mapping[str, Any], odds: Mapping[str, float]) -> dict[str, float]:
    """Return the log-odds of every cause that can apply, spoken of or not, and of `healthy`.

    known   the facts that decide where a cause applies, and how common it is there
    """
    start = {
        cause: log_odds + domain_factor(cause, knowledge, known) for cause, log_odds in knowledge.prior_log_odds.items()
    }
    return {cause: odds.get(cause, log_odds) for cause, log_odds in start.items() if possible(cause, knowledge, known)}
