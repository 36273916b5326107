"""How many questions until the right cause is on top and stays there: adaptive, the checklist's
order, random order.

    pytest tests/benchmarks/test_interview.py -s                # a fifth of the rule cases
    MLDX_EVERY=1 pytest tests/benchmarks/test_interview.py -s   # all of them

The constants of the choice were set on one half of the rule cases and of the recorded runs. In the
other half other causes are right, and other runs are told; but first trials of the constants were
seen on both, so it is a fairer test and no clean one.

Each asked question is answered from the case, "don't know" where the case does not say. A "don't
know" counts as a question, and so do those at the start, about what was looked at and what is
complained of. An order is followed until all that the case says is said. "Unsaid" is the share of
"don't know" among the questions until the right cause is on top. Scored are the cases whose right
cause is on top once everything is answered, for no order can do better than that.
"""

import os
import random
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import pytest

from mldx.diagnosis.inference import Inference
from mldx.interview.choose import Course as Told
from mldx.interview.choose import chosen, open_questions
from mldx.interview.complaints import matching
from mldx.interview.forms import SETUP
from mldx.interview.stop import Stop
from mldx.knowledge import load
from mldx.lab.loading import load as rule_cases
from mldx.lab.running import observed as observed_case
from mldx.observe import observed
from mldx.observe.intake import canonicalized
from mldx.readers.record import of_mapping
from mldx.symptoms import SECTIONS, Symptoms
from tests.cases.scoring import counts, record_of
from tests.kit import recorded_runs

AREAS = ("training", "validation", "sanity", "predictions", "data", "internals", "ablations")
SEEDS = range(3)


@dataclass(frozen=True)
class Witness:
    """A run that somebody can be asked about: what is seen of it, and which causes are right."""

    name: str
    seen: Symptoms
    right: frozenset[str]
    half: int
    words: str = ""

    @property
    def log(self) -> Symptoms:
        """What the log alone shows, without what follows from setup facts."""
        measured = [
            id
            for id in self.seen.observed
            if self.seen.provenances[id].source.value == "measured"
            and self.seen.provenances[id].basis != "derived"
        ]
        return self.seen.without(*[id for id in self.seen.observed if id not in measured])

    @property
    def complaint(self):
        """What the person complains of, as far as their words tell: its card, or None."""
        found = matching(self.words, load())
        return load().content["complaints"][found[0]] if found else None

    @property
    def looked(self) -> frozenset[str]:
        """The sections of which it says anything; packs are asked where they apply."""
        told = {load().specs[id].section for id in self.seen.observed}
        return frozenset(section for section in SECTIONS if section not in AREAS or section in told)


@dataclass
class Course:
    """One interview: the leading cause before the first question and after each, and where the stop
    would have been.

    unsaid     for each question whether it met "don't know"
    forms      the forms that were shown
    at_screen  for each question the number of the screen on which it stood
    """

    leaders: list[str | None]
    unsaid: list[bool] = field(default_factory=list)
    stopped: int | None = None
    forms: set[str] = field(default_factory=set)
    screens: int = 0
    at_screen: list[int] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many questions were asked."""
        return len(self.leaders) - 1

    def questions(self, right):
        """Return after how many questions a right cause is on top and stays."""
        place = len(self.leaders)
        while place and self.leaders[place - 1] in right:
            place -= 1
        return place


@pytest.fixture(scope="module")
def witnesses():
    """The rule cases that name a cause, and the recorded faulty runs."""
    knowledge = load()
    told = [case for case in rule_cases() if case.card.concludes]
    parts = {
        "rule cases": told[:: int(os.environ.get("MLDX_EVERY", "5"))],
    }
    found = {name: [_of_case(case, knowledge) for case in these] for name, these in parts.items()}
    found["recorded runs"] = [_of_run(run) for run in recorded_runs("dev") if _counts(run)]
    return {
        name: [one for one in these if leader(_position(one.seen)) in one.right]
        for name, these in found.items()
    }


def _of_case(case, knowledge):
    right = case.card.concludes[0]
    return Witness(
        case.id, observed_case(case, knowledge).symptoms, frozenset([right]), _half(right)
    )


def _counts(run):
    return counts(run) and run["truth"]["causes"] != ["healthy"]


def _of_run(run):
    record = record_of(run, with_answers=True)
    right = frozenset(run["truth"]["causes"]) | frozenset(run["truth"]["acceptable"])
    return Witness(
        run["id"],
        observed(of_mapping(record, run["id"])),
        right,
        _half(run["id"]),
        run["words"] or "",
    )


def _half(name):
    return crc32(name.encode()) % 2


def _position(seen):
    return Inference(seen, load())


def leader(position):
    ordered, _ = position.ranking
    return ordered[0][0] if ordered else None


def adaptive(looked, first=(), forms=True):
    """The interview itself, going on past every stop."""

    def order(position, skipped, course):
        told = Told(
            False, skipped, looked, first, asked=course.asked, forms_seen=course.forms, forms=forms
        )
        step = chosen(position, told)
        if isinstance(step, Stop):
            course.stopped = course.asked if course.stopped is None else course.stopped
            step = step.then
        if step is None or step.form is None:
            return [step.symptom] if step else []
        course.forms |= {step.form.id} - {SETUP}
        return [one.symptom for one in step.form.fields]

    return order


def fixed(position, skipped, course):
    """The checklist's own order."""
    return [id for id in open_questions(position) if id not in skipped][:1]


def shuffled(seed):
    """One random order."""
    place = random.Random(seed)
    rank = {id: place.random() for id in load().specs}
    return lambda position, skipped, course: sorted(
        set(open_questions(position)) - skipped, key=rank.get
    )[:1]


def held(witness, order, begun=None, asked=0):
    """Hold an interview with a witness; `asked` questions went before."""
    seen, skipped = begun if begun is not None else Symptoms(), set()
    position = _position(seen)
    course = Course([leader(position)] * (asked + 1), [False] * asked)
    left = set(witness.seen.observed) - set(position.symptoms.observed)
    while left and (ids := order(position, skipped, course)):
        course.screens += 1
        course.unsaid += [id not in left for id in ids]
        skipped |= set(ids) - left
        said = {id: witness.seen.observed[id] for id in ids if id in left}
        said |= {id: witness.seen.observed[id] for id in _judged(ids) & left}
        course.leaders += [leader(position)] * (len(ids) - 1)
        if said:
            seen = seen | Symptoms.of(**said)
            position = _position(canonicalized(seen, load()))
            left -= set(position.symptoms.observed)
        course.leaders.append(leader(position))
        course.at_screen += [course.screens] * len(ids)
    return course


def complained(witness):
    """Hold an interview that the witness begins with a complaint: what it states and nobody knows
    better is known.
    """
    stated = {
        id: value
        for id, value in witness.complaint["states"].items()
        if id not in witness.seen.observed
    }
    return held(
        witness, adaptive(witness.looked, witness.complaint["asks"]), Symptoms.of(**stated), 2
    )


def settled(courses):
    """How many questions each interview took that ended with a right cause on top."""
    return [
        course.questions(one.right) for one, course in courses if course.leaders[-1] in one.right
    ]


def not_known(courses):
    """The share of "don't know" among the questions until a right cause was on top."""
    unsaid = [
        said for one, course in courses for said in course.unsaid[: course.questions(one.right)]
    ]
    return np.mean(unsaid) if unsaid else 0.0


def row(name, courses):
    """One line of the table: questions until right, and what stands on top where the interview
    would have stopped.
    """
    taken = settled(courses)
    stops = [(one, course) for one, course in courses if course.stopped is not None]
    right = sum(course.leaders[course.stopped] in one.right for one, course in stops)
    mean_stop = (
        f"stops after {np.mean([course.stopped for _, course in stops]):.1f}" if stops else ""
    )
    told = f"{mean_stop}, right {right}/{len(stops)}" if stops else ""
    return (
        f"{name:36} {f'{len(taken)}/{len(courses)}':>9} {np.mean(taken):6.1f} "
        f"{np.median(taken):6.0f} "
        f"{np.percentile(taken, 90):6.1f} {not_known(courses):11.0%}   {told}"
    )


def _judged(ids):
    """What follows from facts that are asked: who could judge the pair of activation and loss can
    say what they are.
    """
    cards = load().content["forms"].values()
    return {card["judges"] for card in cards if "judges" in card and set(ids) & set(card["fields"])}


def held_all(these):
    """Every interview with these witnesses, by the order in which was asked."""
    logged = [one for one in these if one.log.observed]
    told = [(one, held(one, adaptive(one.looked), asked=1)) for one in these]
    complaining = [one for one in these if one.complaint]
    spoken = (
        {"adaptive, complaint heard": [(one, complained(one)) for one in complaining]}
        if complaining
        else {}
    )
    silent = (
        {"adaptive, the same without it": [pair for pair in told if pair[0].complaint]}
        if complaining
        else {}
    )
    return {
        "adaptive": told,
        **spoken,
        **silent,
        "adaptive, half it was set on": [(one, course) for one, course in told if one.half == 0],
        "adaptive, the other half": [(one, course) for one, course in told if one.half == 1],
        "adaptive, one at a time": [
            (one, held(one, adaptive(one.looked, forms=False), asked=1)) for one in these
        ],
        "adaptive, not told what was seen": [(one, held(one, adaptive(None))) for one in these],
        "fixed": [(one, held(one, fixed)) for one in these],
        "random": [(one, held(one, shuffled(seed))) for seed in SEEDS for one in these],
        "adaptive, log given": [
            (one, held(one, adaptive(one.looked), one.log, 1)) for one in logged
        ],
        "fixed, log given": [(one, held(one, fixed, one.log)) for one in logged],
    }


@pytest.mark.slow
def test_questions_until_right(witnesses, capsys):
    """Adaptive questions reach the right cause in half of the checklist's questions, and lose at
    most one cause in twenty.
    """
    held_with = {part: held_all(these) for part, these in witnesses.items()}

    with capsys.disabled():
        print(f"\n{'':36} {'right':>9} {'mean':>6} {'median':>6} {'p90':>6} {'unsaid':>11}")
        for part, orders in held_with.items():
            print(part, *(row(f"  {name}", courses) for name, courses in orders.items()), sep="\n")
    for orders in held_with.values():
        one_by_one = settled(orders["adaptive, one at a time"])  # a form asks several at once
        assert np.mean(one_by_one) <= np.mean(settled(orders["fixed"])) / 2
        assert len(settled(orders["adaptive"])) >= 0.95 * len(settled(orders["fixed"]))
