"""What an answer to a check is worth: the bits it is expected to settle about what is the matter.

    bits = H(answer) - sum over causes c of P(c) * H(answer if c is the cause)

This is the mutual information of cause and answer (Shannon 1948), causes taken as alternatives.
What the rules say of an answer is its likelihood ratio, so only one thing has to be supposed: how
often an answer comes without its cause. An answer that speaks with 10 dB for a cause cannot come
more often than one time in ten without it, else it would come more than always with it; each branch
is given that much, and the shares are brought to a sum of 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from mldx.diagnosis.rank import Tally, added
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.schema import HEALTHY
from mldx.knowledge.table import Node

_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, slots=True)
class Answers:
    """How often each answer is given, and the entropy of that in bits."""

    shares: tuple[float, ...]
    entropy: float

    @classmethod
    def of(cls, weights: Iterable[float]) -> Answers:
        """Return the answers whose shares are in proportion to these weights."""
        given = tuple(weights)
        total = sum(given)
        shares = tuple(weight / total for weight in given)
        return cls(shares, entropy(shares))


def entropy(shares: Iterable[float]) -> float:
    """Return the entropy of shares that add up to 1, in bits."""
    return -sum(share * log2(share) for share in shares if share > 0)


@dataclass(frozen=True, slots=True)
class Chart:
    """A question, ready to be weighed.

    usual   how it is answered where none of the causes it speaks of is there
    spoken  dB of each branch, by cause
    given   how it is answered if this is the cause, by cause, nothing of the family having spoken yet
    """

    node: Node | None
    usual: Answers
    spoken: Mapping[str, tuple[float, ...]]
    given: Mapping[str, Answers]


@lru_cache(maxsize=4)
def charts(knowledge: KnowledgeBase) -> tuple[Chart, ...]:
    """Return the charts of all checks, in walking order."""
    return tuple(_chart(node) for node in knowledge.table.nodes)


def _chart(node: Node) -> Chart:
    said = [way.points for way in node.exits]
    causes = dict.fromkeys(cause for points in said for cause in points)
    loudest = [
        max((db for cause, db in points.items() if cause != HEALTHY), default=0.0)
        for points in said
    ]
    usual = Answers.of(10 ** (-max(db, 0.0) / 10) for db in loudest)
    spoken = {cause: tuple(points.get(cause, 0.0) for points in said) for cause in causes}
    return Chart(
        node, usual, spoken, {cause: _given(usual, decibans) for cause, decibans in spoken.items()}
    )


@lru_cache(maxsize=4)
def shown(knowledge: KnowledgeBase) -> dict[str, dict[str, float]]:
    """Return by symptom, for each cause but `healthy`, how likely an answer speaks for the cause
    where it is there.
    """
    found: dict[str, dict[str, float]] = {}
    for chart in charts(knowledge):
        assert chart.node is not None
        chances = found.setdefault(chart.node.asked, {})
        for cause, answers in chart.given.items():
            told = sum(
                share
                for share, db in zip(answers.shares, chart.spoken[cause], strict=True)
                if db > 0
            )
            if cause != HEALTHY:
                chances[cause] = max(chances.get(cause, 0.0), told)
    return found


def _given(usual: Answers, decibans: Sequence[float]) -> Answers:
    """Return how a check is answered if a cause is there, of which its branches say so many dB."""
    return Answers.of(
        share * 10 ** (db / 10) for share, db in zip(usual.shares, decibans, strict=True)
    )


def bits(chart: Chart, outlook: Mapping[str, float], found: Tally) -> float:
    """Return the bits that an answer is expected to settle.

    outlook  the share of each cause in what may be the matter
    found    evidence already counted: an answer of a family that has spoken adds only what goes beyond it
    """
    family = chart.node.family if chart.node else ""
    overall, inner, rest = [0.0] * len(chart.usual.shares), 0.0, 1.0
    for cause, answers in chart.given.items():
        share = outlook.get(cause, 0.0)
        if share > _NEGLIGIBLE:
            if cause in found and family in found[cause]:
                answers = given(chart, cause, found)
            inner += share * answers.entropy
            rest -= share
            overall = [
                total + share * one for total, one in zip(overall, answers.shares, strict=False)
            ]
    rest = max(rest, 0.0)
    whole = [one + rest * usual for one, usual in zip(overall, chart.usual.shares, strict=True)]
    return max(entropy(whole) - inner - rest * chart.usual.entropy, 0.0)


def given(chart: Chart, cause: str, found: Tally) -> Answers:
    """Return how a question is answered if this is the cause, and so much is counted for it
    already.
    """
    counted = found.get(cause)
    if chart.node is None or counted is None or chart.node.family not in counted:
        return chart.given[cause]
    best, worst = counted[chart.node.family]
    return _given(chart.usual, [added(db, best, worst) for db in chart.spoken[cause]])


def parted(chart: Chart, outlook: Mapping[str, float], found: Tally) -> dict[str, float]:
    """Return how much an answer would tell about each cause: its probability, times how unlike the
    usual it is answered.
    """
    return {
        cause: outlook.get(cause, 0.0)
        * _unlike(given(chart, cause, found).shares, chart.usual.shares)
        for cause in chart.given
        if cause != HEALTHY
    }


def _unlike(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the relative entropy of two distributions, in bits."""
    return sum(
        share * log2(share / against)
        for share, against in zip(one, other, strict=True)
        if share > 0
    )
