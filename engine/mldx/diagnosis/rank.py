"""Rank the causes by the evidence a walk collected.

Evidence is in decibans, 10 log10 of a likelihood ratio, so that independent items add (Good 1950;
Jaynes 2003, ch. 4). Observations of one family restate one another; for one hypothesis a family
counts its strongest item for and its strongest against, once each. A cause that nothing observed
supports is not listed, however common it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mldx.diagnosis.walk import Trail
from mldx.knowledge import KnowledgeBase

DIRECT = 15.0  # decibans from which one observation is of the fault itself
SUPPORT = 0.5  # decibans; less is a rounding of the rows and speaks for nothing
Families = Mapping[str, tuple[float, float]]
Tally = dict[str, dict[str, tuple[float, float]]]


def tally(trail: Trail) -> Tally:
    """Return, by hypothesis and family, the strongest dB for and the strongest against (0 where
    there is none).
    """
    found: Tally = {}
    for step in trail.steps:
        family = step.check.family
        for cause, decibans in step.decibans.items():
            families = found.setdefault(cause, {})
            best, worst = families.get(family, (0.0, 0.0))
            families[family] = (max(best, decibans), min(worst, decibans))
    return found


def added(decibans: float, best: float, worst: float) -> float:
    """Return what an item adds to a cause whose family already counts these."""
    if decibans > best:
        return decibans - best
    return decibans - worst if decibans < worst else 0.0


def supported(families: Families) -> bool:
    """Does anything observed speak for it?"""
    return any(best >= SUPPORT for best, _ in families.values())


def listed(
    probabilities: Mapping[str, float], tally: Tally, knowledge: KnowledgeBase
) -> list[tuple[str, float]]:
    """Return the supported causes with their probabilities, likeliest first; ties break by stage,
    then id.

    probabilities  of every cause that can apply
    """
    found = [
        (cause, probability)
        for cause, probability in probabilities.items()
        if supported(tally.get(cause, {}))
    ]
    return sorted(found, key=lambda one: (-round(one[1], 12), knowledge.order[one[0]]))


def roots_first(
    ranked: Sequence[tuple[str, float]], knowledge: KnowledgeBase
) -> tuple[list[tuple[str, float]], dict[str, str]]:
    """Return the ranking with each likely root before its consequences, and consequence -> root.

    A root counts as likely when its probability is at least `root_share` of its consequence's.
    """
    probability = dict(ranked)
    share = knowledge.threshold("diagnosis.root_share")
    root_of: dict[str, str] = {}
    for cause, own in ranked:
        roots = [root for root in knowledge.roots.get(cause, ()) if root in probability]
        likely = [root for root in roots if probability[root] >= share * own]
        if likely:
            root_of[cause] = min(
                likely, key=lambda root: (-probability[root], knowledge.order[root])
            )
    ordered: dict[str, float] = {}
    for cause, own in ranked:
        for root in _chain(cause, root_of):
            ordered.setdefault(root, probability[root])
        ordered.setdefault(cause, own)
    return list(ordered.items()), root_of


def _chain(cause: str, root_of: Mapping[str, str]) -> list[str]:
    """Return the roots of a cause, the first one first."""
    chain: list[str] = []
    while cause in root_of and root_of[cause] not in chain:
        cause = root_of[cause]
        chain.insert(0, cause)
    return chain
