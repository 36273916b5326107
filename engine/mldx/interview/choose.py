"""Which question is next: the most bits per minute among those the walk can reach.

    worth = bits * P(the person can say) / minutes

The bits are of what may still be the matter when every "don't know" is thought of (see
`inference`).
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
from dataclasses import dataclass, replace
from itertools import chain

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import LikelihoodTable, information_gain, likelihood_table
from mldx.interview.facts import context, missing
from mldx.interview.forms import best_look, facts_among, judged_by, setup_form
from mldx.interview.question import Question, question
from mldx.interview.stop import Stop, leader, reason
from mldx.knowledge import KnowledgeBase, load
from mldx.symptoms import Spec, Symptoms

EXPERIMENTS = "ablations"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be asked, as it is weighed.

    tables  the checks that the answer decides, each with its share in it; the first one words the
            question
    bits    the information gain
    worth   the same for each minute, weighed by the chance of an answer
    """

    id: str
    tables: tuple[tuple[LikelihoodTable, float], ...]
    bits: float
    worth: float


@dataclass(frozen=True, slots=True)
class Course:
    """What is known of an interview beside its answers.

    whole          the whole checklist in its order; it stops only when everything was asked
    skipped        symptoms that the person could not say; they are not asked again, and never count
                   as no
    sections_seen  the sections of observations that the person has looked at; None when nobody
                   asked
    first          what is asked before all else, in this order, wherever the walk has come; not in
                   the whole checklist
    imprecise      what is known without how much or when: `first` asks it all the same
    asked          how many questions were asked
    forms_seen     the forms that were shown
    forms          whether questions may stand together on a form
    exhausted      what not even a look asks again: it could not be said a second time
    """

    whole: bool = False
    skipped: Collection[str] = frozenset()
    sections_seen: Collection[str] | None = None
    first: Sequence[str] = ()
    imprecise: Collection[str] = frozenset()
    asked: int = 0
    forms_seen: Collection[str] = frozenset()
    forms: bool = True
    exhausted: Collection[str] = frozenset()


def next_question(
    symptoms: Symptoms,
    knowledge: KnowledgeBase | None = None,
    *,
    whole: bool = False,
    skipped: Collection[str] = frozenset(),
    sections_seen: Collection[str] | None = None,
    first: Sequence[str] = (),
    imprecise: Collection[str] = frozenset(),
) -> Question | Stop:
    """Return the next question to ask, or a stop that says why none is worth asking; the arguments
    are those of a `Course`.

    A stop carries the question to go on with, if there is one. Pure and deterministic.
    """
    inference = Inference(symptoms, knowledge if knowledge is not None else load())
    return chosen(inference, Course(whole, skipped, sections_seen, first, imprecise))


def chosen(inference: Inference, course: Course) -> Question | Stop:
    """Return the next question of an inference, or the stop that is due."""
    if course.whole:
        found = candidates(inference, course.skipped, course.sections_seen)
        return _worded(found[0], inference) if found else _EVERYTHING_ASKED
    asked, urgent = _next(inference, course)
    if asked is None:
        return _EVERYTHING_ASKED
    due = reason(inference, asked)
    if due is None or urgent or due.reason != "spent":
        return asked if due is None or due.reason == "spent" else due
    return _look(inference, course) or due


def _next(inference: Inference, course: Course) -> tuple[Question | None, bool]:
    """Return the question that is due, and whether it is asked whatever it is worth: what the
    complaint asks first, or a look after many questions.
    """
    ahead = wanted(course.first, inference, course.imprecise)
    ahead = [id for id in ahead if id not in course.skipped]
    if ahead:
        return _ahead(ahead, inference, course), True
    many = course.asked >= inference.knowledge.threshold("interview.look_after")
    look = _look(inference, course) if many else None
    if look is not None:
        return look, True
    found = candidates(inference, course.skipped, course.sections_seen)
    if not found:
        return None, False
    return _worthiest(found, inference, course), False


def _ahead(ahead: Sequence[str], inference: Inference, course: Course) -> Question:
    """Return the first of these; a setup fact with the other facts among them."""
    alone = about(ahead[0], inference)
    if not course.forms:
        return _judged(ahead[0], inference, course) or alone
    facts = facts_among(ahead, inference)
    if ahead[0] in facts:
        return setup_form([about(id, inference) for id in facts], _minutes(len(facts), inference))
    return _judged(ahead[0], inference, course) or alone


def _worthiest(found: Sequence[Candidate], inference: Inference, course: Course) -> Question:
    """Return the question that is worth most; a setup fact with those that are worth asking on the
    same screen.
    """
    ordered = sorted(found, key=_by_worth)
    best = ordered[0]
    judged = _judged(best.id, inference, course)
    if judged is not None:
        return replace(judged, gain=best.bits, worth=best.worth)
    if not course.forms or best.id not in facts_among([best.id], inference):
        return _worded(best, inference)
    limit = inference.knowledge.threshold
    least, most = best.worth * limit("interview.further_fact"), int(limit("interview.form_fields"))
    by_id = {one.id: one for one in ordered if one.worth >= least}
    facts = facts_among(by_id, inference)[:most]
    fields = [_worded(by_id[id], inference) for id in facts]
    return setup_form(fields, _minutes(len(fields), inference))


def _judged(id: str, inference: Inference, course: Course) -> Question | None:
    """Return the facts that are asked in place of a check: on a form, or the first of them."""
    found = judged_by(
        id, inference, course.skipped, course.forms_seen, lambda one: about(one, inference)
    )
    return found if found is None or course.forms else replace(found, form=None)


def _minutes(facts: int, inference: Inference) -> float:
    """Return how long a form with some facts takes to fill in."""
    limit = inference.knowledge.threshold
    return limit("interview.reading") * (1 + (facts - 1) * limit("interview.further_fact"))


def _look(inference: Inference, course: Course) -> Question | None:
    """Return the look that settles most, where no cause leads."""
    if leader(inference) is not None or not course.forms:
        return None
    return best_look(inference, course.exhausted, course.forms_seen)


_EVERYTHING_ASKED = Stop("asked", "Everything that can be asked was asked.")


def _by_worth(one: Candidate) -> tuple[float, str]:
    return -round(one.worth, 12), one.id


def _worded(one: Candidate, inference: Inference) -> Question:
    return question(one.id, one.tables, one.bits, one.worth, inference)


def candidates(
    inference: Inference,
    skipped: Collection[str] = (),
    sections_seen: Collection[str] | None = None,
) -> Sequence[Candidate]:
    """Return every question that may be asked, with its worth, in the order of the checklist."""
    posterior = inference.interview_posterior(skipped)
    cost = AnswerCost(inference, skipped, sections_seen)

    def gain_of(table: LikelihoodTable) -> float:
        return information_gain(table, posterior, inference.tally)

    return [
        Candidate(
            id,
            parts,
            gain,
            gain * cost.answers_a_minute(inference.knowledge.specs[id], parts[0][0]),
        )
        for id, parts in open_questions(inference).items()
        if id not in skipped
        for gain in [sum(share * gain_of(table) for table, share in parts)]
    ]


def wanted(
    first: Sequence[str], inference: Inference, imprecise: Collection[str] = ()
) -> list[str]:
    """Return what of the first questions is not known, or only roughly, and may apply."""
    return [id for id in first if _fits(id, inference, imprecise)]


def _fits(id: str, inference: Inference, imprecise: Collection[str]) -> bool:
    """Is this not known well, and asked by a check that may apply, or a setup fact that no check
    asks?
    """
    spec = inference.knowledge.specs.get(id)
    if spec is None or (id in inference.symptoms.observed and id not in imprecise):
        return False
    check = inference.knowledge.compiled.by_id.get(id)
    if check is None:
        return spec.kind == "fact"
    return check.applies(inference.known) is not False


def about(id: str, inference: Inference) -> Question:
    """Return the question about a symptom, wherever the walk has come."""
    check = inference.knowledge.compiled.by_id.get(id)
    decides = () if check is None else ((likelihood_table(check, inference.values), 1.0),)
    return question(id, decides, 0.0, 0.0, inference)


def open_questions(inference: Inference) -> dict[str, tuple[tuple[LikelihoodTable, float], ...]]:
    """Return by symptom what its answer decides: the context, checks that wait for a fact, checks
    that were reached.
    """
    reached: Iterator[tuple[str, LikelihoodTable, float]] = (
        (check.id, likelihood_table(check, inference.values), 1.0) for check in inference.trail.open
    )
    beside: Iterator[tuple[str, LikelihoodTable, float]] = (
        (fact, chart, 1.0) for fact, chart in context(inference)
    )
    found: dict[str, tuple[tuple[LikelihoodTable, float], ...]] = {}
    for id, chart, share in chain(beside, missing(inference), reached):
        found[id] = (*found.get(id, ()), (chart, share))
    return found


class AnswerCost:
    """The chance of an answer for each minute that it takes, by what the person has looked at and
    could say so far.
    """

    def __init__(
        self,
        inference: Inference,
        skipped: Collection[str],
        sections_seen: Collection[str] | None,
    ) -> None:
        specs, limit = inference.knowledge.specs, inference.knowledge.threshold
        self.skipped = Counter(specs[id].section for id in skipped if id in specs)
        self.answered = Counter(specs[id].section for id in inference.symptoms.observed)
        self.sections_seen = sections_seen
        self.patience = limit("interview.patience")
        self.asked_fact = limit("interview.asked_fact")
        self.background_fact = limit("interview.background_fact")
        self.unseen = limit("interview.unseen")
        self.reading = limit("interview.reading")
        self.glance = limit("interview.glance")

    def answers_a_minute(self, spec: Spec, table: LikelihoodTable) -> float:
        """Return it for one symptom; experiments are done where they were looked at."""
        asks = table.check is not None and table.check.symptom == spec.id
        minutes = table.check.minutes if table.check and asks else 0.0
        chance = self._chance(spec, asks=asks)
        if self.sections_seen is None:
            return chance / (self.reading + minutes)
        if spec.section not in (*self.sections_seen, "setup"):
            return chance * self.unseen / (self.reading + minutes)
        looking = 0.0 if spec.section == EXPERIMENTS else max(minutes - self.glance, 0.0)
        return chance / (self.reading + looking)

    def _chance(self, spec: Spec, *, asks: bool) -> float:
        """Return the chance of an answer that helps."""
        answered = self.answered[spec.section] + self.patience
        chance = answered / (answered + self.skipped[spec.section])
        if spec.section != "setup":
            return chance
        return chance * (self.asked_fact if asks else self.background_fact)
