"""What an answer to a check is worth: the bits it is expected to settle about what is the matter.

    gain = H(answer) - sum over causes c of P(c) * H(answer if c is the cause)

This is the mutual information of cause and answer (Shannon 1948), causes taken as alternatives.
What the rules say of an answer is its likelihood ratio, so only one thing has to be supposed: how
often an answer comes without its cause. An answer that speaks with 10 dB for a cause cannot come
more often than one time in ten without it, else it would come more than always with it; each branch
is given that much, and the probabilities are brought to a sum of 1.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log2

import numpy as np

from mldx.diagnosis.rank import Tally, added
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.compiled import CompiledCheck

_NEGLIGIBLE = 1e-4


@dataclass(frozen=True, slots=True)
class AnswerDistribution:
    """How probable each answer is, and the entropy of that in bits."""

    probabilities: tuple[float, ...]
    entropy: float

    @classmethod
    def of(cls, weights: Iterable[float]) -> AnswerDistribution:
        """Return the distribution that is in proportion to these weights."""
        given = tuple(weights)
        total = sum(given)
        probabilities = tuple(weight / total for weight in given)
        return cls(probabilities, entropy(probabilities))


def entropy(probabilities: Iterable[float]) -> float:
    """Return the entropy of probabilities that add up to 1, in bits."""
    return -sum(share * log2(share) for share in probabilities if share > 0)


@dataclass(frozen=True, eq=False)
class LikelihoodTable:
    """How a question is answered, by cause.

    check        the check that asks; None for a setup fact that no check asks
    base_rates   how it is answered where none of the causes it speaks of is there
    weights      dB of each answer, by cause
    conditional  how it is answered if this is the cause, nothing of the family having spoken yet
    """

    check: CompiledCheck | None
    base_rates: AnswerDistribution
    weights: Mapping[str, tuple[float, ...]]
    conditional: Mapping[str, AnswerDistribution]

    @cached_property
    def divergence(self) -> dict[str, float]:
        """How much the answers differ from the base rates, by cause, in bits."""
        base_rates = self.base_rates.probabilities
        return {
            cause: _relative_entropy(answers.probabilities, base_rates)
            for cause, answers in self.conditional.items()
        }


@lru_cache(maxsize=4)
def likelihood_tables(knowledge: KnowledgeBase) -> tuple[LikelihoodTable, ...]:
    """Return the likelihood tables of all checks, in walking order."""
    return tuple(_likelihood_table(check) for check in knowledge.compiled.checks)


def _likelihood_table(check: CompiledCheck) -> LikelihoodTable:
    points_to = [branch.points_to for branch in check.branches]
    causes = dict.fromkeys(cause for points in points_to for cause in points)
    base_rates = AnswerDistribution.of(10 ** (-_strongest(points) / 10) for points in points_to)
    weights = {cause: tuple(points.get(cause, 0.0) for points in points_to) for cause in causes}
    conditional = {cause: _weighted(base_rates, decibans) for cause, decibans in weights.items()}
    return LikelihoodTable(check, base_rates, weights, conditional)


def _strongest(points_to: Mapping[str, float]) -> float:
    """Return the most dB that an answer gives a cause; 0 where it speaks for none."""
    return max((db for cause, db in points_to.items() if cause != HEALTHY and db > 0), default=0.0)


def _weighted(base_rates: AnswerDistribution, decibans: Sequence[float]) -> AnswerDistribution:
    """Return how a check is answered if a cause is there, of which its answers say so many dB."""
    return AnswerDistribution.of(
        rate * 10 ** (db / 10) for rate, db in zip(base_rates.probabilities, decibans, strict=True)
    )


@lru_cache(maxsize=4)
def detectability(knowledge: KnowledgeBase) -> dict[str, dict[str, float]]:
    """Return by symptom, for each cause but `healthy`, how probably an answer speaks for the cause
    where it is there.
    """
    found: dict[str, dict[str, float]] = {}
    for table in likelihood_tables(knowledge):
        assert table.check is not None
        by_cause = found.setdefault(table.check.symptom, {})
        for cause, answers in table.conditional.items():
            if cause != HEALTHY:
                speaking = sum(
                    probability
                    for probability, db in zip(
                        answers.probabilities, table.weights[cause], strict=True
                    )
                    if db > 0
                )
                by_cause[cause] = max(by_cause.get(cause, 0.0), speaking)
    return found


def information_gain(table: LikelihoodTable, posterior: Mapping[str, float], tally: Tally) -> float:
    """Return the bits that an answer is expected to settle.

    posterior  the probability of each cause, taken as alternatives
    tally      evidence already counted: an answer of a family that has spoken adds only what goes
               beyond it
    """
    base_rates = table.base_rates
    mixture, inner, rest = [0.0] * len(base_rates.probabilities), 0.0, 1.0
    for cause in table.conditional:
        share = posterior.get(cause, 0.0)
        if share > _NEGLIGIBLE:
            answers = conditional(table, cause, tally)
            inner += share * answers.entropy
            rest -= share
            mixture = [
                total + share * one
                for total, one in zip(mixture, answers.probabilities, strict=True)
            ]
    rest = max(rest, 0.0)
    whole = [one + rest * rate for one, rate in zip(mixture, base_rates.probabilities, strict=True)]
    return max(entropy(whole) - inner - rest * base_rates.entropy, 0.0)


def conditional(table: LikelihoodTable, cause: str, tally: Tally) -> AnswerDistribution:
    """Return how a question is answered if this is the cause, and so much is counted for it
    already.
    """
    counted = tally.get(cause)
    if table.check is None or counted is None or table.check.family not in counted:
        return table.conditional[cause]
    best, worst = counted[table.check.family]
    return _weighted(table.base_rates, [added(db, best, worst) for db in table.weights[cause]])


def discrimination(
    table: LikelihoodTable, posterior: Mapping[str, float], tally: Tally
) -> dict[str, float]:
    """Return how much an answer would say about each cause: its probability, times how much the
    answers differ from the base rates.
    """
    found = {}
    for cause, kept in table.divergence.items():
        if cause != HEALTHY:
            answers, divergence = conditional(table, cause, tally), kept
            if answers is not table.conditional[cause]:
                rates = table.base_rates.probabilities
                divergence = _relative_entropy(answers.probabilities, rates)
            found[cause] = posterior.get(cause, 0.0) * divergence
    return found


def _relative_entropy(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the relative entropy of two distributions, in bits."""
    return sum(
        share * log2(share / against)
        for share, against in zip(one, other, strict=True)
        if share > 0
    )


class GainMatrix:
    """The information gain of every check at once.

    Rows are causes; columns are the answers of all checks one after the other, or the checks.

    conditional  (causes, answers), the probability of an answer if this is the cause; 0 where the
                 check does not speak of the cause
    entropy      (causes, checks), of the answers to a check if this is the cause
    speaks       (causes, checks), 1 where the check speaks of the cause
    """

    def __init__(self, tables: Sequence[LikelihoodTable]) -> None:
        self.tables = tables
        self.causes = list(dict.fromkeys(cause for table in tables for cause in table.conditional))
        row = {cause: number for number, cause in enumerate(self.causes)}
        sizes = [len(table.base_rates.probabilities) for table in tables]
        self.starts = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(int)
        self.column = np.repeat(np.arange(len(tables)), sizes)
        self.base_rates = np.concatenate([table.base_rates.probabilities for table in tables])
        self.base_entropy = np.array([table.base_rates.entropy for table in tables])
        self.conditional = np.zeros((len(row), sum(sizes)))
        self.entropy = np.zeros((len(row), len(tables)))
        self.speaks = np.zeros((len(row), len(tables)))
        for number, table in enumerate(tables):
            start = self.starts[number]
            for cause, answers in table.conditional.items():
                self.conditional[row[cause], start : start + sizes[number]] = answers.probabilities
                self.entropy[row[cause], number] = answers.entropy
                self.speaks[row[cause], number] = 1.0

    def gains(
        self, posterior: Mapping[str, float], tally: Tally, answered: Container[int] = ()
    ) -> list[float]:
        """Return the bits that an answer to each check is expected to settle, in walking order.

        Where a family has spoken already its checks are worked out one by one, for there an answer
        adds only what goes beyond it; but not those that are answered, which nobody asks again.
        """
        shares = np.array([posterior.get(cause, 0.0) for cause in self.causes])
        shares[shares <= _NEGLIGIBLE] = 0.0
        rest = np.maximum(1.0 - shares @ self.speaks, 0.0)
        whole = shares @ self.conditional + rest[self.column] * self.base_rates
        surprise = whole * np.log2(whole, where=whole > 0, out=np.zeros_like(whole))
        entropy = -np.add.reduceat(surprise, self.starts)
        bits = np.maximum(entropy - shares @ self.entropy - rest * self.base_entropy, 0.0)
        found: list[float] = bits.tolist()
        spoken = {family for families in tally.values() for family in families}
        for number, table in enumerate(self.tables):
            if number in answered or table.check is None:
                continue
            if table.check.family in spoken:
                found[number] = information_gain(table, posterior, tally)
        return found


@lru_cache(maxsize=4)
def gain_matrix(knowledge: KnowledgeBase) -> GainMatrix:
    """Return the matrix of all checks."""
    return GainMatrix(likelihood_tables(knowledge))
