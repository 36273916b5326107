"""The flowchart as Mermaid text, which GitHub draws in an issue between ```mermaid and ```.

The overview shows stages, gates and syndromes; a stage its checks with the causes their answers
speak for; a syndrome its decision tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from mldx.flowchart import style
from mldx.flowchart.cards import AnswerRow, CheckCard, Walked, cards, walked
from mldx.flowchart.labels import lines
from mldx.flowchart.tree import TreeQuestion, recognized_in, tree
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

_WIDTH, _SAID = 44, 80
_SPECIAL = re.compile(r"[^\w .,:;?!()/+*='°%–…■·-]|[%;#]")


def chart(knowledge: KnowledgeBase, stage: str | None = None, path: Sequence[Step] = ()) -> str:
    """Return the chart of one stage, or the overview; a walked path is lit up.

    raises   InputError, when there is no such stage
    """
    walk = walked(knowledge, path)
    if stage is None:
        return _document([*_overview(knowledge), *_lit(f"y_{id}" for id in walk.syndromes)])
    found = cards(knowledge, stage)
    return _document([*_stage(knowledge, found, walk), *_classes(found, walk)])


def syndrome(knowledge: KnowledgeBase, id: str, path: Sequence[Step] = ()) -> str:
    """Return the decision tree of a syndrome.

    raises   InputError, when there is no such syndrome
    """
    found, walk = tree(knowledge, id), walked(knowledge, path)
    names = [f"y_{id}", *(f"c_{one.id}" for one in found.questions), "other"]
    body = [f'y_{id}(["{label(found.syndrome.title)}"])', *_hues()]
    body += [line for one in found.questions for line in _question(knowledge, one, walk)]
    rest = "; ".join(knowledge.causes[cause].title for cause in found.rest)
    body.append(f'other["{_broken(f"Something else: {rest}" if rest else "Something else")}"]')
    body += [f"{upper} --> {lower}" for upper, lower in pairwise(names)]
    return _document(
        [*body, *_lit(f"c_{one.id}" for one in found.questions if one.id in walk.says)]
    )


def label(text: str) -> str:
    """Return text that is safe in a quoted label: whatever Mermaid could read as syntax becomes an
    entity.
    """
    return _SPECIAL.sub(lambda found: f"#{ord(found[0])};", text)


def _document(body: Iterable[str]) -> str:
    return "\n".join(["flowchart TD", *(f"  {line}" for line in body), ""])


def _broken(text: str) -> str:
    return "<br/>".join(label(line) for line in lines(text, _WIDTH))


def _overview(knowledge: KnowledgeBase) -> Iterator[str]:
    for number, stage in enumerate(STAGES, 1):
        head = knowledge.stages[stage]
        yield f's_{stage}["{_broken(f"{number} {head.title}")}<br/>{_broken(head.question)}"]'
        for id in recognized_in(knowledge, stage):
            yield f'y_{id}(["{label(knowledge.syndromes[id].title)}"])'
            yield f"s_{stage} --- y_{id}"
        for card in cards(knowledge, stage):
            yield from _gate(card)
    yield from (f"s_{before} --> s_{after}" for before, after in pairwise(STAGES))
    yield from _hues()


def _gate(card: CheckCard) -> Iterator[str]:
    if card.gate:
        yield f'c_{card.id}{{{{"{_broken(card.question)}"}}}}'
        yield f"s_{card.stage} --- c_{card.id}"
        yield f"class c_{card.id} gate"
    for row in card.rows:
        for stage in row.closes:
            yield f'c_{card.id} --x|"{_said(row.says)}"| s_{stage}'


def _stage(knowledge: KnowledgeBase, found: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    for card in found:
        text = f"{_broken(card.question)}<br/>{label(card.id)}"
        yield f'c_{card.id}{{{{"{text}"}}}}' if card.gate else f'c_{card.id}["{text}"]'
    yield from (f"c_{upper.id} --> c_{lower.id}" for upper, lower in pairwise(found))
    for card in found:
        for row in card.rows:
            yield from _row(knowledge, card, row, walk)


def _row(knowledge: KnowledgeBase, card: CheckCard, row: AnswerRow, walk: Walked) -> Iterator[str]:
    named = [label(f"+{db:.0f} {knowledge.causes[id].title}") for id, db in row.points]
    named += [label(f"and {row.more} more")] if row.more else []
    titles = ", ".join(knowledge.stages[stage].title for stage in row.closes)
    named += [label(f"{style.STOP_MARK} {titles}")] if titles else []
    if named:
        arrow = "==>" if walk.took(card.id, row.answers) else "-.->"
        box = f'r_{card.id}_{row.port}["{"<br/>".join(named)}"]'
        yield f'c_{card.id} {arrow}|"{_said(row.says)}"| {box}'


def _question(knowledge: KnowledgeBase, question: TreeQuestion, walk: Walked) -> Iterator[str]:
    yield f'c_{question.id}["{_broken(question.asks)}"]'
    yield f"class c_{question.id} {question.stage}"
    for leaf in question.leaves:
        named = "<br/>".join(label(knowledge.causes[id].title) for id in leaf.causes)
        arrow = "==>" if walk.took(question.id, leaf.answers) else "-->"
        box = f'r_{question.id}_{leaf.port}["{named}"]'
        yield f'c_{question.id} {arrow}|"{_said(leaf.says)}"| {box}'


def _said(text: str) -> str:
    return label(lines(text, _SAID, 1)[0])


def _classes(found: Sequence[CheckCard], walk: Walked) -> Iterator[str]:
    """Color checks by stage, gates red, those that were answered amber."""
    yield from _hues()
    for card in found:
        yield f"class c_{card.id} {'gate' if card.gate else card.stage}"
    yield from _lit(f"c_{card.id}" for card in found if card.id in walk.answers)


def _hues() -> Iterator[str]:
    for stage, hue in style.HUES.items():
        yield f"classDef {stage} fill:{hue.light},stroke:{hue.dark},color:{style.INK}"
    yield f"classDef gate fill:{style.STOP_FILL},stroke:{style.STOP},color:{style.INK}"
    yield f"classDef lit fill:{style.LIT},stroke:{style.INK},color:{style.INK}"


def _lit(names: Iterable[str]) -> Iterator[str]:
    yield from (f"class {name} lit" for name in names)
