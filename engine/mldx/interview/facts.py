"""Facts of the setup that no check asks and that decide all the same.

Two kinds. The kind of data, task and model opens the checks of its own pack, closes others, and
makes causes more and less common. And some checks judge two facts together, a learning rate by its
optimizer; where the second is missing it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import LikelihoodTable
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import SCOPES
from mldx.knowledge.conditions import parse, symptoms
from mldx.knowledge.frequencies import FrequencyTable, Row

_OTHER = "other"
_SELDOM = 1e-3


def context(inference: Inference) -> Iterator[tuple[str, LikelihoodTable]]:
    """Every fact of the context that decides something and is not known."""
    return (
        (fact, chart)
        for fact, chart in contexts(inference.knowledge).items()
        if fact not in inference.known
    )


@lru_cache(maxsize=4)
def contexts(knowledge: KnowledgeBase) -> dict[str, LikelihoodTable]:
    """Return by fact how often it has each of its values, usually and by cause."""
    scopes = [scope for pair in knowledge.scopes.values() for scope in pair if scope]
    return {
        fact: _context(fact, knowledge)
        for fact in SCOPES
        if any(scope.get(fact) for scope in scopes) or _narrows(fact, knowledge)
    }


def _narrows(fact: str, knowledge: KnowledgeBase) -> bool:
    """Does some check make sense only for certain values of the fact?"""
    narrowed = [card.only_for for card in knowledge.checks.values() if card.only_for]
    return any(getattr(scope, fact) for scope in narrowed)


def _context(fact: str, knowledge: KnowledgeBase) -> LikelihoodTable:
    words = [word for word in knowledge.vocabulary.get(fact, {}) if word != _OTHER]
    usual = (1 / len(words),) * len(words)
    rows = {cause: _row(cause, fact, words, knowledge) for cause in knowledge.causes}
    table = FrequencyTable(usual, {cause: row for cause, row in rows.items() if row != usual})
    return LikelihoodTable(None, table)


def _row(cause: str, fact: str, words: Sequence[str], knowledge: KnowledgeBase) -> Row:
    """Return how the values of a fact are spread over runs with a cause."""
    weights = [_often(cause, fact, word, knowledge) for word in words]
    whole = sum(weights)
    return tuple(weight / whole for weight in weights)


def _often(cause: str, fact: str, word: str, knowledge: KnowledgeBase) -> float:
    """Return how much oftener than elsewhere a cause is met where a fact has this value."""
    if not knowledge.possible(cause, {fact: word}):
        return _SELDOM
    return float(knowledge.causes[cause].prior.domains.get(word, 1.0))


def missing(inference: Inference) -> Iterator[tuple[str, LikelihoodTable, float]]:
    """Yield every fact that an answered check would be judged by, the table that would then apply,
    and the share of the check's tables that ask for it.
    """
    for step in inference.trail.steps:
        given = step.check.card.given
        for circumstance in given:
            for fact in sorted(symptoms(parse(circumstance.when))):
                spec = inference.knowledge.specs[fact]
                if spec.kind == "fact" and fact not in inference.values:
                    yield fact, LikelihoodTable(step.check, circumstance.table), 1 / len(given)
