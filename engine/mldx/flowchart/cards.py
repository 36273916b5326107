"""A check as it is drawn: its question, and a row for each answer with the causes it speaks for.

Answers that speak for the same causes share a row. A gate is a check of which some answer closes
later stages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import TYPE_CHECKING

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, STAGES, Check, Scope
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import parse, symptoms
from mldx.knowledge.wording import words

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

CLEAR = 5.0  # dB: an answer that makes a cause three times as likely speaks for it clearly
MOST = 3  # causes named beside one answer

Answer = str | bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """Answers that speak for the same causes.

    points  (id of a cause, dB) of clear evidence for, strongest first; `more` are not named
    closes  the stages that they close
    """

    port: str
    answers: tuple[Answer, ...]
    says: str
    points: tuple[tuple[str, float], ...] = ()
    more: int = 0
    closes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckCard:
    """One check.

    scope    the runs it is asked of, in words
    depends  the symptoms and facts by which its figures change, in words
    """

    id: str
    stage: str
    question: str
    minutes: float
    scope: str
    depends: str
    rows: tuple[AnswerRow, ...]

    @property
    def gate(self) -> bool:
        """Does some answer close a stage?"""
        return any(row.closes for row in self.rows)


def cards(knowledge: KnowledgeBase, stage: str | None = None) -> list[CheckCard]:
    """Return the checks of a stage, or of all, in walking order.

    raises   InputError, when there is no such stage
    """
    if stage is not None:
        known("stage", stage, STAGES)
    checks = knowledge.compiled.checks
    return [_card(check) for check in checks if stage in (None, check.stage)]


def known(kind: str, id: str, ids: Sequence[str]) -> None:
    """Refuse an id that is none, naming the nearest.

    raises   InputError
    """
    if id not in ids:
        near = nearest(id, ids)
        help = f"write `{near}`" if near else ""
        raise InputError(Fault(id, f"`{id}` is not a {kind}.", "one of " + ", ".join(ids), help))


def says(check: Check, answer: Answer) -> str:
    """Return an answer in words."""
    return next((one.say for one in check.answers if one.id == answer), words(answer))


def said_of(check: Check, answers: Sequence[Answer], between: str) -> str:
    """Return neighbouring answers in words, what is said twice once; of many the first and last."""
    said = list(dict.fromkeys(says(check, answer) for answer in answers))
    return between.join(said if len(said) <= MOST else [said[0], "…", said[-1]])


def clear(check: CompiledCheck, number: int) -> list[tuple[str, float]]:
    """Return the causes that an answer speaks for clearly, with dB, strongest first."""
    decibans = check.card.table.decibans(((number, 1.0),))
    found = [(id, db) for id, db in decibans.items() if db >= CLEAR and id != HEALTHY]
    return sorted(found, key=lambda point: (-point[1], point[0]))


def _card(check: CompiledCheck) -> CheckCard:
    depends = {id for given in check.card.given for id in symptoms(parse(given.when))}
    return CheckCard(
        id=check.id,
        stage=check.stage,
        question=check.card.asks,
        minutes=check.minutes,
        scope=scope_words(check.card.only_for),
        depends=", ".join(words(id) for id in sorted(depends)),
        rows=tuple(_rows(check)),
    )


def scope_words(scope: Scope | None) -> str:
    """Return the runs that a check is asked of, in words: "task detection, segmentation"."""
    if scope is None:
        return ""
    given = ((field.name, getattr(scope, field.name)) for field in fields(scope))
    return "; ".join(
        f"{words(name)} {', '.join(map(words, values))}" for name, values in given if values
    )


def _rows(check: CompiledCheck) -> Iterator[AnswerRow]:
    """Yield a row for each run of neighbouring answers that say the same."""
    numbers = range(len(check.answers))
    for index, (_, group) in enumerate(groupby(numbers, lambda number: _speech(check, number))):
        together = list(group)
        points = clear(check, together[0])
        answers = tuple(check.answers[number] for number in together)
        yield AnswerRow(
            port=f"b{index}",
            answers=answers,
            says=said_of(check.card, answers, "; "),
            points=tuple(points[:MOST]),
            more=len(points[MOST:]),
            closes=_closes(check, together[0]),
        )


def _speech(check: CompiledCheck, number: int) -> object:
    points = tuple((id, round(db)) for id, db in clear(check, number))
    return points, _closes(check, number)


def _closes(check: CompiledCheck, number: int) -> tuple[str, ...]:
    gate = check.card.gate
    return gate.closes if gate and number in check.closing else ()


@dataclass(frozen=True, slots=True)
class Walked:
    """What the walk of a run lights up.

    answers    check -> the answer given
    says       check -> the same in words
    saw        check -> the value seen
    closed     stage -> the check that closed it
    syndromes  those that hold, in the order in which they are reported
    """

    answers: Mapping[str, Answer]
    says: Mapping[str, str]
    saw: Mapping[str, object]
    closed: Mapping[str, str]
    syndromes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.answers)

    def dims(self, check: str) -> bool:
        """Is there a walk, and did it not answer this check?"""
        return bool(self.answers) and check not in self.answers

    def took(self, check: str, answers: Sequence[Answer]) -> bool:
        """Is one of these answers the one that was given?"""
        return check in self.answers and self.answers[check] in answers

    def alarms(self, card: CheckCard) -> bool:
        """Is a gate to be drawn in red: it closed a stage, or there is no walk?"""
        if not self:
            return card.gate
        return any(row.closes and self.took(card.id, row.answers) for row in card.rows)


NOWHERE = Walked({}, {}, {}, {}, ())


def walked(knowledge: KnowledgeBase, path: Sequence[Step]) -> Walked:
    """Return what the steps of a diagnosis light up."""
    if not path:
        return NOWHERE
    return Walked(
        answers={step.check: step.answer for step in path},
        says={step.check: step.says for step in path},
        saw={step.check: step.saw for step in path},
        closed={stage: step.check for step in path for stage in step.closes},
        syndromes=_shown(knowledge, path),
    )


def _shown(knowledge: KnowledgeBase, path: Sequence[Step]) -> tuple[str, ...]:
    """Return the syndromes that the answers of a walk show."""
    values = {step.symptom: step.saw for step in path}
    found = {one.card.id: one.card for one in knowledge.compiled.syndromes if one.sign(values)}
    return tuple(id for id, card in found.items() if not found.keys() & set(card.unless))
