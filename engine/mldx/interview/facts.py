"""Facts of the setup that no check asks and that decide all the same.

Two kinds. The kind of data, task and model opens the checks of its own pack, closes others, and
makes causes more and less common. And some checks judge two facts together, a learning rate by its
optimizer; where the second is missing it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import exp

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import AnswerDistribution, LikelihoodTable, likelihood_tables
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import SCOPES
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import OTHERWISE, parse, symptoms

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
    scopes += [node.applies_to for node in knowledge.compiled.checks if node.applies_to]
    return {
        fact: _context(fact, knowledge)
        for fact in SCOPES
        if any(scope.get(fact) for scope in scopes)
    }


def _context(fact: str, knowledge: KnowledgeBase) -> LikelihoodTable:
    words = [word for word in knowledge.vocabulary.get(fact, {}) if word != _OTHER]
    given = {
        cause: AnswerDistribution.of(_often(cause, fact, word, knowledge) for word in words)
        for cause in knowledge.causes
    }
    usual = AnswerDistribution.of([1.0] * len(words))
    return LikelihoodTable(
        None,
        usual,
        {},
        {
            cause: answers
            for cause, answers in given.items()
            if answers.probabilities != usual.probabilities
        },
    )


def _often(cause: str, fact: str, word: str, knowledge: KnowledgeBase) -> float:
    """Return how much oftener than elsewhere a cause is met where a fact has this value."""
    if not knowledge.possible(cause, {fact: word}):
        return _SELDOM
    return exp(knowledge.domain_factors.get(cause, {}).get(word, 0.0))


def missing(inference: Inference) -> Iterator[tuple[str, LikelihoodTable, float]]:
    """Every fact that an answered check waits for, the check, and the share of its branches that
    compare the fact.
    """
    told = {node.id for node, _, _ in inference.trail.steps}
    for chart, compared in paired(inference.knowledge):
        assert chart.check is not None
        if chart.check.path in inference.values and chart.check.id not in told:
            for path, share in compared.items():
                if path not in inference.values:
                    yield inference.knowledge.paths[path].id, chart, share


@lru_cache(maxsize=4)
def paired(knowledge: KnowledgeBase) -> list[tuple[LikelihoodTable, dict[str, float]]]:
    """Return the checks that judge a setup fact beside the asked symptom, each with the share of
    its branches that do.
    """
    found = [
        (chart, _compared(chart.check)) for chart in likelihood_tables(knowledge) if chart.check
    ]
    return [(chart, compared) for chart, compared in found if compared]


def _compared(node: CompiledCheck) -> dict[str, float]:
    named = [symptoms(parse(way.when, node.path)) for way in node.branches if way.when != OTHERWISE]
    facts = {
        path for names in named for path in names if path.startswith("setup.") and path != node.path
    }
    return {path: sum(path in names for names in named) / len(named) for path in sorted(facts)}
