"""Where an interview stands: what was observed, how the graph was walked, and how the causes rank
by it.

The position holds plain data and no report, so that the next question is found without building
one. What may be the matter is more than the ranking, and serves only to choose what is asked:

    share of a cause is in proportion to  odds * product over "don't know"s of (1 - NOTICED * P(it would have shown))

Whoever asks has seen something wrong, so health counts for little. And whoever has a fault would at
times have noticed what shows it: each "don't know" makes the causes that it would have shown a
little less likely, and the questions move on to others, instead of asking for the same causes in
other words. The ranking knows nothing of this: not knowing is never a no.
"""

from __future__ import annotations

from collections.abc import Collection

from mldx.diagnosis.actions import considered, outlook
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.worth import shown
from mldx.knowledge.schema import HEALTHY

NOTICED = 0.4
WORRY = 0.2


class Position(Inference):
    """What is known at one moment of an interview."""

    __slots__ = ()

    def outlook(self, unsaid: Collection[str] = ()) -> dict[str, float]:
        """Return the share of every cause, and of `healthy`, in what may be the matter; the shares
        add up to 1.

        unsaid   symptoms that the person could not say

        A question is chosen as if one of them were the answer: what parts the likely from the
        likely is asked first.
        """
        weights = outlook(considered(self.knowledge, self.known, self.ranking.odds))
        weights[HEALTHY] *= WORRY
        table = shown(self.knowledge)
        for id in sorted(unsaid):
            for cause, chance in table.get(id, {}).items():
                if cause in weights:
                    weights[cause] *= 1 - NOTICED * chance
        total = sum(weights.values())
        return {cause: weight / total for cause, weight in weights.items()}
