"""The chart of a syndrome, read like a decision tree.

The questions stand below one another. A clear answer is an arrow to the right, to the causes it
speaks for, each with the test that confirms it; every other answer leads down to the next question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mldx.flowchart import style
from mldx.flowchart.cards import Answer, Walked
from mldx.flowchart.labels import block, font, inked, lines, ruled, table, text
from mldx.flowchart.legend import entry, heading
from mldx.flowchart.statements import document, edge, node, shade, together
from mldx.flowchart.tree import Leaf, Tree, TreeQuestion, tree
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import words

_ASKS, _SAYS, _CAUSE, _HEAD = 40, 44, 74, 118
_ASKS_POINTS, _CAUSE_POINTS = 220, 350
_MOST_REST = 6
_END = "none of these"
_LEGEND = (
    entry(
        "question → answer → cause",
        style.INK,
        "the answer makes the cause at least three times as likely; then confirm it",
    ),
)

_SEEN = entry("amber", style.INK, "what the run answered; pale, what it ruled out")


def drawn(knowledge: KnowledgeBase, id: str, walk: Walked, caption: str = "") -> str:
    """Return the decision tree of a syndrome as DOT."""
    found = tree(knowledge, id)
    card = found.syndrome
    told = [
        f"{card.says}.{_here(id, walk)}",
        f"Recognized by: {'; or '.join(found.signs)}.",
        f"First aid: {card.first_aid}",
    ]
    title = heading(
        card.title,
        told,
        [*_LEGEND, *([_SEEN] if walk else [])],
        style.SYNDROME.dark,
        caption,
        _HEAD,
    )
    chain = [*(one.id for one in found.questions), _END]
    body = [line for one in found.questions for line in _question(knowledge, one, walk)]
    body += [*_end(knowledge, found), together(chain), *_chain(found.questions, chain, walk)]
    return document(title, body, rankdir="LR", nodesep="0.16", ranksep="0.3")


def _here(id: str, walk: Walked) -> str:
    """Say whether a run shows the syndrome; without a run nothing."""
    if not walk:
        return ""
    return " This run shows it." if id in walk.syndromes else " This run does not show it."


def _chain(questions: Sequence[TreeQuestion], chain: Sequence[str], walk: Walked) -> Iterator[str]:
    """Draw the way from each question to the next."""
    others = {one.id: one.others for one in questions}
    for upper, lower in pairwise(chain):
        look = shade(upper in walk.answers, walk.took(upper, others[upper]))
        yield edge(f"{upper}:s", f"{lower}:n", **look)


def _question(knowledge: KnowledgeBase, question: TreeQuestion, walk: Walked) -> Iterator[str]:
    """Draw a question with its answers, each clear one with an arrow to its causes."""
    hue = style.HUES[question.stage]
    asks = inked(lines(question.asks, _ASKS), style.PAPER, style.QUESTION_SIZE, bold=True)
    cost = font(text(f"{words(question.minutes)}\u00a0min"), hue.light)
    rows = [block([*asks, cost], BGCOLOR=hue.dark, WIDTH=_ASKS_POINTS)]
    rows += [_answer(question, one.says, one.port, one.answers, walk) for one in question.leaves]
    said = "else"
    if walk.took(question.id, question.others):
        said = f"seen: {walk.says[question.id]}"
    rows.append(_answer(question, f"{said} ↓", "else", question.others, walk))
    yield node(question.id, table(rows, hue.dark))
    for leaf in question.leaves:
        yield from _leaf(knowledge, question, leaf, walk)


def _answer(
    question: TreeQuestion, said: str, port: str, answers: Sequence[Answer], walk: Walked
) -> str:
    """Return the row of an answer."""
    lit, ink = walk.took(question.id, answers), _ink(question, answers, walk)
    fill = style.LIT if lit else style.HUES[question.stage].light
    return ruled(inked(lines(said, _SAYS), ink, bold=lit), BGCOLOR=fill, PORT=port)


def _ink(question: TreeQuestion, answers: Sequence[Answer], walk: Walked) -> str:
    """Return the ink of an answer: pale when another was given; an open question is to be read."""
    otherwise = question.id in walk.answers and not walk.took(question.id, answers)
    return style.DIM_INK if otherwise else style.INK


def _leaf(
    knowledge: KnowledgeBase, question: TreeQuestion, leaf: Leaf, walk: Walked
) -> Iterator[str]:
    lit, ink = walk.took(question.id, leaf.answers), _ink(question, leaf.answers, walk)
    name = f"{question.id} {leaf.port}"
    fill = style.LIT if lit else style.PAPER
    rows = [_cause(knowledge, id, ink, fill) for id in leaf.causes if id in leaf.first]
    again = [knowledge.causes[id].title for id in leaf.causes if id not in leaf.first]
    if again:
        said = inked(lines(f"{'; '.join(again)} (see above)", _CAUSE), ink)
        rows.append(ruled(said, BGCOLOR=fill, WIDTH=_CAUSE_POINTS))
    frame = style.SYNDROME.dark if ink == style.INK else style.DIM.dark
    yield node(name, table(rows, frame))
    look = shade(question.id in walk.answers, lit)
    yield edge(f"{question.id}:{leaf.port}:e", f"{name}:w", **look)


def _cause(knowledge: KnowledgeBase, id: str, ink: str, fill: str) -> str:
    """Return a cause with the test that confirms it."""
    card = knowledge.causes[id]
    rows = inked(lines(card.title, _CAUSE - 12), ink, style.QUESTION_SIZE, bold=True)
    test = f"Confirm, {words(card.confirm.minutes)}\u00a0min: {card.confirm.do}"
    rows += inked(lines(test, _CAUSE, 3), ink)
    return ruled(rows, BGCOLOR=fill, WIDTH=_CAUSE_POINTS)


def _end(knowledge: KnowledgeBase, found: Tree) -> Iterator[str]:
    """Draw what is left when no question led to a cause."""
    yield node(_END, table([block([font("None of these", style.INK, bold=True)])], style.FAINT))
    titles = [knowledge.causes[id].title for id in found.rest]
    more = [f"{len(titles) - _MOST_REST} more"] if len(titles) > _MOST_REST else []
    rows = [font("Something else", style.INK, style.QUESTION_SIZE, bold=True)]
    if titles:
        rows += inked(lines("Look at: " + "; ".join([*titles[:_MOST_REST], *more]), _CAUSE))
    if found.besides:
        rows += inked(lines("Ask, too: " + "; ".join(found.besides), _CAUSE), style.FAINT)
    if not titles and not found.besides:
        rows += inked(["Look at 50 samples with their labels."])
    yield node("something else", table([block(rows, WIDTH=_CAUSE_POINTS)], style.FAINT))
    yield edge(f"{_END}:e", "something else:w")
