"""What if one thing had been seen otherwise: the smallest change that puts another cause on top.

Each answered check is tried at each of its other answers, and the graph is walked again. One change
is the smallest; what takes two is not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldx.diagnosis.inference import Inference, limits
from mldx.diagnosis.posterior import posterior
from mldx.diagnosis.rank import listed, roots_first, tally
from mldx.diagnosis.results import SmallestChange
from mldx.diagnosis.walk import facts, walk
from mldx.knowledge import KnowledgeBase
from mldx.provenance import Shares


def changes(inference: Inference) -> tuple[SmallestChange, ...]:
    """Return one change for each observation that can put another cause on top, the surest
    first.
    """
    top = _top(inference.values, inference.shares, inference.knowledge)
    found: dict[tuple[str, str], SmallestChange] = {}
    for step in inference.trail.steps:
        for other in _others(step.check.answers, step.answer):
            values = {**inference.values, step.check.id: other}
            shares = {id: one for id, one in inference.shares.items() if id != step.check.id}
            leader = _top(values, shares, inference.knowledge)
            if leader is None or (top is not None and leader[0] == top[0]):
                continue
            change = SmallestChange(
                symptom=step.check.id,
                saw=step.value,
                instead=other,
                top=leader[0],
                probability=leader[1],
            )
            kept = found.get((change.symptom, change.top))
            if kept is None or kept.probability < change.probability:
                found[change.symptom, change.top] = change
    return tuple(sorted(found.values(), key=lambda one: (-one.probability, one.symptom, one.top)))


def _others(answers: tuple[Any, ...], mine: int) -> Iterator[Any]:
    yield from (answer for number, answer in enumerate(answers) if number != mine)


def _top(
    values: Mapping[str, Any], shares: Mapping[str, Shares], knowledge: KnowledgeBase
) -> tuple[str, float] | None:
    """Return the first cause of a walk over other values, and its posterior."""
    known = facts(values)
    found = tally(walk(knowledge.compiled, values, known, shares))
    weighed = posterior(knowledge.priors(known), found, limits(knowledge))
    causes = {cause: weighed.of(cause) for cause in found if cause in knowledge.causes}
    ordered, _ = roots_first(listed(causes, found, knowledge), knowledge)
    return ordered[0] if ordered else None
