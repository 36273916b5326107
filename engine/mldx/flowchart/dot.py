"""The flowchart as Graphviz DOT.

Three views of one graph: `overview` shows the stages, the gates and the syndromes; `syndrome` the
decision tree of one syndrome; `chart` a stage with every check, answer and cause, and `pages` the
same cut into charts that fit a screen.

A check is a table: the question, then a row for each answer with the causes it speaks for. The same
rules give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from mldx.flowchart import labels, layout, overview, style
from mldx.flowchart.branching import drawn
from mldx.flowchart.cards import CheckCard, Walked, cards, walked
from mldx.flowchart.legend import EVIDENCE, GATE, heading, with_walk
from mldx.flowchart.statements import document, edge, node, shade, together
from mldx.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step


def chart(
    knowledge: KnowledgeBase,
    stage: str | None = None,
    path: Sequence[Step] = (),
    caption: str = "",
) -> str:
    """Return the chart of one stage, or the overview; a walked path is lit up, and of what it did
    not answer only the question is drawn.

    caption  the run whose path it is, and its verdict

    raises   InputError, when there is no such stage
    """
    walk = walked(knowledge, path)
    if stage is None:
        return overview.drawn(knowledge, walk, caption)
    found = cards(knowledge, stage)
    high = partial(labels.height, knowledge, walk=walk)
    return _page(knowledge, stage, layout.abreast(found, high), walk, caption)


def pages(
    knowledge: KnowledgeBase, stage: str, path: Sequence[Step] = (), caption: str = ""
) -> list[str]:
    """Return the chart of one stage cut into pages that fit a screen."""
    walk = walked(knowledge, path)
    made = layout.pages(cards(knowledge, stage), partial(labels.height, knowledge, walk=walk))
    parts = [f" · page {number} of {len(made)}" for number in range(1, len(made) + 1)]
    if len(made) == 1:
        parts = [""]
    return [
        _page(knowledge, stage, page, walk, caption, part)
        for page, part in zip(made, parts, strict=True)
    ]


def syndrome(
    knowledge: KnowledgeBase, id: str, path: Sequence[Step] = (), caption: str = ""
) -> str:
    """Return the decision tree of a syndrome.

    raises   InputError, when there is no such syndrome
    """
    return drawn(knowledge, id, walked(knowledge, path), caption)


def _page(
    knowledge: KnowledgeBase,
    stage: str,
    columns: Sequence[layout.Column],
    walk: Walked,
    caption: str,
    part: str = "",
) -> str:
    head = knowledge.stages[stage]
    number = list(style.HUES).index(stage) + 1
    title = heading(
        f"{number} {head.title}{part}",
        [head.question],
        with_walk([EVIDENCE, GATE], bool(walk)),
        style.HUES[stage].dark,
        caption,
        70 * max(len(columns), 1),
    )
    body = [line for column in columns for line in _column(knowledge, column, walk)]
    body += [
        edge(f"{before[0].id}:top:e", f"{after[0].id}:top:w", style="invis", weight="100")
        for before, after in pairwise(columns)
    ]
    return document(title, body, rankdir="LR", nodesep="0.2", ranksep="0.35")


def _column(knowledge: KnowledgeBase, column: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    yield from (node(card.id, labels.check(knowledge, card, walk)) for card in column)
    yield together(card.id for card in column)
    for upper, lower in pairwise(column):
        gone = not walk.dims(upper.id)
        yield edge(f"{upper.id}:s", f"{lower.id}:n", **shade(bool(walk), gone))
