"""The graph from afar: the stages with the gates between them, or every check without its
causes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from mldx.flowchart import labels, style
from mldx.flowchart.cards import CheckCard, Walked, cards, walked
from mldx.flowchart.legend import compact
from mldx.flowchart.statements import document, edge, node, quoted, shade, starts
from mldx.flowchart.style import Hue
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

Spots = Mapping[str, tuple[int, int]]
_WIDTH, _CHECK_WIDTH, _DEEPEST, _COMMONEST = 62, 40, 21, 4
_END = "the walk ends"


def stages(knowledge: KnowledgeBase, path: Sequence[Step], caption: str = "") -> str:
    """Return the stages and the gates, in the order of the walk."""
    found, gone = cards(knowledge), walked(knowledge, path)
    reached = _ended(found, gone)
    walk = replace(gone, edges=gone.edges | reached)
    body = [node(stage, _stage(knowledge, stage, found, walk)) for stage in STAGES]
    body += [node(card.id, _gate(card, walk)) for card in found if card.gate]
    body += [*_end(found, walk, bool(reached)), *_edges(found, walk)]
    idea = (
        "Five stages, each in a chart of its own; a gate ends the walk where going on says nothing."
    )
    title = compact("The flowchart", idea, bool(walk), caption)
    return document(title, body, rankdir="TB", nodesep="0.5", ranksep="0.32")


def _ending(found: Sequence[CheckCard]) -> list[tuple[str, str]]:
    """Return (check, port) of every answer that leads nowhere."""
    return [
        (card.id, row.port) for card in found for row in card.rows if row.stops and not row.goes
    ]


def _ended(found: Sequence[CheckCard], walk: Walked) -> set[tuple[str, str]]:
    """Return the ways to the end that a walk went."""
    return {(check, _END) for check, port in _ending(found) if port in walk.taken.get(check, ())}


def _end(found: Sequence[CheckCard], walk: Walked, reached: bool) -> Iterator[str]:
    """Draw where a gate leads nowhere; a walk that was stopped there lights it up."""
    hue = Hue(style.STOP, style.STOP_FILL) if reached or not walk else style.DIM
    if _ending(found):
        yield node(_END, labels.tag([_END, "settle this first"], hue))


def _stage(knowledge: KnowledgeBase, stage: str, found: Sequence[CheckCard], walk: Walked) -> str:
    """Return the box of a stage: its question, how much it holds, and the causes most often settled
    there.
    """
    checks = [card for card in found if card.stage == stage and not card.gate]
    passed_by = walk and not any(card.id in walk.taken for card in checks)
    hue = style.DIM if passed_by else style.HUES[stage]
    head = knowledge.stages[stage]
    title = labels.font(
        labels.text(f"{STAGES.index(stage) + 1} {head.title}"), style.PAPER, 15, bold=True
    )
    question = labels.font(labels.text(head.question), style.PAPER, 12)
    ink = style.DIM_INK if hue is style.DIM else style.INK
    rows = [
        labels.font(labels.text(line), ink) for line in _contents(knowledge, stage, checks, walk)
    ]
    return labels.table(
        [_cell([title], hue.dark), _cell([question], hue.dark), _cell(rows, hue.light)], hue.dark
    )


def _contents(
    knowledge: KnowledgeBase, stage: str, checks: Sequence[CheckCard], walk: Walked
) -> Iterator[str]:
    causes = [id for id in knowledge.causes if knowledge.stage_of(id) == stage]
    causes.sort(key=lambda id: (-knowledge.causes[id].prior.weight, id))
    answered = f", {sum(card.id in walk.taken for card in checks)} of them answered" if walk else ""
    yield f"{len(checks)} checks{answered} · {len(causes)} causes, the most common first:"
    for id in causes[:_COMMONEST]:
        yield from labels.lines(f"· {knowledge.causes[id].title}", _WIDTH)


def _gate(card: CheckCard, walk: Walked) -> str:
    hue = Hue(style.STOP, style.STOP_FILL)
    if walk.dims(card.id):
        hue = Hue(style.DIM.dark, style.PAPER)
    elif not walk.alarms(card):
        hue = style.PASSED
    ink = style.DIM_INK if walk.dims(card.id) else style.INK
    question = [
        labels.font(labels.text(line), ink, 11, bold=True)
        for line in labels.lines(card.question, 48)
    ]
    facts = [labels.font(labels.text(line), hue.dark) for line in labels.facts_of(card, walk)]
    return labels.table([_cell([*question, *facts], hue.light)], hue.dark, 2)


def _cell(rows: Sequence[str], fill: str) -> str:
    return labels.cell(labels.left(rows), BGCOLOR=fill, ALIGN="LEFT", BALIGN="LEFT", WIDTH=420)


def _edges(found: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    """Draw every way from a stage or a gate to another, once; at a gate with the answers that go
    it.
    """
    box = {card.id: card.id if card.gate else card.stage for card in found}
    ways: dict[tuple[str, str], list[tuple[CheckCard, str, str, bool]]] = {}
    for card in found:
        for other, when, stops in _ways(card):
            if box.get(other, other) != box[card.id]:
                ways.setdefault((box[card.id], box.get(other, other)), []).append(
                    (card, other, when, stops)
                )
    for (tail, head), merged in ways.items():
        yield _way(tail, head, merged, walk)


def _ways(card: CheckCard) -> Iterator[tuple[str, str, bool]]:
    if not card.gate:
        yield from ((other, "", False) for other in card.leads_to)
    for row in card.rows if card.gate else ():
        yield from ((other, row.when, row.stops) for other in row.goes or (_END,))


def _way(
    tail: str, head: str, merged: Sequence[tuple[CheckCard, str, str, bool]], walk: Walked
) -> str:
    """Draw one way; lit when any of the edges it stands for was gone."""
    stops = all(stop for *_, stop in merged)
    said = ", ".join(dict.fromkeys(when for _, _, when, _ in merged if when))
    ends = [(card.id, other) for card, other, *_ in merged]
    gone = next((end for end in ends if end in walk.edges), ends[0])
    look = shade(walk, *gone, stops) | ({} if stops else {"weight": "20"})
    lit = not walk or gone in walk.edges
    return edge(tail, head, _when(said, stops, lit), **look)


def _when(said: str, stops: bool, lit: bool) -> str:
    """Return the words beside a way, if there are any."""
    color = style.STOP if stops else style.FAINT
    if not lit:
        color = style.DIM_INK
    return labels.font(f"&#160;{labels.text(said)}&#160;", color) if said else ""


def every_check(knowledge: KnowledgeBase, path: Sequence[Step], caption: str = "") -> str:
    """Return all checks and the ways between them, without causes."""
    walk = walked(knowledge, path)
    columns = [column for stage in STAGES for column in _even(cards(knowledge, stage))]
    spot = {card.id: (x, y) for x, column in enumerate(columns) for y, card in enumerate(column)}
    idea = "In the order of the walk; the charts of the stages show the branches and the causes."
    title = compact("Every check", idea, bool(walk), caption)
    body = [*_columns(knowledge, columns, spot, walk), *_all_edges(columns, spot, walk)]
    return document(title, body, rankdir="LR", nodesep="0.16", ranksep="0.45")


def _even(checks: Sequence[CheckCard]) -> list[Sequence[CheckCard]]:
    deep = ceil(len(checks) / ceil(len(checks) / _DEEPEST)) if checks else 1
    return [checks[first : first + deep] for first in range(0, len(checks), deep)]


def _columns(
    knowledge: KnowledgeBase, columns: Sequence[Sequence[CheckCard]], spot: Spots, walk: Walked
) -> Iterator[str]:
    first = starts(knowledge)
    for column in columns:
        yield from (node(card.id, _small(card, spot, walk, card.id in first)) for card in column)
        yield "{rank=same; " + "; ".join(quoted(card.id) for card in column) + "}"
        for upper, lower in pairwise(column):
            if lower.id not in upper.leads_to:
                yield edge(f"{upper.id}:s", f"{lower.id}:n", style="invis")
    for before, after in pairwise(columns):
        yield edge(f"{before[0].id}:e", f"{after[0].id}:w", style="invis", weight="100")


def _small(card: CheckCard, spot: Spots, walk: Walked, start: bool) -> str:
    """Return a check as its id and question; a way that would cross columns is named and not
    drawn.
    """
    hue, ink = style.HUES[card.stage], style.INK
    if walk.dims(card.id):
        hue, ink = style.DIM, style.DIM_INK
    frame, fill = hue.dark, hue.light
    if card.gate and not walk.dims(card.id) and walk.alarms(card):
        frame, fill = style.STOP, style.STOP_FILL
    if card.id in walk.taken:
        fill = style.LIT
    name = f"{'start: ' if start else ''}{'gate: ' if card.gate else ''}{card.id}"
    rows = [labels.font(labels.text(name), hue.dark, bold=True)]
    rows += _inked(labels.lines(card.question, _CHECK_WIDTH), ink)
    rows += _inked(_far(card, spot), frame, bold=True)
    body = labels.cell(labels.left(rows), BGCOLOR=fill, ALIGN="LEFT", BALIGN="LEFT", WIDTH=244)
    return labels.table([body], frame, 2 if card.gate else 1)


def _inked(lines: Sequence[str], ink: str, bold: bool = False) -> list[str]:
    return [labels.font(labels.text(line), ink, bold=bold) for line in lines]


def _far(card: CheckCard, spot: Spots) -> list[str]:
    far = [
        f"{style.GOES_MARK} {other}"
        for other in card.leads_to
        if _columns_between(card.id, other, spot) > 1
    ]
    ends = any(row.stops and not row.goes for row in card.rows)
    return (
        [style.STOP_MARK, *far]
        if ends
        else [f"{style.STOP_MARK} {one}" if card.gate else one for one in far]
    )


def _columns_between(tail: str, head: str, spot: Spots) -> int:
    return abs(spot[head][0] - spot[tail][0])


def _all_edges(columns: Sequence[Sequence[CheckCard]], spot: Spots, walk: Walked) -> Iterator[str]:
    for card in (card for column in columns for card in column):
        stops = {other for row in card.rows if row.stops for other in row.goes}
        for other in card.leads_to:
            if _columns_between(card.id, other, spot) <= 1:
                yield _short(card.id, other, spot, shade(walk, card.id, other, other in stops))


def _short(tail: str, head: str, spot: Spots, look: Mapping[str, str]) -> str:
    (x, y), there = spot[tail], spot[head]
    if there == (x, y + 1):
        return edge(f"{tail}:s", f"{head}:n", **look)
    return edge(f"{tail}:e", f"{head}:{'e' if there[0] == x else 'w'}", **look)
