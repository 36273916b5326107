"""What a walk left behind: the plain data that a diagnosis and the next question are worked out
from. There is one inference for each state of a run or an interview, made by one walk.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any

from mldx.diagnosis.calibration import stated
from mldx.diagnosis.information_gain import detectability
from mldx.diagnosis.posterior import Limits, Posterior, posterior
from mldx.diagnosis.rank import listed, roots_first, tally
from mldx.diagnosis.walk import WalkStep, facts, walk
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.base import SOMETHING_ELSE
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.frequencies import Mixture, mixed
from mldx.observe.intake import canonicalized
from mldx.provenance import Provenance, Shares
from mldx.symptoms import Symptoms


class Inference:
    """The graph walked over what was observed, and the hypotheses weighed by it.

    symptoms   what was observed, completed from the setup facts
    values     observed values by id
    shares     of what a curve does not settle: the values that it may be, by id
    known      the facts that decide where a check or a cause applies
    trail      the walk
    tally      strongest dB for and against, by cause and family
    posterior  the hypotheses with their probabilities
    """

    def __init__(self, symptoms: Symptoms, knowledge: KnowledgeBase) -> None:
        """Walk the graph over what was observed."""
        self.knowledge = knowledge
        self.symptoms = canonicalized(symptoms, knowledge)
        self.values: dict[str, Any] = dict(self.symptoms.observed)
        self.known = facts(self.values)
        self.shares: dict[str, Shares] = {
            id: one.shares for id, one in self.symptoms.provenances.items() if one.shares
        }
        self.trail = walk(knowledge.compiled, self.values, self.known, self.shares)
        self.tally = tally(self.trail)
        self.posterior: Posterior = posterior(
            knowledge.priors(self.known), self.tally, limits(knowledge)
        )

    def saw(self, symptom: str) -> Any:
        """Return what was observed of a symptom."""
        return self.values.get(symptom)

    def mixture(self, symptom: str) -> Mixture:
        """Return the answers that an observed symptom may be, each with its weight."""
        check = self.knowledge.compiled.by_id[symptom]
        return check.mixture(self.values[symptom], self.shares.get(symptom, ())) or ()

    def provenance(self, symptom: str) -> Provenance:
        """Return who observed it, and the figure behind it."""
        return self.symptoms.provenances.get(symptom, Provenance())

    def expected(self, step: WalkStep) -> float:
        """Return how probable what a step saw is, given all that is known: the mean over the
        hypotheses, of a pair that of the member which explains it better.
        """
        table = step.check.table(self.values)
        settled = sum(weight for _, weight in step.mixture)
        return sum(
            share * max(mixed(table.row(one), step.mixture) for one in held) / settled
            for held, share in self.posterior.hypotheses.items()
        )

    @cached_property
    def probabilities(self) -> dict[str, float]:
        """The posterior of every cause that can apply."""
        found = dict.fromkeys(self.knowledge.priors(self.known), 0.0)
        for held, share in self.posterior.hypotheses.items():
            for one in held:
                found[one] += share
        del found[HEALTHY], found[SOMETHING_ELSE]
        return found

    @property
    def healthy(self) -> float:
        """The posterior of `healthy`."""
        return self.posterior.hypotheses[HEALTHY,]

    def stated(self, cause: str) -> float:
        """Return the calibrated probability of a cause."""
        probability = self.probabilities.get(cause, 0.0)
        return stated(probability, self.healthy, self.knowledge.calibration)

    @cached_property
    def _supported(self) -> list[tuple[str, float]]:
        """The supported causes with their posterior, likeliest first."""
        return listed(self.probabilities, self.tally, self.knowledge)

    @cached_property
    def listed(self) -> list[tuple[str, float]]:
        """The supported causes with what is stated of them, likeliest first."""
        return [(cause, self.stated(cause)) for cause, _ in self._supported]

    @cached_property
    def ranking(self) -> tuple[list[tuple[str, float]], dict[str, str]]:
        """The listed causes with each likely root before its consequences, and consequence -> root.

        What is likely beside what is decided by the posterior: the stated probabilities lie closer
        together.
        """
        ordered, root_of = roots_first(self._supported, self.knowledge)
        stated = dict(self.listed)
        return [(cause, stated[cause]) for cause, _ in ordered], root_of

    @cached_property
    def alternatives(self) -> dict[str, float]:
        """The probability of every cause, of `healthy` and of `something_else`, as alternatives
        that add up to 1: a pair counts half for each of its causes.
        """
        found = dict.fromkeys(self.knowledge.priors(self.known), 0.0)
        for held, share in self.posterior.hypotheses.items():
            for one in held:
                found[one] += share / len(held)
        return found

    def interview_posterior(self, skipped: Collection[str] = ()) -> dict[str, float]:
        """Return the posterior by which the next question is chosen; it adds up to 1.

            share of a cause is in proportion to
                odds * product over skipped questions of (1 - noticed * P(it would have shown))

        skipped   symptoms that the person could not say

        Whoever asks has seen something wrong, so health counts for little. And whoever has a fault
        would at times have noticed what shows it: each "don't know" makes the causes that it would
        have shown a little less likely, and the questions move on to others, instead of asking for
        the same causes in other words. The ranking knows nothing of this: not knowing is never a
        no.
        """
        weights = dict(self.alternatives)
        weights[HEALTHY] *= self.knowledge.threshold("interview.worry")
        noticed = self.knowledge.threshold("interview.noticed")
        by_symptom = detectability(self.knowledge)
        for id in sorted(skipped):
            for cause, chance in by_symptom.get(id, {}).items():
                if cause in weights:
                    weights[cause] *= 1 - noticed * chance
        total = sum(weights.values())
        return {cause: weight / total for cause, weight in weights.items()}


def limits(knowledge: KnowledgeBase) -> Limits:
    """Return the numbers that decide about pairs of causes."""
    threshold = knowledge.threshold
    return Limits(
        candidates=int(threshold("diagnosis.pair_candidates")),
        explains=threshold("diagnosis.pair_explains"),
        together=threshold("diagnosis.pair_together"),
    )
