"""What in the rules bears on what: who points to a cause, who asks a symptom, who leads to a check,
who cites a source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import parse, symptoms


@dataclass(frozen=True, slots=True)
class Pointer:
    """A branch that says something of a cause: `check` asks `symptom`, and when `when` holds it
    gives `db`.
    """

    check: str
    symptom: str
    branch: int
    when: Any
    db: float


def pointers(base: KnowledgeBase, cause: str) -> list[Pointer]:
    """Return every branch that speaks for or against a cause, the strongest for first."""
    found = [
        Pointer(check.id, check.path, index, branch.when, weight)
        for check in base.compiled.checks
        for index, branch in enumerate(check.branches)
        for id, weight in branch.points_to.items()
        if id == cause and weight
    ]
    return sorted(found, key=lambda one: -one.db)


def asking(base: KnowledgeBase, symptom: str) -> tuple[list[str], list[str]]:
    """Return the checks that ask a symptom, and those that compare it beside another one; by its
    path.
    """
    nodes = base.compiled.checks
    return (
        [check.id for check in nodes if check.path == symptom],
        [check.id for check in nodes if check.path != symptom and symptom in compared(check)],
    )


def compared(check: CompiledCheck) -> set[str]:
    """Return every symptom that the branches of a check compare."""
    return set().union(*(symptoms(parse(branch.when, check.path)) for branch in check.branches))


def leading(base: KnowledgeBase, check: str) -> list[str]:
    """Return the checks that lead to a check, and `stage: ...` where a walk starts with it."""
    number = base.compiled.by_id[check].number
    starts = [f"stage: {stage}" for stage, head in base.stages.items() if check in head.start]
    leads = [
        check.id
        for check in base.compiled.checks
        if number in {*check.unknown, *(n for branch in check.branches for n in branch.then)}
    ]
    return starts + leads


def followers(base: KnowledgeBase, numbers: tuple[int, ...]) -> list[str]:
    """Return the ids of checks by their numbers."""
    return [base.compiled.checks[number].id for number in numbers]


def citing(base: KnowledgeBase) -> dict[str, list[str]]:
    """Return for every source, and for `own`, the causes whose cards cite it."""
    found: dict[str, list[str]] = {key: [] for key in (*base.sources, "own")}
    for id, card in base.causes.items():
        for key in card.sources:
            found[key].append(id)
    return found


def cited(base: KnowledgeBase, key: str, note: str) -> str:
    """Return a source in words: the text, the place in it, whether it was seen there, and where it
    is found.
    """
    source = base.sources.get(key)
    if source is None:
        return note
    place = f", {note}" if note else ""
    doubt = "" if source.verified else " (not verified)"
    return f"{source.text}{place}{doubt} {source.url}"


def only_own(base: KnowledgeBase) -> list[str]:
    """Return the causes that rest on our judgement alone."""
    return [id for id, card in base.causes.items() if set(card.sources) == {"own"}]
