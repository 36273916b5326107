"""The path of a walk on the flowchart: a column for each stage, a dot for each check that was
answered, in walking order.

A dot says what was asked and what was seen; a red one closed later stages. The line goes from
answer to answer; checks that were passed without an answer are counted under their column, as are
those of a closed stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
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
    """One check on the path: what was asked and seen, and whether that closed a stage."""

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
        lines=list(_lines(walk, spots)),
        checks=[_check(knowledge, id, spot, walk) for id, spot in spots.items()],
        box=f"0 0 {_WIDE * len(columns)} {_TOP + _TALL * rows}",
        alt=_alt(columns, walk),
    )


def _column(knowledge: KnowledgeBase, number: int, walk: Walked) -> StageColumn:
    """Return the column of a stage, with the counts under its last check."""
    stage, checks = STAGES[number], knowledge.compiled.checks
    here = [check.id for check in checks if check.stage == stage]
    answered = [id for id in here if id in walk.answers]
    why = "not reached" if stage in walk.closed else "without an answer"
    counts = [(len(here) - len(answered), why)]
    below = _TOP + _TALL * len(answered) + 4
    shown = [f"{count} {what}" for count, what in counts if count]
    return StageColumn(
        stage=stage,
        title=f"{number + 1} {knowledge.stages[stage].title}",
        x=_WIDE * number + _INDENT - 6,
        answered=answered,
        counts=[(words, below + 18 * row) for row, words in enumerate(shown)],
    )


def _lines(walk: Walked, spots: Mapping[str, Spot]) -> Iterator[str]:
    """Yield the way from each answer to the next."""
    for tail, head in pairwise(spots):
        room = _CHARACTER * len(_asked(tail, walk) + _saw(tail, walk))
        yield _way(spots[tail], spots[head], room)


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
    return f"M{tail.x:g} {tail.y:g}v{down:g}"


def _check(knowledge: KnowledgeBase, id: str, spot: Spot, walk: Walked) -> AnsweredCheck:
    return AnsweredCheck(
        spot=spot,
        question=f"{knowledge.checks[id].asks} {walk.says[id]}",
        asked=_asked(id, walk),
        saw=_saw(id, walk),
        stopped=id in walk.closed.values(),
    )


def _asked(id: str, walk: Walked) -> str:
    """Return what was asked, as far as there is room beside what was seen."""
    room = max(_LONGEST - len(_saw(id, walk)), 8)
    return f"{shortened(words(id), room)} "


def _saw(id: str, walk: Walked) -> str:
    return shortened(words(walk.saw[id]), _LONGEST // 2 + 3)


def _alt(columns: Sequence[StageColumn], walk: Walked) -> str:
    """Say the path in words, for who cannot see it."""
    parts = []
    for column in columns:
        seen = [f"{id.replace('_', ' ')} {words(walk.saw[id])}" for id in column.answered]
        title = column.title.partition(" ")[2]
        parts.append(f"{title}: {', '.join(seen) if seen else 'nothing answered'}")
    return ". ".join(parts)
