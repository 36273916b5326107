"""What if one thing had been seen otherwise: the smallest change that puts another cause on top.

Each observed symptom is tried at one value of every cell of its range on which the check answers
differently, and the graph is walked again. One change is the smallest; what takes two is not looked
for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mldx.diagnosis.rank import probability, rank, roots_first
from mldx.diagnosis.walk import walk
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import parse, tests
from mldx.knowledge.regions import cuts, samples

if TYPE_CHECKING:
    from mldx.diagnosis.inference import Inference
    from mldx.diagnosis.results import SmallestChange


def changes(inference: Inference) -> tuple[SmallestChange, ...]:
    """Return a change for each observation that can put another cause on top, surest first."""
    from mldx.diagnosis.results import SmallestChange

    top = _top(inference, inference.values)
    found: dict[tuple[str, str], SmallestChange] = {}
    for check, branch, _ in inference.trail.steps:
        for other in _others(inference, check, branch.when):
            leader = _top(inference, {**inference.values, check.path: other})
            if leader is None or (top is not None and leader[0] == top[0]):
                continue
            change = SmallestChange(
                symptom=check.symptom,
                saw=inference.symptoms.observed.get(check.symptom),
                instead=other,
                top=leader[0],
                probability=leader[1],
            )
            kept = found.get((check.symptom, leader[0]))
            if kept is None or kept.probability < change.probability:
                found[check.symptom, leader[0]] = change
    return tuple(
        sorted(found.values(), key=lambda change: (-change.probability, change.symptom, change.top))
    )


def _others(inference: Inference, check: CompiledCheck, when: Any) -> list[Any]:
    """One value of every cell of the asked symptom that does not take the same branch."""
    spec = inference.knowledge.specs[check.symptom]
    if spec.kind == "fact":
        return []
    compared = [] if when == "otherwise" else tests(parse(when, check.path))
    compared += [
        test
        for branch in check.branches
        if branch.when != "otherwise"
        for test in tests(parse(branch.when, check.path))
    ]
    cells = samples(spec, cuts(spec.path, compared, inference.knowledge.scales))
    mine = check.decide(inference.values)
    return [cell for cell in cells if check.decide({**inference.values, check.path: cell}) != mine]


def _top(inference: Inference, values: Mapping[str, Any]) -> tuple[str, float] | None:
    trail = walk(inference.knowledge.compiled, values, inference.known)
    listed = rank(trail, inference.knowledge, inference.known).listed
    ordered, _ = roots_first(listed, inference.knowledge)
    return (ordered[0][0], probability(ordered[0][1])) if ordered else None
