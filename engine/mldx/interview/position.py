"""Where an interview stands: what was observed, how the graph was walked, and how the causes rank by it.

The position holds plain data and no report, so that the next question is found without building one.
"""

from __future__ import annotations

from math import exp

from mldx.diagnosis.rank import possible
from mldx.diagnosis.record import Record

_IMPOSSIBLE = -20.0
_SURE = 30.0


class Position(Record):
    """What is known at one moment of an interview."""

    __slots__ = ()

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
                if not possible(cause, self.knowledge, self.known):
                    odds[cause] = _IMPOSSIBLE
        return odds
