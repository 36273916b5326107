"""What differs between a run that went well and one that did not, and which cause that speaks for.

What both runs answer alike explains no difference. So of the bad run's evidence only that is
counted which the good run does not share, as the ranking counts it: of each family the strongest
item for and the strongest against. What the good run rules out for itself says nothing of the
other. All of it is read off the two diagnoses; nothing is weighed again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from math import isfinite
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

_INSTALLED = "installed were "  # the note of the reader of side files
_VERSION = re.compile(r"([A-Za-z][\w-]*) (\d[\w.+]*)")
_NAMED = 3  # causes that are named
_LEAST_GAIN = 0.5  # dB; less is a rounding of the rows and speaks for nothing


class FactDifference(ReportPart):
    """A setup fact that is not the same; None where a run does not say it."""

    id: str
    good: Any = None
    bad: Any = None


class CurveDifference(ReportPart):
    """A loss of both runs: where it began, how low it came, where it ended; NaN as text."""

    name: str
    first: tuple[float | str, float | str]
    lowest: tuple[float | str, float | str]
    last: tuple[float | str, float | str]


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

    says_facts  whether either run says anything of its setup
    facts       setup facts that are not the same, those that both runs say first
    versions    libraries of which not the same version was installed, where both runs say it
    curves      losses of both runs in figures, those that are not the same
    only_good   syndromes that the good run alone shows
    only_bad    syndromes that the bad run alone shows
    answers     checks that are answered differently, in the order of the walk
    causes      the causes of the bad run that gain most, at most three
    action      what to do first about the bad run
    """

    good_verdict: Verdict
    bad_verdict: Verdict
    says_facts: bool = True
    facts: tuple[FactDifference, ...]
    versions: tuple[FactDifference, ...] = ()
    curves: tuple[CurveDifference, ...] = ()
    only_good: tuple[ShownSyndrome, ...]
    only_bad: tuple[ShownSyndrome, ...]
    answers: tuple[AnswerDifference, ...]
    causes: tuple[GainingCause, ...]
    action: Action | None

    @property
    def differs(self) -> bool:
        """Is there any difference?"""
        settings = self.facts or self.versions
        return bool(settings or self.curves or self.only_good or self.only_bad or self.answers)


def compare(
    good: Diagnosis, bad: Diagnosis, notes: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> Comparison:
    """Return what differs between two runs that were judged by the same rules.

    notes   what the readers of the two noted, among it the libraries that were installed
    """
    return Comparison(
        good_verdict=good.verdict,
        bad_verdict=bad.verdict,
        says_facts=bool(good.symptoms.facts or bad.symptoms.facts),
        facts=_facts(good.symptoms.facts, bad.symptoms.facts),
        versions=_both_say(_facts(_versions(notes[0]), _versions(notes[1]))),
        curves=tuple(_curves(good, bad)),
        only_good=_only(good.syndromes, bad.syndromes),
        only_bad=_only(bad.syndromes, good.syndromes),
        answers=_answers(good, bad),
        causes=_causes(bad, _alike(good, bad)),
        action=None if bad.verdict == "healthy" else next(iter(bad.actions), None),
    )


def _facts(good: Mapping[str, Any], bad: Mapping[str, Any]) -> tuple[FactDifference, ...]:
    differing = [
        FactDifference(id=id, good=good.get(id), bad=bad.get(id))
        for id in {**good, **bad}
        if good.get(id) != bad.get(id)
    ]
    return tuple(sorted(differing, key=lambda one: one.good is None or one.bad is None))


def _both_say(facts: tuple[FactDifference, ...]) -> tuple[FactDifference, ...]:
    return tuple(one for one in facts if one.good is not None and one.bad is not None)


def _versions(notes: Sequence[str]) -> dict[str, str]:
    """Return the versions of the libraries that a reader found beside a run."""
    told = " ".join(note for note in notes if note.startswith(_INSTALLED))
    return {name.lower(): version for name, version in _VERSION.findall(told)}


def _curves(good: Diagnosis, bad: Diagnosis) -> Iterator[CurveDifference]:
    """Yield the losses that both runs log, in figures, where these differ."""
    others = {(one.split, one.metric): one for one in bad.symptoms.plot_series}
    for one in good.symptoms.plot_series:
        other = others.get((one.split, one.metric))
        if one.metric != "loss" or other is None or not one.y or not other.y:
            continue
        figures = zip(_figures(one.y), _figures(other.y), strict=True)
        first, lowest, last = figures
        if any(here != there for here, there in (first, lowest, last)):
            name = f"{one.split}_{one.metric}"
            yield CurveDifference(name=name, first=first, lowest=lowest, last=last)


def _figures(y: Sequence[float]) -> tuple[float | str, float | str, float | str]:
    """Return the first value, the lowest and the last, to four digits."""
    finite = [value for value in y if isfinite(value)]
    lowest = min(finite) if finite else y[0]
    first, least, last = (_figure(value) for value in (y[0], lowest, y[-1]))
    return first, least, last


def _figure(value: float) -> float | str:
    return float(f"{value:.4g}") if isfinite(value) else str(value)


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
