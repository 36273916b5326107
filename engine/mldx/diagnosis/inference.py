"""What a walk left behind: the plain data that a diagnosis and the next question are worked out
from. There is one inference for each state of a run or an interview, made by one walk.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

from mldx.diagnosis.information_gain import detectability, gain_matrix
from mldx.diagnosis.posterior import posterior
from mldx.diagnosis.rank import Tally, rank, tally
from mldx.diagnosis.walk import facts, readings, walk
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.compiled import CompiledCheck
from mldx.observe.intake import canonicalized
from mldx.provenance import Provenance
from mldx.symptoms import Symptoms


class Inference:
    """The graph walked over what was observed.

    symptoms   what was observed, completed from the setup facts
    values     observed values by path, levels brought to numbers
    known      the facts that decide where a check or a cause applies
    trail      the walk
    ranking    the supported causes, likeliest first
    """

    def __init__(self, symptoms: Symptoms, knowledge: KnowledgeBase) -> None:
        """Walk the graph over what was observed."""
        self.knowledge = knowledge
        self.symptoms = canonicalized(symptoms, knowledge)
        self.values = readings(self.symptoms, knowledge)
        self.known = facts(self.values)
        self.trail = walk(knowledge.compiled, self.values, self.known)
        self.ranking = rank(self.trail, knowledge, self.known)

    def saw(self, check: CompiledCheck) -> Any:
        """Return what was observed of the symptom that a check asks."""
        return self.symptoms.observed.get(check.symptom)

    def provenance(self, check: CompiledCheck) -> Provenance:
        """Return who observed it, and the figure behind it."""
        return self.symptoms.provenances.get(check.symptom, Provenance())

    @cached_property
    def tally(self) -> Tally:
        """Strongest dB for and against, by cause and family."""
        return tally(self.trail)

    @property
    def candidate_log_odds(self) -> dict[str, float]:
        """Log-odds of every cause that can apply, spoken of or not, and of `healthy`."""
        return self.ranking.odds

    @cached_property
    def posterior(self) -> dict[str, float]:
        """The share of every candidate in what may be the matter; supported causes come first,
        any other counts only as much as the rules say.
        """
        listed = {cause for cause, _ in self.ranking.listed}
        beside = self.knowledge.threshold("diagnosis.unsupported")
        return posterior(self.candidate_log_odds, listed, beside)

    def gains(self, posterior: Mapping[str, float]) -> list[float]:
        """Return the bits that an answer to each check is expected to settle, by its number."""
        answered = {check.number for check, _, _ in self.trail.steps}
        return gain_matrix(self.knowledge).gains(posterior, self.tally, answered)

    def interview_posterior(self, skipped: Collection[str] = ()) -> dict[str, float]:
        """Return the posterior by which the next question is chosen; it adds up to 1.

            share of a cause is in proportion to
                odds * product over skipped questions of (1 - noticed * P(it would have shown))

        skipped   symptoms that the person could not say

        Whoever asks has seen something wrong, so health counts for little. And whoever has a fault
        would at times have noticed what shows it: each "don't know" makes the causes that it would
        have shown a little less likely, and the questions move on to others, instead of asking for
        the same causes in other words. The ranking knows nothing of this: "don't know" is never a
        no.
        """
        weights = posterior(self.candidate_log_odds)
        weights[HEALTHY] *= self.knowledge.threshold("interview.worry")
        noticed = self.knowledge.threshold("interview.noticed")
        by_symptom = detectability(self.knowledge)
        for id in sorted(skipped):
            for cause, chance in by_symptom.get(id, {}).items():
                if cause in weights:
                    weights[cause] *= 1 - noticed * chance
        total = sum(weights.values())
        return {cause: weight / total for cause, weight in weights.items()}
