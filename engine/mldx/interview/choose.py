"""Which question is next: the most bits per minute among those the walk can reach.

    worth = bits * P(the person can say) / minutes

The bits are of what may still be the matter when every "don't know" is thought of (see `position`).
Those of a setup fact count for less: it says what is common, and only something seen puts a cause
on top. They count least where no check asks for the fact, and it tells but the kind of data or
model.

What a person has looked at costs the reading of the question and no more, but for what takes longer
than a look: who has seen the curves need not have tried it in use. What nobody has looked at costs
the looking too, and is seldom answered; and where two questions of a section met "don't know", a
third will as a rule. Such a question is worth less, and is never dropped: everything is asked in
the end of whoever goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import LikelihoodTable, information_gain, likelihood_tables
from mldx.interview.facts import context, missing
from mldx.interview.question import Question, question
from mldx.interview.stop import Stop, reason
from mldx.knowledge import KnowledgeBase, load
from mldx.knowledge.scope import applies
from mldx.symptoms import Spec, Symptoms

SELDOM = 0.05
FACT = 0.5
BACKGROUND = 0.3
PATIENCE = 2.0
READING = 1.0
GLANCE = 5.0
RUNS = "ablations"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be asked, as it is weighed.

    charts  the checks that the answer decides, each with its share in it; the first one words the question
    """

    id: str
    charts: tuple[tuple[LikelihoodTable, float], ...]
    bits: float
    worth: float


def next_question(
    symptoms: Symptoms,
    knowledge: KnowledgeBase | None = None,
    *,
    whole: bool = False,
    skipped: Collection[str] = frozenset(),
    looked: Collection[str] | None = None,
    first: Sequence[str] = (),
    rough: Collection[str] = frozenset(),
) -> Question | Stop:
    """Return the next question to ask, or a stop that says why none is worth asking.

    whole    the whole checklist in its order; it stops only when everything was asked
    skipped  symptoms that the person could not say; they are not asked again, and never count as no
    looked   the sections of observations that the person has looked at; None when nobody asked
    first    what is asked before all else, in this order, wherever the walk has come; not in the whole checklist
    rough    what is known only roughly: `first` asks it all the same

    A stop carries the question to go on with, if there is one. Pure and deterministic.
    """
    position = Inference(symptoms, knowledge if knowledge is not None else load())
    return chosen(position, whole, skipped, looked, first, rough)


def chosen(
    position: Inference,
    whole: bool = False,
    skipped: Collection[str] = (),
    looked: Collection[str] | None = None,
    first: Sequence[str] = (),
    rough: Collection[str] = (),
) -> Question | Stop:
    """Return the next question from a position."""
    ahead = [] if whole else [id for id in wanted(first, position, rough) if id not in skipped]
    if ahead:
        asked = about(ahead[0], position)
        due = reason(position, asked)
        return asked if due is None or due.reason == "spent" else due
    found = candidates(position, skipped, looked)
    if whole:
        best = found[0] if found else None
    else:
        best = min(found, key=lambda one: (-round(one.worth, 12), one.id), default=None)
    if best is None:
        return Stop("asked", "Everything that can be asked was asked.")
    asked = question(best.id, best.charts, best.bits, best.worth, position)
    return asked if whole else reason(position, asked) or asked


def candidates(
    position: Inference, skipped: Collection[str] = (), looked: Collection[str] | None = None
) -> Sequence[Candidate]:
    """Return every question that may be asked, with its worth, in the order of the checklist."""
    outlook, ease = position.interview_posterior(skipped), _Ease(position, skipped, looked)
    gains = position.gains(outlook)

    def gain_of(table: LikelihoodTable) -> float:
        if table.check is None:
            return information_gain(table, outlook, position.tally)
        return gains[table.check.number]

    return [
        Candidate(id, parts, gain, gain * ease.of(position.knowledge.specs[id], parts[0][0]))
        for id, parts in open_questions(position).items()
        if id not in skipped
        for gain in [sum(share * gain_of(chart) for chart, share in parts)]
    ]


def wanted(first: Sequence[str], position: Inference, rough: Collection[str] = ()) -> list[str]:
    """Return what of the first questions is not known, or only roughly, and may apply."""
    return [id for id in first if _fits(id, position, rough)]


def _fits(id: str, position: Inference, rough: Collection[str]) -> bool:
    """Is this not known well, and asked by a check that may apply, or a setup fact that no check
    asks?
    """
    spec = position.knowledge.specs.get(id)
    if spec is None or (id in position.symptoms.observed and id not in rough):
        return False
    scopes = [node.applies_to for node in position.knowledge.compiled.checks if node.symptom == id]
    return (
        any(applies(scope, position.known) is not False for scope in scopes)
        if scopes
        else spec.kind == "fact"
    )


def about(id: str, position: Inference) -> Question:
    """Return the question about a symptom, wherever the walk has come."""
    decides = tuple(
        (chart, 1.0)
        for chart in likelihood_tables(position.knowledge)
        if chart.check and chart.check.symptom == id
    )
    return question(id, decides, 0.0, 0.0, position)


def open_questions(position: Inference) -> dict[str, tuple[tuple[LikelihoodTable, float], ...]]:
    """Return by symptom what its answer decides: the context, checks that wait for a fact, checks
    that were reached.
    """
    table = likelihood_tables(position.knowledge)
    reached: Iterator[tuple[str, LikelihoodTable, float]] = (
        (node.symptom, table[node.number], 1.0) for node in position.trail.open
    )
    beside: Iterator[tuple[str, LikelihoodTable, float]] = (
        (fact, chart, 1.0) for fact, chart in context(position)
    )
    found: dict[str, tuple[tuple[LikelihoodTable, float], ...]] = {}
    for id, chart, share in chain(beside, missing(position), reached):
        found[id] = (*found.get(id, ()), (chart, share))
    return found


class _Ease:
    """The chance of an answer for each minute that it takes, by what the person has looked at and
    could say so far.
    """

    def __init__(
        self, position: Inference, skipped: Collection[str], looked: Collection[str] | None
    ) -> None:
        specs = position.knowledge.specs
        self.unsaid = Counter(specs[id].section for id in skipped if id in specs)
        self.said = Counter(specs[id].section for id in position.symptoms.observed)
        self.looked = looked

    def of(self, spec: Spec, chart: LikelihoodTable) -> float:
        """Return it for one symptom; the runs with one thing changed are done where they were
        looked at.
        """
        said = self.said[spec.section] + PATIENCE
        share = said / (said + self.unsaid[spec.section])
        asks = chart.check is not None and chart.check.symptom == spec.id
        minutes = chart.check.minutes if chart.check and asks else 0.0
        if spec.section == "setup":
            share *= FACT if asks else BACKGROUND
        if self.looked is None:
            return share / (READING + minutes)
        if spec.section in self.looked or spec.section == "setup":
            return share / (READING + (0.0 if spec.section == RUNS else max(minutes - GLANCE, 0.0)))
        return share * SELDOM / (READING + minutes)
