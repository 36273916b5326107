"""Where an interview stands: what was observed, how the graph was walked, and how the causes rank by it.

The position holds plain data and no report, so that the next question is found without building one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any

from mldx.diagnosis.rank import Ranking, Tally, rank, tally
from mldx.diagnosis.walk import Trail, facts, readings, walk
from mldx.knowledge import KnowledgeBase
from mldx.observe.setup import completed
from mldx.symptoms import Symptoms

_IMPOSSIBLE = -20.0
_SURE = 30.0


@dataclass(frozen=True, slots=True)
class Position:
    """What is known at one moment of an interview.

    values   observed values by path, levels brought to numbers
    known    the facts that decide where a check or a cause applies
    found    strongest dB for and against, by cause and family
    ranking  the supported causes, and the log-odds of all that was spoken of
    """

    knowledge: KnowledgeBase
    symptoms: Symptoms
    values: Mapping[str, Any]
    known: Mapping[str, Any]
    trail: Trail
    found: Tally
    ranking: Ranking

    @classmethod
    def of(cls, symptoms: Symptoms, knowledge: KnowledgeBase) -> Position:
        """Walk the graph over what was observed."""
        complete = completed(symptoms, knowledge)
        values = readings(complete, knowledge)
        known = facts(values)
        trail = walk(knowledge.table, values, known)
        found = tally(trail)
        ranking = rank(found, knowledge, known)
        return cls(knowledge, complete, values, known, trail, found, ranking)

    def outlook(self) -> dict[str, float]:
        """Return the share of every cause, and of `healthy`, in what may be the matter; the shares add up to 1.

        A question is chosen as if one of them were the answer: what parts the likely from the likely is asked first.
        """
        weights = {cause: exp(min(odds, _SURE)) for cause, odds in self._log_odds().items()}
        total = sum(weights.values())
        return {cause: weight / total for cause, weight in weights.items()}

    def _log_odds(self) -> dict[str, float]:
        """Return the log-odds of every cause, supported or not: what a question may still bring up."""
        odds = {**self.knowledge.prior_log_odds, **self.ranking.odds}
        if self.known:
            for cause, factors in self.knowledge.domain_factors.items():
                if cause not in self.ranking.odds:
                    odds[cause] += sum(factors.get(value, 0.0) for value in self.known.values())
            for cause in self.knowledge.scopes:
                if out_of_scope(cause, self.known, self.knowledge):
                    odds[cause] = _IMPOSSIBLE
        return odds


def out_of_scope(cause: str, known: Mapping[str, Any], knowledge: KnowledgeBase) -> bool:
    """Can the cause not be, by what is known of the run?"""
    applies_to, not_for = knowledge.scopes.get(cause, (None, None))
    outside = any(values and name in known and known[name] not in values for name, values in (applies_to or {}).items())
    return outside or any(name in known and known[name] in values for name, values in (not_for or {}).items())
