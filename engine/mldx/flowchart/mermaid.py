"""The flowchart as Mermaid text, which GitHub draws in an issue between ```mermaid and ```.

One stage shows for each branch the causes it points to, in a box behind a dotted line; the whole
graph shows checks and ways only, because GitHub refuses more than 500 edges or 50,000 characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from mldx.flowchart import style
from mldx.flowchart.cards import BranchRow, CheckCard, Walked, cards, walked
from mldx.flowchart.labels import lines
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

_WIDTH = 44
_SPECIAL = re.compile(r"[^\w .,:;?!()/+*='°%–…▸●■✕·-]|[%;#]")


def chart(knowledge: KnowledgeBase, stage: str | None = None, path: Sequence[Step] = ()) -> str:
    """Return the chart of one stage with its causes, or of every check without; a walked path is
    lit up.

    raises   InputError, when there is no such stage
    """
    found, walk = cards(knowledge, stage), walked(knowledge, path)
    body = list(_stage(found, walk)) if stage else list(_whole(knowledge, found, walk))
    return "\n".join(
        ["flowchart TD", *(f"  {line}" for line in [*body, *_classes(found, walk)]), ""]
    )


def label(text: str) -> str:
    """Return text that is safe in a quoted label: whatever Mermaid could read as syntax becomes an
    entity.
    """
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)


def _whole(knowledge: KnowledgeBase, found: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    for stage in STAGES:
        yield f'subgraph s_{stage}["{label(knowledge.stages[stage].title)}"]'
        yield from (f"  {_check(card)}" for card in found if card.stage == stage)
        yield "end"
    for card in found:
        yield from _ways(card, walk)


def _stage(found: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    inside = {card.id for card in found}
    yield from map(_check, found)
    yield from (f'c_{id}(["{label(id)}"])' for id in _beyond(found) if id not in inside)
    for card in found:
        yield from _ways(card, walk)
        yield from _causes(card)


def _beyond(found: Sequence[CheckCard]) -> list[str]:
    return list(dict.fromkeys(id for card in found for id in card.leads_to))


def _check(card: CheckCard) -> str:
    text = "<br/>".join(label(line) for line in [*lines(card.question, _WIDTH), card.id])
    return f'c_{card.id}{{{{"{text}"}}}}' if card.gate else f'c_{card.id}["{text}"]'


def _ways(card: CheckCard, walk: Walked) -> Iterator[str]:
    """Draw an edge to each next check, thick where the walk went, with the answers that lead there
    if not all do.
    """
    for other in card.leads_to:
        arrow = "==>" if (card.id, other) in walk.edges else "-->"
        said = label("; ".join(row.when for row in card.rows if other in row.goes))
        yield f"c_{card.id} {arrow}" + (f'|"{said}"| ' if said else " ") + f"c_{other}"
    for row in card.rows:
        if row.stops and not row.goes:
            stop = f'stop_{card.id}(["{label(style.STOP_MARK)}"])'
            yield f'c_{card.id} -->|"{label(row.when)}"| {stop}'


def _causes(card: CheckCard) -> Iterator[str]:
    for row in card.rows:
        if row.points:
            box = f'{_box(card, row)}["{"<br/>".join(_named(row))}"]'
            yield f'c_{card.id} -.->|"{label(row.when)}"| {box}'


def _box(card: CheckCard, row: BranchRow) -> str:
    return f"r_{card.id}_{row.port}"


def _named(row: BranchRow) -> list[str]:
    return [label(f"{style.mark(weight)} {id}") for id, weight in row.points]


def _classes(found: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    """Color checks by stage, gates red, the walked ones and the branches taken amber."""
    for stage, hue in style.HUES.items():
        yield f"classDef {stage} fill:{hue.light},stroke:{hue.dark},color:{style.INK}"
    yield f"classDef gate fill:{style.STOP_FILL},stroke:{style.STOP},color:{style.INK}"
    yield f"classDef lit fill:{style.LIT},stroke:{style.INK},color:{style.INK}"
    for card in found:
        kind = "gate" if card.gate else card.stage
        yield f"class c_{card.id} {'lit' if card.id in walk.taken else kind}"
