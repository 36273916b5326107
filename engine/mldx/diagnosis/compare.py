"""What differs between a run that went well and one that did not, and which cause that speaks for.

What both runs answer alike explains no difference. So of the bad run's evidence only that is
counted which the good run does not share, as the ranking counts it: of each family the strongest
item for and the strongest against. What the good run rules out for itself says nothing of the
other. All of it is read off the two diagnoses; nothing is weighed again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mldx.diagnosis.diagnosis import Diagnosis
from mldx.diagnosis.results import (
    Action,
    NamedCause,
    ReportPart,
    ShownSyndrome,
    Step,
    Verdict,
)

_NAMED = 3  # causes that are named
_LEAST_GAIN = 0.5  # dB; less is a rounding of the rows and speaks for nothing


class FactDifference(ReportPart):
    """A setup fact that is not the same; None where a run does not say it."""

    id: str
    good: Any = None
    bad: Any = None


class ComparedAnswer(ReportPart):
    """How one run answers a check.

    answer  the id of the answer
    says    the answer in words
    figure  the numbers behind it
    """

    answer: str | bool
    says: str
    saw: Any
    figure: str


class AnswerDifference(ReportPart):
    """A check that both runs answer, each in its own way."""

    check: str
    good: ComparedAnswer
    bad: ComparedAnswer


class GainingCause(ReportPart):
    """A cause that the difference speaks for.

    probability  what the diagnosis of the bad run states of it
    gain         dB of the bad run's evidence that the good one does not share
    """

    id: str
    title: str
    probability: float
    gain: float


class Comparison(ReportPart):
    """What differs between two runs.

    facts       setup facts that are not the same, those that both runs say first
    only_good   syndromes that the good run alone shows
    only_bad    syndromes that the bad run alone shows
    answers     checks that are answered differently, in the order of the walk
    causes      the causes of the bad run that gain most, at most three
    action      what to do first about the bad run
    """

    good_verdict: Verdict
    bad_verdict: Verdict
    facts: tuple[FactDifference, ...]
    only_good: tuple[ShownSyndrome, ...]
    only_bad: tuple[ShownSyndrome, ...]
    answers: tuple[AnswerDifference, ...]
    causes: tuple[GainingCause, ...]
    action: Action | None

    @property
    def differs(self) -> bool:
        """Is there any difference?"""
        return bool(self.facts or self.only_good or self.only_bad or self.answers)


def compare(good: Diagnosis, bad: Diagnosis) -> Comparison:
    """Return what differs between two runs that were judged by the same rules."""
    return Comparison(
        good_verdict=good.verdict,
        bad_verdict=bad.verdict,
        facts=_facts(good.symptoms.facts, bad.symptoms.facts),
        only_good=_only(good.syndromes, bad.syndromes),
        only_bad=_only(bad.syndromes, good.syndromes),
        answers=_answers(good, bad),
        causes=_causes(bad, _alike(good, bad)),
        action=next(iter(bad.actions), None),
    )


def _facts(good: Mapping[str, Any], bad: Mapping[str, Any]) -> tuple[FactDifference, ...]:
    differing = [
        FactDifference(id=id, good=good.get(id), bad=bad.get(id))
        for id in {**good, **bad}
        if good.get(id) != bad.get(id)
    ]
    return tuple(sorted(differing, key=lambda one: one.good is None or one.bad is None))


def _only(
    these: Iterable[ShownSyndrome], others: Iterable[ShownSyndrome]
) -> tuple[ShownSyndrome, ...]:
    """Return the syndromes that the others are without."""
    known = {one.id for one in others}
    return tuple(one for one in these if one.id not in known)


def _answers(good: Diagnosis, bad: Diagnosis) -> tuple[AnswerDifference, ...]:
    """Return the checks that both walks answered, by different answers; two numbers that are one
    answer do not differ.
    """
    answered = {step.check: step for step in good.path}
    return tuple(
        AnswerDifference(
            check=step.check,
            good=_answer(answered[step.check], good),
            bad=_answer(step, bad),
        )
        for step in bad.path
        if step.check in answered and answered[step.check].answer != step.answer
    )


def _answer(step: Step, diagnosis: Diagnosis) -> ComparedAnswer:
    provenance = diagnosis.symptoms.provenances.get(step.check)
    figure = provenance.figure if provenance else ""
    return ComparedAnswer(answer=step.answer, says=step.says, saw=step.saw, figure=figure)


def _alike(good: Diagnosis, bad: Diagnosis) -> frozenset[str]:
    """Return the checks that both walks answered, by the same answer."""
    answered = {step.check: step.answer for step in good.path}
    return frozenset(step.check for step in bad.path if answered.get(step.check) == step.answer)


def _causes(bad: Diagnosis, alike: Collection[str]) -> tuple[GainingCause, ...]:
    """Return the causes listed for the bad run that gain most by what the good one does not share;
    of equal gains the likelier cause comes first.
    """
    gains = [_gain(cause, alike) for cause in bad.causes]
    speaking = [one for one in gains if one.gain >= _LEAST_GAIN]
    return tuple(sorted(speaking, key=lambda one: -one.gain)[:_NAMED])


def _gain(cause: NamedCause, alike: Collection[str]) -> GainingCause:
    strongest: dict[tuple[str, bool], float] = {}
    for item in cause.evidence:
        side = (item.family, item.db > 0)
        if item.check not in alike and abs(item.db) > abs(strongest.get(side, 0.0)):
            strongest[side] = item.db
    return GainingCause(
        id=cause.id,
        title=cause.title,
        probability=cause.probability,
        gain=round(sum(strongest.values()), 1),
    )
