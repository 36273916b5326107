"""The graph from afar: the stages in order, the gates and the syndromes of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mldx.flowchart import labels, style
from mldx.flowchart.cards import CheckCard, Walked, cards
from mldx.flowchart.labels import block, closing, font, inked, lines, ruled, table
from mldx.flowchart.legend import GATE, entry, heading, with_walk
from mldx.flowchart.statements import document, edge, node, shade, together
from mldx.flowchart.tree import causes_of, recognized_in
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES
from mldx.knowledge.wording import words

_STAGE, _SYNDROME, _GATE = 58, 44, 40
_STAGE_POINTS, _SYNDROME_POINTS, _GATE_POINTS = 330, 230, 210
_COMMONEST, _MOST_ANSWERS = 3, 9
_END = "closed"
_IDEA = (
    "Suspicion goes in layers: each stage rules out sources of failure before the next is asked. "
    "What a run shows is a syndrome; the chart of that syndrome leads to its causes."
)


def drawn(knowledge: KnowledgeBase, walk: Walked, caption: str = "") -> str:
    """Return the stages, gates and syndromes as DOT; a walk shows what each stage answered."""
    shown = entry("syndrome", style.SYNDROME.dark, "what a run shows, recognized by this stage")
    legend = with_walk([shown, GATE], bool(walk))
    title = heading("The flowchart", [_IDEA], legend, caption=caption, width=130)
    body = [line for stage in STAGES for line in _stage(knowledge, stage, walk)]
    body += _gates(knowledge, walk)
    for before, after in pairwise(STAGES):
        look = shade(bool(walk), after not in walk.closed and before not in walk.closed)
        body.append(edge(f"{before}:s", f"{after}:n", **look, weight="50"))
    return document(title, body, rankdir="TB", nodesep="0.45", ranksep="0.35")


def _stage(knowledge: KnowledgeBase, stage: str, walk: Walked) -> Iterator[str]:
    """Draw a stage, and the syndromes it recognizes on its right."""
    yield node(stage, _box(knowledge, stage, walk))
    syndromes = recognized_in(knowledge, stage)
    if syndromes:
        name = f"{stage} syndromes"
        lit = bool(set(syndromes) & set(walk.syndromes))
        yield node(name, _syndromes(knowledge, syndromes, walk))
        yield edge(f"{stage}:e", f"{name}:w", **shade(bool(walk), lit))
        yield together([stage, name])


def _box(knowledge: KnowledgeBase, stage: str, walk: Walked) -> str:
    """Return the box of a stage: its question, and how much it holds or what a walk answered."""
    found = cards(knowledge, stage)
    answered = [card for card in found if card.id in walk.answers]
    dim = bool(walk) and not answered
    head = knowledge.stages[stage]
    rows = [(f"{STAGES.index(stage) + 1} {head.title}", 15, True)]
    rows += [(line, 12, False) for line in lines(head.question, _STAGE)]
    if walk:
        body = list(_answered(knowledge, stage, answered, walk))
    else:
        body = list(_contents(knowledge, stage, len(found)))
    hue = labels.head_hue(stage, dim)
    top = labels.head(rows, stage, dim, WIDTH=_STAGE_POINTS)
    return table([top, block(body, BGCOLOR=hue.light)], hue.dark)


def _contents(knowledge: KnowledgeBase, stage: str, checks: int) -> Iterator[str]:
    causes = [id for id in knowledge.causes if knowledge.stage_of(id) == stage]
    causes.sort(key=lambda id: (-knowledge.causes[id].prior.weight, id))
    yield font(f"{checks} checks · {len(causes)} causes, the commonest first:")
    for id in causes[:_COMMONEST]:
        yield from inked(lines(f"· {knowledge.causes[id].title}", _STAGE, 1))


def _answered(
    knowledge: KnowledgeBase, stage: str, answered: Sequence[CheckCard], walk: Walked
) -> Iterator[str]:
    """Yield what a walk answered in a stage, or why it answered nothing."""
    if not answered:
        why = "nothing answered"
        if stage in walk.closed:
            title = knowledge.checks[walk.closed[stage]].title or words(walk.closed[stage])
            why = f"closed: {title}"
        yield from inked(lines(why, _STAGE, 2), style.FAINT)
    for card in answered[:_MOST_ANSWERS]:
        told = f"{words(card.id)}: {walk.says[card.id]}"
        yield from inked(lines(told, _STAGE, 1), style.INK)
    if len(answered) > _MOST_ANSWERS:
        yield font(f"and {len(answered) - _MOST_ANSWERS} more", style.FAINT)


def _gates(knowledge: KnowledgeBase, walk: Walked) -> Iterator[str]:
    """Draw the gates beside the last stage that has one, and where they lead beside the first
    stage that they close.
    """
    gates = [card for card in cards(knowledge) if card.gate]
    if not gates:
        return
    closed = list(dict.fromkeys(id for card in gates for row in card.rows for id in row.closes))
    ink = style.DIM_INK if walk and not walk.closed else style.STOP
    yield node("gates", table([_gate(knowledge, card, walk) for card in gates], ink, 2))
    yield node(_END, _closed(knowledge, closed, walk, ink))
    yield together([gates[-1].stage, "gates"])
    yield together([closed[0], _END])
    yield edge("gates:s", f"{_END}:n", **shade(bool(walk), bool(walk.closed), stops=True))
    yield edge("gates:e", f"{gates[-1].stage}:w", style="dashed", dir="none", color=ink)
    yield edge(f"{_END}:e", f"{closed[0]}:w", arrowhead="tee", color=ink)


def _gate(knowledge: KnowledgeBase, card: CheckCard, walk: Walked) -> str:
    """Return a gate: its stage, the question, and the answers that close stages."""
    ink, fill = _look(card, walk)
    alarms = not walk or walk.alarms(card)
    red = style.STOP if alarms else ink
    stops = [row for row in card.rows if row.closes]
    said = "; ".join(row.says for row in stops)
    if card.id in walk.says:
        said = f"seen: {walk.says[card.id]}"
    rows = inked([f"Gate in {knowledge.stages[card.stage].title}"], red, bold=True)
    rows += inked(lines(card.question, _GATE), ink, style.QUESTION_SIZE, bold=True)
    rows += inked(lines(said, _GATE), ink)
    if alarms:
        rows += inked(closing(knowledge, stops[0]), red, bold=True)
    return ruled(rows, BGCOLOR=fill, WIDTH=_GATE_POINTS)


def _look(card: CheckCard, walk: Walked) -> tuple[str, str]:
    """Return the ink and the fill of a gate: red, amber where a walk went through, or pale."""
    if walk.dims(card.id):
        return style.DIM_INK, style.PAPER
    passed = bool(walk) and not walk.alarms(card)
    return style.INK, style.LIT if passed else style.STOP_FILL


def _closed(knowledge: KnowledgeBase, stages: Sequence[str], walk: Walked, ink: str) -> str:
    titles = " and ".join(knowledge.stages[stage].title for stage in stages)
    rows = [font("Closed", ink, 13, bold=True)]
    rows += inked(lines(f"{titles} say nothing before that is settled.", _GATE), ink)
    fill = style.STOP_FILL if not walk or walk.closed else style.PAPER
    return table([block(rows, BGCOLOR=fill, WIDTH=_GATE_POINTS)], ink, 2)


def _syndromes(knowledge: KnowledgeBase, ids: Sequence[str], walk: Walked) -> str:
    rows = []
    for id in ids:
        lit = id in walk.syndromes
        ink = style.DIM_INK if walk and not lit else style.SYNDROME.dark
        count = len(causes_of(knowledge, id))
        title = inked(lines(knowledge.syndromes[id].title, _SYNDROME), ink, 11, bold=True)
        title[-1] += font(f"&#160;&#160;{count} cause{'s' if count != 1 else ''}", style.FAINT)
        fill = style.LIT if lit else style.SYNDROME.light
        rows.append(block(title, BGCOLOR=fill, WIDTH=_SYNDROME_POINTS))
    return table(rows, style.SYNDROME.dark)
