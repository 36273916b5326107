"""A check as it is drawn: its question, a row for each branch, and where it leads.

Most checks lead to one next check whatever the answer: that is their `then`, drawn once. Where the
branches part, each row says where it `goes`. A gate is a check of which some branch does not lead
on; that row `stops`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, STAGES, STRENGTHS
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.wording import NOT_KNOWN, phrase

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

FOR = STRENGTHS["moderate"]
AGAINST = -STRENGTHS["strong"]
_MOST_AGAINST = 2


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One branch.

    points   (title of a cause, dB) of at least moderate evidence for, strongest first
    against  titles of causes with strong evidence against, strongest first, and how many more
             there are
    goes     where it leads, if the branches of the check part
    """

    port: str
    when: str
    points: tuple[tuple[str, float], ...] = ()
    against: tuple[str, ...] = ()
    more: int = 0
    goes: tuple[str, ...] = ()
    stops: bool = False


@dataclass(frozen=True, slots=True)
class CheckCard:
    """One check."""

    id: str
    stage: str
    symptom: str
    question: str
    minutes: float
    scope: str
    rows: tuple[BranchRow, ...]
    then: tuple[str, ...]

    @property
    def gate(self) -> bool:
        """Is there a branch that does not lead on?"""
        return any(row.stops for row in self.rows)

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Every check that some branch leads to."""
        return tuple(dict.fromkeys([*self.then, *(id for row in self.rows for id in row.goes)]))


def cards(knowledge: KnowledgeBase, stage: str | None = None) -> list[CheckCard]:
    """Return the checks of a stage, or of all, in walking order.

    raises   InputError, when there is no such stage
    """
    if stage is not None and stage not in STAGES:
        near = nearest(stage, STAGES)
        help = f"write `{near}`" if near else ""
        raise InputError(
            Fault(stage, f"`{stage}` is no stage.", "one of " + ", ".join(STAGES), help)
        )
    return [
        _card(knowledge, node) for node in knowledge.compiled.checks if stage in (None, node.stage)
    ]


def _card(knowledge: KnowledgeBase, node: CompiledCheck) -> CheckCard:
    then = _common(knowledge, node)
    ways = [way.then for way in node.branches]
    parts = any(set(way) != set(node.unknown) for way in ways)
    rows = [_row(knowledge, node, index, parts) for index in range(len(ways))]
    if parts:
        rows.append(BranchRow("unknown", NOT_KNOWN, goes=_ids(knowledge, node.unknown)))
    scope = ", ".join(name for names in (node.applies_to or {}).values() for name in names)
    question = knowledge.checks[node.id].question
    return CheckCard(
        node.id, node.stage, node.path, question, node.minutes, scope, tuple(rows), then
    )


def _common(knowledge: KnowledgeBase, node: CompiledCheck) -> tuple[str, ...]:
    """Return what every outcome leads to; where there is nothing such, what an unobserved symptom
    leads to.
    """
    shared = [other for other in node.unknown if all(other in way.then for way in node.branches)]
    return _ids(knowledge, shared or node.unknown)


def _row(knowledge: KnowledgeBase, node: CompiledCheck, index: int, parts: bool) -> BranchRow:
    way = node.branches[index]
    ranked = sorted(way.points_to.items(), key=lambda point: (-abs(point[1]), point[0]))

    def title(cause: str) -> str:
        return knowledge.causes[cause].title

    against = [id for id, weight in ranked if weight <= AGAINST and id != HEALTHY]
    return BranchRow(
        port=f"b{index}",
        when=phrase(way.when, node.path),
        points=tuple(
            (title(id), weight) for id, weight in ranked if weight >= FOR and id != HEALTHY
        ),
        against=tuple(map(title, against[:_MOST_AGAINST])),
        more=len(against[_MOST_AGAINST:]),
        goes=_ids(knowledge, way.then) if parts else (),
        stops=node.stops(way),
    )


def _ids(knowledge: KnowledgeBase, numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(knowledge.compiled.checks[number].id for number in numbers)


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk lights up: for each check answered the branches taken and what was seen; the
    edges gone along.
    """

    taken: dict[str, set[str]]
    saw: dict[str, object]
    edges: set[tuple[str, str]]

    def __bool__(self) -> bool:
        return bool(self.taken)

    def dims(self, check: str) -> bool:
        """Is there a walk, and did it not answer this check?"""
        return bool(self.taken) and check not in self.taken

    def alarms(self, card: CheckCard) -> bool:
        """Is a gate to be drawn in red: it stopped the walk, or there is no walk?"""
        taken = self.taken.get(card.id, set())
        return not self or any(row.stops for row in card.rows if row.port in taken)


NOWHERE = Walked({}, {}, set())


def walked(knowledge: KnowledgeBase, path: Sequence[Step]) -> Walked:
    """Return what the steps of a diagnosis light up; unanswered checks are passed through, and stay
    dim.
    """
    taken: dict[str, set[str]] = {}
    for step in path:
        exits = knowledge.compiled.by_id[step.check].branches
        ports = {f"b{index}" for index, way in enumerate(exits) if way.when == step.branch}
        taken.setdefault(step.check, set()).update(ports)
    return Walked(
        taken,
        {step.check: step.saw for step in path},
        set(_edges(knowledge, path)) if path else set(),
    )


def _edges(knowledge: KnowledgeBase, path: Sequence[Step]) -> Iterator[tuple[str, str]]:
    """Follow the walk once more: by the branches taken where a check was answered, else by
    `unknown`.
    """
    gone: dict[str, set[str]] = {}
    for step in path:
        gone.setdefault(step.check, set()).update(step.leads_to)
    nodes = knowledge.compiled.checks
    reached = {nodes[number].id for number in knowledge.compiled.start}
    for node in nodes:
        if node.id in reached:
            following = gone.get(node.id, set(_ids(knowledge, node.unknown)))
            reached |= following
            yield from ((node.id, other) for other in following)
