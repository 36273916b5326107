"""What differs between a run that went well and one that did not, and which cause that speaks for.

What both runs answer alike explains no difference. So of the evidence only the answers that differ
are counted, in each run as the ranking counts it (of each family the strongest item for and the
strongest against):

    gain(cause)  =  dB of the bad run's differing answers  -  dB of the good run's

All of it is read off the two diagnoses; nothing is weighed again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mldx.diagnosis.diagnosis import Diagnosis
from mldx.diagnosis.results import (
    Action,
    Evidence,
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
    good, bad    dB of each run's evidence on the answers that differ
    gain         the second less the first
    """

    id: str
    title: str
    probability: float
    good: float
    bad: float
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
    answers = _answers(good, bad)
    return Comparison(
        good_verdict=good.verdict,
        bad_verdict=bad.verdict,
        facts=_facts(good.symptoms.facts, bad.symptoms.facts),
        only_good=_only(good.syndromes, bad.syndromes),
        only_bad=_only(bad.syndromes, good.syndromes),
        answers=answers,
        causes=_causes(good, bad, {one.check for one in answers}),
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


def _causes(good: Diagnosis, bad: Diagnosis, checks: Collection[str]) -> tuple[GainingCause, ...]:
    """Return the causes listed for the bad run that gain most by the answers to some checks; of
    equal gains the likelier cause comes first.
    """
    gains = [_gain(cause, good.why(cause.id), checks) for cause in bad.causes]
    speaking = [one for one in gains if one.gain >= _LEAST_GAIN]
    return tuple(sorted(speaking, key=lambda one: -one.gain)[:_NAMED])


def _gain(bad: NamedCause, good: NamedCause, checks: Collection[str]) -> GainingCause:
    for_good, for_bad = (_decibans(cause.evidence, checks) for cause in (good, bad))
    return GainingCause(
        id=bad.id,
        title=bad.title,
        probability=bad.probability,
        good=for_good,
        bad=for_bad,
        gain=round(for_bad - for_good, 1),
    )


def _decibans(evidence: Iterable[Evidence], checks: Collection[str]) -> float:
    """Return what the answers to some checks say of a cause: of each family the strongest item for
    and the strongest against.
    """
    strongest: dict[tuple[str, bool], float] = {}
    for item in evidence:
        side = (item.family, item.db > 0)
        if item.check in checks and abs(item.db) > abs(strongest.get(side, 0.0)):
            strongest[side] = item.db
    return round(sum(strongest.values()), 1)
