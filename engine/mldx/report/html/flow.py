"""The path of a walk on the flowchart: a column for each stage, a dot for each check that was
answered, in walking order.

A dot says what was asked and what was seen; a red one stopped the walk there. Lines are the ways
gone, drawn from answer to answer: checks that were passed without an answer are counted under their
column, as are those never reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mldx.flowchart.cards import Walked, walked
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES
from mldx.knowledge.wording import shortened, words
from mldx.report.html.render import rendered

if TYPE_CHECKING:
    from markupsafe import Markup

    from mldx.diagnosis.results import Step

_WIDE, _TALL, _TOP, _INDENT = 224, 24, 50, 20
_LONGEST, _CHARACTER = 29, 6.6


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a check stands."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class StageColumn:
    """One stage: the checks that were answered, and how many were passed unanswered or not reached.

    x       where its words begin
    counts  (words, how far down) below the checks
    """

    stage: str
    title: str
    x: int
    answered: Sequence[str]
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class AnsweredCheck:
    """One check on the path: what was asked and seen, and whether the walk stopped there."""

    spot: Spot
    question: str
    asked: str
    saw: str
    stopped: bool


def path(knowledge: KnowledgeBase, steps: Sequence[Step]) -> Markup | None:
    """Return the picture of a walk, or None when it answered nothing."""
    walk = walked(knowledge, steps)
    if not walk:
        return None
    columns = [_column(knowledge, number, walk) for number in range(len(STAGES))]
    spots = {
        check: Spot(_WIDE * number + _INDENT, _TOP + _TALL * row)
        for number, column in enumerate(columns)
        for row, check in enumerate(column.answered)
    }
    rows = max(len(column.answered) for column in columns) + 2
    return rendered(
        "path.html",
        columns=columns,
        lines=list(_lines(knowledge, walk, spots)),
        checks=[_check(knowledge, id, spot, walk) for id, spot in spots.items()],
        box=f"0 0 {_WIDE * len(columns)} {_TOP + _TALL * rows}",
        alt=_alt(columns, walk),
    )


def _column(knowledge: KnowledgeBase, number: int, walk: Walked) -> StageColumn:
    """Return the column of a stage, with the counts under its last check."""
    stage, checks = STAGES[number], knowledge.compiled.checks
    here = [check.id for check in checks if check.stage == stage]
    answered = [id for id in here if id in walk.taken]
    passed = len(_reached(knowledge, walk).intersection(here).difference(answered))
    counts = [(passed, "without an answer"), (len(here) - len(answered) - passed, "not reached")]
    below = _TOP + _TALL * len(answered) + 4
    shown = [f"{count} {what}" for count, what in counts if count]
    return StageColumn(
        stage=stage,
        title=f"{number + 1} {knowledge.stages[stage].title}",
        x=_WIDE * number + _INDENT - 6,
        answered=answered,
        counts=[(words, below + 18 * row) for row, words in enumerate(shown)],
    )


def _reached(knowledge: KnowledgeBase, walk: Walked) -> set[str]:
    starts = {knowledge.compiled.checks[start].id for start in knowledge.compiled.start}
    return starts.union(head for _, head in walk.edges)


def _lines(knowledge: KnowledgeBase, walk: Walked, spots: Mapping[str, Spot]) -> Iterator[str]:
    """Yield the ways gone from answer to answer."""
    following: dict[str, list[str]] = {}
    for tail, head in sorted(walk.edges):
        following.setdefault(tail, []).append(head)
    for tail in spots:
        for head in _next_answered(tail, following, spots):
            room = _CHARACTER * len(_asked(knowledge, tail, walk) + _saw(tail, walk))
            yield _way(spots[tail], spots[head], room)


def _next_answered(
    tail: str, following: Mapping[str, Sequence[str]], spots: Mapping[str, Spot]
) -> list[str]:
    """Return the answered checks that a check leads to, straight or past unanswered ones."""
    found: dict[str, None] = {}
    seen, waiting = {tail}, list(following.get(tail, ()))
    while waiting:
        id = waiting.pop()
        if id in spots:
            found[id] = None
        elif id not in seen:
            seen.add(id)
            waiting += following.get(id, ())
    return sorted(found)


def _way(tail: Spot, head: Spot, room: float) -> str:
    """Return a line from dot to dot; to another column from behind the words, which take so much
    room, past the others'.
    """
    down = head.y - tail.y
    if head.x > tail.x:
        edge = tail.x + _WIDE - 24
        start, across = min(tail.x + 14 + room, edge), head.x - edge
        half = f"{across / 2:g}"
        return f"M{start:g} {tail.y:g}H{edge:g}c{half} 0 {half} {down:g} {across:g} {down:g}"
    if abs(down) <= _TALL:
        return f"M{tail.x:g} {tail.y:g}v{down:g}"
    return f"M{tail.x:g} {tail.y:g}c-16 0 -16 {down:g} 0 {down:g}"


def _check(knowledge: KnowledgeBase, id: str, spot: Spot, walk: Walked) -> AnsweredCheck:
    return AnsweredCheck(
        spot=spot,
        question=knowledge.checks[id].question,
        asked=_asked(knowledge, id, walk),
        saw=_saw(id, walk),
        stopped=_stopped(knowledge, id, walk),
    )


def _asked(knowledge: KnowledgeBase, id: str, walk: Walked) -> str:
    """Return what was asked, as far as there is room beside what was seen."""
    asked = knowledge.compiled.by_id[id].symptom.removeprefix("custom.").replace("_", " ")
    room = max(_LONGEST - len(_saw(id, walk)), 8)
    return f"{shortened(asked, room)} "


def _saw(id: str, walk: Walked) -> str:
    return shortened(words(walk.saw[id]), _LONGEST // 2 + 3)


def _stopped(knowledge: KnowledgeBase, id: str, walk: Walked) -> bool:
    """Did the answer to this check not lead on, where another would have?"""
    node = knowledge.compiled.by_id[id]
    taken = [
        way for index, way in enumerate(node.branches) if f"b{index}" in walk.taken.get(id, ())
    ]
    return any(node.stops(way) for way in taken)


def _alt(columns: Sequence[StageColumn], walk: Walked) -> str:
    """Say the path in words, for who cannot see it."""
    parts = []
    for column in columns:
        seen = [f"{id.replace('_', ' ')} {words(walk.saw[id])}" for id in column.answered]
        title = column.title.partition(" ")[2]
        parts.append(f"{title}: {', '.join(seen) if seen else 'nothing answered'}")
    return ". ".join(parts)
