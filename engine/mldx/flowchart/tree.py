"""A syndrome as a decision tree: its questions in order, and the causes that clear answers lead to.

An answer leads to a leaf where it speaks clearly for few causes among those that show as this
syndrome; every other answer goes on to the next question. A question of which no answer leads to a
leaf is not drawn, but named at the end. A tree that would not fit on a page keeps the leaves of the
commonest and clearest causes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from math import ceil, log10

from mldx.flowchart.cards import Answer, clear, known, said_of
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES, Syndrome
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import parse, tests
from mldx.knowledge.wording import phrase, words

_ROOM = 64  # lines that stay readable on a page of A4
_FEW, _MOST = 3, 0.6  # so many causes hold at least so much of what an answer speaks for
_SURE = 12.0  # dB; beyond it a leaf is kept for how common its cause is, not for more evidence
_LEAST = 0.01  # of 1000 failing runs; a cause may have no prior of its own
_WIDE = 38  # characters of a line of a question


@dataclass(frozen=True, slots=True)
class Leaf:
    """The causes that answers to a question lead to.

    first    those of the causes that no leaf above holds
    weight   how likely the likeliest of the causes is after the answer, in dB
    """

    port: str
    answers: tuple[Answer, ...]
    says: str
    causes: tuple[str, ...]
    first: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class TreeQuestion:
    """One question of the tree.

    others   the answers that lead to no leaf, and go on
    """

    id: str
    stage: str
    asks: str
    minutes: float
    leaves: tuple[Leaf, ...]
    others: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """A syndrome with its questions.

    signs     what it is recognized by, in words
    rest      causes that show as it and have no leaf, the commonest first
    besides   what else is asked, in words: questions without a leaf, and facts
    """

    syndrome: Syndrome
    signs: tuple[str, ...]
    questions: tuple[TreeQuestion, ...]
    rest: tuple[str, ...]
    besides: tuple[str, ...]


def tree(knowledge: KnowledgeBase, id: str) -> Tree:
    """Return the decision tree of a syndrome.

    raises   InputError, when there is no such syndrome
    """
    known("syndrome", id, list(knowledge.syndromes))
    questions = _pruned(knowledge, id)
    drawn = {cause for one in questions for leaf in one.leaves for cause in leaf.causes}
    rest = [cause for cause in causes_of(knowledge, id) if cause not in drawn]
    syndrome = knowledge.syndromes[id]
    asked = {one.id for one in questions}
    return Tree(
        syndrome,
        tuple(" and ".join(_sign(knowledge, sign)) for sign in syndrome.signs),
        tuple(questions),
        tuple(rest),
        tuple(_title(knowledge, check) for check in syndrome.asks if check not in asked),
    )


def _pruned(knowledge: KnowledgeBase, id: str) -> list[TreeQuestion]:
    """Return the questions, without the least telling leaves where they take more than a page."""
    left_out: set[tuple[str, str]] = set()
    while True:
        questions = list(_questions(knowledge, id, left_out))
        leaves = [(one.id, leaf) for one in questions for leaf in one.leaves]
        if not leaves or sum(map(_lines, questions)) <= _ROOM:
            return questions
        check, weakest = min(leaves, key=lambda one: (_telling(one[1]), one[0]))
        left_out.add((check, weakest.port))


def _telling(leaf: Leaf) -> float:
    """Return how much a leaf adds, in dB: how likely its first cause is, shared with the others;
    half as much where it names nothing new.
    """
    shared = 10 * log10(len(leaf.causes))
    return leaf.weight - shared - (0 if leaf.first else 10 * log10(2))


def _lines(question: TreeQuestion) -> float:
    """Return about how many lines a question takes, or its leaves where they are higher."""
    asked = 2 + ceil(len(question.asks) / _WIDE) + 2 * len(question.leaves) + 2
    causes = (
        1 + 3.5 * len(leaf.first) + 1.5 * bool(set(leaf.causes) - leaf.first)
        for leaf in question.leaves
    )
    return max(asked, sum(causes))


def causes_of(knowledge: KnowledgeBase, syndrome: str) -> list[str]:
    """Return the causes that show as a syndrome, the commonest first."""
    found = [id for id, cause in knowledge.causes.items() if syndrome in cause.shows_as]
    return sorted(found, key=lambda id: (-knowledge.causes[id].prior.weight, id))


def recognized_in(knowledge: KnowledgeBase, stage: str) -> list[str]:
    """Return the syndromes that are recognized by the checks of a stage: the surest of
    their signs stands there.
    """
    return [id for id in knowledge.syndromes if _stage(knowledge, id) == stage]


def _stage(knowledge: KnowledgeBase, syndrome: str) -> str:
    """Return the stage of the first check that recognizes a syndrome."""
    checks = knowledge.compiled.by_id
    seen = [
        test.symptom for sign in knowledge.syndromes[syndrome].signs for test in tests(parse(sign))
    ]
    return next((checks[id].stage for id in seen if id in checks), STAGES[0])


def _questions(
    knowledge: KnowledgeBase, id: str, left_out: AbstractSet[tuple[str, str]]
) -> Iterator[TreeQuestion]:
    """Yield the questions that have leaves, without the leaves (check, port) that are left out."""
    here = {cause: _commonness(knowledge, cause) for cause in causes_of(knowledge, id)}
    checks = knowledge.compiled.by_id
    seen: set[str] = set()
    for check in (checks[name] for name in knowledge.syndromes[id].asks if name in checks):
        leaves = tuple(_leaves(check, here, seen, left_out))
        if leaves:
            seen.update(*(leaf.causes for leaf in leaves))
            yield _question(check, leaves)


def _question(check: CompiledCheck, leaves: tuple[Leaf, ...]) -> TreeQuestion:
    taken = {answer for leaf in leaves for answer in leaf.answers}
    others = tuple(answer for answer in check.answers if answer not in taken)
    return TreeQuestion(check.id, check.stage, check.card.asks, check.minutes, leaves, others)


def _commonness(knowledge: KnowledgeBase, cause: str) -> float:
    """Return how common a cause is, in dB."""
    return 10 * log10(max(knowledge.causes[cause].prior.weight, _LEAST))


def _leaves(
    check: CompiledCheck,
    here: Mapping[str, float],
    seen: set[str],
    left_out: AbstractSet[tuple[str, str]],
) -> Iterator[Leaf]:
    """Yield a leaf for each run of answers that lead to the same causes.

    here   the causes that show as the syndrome, with how common each is, in dB; `seen` are those
           with a leaf above
    """
    numbers = range(len(check.answers))
    drawn = set(seen)
    runs = groupby(numbers, lambda number: tuple(id for id, _ in _points(check, number, here)))
    for index, (causes, group) in enumerate(runs):
        together, port = list(group), f"a{index}"
        if causes and (check.id, port) not in left_out:
            answers = tuple(check.answers[number] for number in together)
            weight = max(_points(check, number, here)[0][1] for number in together)
            said = said_of(check.card, answers, " or ")
            yield Leaf(port, answers, said, causes, frozenset(set(causes) - drawn), weight)
            drawn |= set(causes)


def _points(
    check: CompiledCheck, number: int, here: Mapping[str, float]
) -> list[tuple[str, float]]:
    """Return the few causes that hold most of what an answer clearly speaks for, likeliest first,
    with how likely each is, in dB; none where it takes many to hold as much.
    """
    points = [(id, min(db, _SURE) + here[id]) for id, db in clear(check, number) if id in here]
    points.sort(key=lambda point: (-point[1], point[0]))
    odds = [10 ** (weight / 10) for _, weight in points]
    for few in range(1, min(_FEW, len(points)) + 1):
        if sum(odds[:few]) >= _MOST * sum(odds):
            return points[:few]
    return []


def _sign(knowledge: KnowledgeBase, sign: object) -> Iterator[str]:
    """Yield what is seen, in words, for each condition of a sign."""
    for test in tests(parse(sign)):
        card, title = knowledge.checks.get(test.symptom), _title(knowledge, test.symptom)
        if card is None or test.operator not in ("is", "in"):
            yield phrase({test.symptom: {test.operator: test.operand}})
        elif card.kind == "flag":
            yield title if test.operand is True else f"not: {title}"
        else:
            named = test.operand if isinstance(test.operand, tuple) else (test.operand,)
            yield f"{title}: {said_of(card, named, ' or ')}"


def _title(knowledge: KnowledgeBase, id: str) -> str:
    title = knowledge.checks[id].title if id in knowledge.checks else ""
    return title or words(id)
