"""What the rules cannot part: causes of which every answer says the same, questions whose answers
all say the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mldx.errors import Fault
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.read import RuleFiles

Faults = Iterator[Fault]


def twins(reading: RuleFiles) -> Faults:
    """Causes that every branch gives the same evidence, that apply to the same runs, as common in
    the same fields.
    """
    groups: dict[str, list[str]] = {}
    said = _evidence(reading)
    for id, card in reading.content["causes"].items():
        if id in said:
            key = [
                said[id],
                *(card.get(field) for field in ("applies_to", "not_for")),
                card["prior"].get("domains"),
            ]
            groups.setdefault(json.dumps(key, sort_keys=True), []).append(id)
    for first, *others in groups.values():
        for other in others:
            what = f"no answers tell `{other}` from `{first}`: every branch says the same of both."
            first_card = reading.where("cause", first)
            help = f"ask for the sign that `mistaken_for` names, or join the two (see {first_card})"
            yield Fault(
                reading.where("cause", other), what, "a branch that points to one of them", help
            )


def _evidence(reading: RuleFiles) -> dict[str, list[tuple[str, int, float]]]:
    """Return for every cause (check, branch, dB) of everything that is said of it."""
    found: dict[str, list[tuple[str, int, float]]] = {}
    for id, check in reading.content["checks"].items():
        for index, branch in enumerate(check["branches"]):
            for cause, weight in branch["points_to"].items():
                if weight:
                    found.setdefault(cause, []).append((id, index, weight))
    return found


def idle(reading: RuleFiles, base: KnowledgeBase) -> Faults:
    """Questions whose answers all say the same of every cause and lead to the same checks: they
    need not be asked.
    """
    for node in base.compiled.checks:
        outcomes = {
            (frozenset(item for item in way.points_to.items() if item[1]), frozenset(way.then))
            for way in node.branches
        }
        if len(outcomes) == 1 and next(iter(outcomes))[1] == frozenset(node.unknown):
            what = (
                f"`{node.id}` separates nothing: "
                "all its answers say the same and lead to the same checks."
            )
            yield Fault(
                reading.where("check", node.id),
                what,
                "answers that differ",
                "let a branch point to a cause, or drop it",
            )
