"""Which hypothesis explains the run: the competing causes weighed against one another.

Hypotheses are `healthy`, each cause that can apply, likely pairs of causes, and `something_else`,
under which every check is answered as usual. With the evidence in decibans (`rank.tally`):

    P(h | seen)  is proportional to  P(h) * 10 ** (sum over families of dB(h, family) / 10)

A pair answers each family as the member that explains it better; it is weighed only where each
member explains something alarming that the other does not. What is stated of a cause is the sum
over the hypotheses that hold it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import exp, log

from mldx.diagnosis.rank import Tally
from mldx.knowledge.base import SOMETHING_ELSE
from mldx.knowledge.cards import HEALTHY

NEPERS_PER_DECIBAN = log(10) / 10
Hypothesis = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of `thresholds.yaml` that decide about pairs.

    candidates  how many of the likeliest causes are paired
    explains    dB from which a member explains something alarming
    together    how much likelier two faults come together than by chance
    """

    candidates: int
    explains: float
    together: float


@dataclass(frozen=True, slots=True)
class Posterior:
    """The weights of all hypotheses; they add up to 1."""

    hypotheses: Mapping[Hypothesis, float]

    def of(self, cause: str) -> float:
        """Return the probability that a cause is there: the sum over the hypotheses that hold
        it.
        """
        return sum(share for held, share in self.hypotheses.items() if cause in held)


def posterior(priors: Mapping[str, float], tally: Tally, limits: Limits) -> Posterior:
    """Return the posterior over the hypotheses.

    priors  P of every cause that can apply, of `healthy` and of `something_else`; they add up to 1
    tally   the strongest dB for and against, by cause and family
    """
    weights: dict[Hypothesis, float] = {
        (one,): log(prior) + (NEPERS_PER_DECIBAN * total(tally[one]) if one in tally else 0.0)
        for one, prior in priors.items()
    }
    weights.update(_pairs(priors, tally, weights, limits))
    greatest = max(weights.values())
    shares = {held: exp(weight - greatest) for held, weight in weights.items()}
    whole = sum(shares.values())
    return Posterior({held: share / whole for held, share in shares.items()})


def total(families: Mapping[str, tuple[float, float]]) -> float:
    """Return the dB of a hypothesis: of each family the strongest for and the strongest against."""
    return sum(best + worst for best, worst in families.values())


def _pairs(
    priors: Mapping[str, float],
    tally: Tally,
    single: Mapping[Hypothesis, float],
    limits: Limits,
) -> Iterable[tuple[Hypothesis, float]]:
    """Yield the pairs of likely causes that need each other, with their log weights."""
    causes = [one for one in priors if one not in (HEALTHY, SOMETHING_ELSE) and one in tally]
    likely = sorted(causes, key=lambda one: (-single[(one,)], one))[: limits.candidates]
    for one, other in combinations(sorted(likely), 2):
        if _needs(tally[one], tally[other], limits) and _needs(tally[other], tally[one], limits):
            prior = log(priors[one]) + log(priors[other]) + log(limits.together)
            yield (one, other), prior + NEPERS_PER_DECIBAN * _joint(tally[one], tally[other])


def _needs(
    mine: Mapping[str, tuple[float, float]],
    theirs: Mapping[str, tuple[float, float]],
    limits: Limits,
) -> bool:
    """Does the first explain something alarming on which the second is silent, or speaks
    against?
    """
    return any(
        best >= limits.explains and theirs.get(family, (0.0, 0.0))[0] <= 0
        for family, (best, _) in mine.items()
    )


def _joint(
    one: Mapping[str, tuple[float, float]], other: Mapping[str, tuple[float, float]]
) -> float:
    """Return the dB of a pair: of each family that of the member which explains it better."""
    silent = (0.0, 0.0)
    families = dict.fromkeys([*one, *other])
    return sum(max(sum(one.get(it, silent)), sum(other.get(it, silent))) for it in families)
