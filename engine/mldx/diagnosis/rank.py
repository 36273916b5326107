"""Rank the causes by the evidence a walk collected.

Evidence is in decibans, 10·log10 of a likelihood ratio, so that independent items add (Good 1950;
Jaynes 2003, ch. 4):

    log-odds of a cause = logit(prior) + ln(10)/10 · sum of dB

Observations of one family restate one another; for one cause a family counts its strongest item for
and its strongest against, once each. A cause that nothing observed supports is not listed, however
common it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import exp, log
from typing import Any

from mldx.diagnosis.walk import Trail
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.compiled import CompiledBranch

NEPERS_PER_DECIBAN = log(10) / 10

DIRECT = 15.0  # decibans from which one observation is of the fault itself
Tally = dict[str, dict[str, tuple[float, float]]]
Decibans = dict[str, float]


@dataclass(frozen=True)
class Ranking:
    """What came of the evidence.

    listed    (cause, log-odds) of every supported cause that can apply, likeliest first
    healthy   log-odds that nothing is wrong
    priors    log-odds of every cause that can apply, before any evidence
    decibans  the sum of the evidence, by cause
    """

    listed: list[tuple[str, float]]
    healthy: float
    priors: Mapping[str, float]
    decibans: Decibans

    @cached_property
    def odds(self) -> dict[str, float]:
        """Log-odds of every cause that can apply, spoken of or not, and of `healthy`."""
        return {
            cause: prior + NEPERS_PER_DECIBAN * self.decibans.get(cause, 0.0)
            for cause, prior in self.priors.items()
        }


def probability(log_odds: float) -> float:
    """Return the probability of these log-odds, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    small = exp(log_odds)
    return small / (1 + small)


def tally(trail: Trail) -> Tally:
    """Return, by cause and family, the strongest dB for and the strongest against (0 where there is
    none).
    """
    found: Tally = {}
    for check, branch, _ in trail.steps:
        family = check.family
        for cause, weight in branch.points_to.items():
            families = found.get(cause)
            if families is None:
                found[cause] = {family: (weight, 0.0) if weight > 0 else (0.0, weight)}
                continue
            best, worst = families.get(family, (0.0, 0.0))
            if weight > best:
                families[family] = (weight, worst)
            elif weight < worst:
                families[family] = (best, weight)
            elif family not in families:
                families[family] = (best, worst)
    return found


def added(decibans: float, best: float, worst: float) -> float:
    """Return what an item adds to a cause whose family already counts these."""
    if decibans > best:
        return decibans - best
    return decibans - worst if decibans < worst else 0.0


def rank(trail: Trail, knowledge: KnowledgeBase, known: Mapping[str, Any]) -> Ranking:
    """Return the supported causes, likeliest first.

    Ties break by stage, then id. A cause that cannot apply to what is known of the run is left out.
    """
    priors, evidence, order = knowledge.priors(known), decibans(trail), knowledge.order
    supported = set().union(*[branch.supported for _, branch, _ in trail.steps])
    ranked = [
        (-(priors[cause] + NEPERS_PER_DECIBAN * evidence[cause]), order[cause], cause)
        for cause in supported
        if cause in priors and cause != HEALTHY
    ]
    ranked.sort()
    healthy = priors[HEALTHY] + NEPERS_PER_DECIBAN * evidence.get(HEALTHY, 0.0)
    return Ranking([(cause, -negative) for negative, _, cause in ranked], healthy, priors, evidence)


def decibans(trail: Trail) -> Decibans:
    """Return the sum of the evidence by cause, each family counted once on either side."""
    by_family: dict[str, tuple[CompiledBranch, ...]] = {}
    for check, branch, _ in trail.steps:
        by_family[check.family] = (*by_family.get(check.family, ()), branch)
    total: Decibans = defaultdict(float)
    for branches in by_family.values():
        for cause, db in trail.graph.evidence(branches).items():
            total[cause] += db
    return total


def roots_first(
    ranked: list[tuple[str, float]], knowledge: KnowledgeBase
) -> tuple[list[tuple[str, float]], dict[str, str]]:
    """Return the ranking with each likely root before its consequences, and consequence -> root.

    A root counts as likely when its probability is at least `root_share` of its consequence's. A
    syndrome is what several causes look like and no cause to act on: its roots need only
    `syndrome_share`.
    """
    odds = dict(ranked)
    for_causes = knowledge.threshold("diagnosis.root_share")
    for_syndromes = knowledge.threshold("diagnosis.syndrome_share")
    root_of: dict[str, str] = {}
    for cause, own in ranked:
        roots = [root for root in knowledge.roots.get(cause, ()) if root in odds]
        share = for_syndromes if cause in knowledge.syndromes else for_causes
        likely = [root for root in roots if probability(odds[root]) >= share * probability(own)]
        if likely:
            root_of[cause] = min(likely, key=lambda root: (-odds[root], knowledge.order[root]))
    ordered: dict[str, float] = {}
    for cause, own in ranked:
        for root in _chain(cause, root_of):
            ordered.setdefault(root, odds[root])
        ordered.setdefault(cause, own)
    return list(ordered.items()), root_of


def _chain(cause: str, root_of: Mapping[str, str]) -> list[str]:
    """Return the roots of a cause, the first one first."""
    chain: list[str] = []
    while cause in root_of:
        cause = root_of[cause]
        chain.insert(0, cause)
    return chain
