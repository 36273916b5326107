"""The graph from afar: the stages in order, the gates and the syndromes of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from mldx.flowchart import style
from mldx.flowchart.cards import CheckCard, Walked, cards
from mldx.flowchart.labels import block, closing, font, inked, lines, table, text
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
    body += _end(knowledge, walk)
    for before, after in pairwise(STAGES):
        look = shade(bool(walk), after not in walk.closed and before not in walk.closed)
        body.append(edge(f"{before}:s", f"{after}:n", **look, weight="50"))
    return document(title, body, rankdir="TB", nodesep="0.45", ranksep="0.35")


def _stage(knowledge: KnowledgeBase, stage: str, walk: Walked) -> Iterator[str]:
    """Draw a stage between its gates, on the left, and its syndromes, on the right."""
    found = cards(knowledge, stage)
    beside = [stage]
    yield node(stage, _box(knowledge, stage, found, walk))
    gates = [card for card in found if card.gate]
    if gates:
        name = f"{stage} gates"
        beside.append(name)
        yield node(name, table([_gate(knowledge, card, walk) for card in gates], style.STOP, 2))
        yield edge(f"{name}:e", f"{stage}:w", style="dashed", dir="none", color=style.STOP)
    syndromes = recognized_in(knowledge, stage)
    if syndromes:
        name = f"{stage} syndromes"
        beside.append(name)
        yield node(name, _syndromes(knowledge, syndromes, walk))
        lit = bool(set(syndromes) & set(walk.syndromes))
        yield edge(f"{stage}:e", f"{name}:w", **shade(bool(walk), lit))
    yield together(beside)


def _box(knowledge: KnowledgeBase, stage: str, found: Sequence[CheckCard], walk: Walked) -> str:
    """Return the box of a stage: its question, how much it holds, and what a walk answered."""
    answered = [card for card in found if card.id in walk.answers]
    hue = style.DIM if walk and not answered else style.HUES[stage]
    head = knowledge.stages[stage]
    title = font(text(f"{STAGES.index(stage) + 1} {head.title}"), style.PAPER, 15, bold=True)
    question = inked(lines(head.question, _STAGE), style.PAPER, 12)
    if walk:
        rows = list(_answered(knowledge, stage, answered, walk))
    else:
        rows = list(_contents(knowledge, stage, len(found)))
    return table(
        [
            block([title, *question], BGCOLOR=hue.dark, WIDTH=_STAGE_POINTS),
            block(rows, BGCOLOR=hue.light),
        ],
        hue.dark,
    )


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


def _gate(knowledge: KnowledgeBase, card: CheckCard, walk: Walked) -> str:
    """Return a gate: the question, and the answers that close stages."""
    ink, fill = style.INK, style.STOP_FILL
    if walk.dims(card.id):
        ink, fill = style.DIM_INK, style.PAPER
    elif walk and not walk.alarms(card):
        fill = style.PASSED.light
    rows = inked(lines(card.question, _GATE), ink, style.QUESTION_SIZE, bold=True)
    if card.id in walk.says:
        rows += inked(lines(f"seen: {walk.says[card.id]}", _GATE), ink, bold=True)
    red = style.DIM_INK if walk.dims(card.id) else style.STOP
    stops = [row for row in card.rows if row.closes]
    rows += inked(lines("; ".join(row.says for row in stops), _GATE), ink)
    rows += inked(closing(knowledge, stops[0]), red, bold=True)
    return block(rows, BGCOLOR=fill, WIDTH=_GATE_POINTS)


def _end(knowledge: KnowledgeBase, walk: Walked) -> Iterator[str]:
    """Draw where a gate leads, beside the first stage that one closes."""
    gates = [card for card in cards(knowledge) if card.gate]
    closed = dict.fromkeys(stage for card in gates for row in card.rows for stage in row.closes)
    if not closed:
        return
    titles = " and ".join(knowledge.stages[stage].title for stage in closed)
    ink = style.DIM_INK if walk and not walk.closed else style.STOP
    rows = [font("Closed", ink, 13, bold=True)]
    rows += inked(lines(f"Settle this first: before, {titles} say nothing.", _GATE), ink)
    fill = style.STOP_FILL if not walk or walk.closed else style.PAPER
    yield node(_END, table([block(rows, BGCOLOR=fill, WIDTH=_GATE_POINTS)], ink, 2))
    yield together([_END, next(iter(closed))])
    yield edge(f"{_END}:e", f"{next(iter(closed))}:w", arrowhead="tee", color=ink)
    gated = list(dict.fromkeys(card.stage for card in gates))
    for stage in gated:
        ids = {card.id for card in gates if card.stage == stage}
        look = shade(bool(walk), bool(ids & set(walk.closed.values())), stops=True)
        last = stage == gated[-1]
        tail, head = ("s", "n") if last else ("w", "w")  # past the gates between
        yield edge(
            f"{stage} gates:{tail}", f"{_END}:{head}", **look, constraint="" if last else "false"
        )
    for before, after in pairwise(gated):
        yield edge(f"{before} gates", f"{after} gates", style="invis", weight="50")


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
