"""The flowchart as Graphviz DOT.

Three views of one graph: `overview` shows the stages and the gates between them, `chart` a stage
with every check, branch and cause (or, without a stage, every check and no cause), `pages` a stage
cut into charts that fit a screen.

A check is a table: the question, then one row for each branch with the causes it points to. Columns
are ranks of a graph that runs from left to right, so that dot packs them tightly; checks drawn
elsewhere are named in small boxes between. The same rules give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from mldx.flowchart import labels, style
from mldx.flowchart.cards import BranchRow, CheckCard, Walked, cards, walked
from mldx.flowchart.layout import Column, abreast
from mldx.flowchart.layout import pages as split
from mldx.flowchart.legend import heading
from mldx.flowchart.overview import every_check, stages
from mldx.flowchart.statements import document, edge, node, quoted, shade, starts
from mldx.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step


def chart(
    knowledge: KnowledgeBase,
    stage: str | None = None,
    path: Sequence[Step] = (),
    caption: str = "",
) -> str:
    """Return the chart of one stage, or of all checks without their causes; a walked path is lit
    up, and of what it did not answer only the question is drawn.

    caption  the run whose path it is, and its verdict

    raises   InputError, when there is no such stage
    """
    if stage is None:
        return every_check(knowledge, path, caption)
    walk = walked(knowledge, path)
    found = abreast(cards(knowledge, stage), walk)
    return _page(ChartPage(knowledge, stage, found, {}, walk, sources(knowledge), caption))


def pages(
    knowledge: KnowledgeBase, stage: str, path: Sequence[Step] = (), caption: str = ""
) -> list[str]:
    """Return the chart of one stage cut into pages that fit a screen."""
    walk = walked(knowledge, path)
    made = split(cards(knowledge, stage), walk)
    leading = sources(knowledge)
    place = {
        card.id: number for number, page in enumerate(made, 1) for column in page for card in column
    }
    if len(made) == 1:
        return [_page(ChartPage(knowledge, stage, made[0], {}, walk, leading, caption))]
    return [
        _page(
            ChartPage(knowledge, stage, page, place, walk, leading, caption),
            f"page {number} of {len(made)}",
        )
        for number, page in enumerate(made, 1)
    ]


def overview(knowledge: KnowledgeBase, path: Sequence[Step] = (), caption: str = "") -> str:
    """Return the five stages, the question each settles, how one leads to the next, and the
    gates.
    """
    return stages(knowledge, path, caption)


@dataclass(frozen=True, slots=True)
class ChartPage:
    """What is drawn together, and what is needed to name the rest.

    place    page number of every check of the stage; empty when the stage is one page
    sources  check -> checks that lead to it, over all stages
    """

    knowledge: KnowledgeBase
    stage: str
    columns: Sequence[Column]
    place: Mapping[str, int]
    walk: Walked
    sources: Mapping[str, list[str]]
    caption: str = ""

    def spot(self, check: str) -> tuple[int, int] | None:
        """Return the column and row where a check stands on this page."""
        found = (
            (x, y)
            for x, column in enumerate(self.columns)
            for y, card in enumerate(column)
            if card.id == check
        )
        return next(found, None)

    def tag(self, check: str, verb: str) -> str:
        """Return the small box for a check that stands elsewhere."""
        stage = self.knowledge.compiled.by_id[check].stage
        where = (
            f"page {self.place[check]}"
            if check in self.place
            else f"stage {self.knowledge.stages[stage].title}"
        )
        hue = style.DIM if self.walk.dims(check) else style.HUES[stage]
        return labels.tag([f"{verb} {check}", where], hue)


def _page(page: ChartPage, part: str = "") -> str:
    head = page.knowledge.stages[page.stage]
    number = list(style.HUES).index(page.stage) + 1
    title = " · ".join(filter(None, (f"{number} {head.title}", part)))
    return document(
        heading(title, head.question, page.stage, bool(page.walk), page.caption),
        [*_columns(page), *_edges(page), *_entries(page)],
        rankdir="LR",
        nodesep="0.22",
        ranksep="0.3",
    )


def sources(knowledge: KnowledgeBase) -> dict[str, list[str]]:
    """Return for every check those that lead to it."""
    found: dict[str, list[str]] = {}
    for card in cards(knowledge):
        for other in card.leads_to:
            found.setdefault(other, []).append(card.id)
    return found


def _columns(page: ChartPage) -> Iterator[str]:
    for column in page.columns:
        yield from (node(card.id, labels.check(card, page.walk)) for card in column)
        yield "{rank=same; " + "; ".join(quoted(card.id) for card in column) + "}"
        for upper, lower in pairwise(column):
            if lower.id not in upper.then:
                yield edge(f"{upper.id}:s", f"{lower.id}:n", style="invis")
    for before, after in pairwise(page.columns):
        yield edge(
            f"{before[0].id}:top:e", f"{after[0].id}:top:w", style="invis", minlen="2", weight="100"
        )


def _edges(page: ChartPage) -> Iterator[str]:
    for column in page.columns:
        for card in column:
            for other in card.leads_to:
                yield from _edge(page, card, other)


def _edge(page: ChartPage, card: CheckCard, other: str) -> Iterator[str]:
    """Draw one edge for all branches that lead the same way: down, through the gutter, or to a
    small box.
    """
    here, there = page.spot(card.id) or (0, 0), page.spot(other)
    row = _row_to(card, other)
    look = shade(page.walk, card.id, other, row.stops if row else False)
    aside = _side(page, card, row)
    last = card is page.columns[here[0]][-1]
    if there == (here[0], here[1] + 1):
        yield edge(f"{card.id}:s", f"{other}:n", **look)
    elif there:
        loose = "false" if here[0] >= there[0] else ""
        side = "e" if here[0] == there[0] else "w"
        yield edge(aside, f"{other}:top:{side}", **look, constraint=loose)
    else:
        below = last and row is None
        yield from _tagged(page, f"{card.id}:s" if below else aside, card.id, other, look, below)


def _side(page: ChartPage, card: CheckCard, row: BranchRow | None) -> str:
    """Return where an edge leaves a check: beside its row, if that is drawn."""
    if row is None or page.walk.dims(card.id):
        return f"{card.id}:e"
    return f"{card.id}:{row.port}:e"


def _row_to(card: CheckCard, other: str) -> BranchRow | None:
    """Return the first branch that alone leads there; None when it is the way of most."""
    return None if other in card.then else next(row for row in card.rows if other in row.goes)


def _tagged(
    page: ChartPage, tail: str, check: str, other: str, look: Mapping[str, str], below: bool
) -> Iterator[str]:
    name = f"{check} to {other}"
    yield node(name, page.tag(other, style.GOES_MARK))
    if below:
        yield "{rank=same; " + f"{quoted(check)}; {quoted(name)}" + "}"
    yield edge(tail, f"{name}:n" if below else f"{name}:w", **look)


def _entries(page: ChartPage) -> Iterator[str]:
    """Draw where the walk comes in from other pages and stages."""
    first = page.columns[0][0]
    if first.id in starts(page.knowledge):
        yield node("start", labels.tag(["start here"], style.Hue(style.INK, style.PAPER)))
        yield from _above("start", first.id, shade(page.walk, first.id, first.id))
    for column in page.columns:
        for card in column:
            for source in page.sources.get(card.id, ()):
                if page.spot(source) is None:
                    yield from _entry(page, card, source, above=card is first)


def _entry(page: ChartPage, card: CheckCard, source: str, above: bool) -> Iterator[str]:
    name, look = f"{source} to {card.id}", shade(page.walk, source, card.id)
    yield node(name, page.tag(source, "from"))
    if above:
        yield from _above(name, card.id, look)
    else:
        yield edge(f"{name}:e", f"{card.id}:top:w", **look)


def _above(name: str, check: str, look: Mapping[str, str]) -> Iterator[str]:
    yield "{rank=same; " + f"{quoted(name)}; {quoted(check)}" + "}"
    yield edge(f"{name}:s", f"{check}:n", **look)
