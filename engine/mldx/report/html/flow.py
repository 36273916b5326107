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
from mldx.report.html.markup import Markup, joined, tag

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

_WIDE, _TALL, _TOP, _INDENT = 224, 24, 50, 20
_LONGEST, _CHARACTER = 29, 6.6


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a check stands."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Column:
    """One stage: the checks that were answered, and how many were passed unanswered or never
    reached.
    """

    stage: str
    answered: Sequence[str]
    passed: int
    missed: int

    @property
    def rows(self) -> int:
        """How many rows it takes, the counts under it included."""
        return len(self.answered) + 2


def path(knowledge: KnowledgeBase, steps: Sequence[Step]) -> Markup | None:
    """Return the picture of a walk, or None when it answered nothing."""
    walk = walked(knowledge, steps)
    if not walk:
        return None
    columns = [_column(knowledge, stage, walk) for stage in STAGES]
    spots = {
        check: Spot(_WIDE * number + _INDENT, _TOP + _TALL * row)
        for number, column in enumerate(columns)
        for row, check in enumerate(column.answered)
    }
    heads = [_head(knowledge, column, number) for number, column in enumerate(columns)]
    drawn = tag(
        "svg", heads, list(_lines(knowledge, walk, spots)),
        [_check(knowledge, id, spot, walk) for id, spot in spots.items()],
        viewBox=f"0 0 {_WIDE * len(columns)} {_TOP + _TALL * max(column.rows for column in columns)}",
        role="img", aria_label=_told(knowledge, columns, walk),
    )  # fmt: skip
    return tag(
        "div", drawn, class_="flow", tabindex="0", role="group", aria_label="Picture of the path"
    )


def _column(knowledge: KnowledgeBase, stage: str, walk: Walked) -> Column:
    nodes = knowledge.compiled.checks
    reached = {nodes[number].id for number in knowledge.compiled.start} | {
        head for _, head in walk.edges
    }
    here = [node.id for node in nodes if node.stage == stage]
    answered = [id for id in here if id in walk.taken]
    passed = sum(id in reached and id not in walk.taken for id in here)
    return Column(stage, answered, passed, len(here) - len(answered) - passed)


def _head(knowledge: KnowledgeBase, column: Column, number: int) -> Markup:
    """Return the title of a column, and the counts under its last check."""
    x = _WIDE * number + _INDENT - 6
    title = f"{number + 1} {knowledge.content['stages'][column.stage]['title']}"
    counts = [f"{column.passed} without an answer", f"{column.missed} not reached"]
    told = [
        words for words, count in zip(counts, (column.passed, column.missed), strict=True) if count
    ]
    below = _TOP + _TALL * len(column.answered)
    notes = [
        tag("text", words, x=x + 17, y=below + 4 + 18 * row, class_="quiet")
        for row, words in enumerate(told)
    ]
    return joined(tag("text", title, x=x, y=20, class_=f"stage stage-{column.stage}"), notes)


def _lines(knowledge: KnowledgeBase, walk: Walked, spots: Mapping[str, Spot]) -> Iterator[Markup]:
    """Yield the ways gone from answer to answer."""
    following: dict[str, list[str]] = {}
    for tail, head in sorted(walk.edges):
        following.setdefault(tail, []).append(head)
    for tail in spots:
        for head in _next_answered(tail, following, spots):
            room = _CHARACTER * len(_asked(knowledge, tail, walk) + _saw(tail, walk))
            yield tag("path", d=_way(spots[tail], spots[head], room), class_="way")


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
        return f"M{start:g} {tail.y:g}H{edge:g}c{across / 2:g} 0 {across / 2:g} {down:g} {across:g} {down:g}"
    if abs(down) <= _TALL:
        return f"M{tail.x:g} {tail.y:g}v{down:g}"
    return f"M{tail.x:g} {tail.y:g}c-16 0 -16 {down:g} 0 {down:g}"


def _check(knowledge: KnowledgeBase, id: str, spot: Spot, walk: Walked) -> Markup:
    kind = "stopped" if _stopped(knowledge, id, walk) else "answered"
    label = tag(
        "text",
        _asked(knowledge, id, walk),
        tag("tspan", _saw(id, walk)),
        x=spot.x + 11,
        y=spot.y + 4,
    )
    dot = tag("circle", cx=spot.x, cy=spot.y, r=5)
    return tag(
        "g",
        tag("title", knowledge.content["checks"][id]["question"]),
        dot,
        label,
        class_=f"check {kind}",
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


def _told(knowledge: KnowledgeBase, columns: Sequence[Column], walk: Walked) -> str:
    """Say the path in words, for who cannot see it."""
    parts = []
    for column in columns:
        seen = [f"{id.replace('_', ' ')} {words(walk.saw[id])}" for id in column.answered]
        title = knowledge.content["stages"][column.stage]["title"]
        parts.append(f"{title}: {', '.join(seen) if seen else 'nothing answered'}")
    return ". ".join(parts)
