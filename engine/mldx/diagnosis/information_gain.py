"""What an answer to a check is worth: the bits it is expected to settle about what is the matter.

    gain = H(answer) - sum over hypotheses h of P(h) * H(answer if h)

This is the mutual information of hypothesis and answer (Shannon 1948). How a check is answered
under a hypothesis is its row; of a family that has spoken already, an answer adds only what goes
beyond it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from typing import Any

from mldx.diagnosis.rank import SUPPORT, Tally, added
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.frequencies import FrequencyTable, Row, ratio_decibans

_NEGLIGIBLE = 1e-4


def entropy(probabilities: Iterable[float]) -> float:
    """Return the entropy of probabilities that add up to 1, in bits."""
    return -sum(share * log2(share) for share in probabilities if share > 0)


@dataclass(frozen=True, slots=True)
class LikelihoodTable:
    """How a question is answered under each hypothesis.

    check  the check that asks; None for a setup fact that no check asks
    table  its frequencies under the circumstances that are known
    """

    check: CompiledCheck | None
    table: FrequencyTable

    @property
    def family(self) -> str:
        """What restates it; empty for a setup fact."""
        return self.check.family if self.check else ""


def likelihood_table(check: CompiledCheck, values: Mapping[str, Any]) -> LikelihoodTable:
    """Return the table of a check that applies to what was observed."""
    return LikelihoodTable(check, check.table(values))


@lru_cache(maxsize=4)
def detectability(knowledge: KnowledgeBase) -> dict[str, dict[str, float]]:
    """Return by symptom, for each cause, how probably an answer speaks for the cause where it is
    there.
    """
    found: dict[str, dict[str, float]] = {}
    for check in knowledge.compiled.checks:
        table = check.card.table
        by_cause = found.setdefault(check.id, {})
        for cause, row in table.rows.items():
            if cause != HEALTHY:
                by_cause[cause] = _speaking(row, table.usual)
    return found


def _speaking(row: Row, usual: Row) -> float:
    pairs = zip(row, usual, strict=True)
    return sum(share for share, often in pairs if ratio_decibans(share, often) >= SUPPORT)


def information_gain(
    question: LikelihoodTable, alternatives: Mapping[str, float], tally: Tally
) -> float:
    """Return the bits that an answer is expected to settle.

    alternatives  the probability of each hypothesis; they add up to 1
    tally         evidence already counted
    """
    table = question.table
    mixture, inner, rest = [0.0] * len(table.usual), 0.0, 1.0
    for hypothesis in table.rows:
        share = alternatives.get(hypothesis, 0.0)
        if share > _NEGLIGIBLE:
            row = conditional(question, hypothesis, tally)
            inner += share * entropy(row)
            rest -= share
            mixture = [total + share * one for total, one in zip(mixture, row, strict=True)]
    rest = max(rest, 0.0)
    whole = [one + rest * often for one, often in zip(mixture, table.usual, strict=True)]
    return max(entropy(whole) - inner - rest * entropy(table.usual), 0.0)


def conditional(question: LikelihoodTable, hypothesis: str, tally: Tally) -> Row:
    """Return how a question is answered under a hypothesis, given what its family has said
    already.
    """
    table = question.table
    row = table.row(hypothesis)
    counted = tally.get(hypothesis, {}).get(question.family)
    if counted is None:
        return row
    pairs = zip(row, table.usual, strict=True)
    left = [added(ratio_decibans(share, often), *counted) for share, often in pairs]
    weights = [often * 10 ** (db / 10) for often, db in zip(table.usual, left, strict=True)]
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def discrimination(
    question: LikelihoodTable, alternatives: Mapping[str, float], tally: Tally
) -> dict[str, float]:
    """Return how much an answer would say about each cause: its probability, times how much the
    answers differ from the usual ones.
    """
    return {
        cause: alternatives.get(cause, 0.0)
        * _relative_entropy(conditional(question, cause, tally), question.table.usual)
        for cause in question.table.rows
        if cause != HEALTHY
    }


def _relative_entropy(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the relative entropy of two distributions, in bits."""
    pairs = zip(one, other, strict=True)
    return sum(share * log2(share / against) for share, against in pairs if share > 0 < against)
