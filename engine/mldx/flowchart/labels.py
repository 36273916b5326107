"""HTML-like labels of Graphviz: text escaped and wrapped, tables put together.

Graphviz does not wrap, so lines are broken here; columns are as wide as the numbers of characters
below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from textwrap import wrap

from mldx.flowchart import style
from mldx.flowchart.cards import NOWHERE, AnswerRow, CheckCard, Walked
from mldx.flowchart.style import Hue
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import words

QUESTION, FACTS = 58, 70
SAID, CAUSES = 30, 40  # characters of an answer and of a cause beside it
_SAID_POINTS, _CAUSES_POINTS = 156, 214
_TAG = re.compile(r"<(?:FONT|B)\b[^>]*>")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def text(value: str) -> str:
    """Return text that is safe in a label: no mark-up, no escape sequence, no character that XML
    refuses.
    """
    return escape(_UNPRINTABLE.sub(" ", value)).replace("\\", "&#92;&#8203;")


def lines(value: str, width: int, most: int | None = None) -> list[str]:
    """Break text at a width, into no more than `most` lines; nothing becomes one empty line."""
    clean = _UNPRINTABLE.sub(" ", value).replace(" %", "\u00a0%")
    return wrap(clean, width, max_lines=most, placeholder=" …", break_on_hyphens=False) or [""]


def font(inner: str, color: str = style.INK, size: int = style.SIZE, bold: bool = False) -> str:
    """Return text (escaped already) in a color and size.

    The color is left out where it is the document's; a size is not, for Graphviz sets lines without
    one closer.
    """
    shown = f"<B>{inner}</B>" if bold else inner
    given = f' COLOR="{color}"' if color != style.INK else ""
    return f'<FONT{given} POINT-SIZE="{size}">{shown}</FONT>'


def inked(
    found: Iterable[str], color: str = style.INK, size: int = style.SIZE, bold: bool = False
) -> list[str]:
    """Return lines of plain text in a color and size."""
    return [font(text(line), color, size, bold) for line in found]


def left(rows: Iterable[str]) -> str:
    """Join lines, each aligned to the left.

    Graphviz sets lines of several fonts closer than lines of one; a larger blank at the end of each
    keeps them apart.
    """
    found = list(rows)
    fonts = {tuple(_TAG.findall(row)) for row in found}
    blank = f'<FONT POINT-SIZE="{style.SIZE + 2}">&#160;</FONT>' if len(fonts) > 1 else ""
    return "".join(f'{row}{blank}<BR ALIGN="LEFT"/>' for row in found)


def cell(inner: str, **attributes: str | int) -> str:
    """Return a table cell."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<TD{given}>{inner}</TD>"


def block(rows: Iterable[str], **attributes: str | int) -> str:
    """Return a table cell of lines that begin at its left edge."""
    return cell(left(rows), ALIGN="LEFT", BALIGN="LEFT", **attributes)


def ruled(rows: Iterable[str], **attributes: str | int) -> str:
    """Return a cell of lines with a thin line above it."""
    return block(rows, BORDER=1, SIDES="T", COLOR=style.LINE, **attributes)


def table(rows: Iterable[str], color: str, width: int = 1) -> str:
    """Return a table of rows (cells joined) with a frame."""
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return (
        f'<TABLE BORDER="{width}" COLOR="{color}" BGCOLOR="{style.PAPER}" CELLBORDER="0"'
        ' CELLSPACING="0" CELLPADDING="4">'
        f"{body}</TABLE>"
    )


def check(knowledge: KnowledgeBase, card: CheckCard, walk: Walked) -> str:
    """Return the table of a check: the question, then a row for each answer."""
    dim = walk.dims(card.id)
    rows = [_header(card, dim)]
    if not dim:  # of a check that the walk did not answer the question is enough
        rows += [_row(knowledge, card, row, walk) for row in card.rows]
    frame = style.STOP if walk.alarms(card) else head_hue(card.stage, dim).dark
    return table(rows, frame, 2 if card.gate else 1)


def head_hue(stage: str, dim: bool) -> Hue:
    """Return the hue of a head: of its stage, or pale."""
    return style.DIM if dim else style.HUES[stage]


def head(rows: Sequence[tuple[str, int, bool]], stage: str, dim: bool, **given: str | int) -> str:
    """Return the cell of a head: white on the color of its stage, or gray on a pale one.

    rows   (line, size, whether it is bold)
    """
    ink, fill = (style.FAINT, style.DIM.light) if dim else (style.PAPER, style.HUES[stage].dark)
    return block(
        [font(text(line), ink, size, bold) for line, size, bold in rows], BGCOLOR=fill, **given
    )


def _header(card: CheckCard, dim: bool) -> str:
    rows = [(line, style.QUESTION_SIZE, True) for line in lines(card.question, QUESTION)]
    rows += [(line, style.SIZE, False) for line in facts_of(card)]
    wide = _SAID_POINTS + _CAUSES_POINTS
    return head(rows, card.stage, dim, COLSPAN=2, PORT="top", WIDTH=wide)


def facts_of(card: CheckCard) -> list[str]:
    """Return the small lines under a question: id and cost; of which runs it is asked, and what
    its figures depend on.
    """
    parts = [f"{'gate: ' if card.gate else ''}{card.id}", f"{words(card.minutes)}\u00a0min"]
    if card.scope:
        parts.append(f"only {card.scope}")
    if card.depends:
        parts.append(f"other figures by {card.depends}")
    return lines(" · ".join(parts), FACTS)


def _row(knowledge: KnowledgeBase, card: CheckCard, row: AnswerRow, walk: Walked) -> str:
    lit = walk.took(card.id, row.answers)
    dim = bool(walk) and not lit
    ink = style.DIM_INK if dim else style.INK
    fill = style.LIT if lit else style.HUES[card.stage].light
    if row.closes and not walk:
        fill = style.STOP_FILL
    said = inked(lines(row.says, SAID), ink, bold=lit)
    speaks = [
        *inked(causes_for(knowledge, row), ink),
        *inked(closing(knowledge, row), ink if dim else style.STOP, bold=True),
    ]
    return ruled(said, BGCOLOR=fill, WIDTH=_SAID_POINTS) + ruled(
        speaks or [font("–", style.FAINT)],
        BGCOLOR=style.LIT if lit else style.PAPER,
        WIDTH=_CAUSES_POINTS,
    )


def causes_for(knowledge: KnowledgeBase, row: AnswerRow) -> Iterator[str]:
    """Yield the lines of the causes that a row speaks for: "+13 Labels are wrong"."""
    for id, db in row.points:
        first, *rest = lines(f"+{db:.0f}\u00a0 {knowledge.causes[id].title}", CAUSES)
        yield first
        yield from (f"\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0{line}" for line in rest)
    if row.more:
        yield f"and {row.more} more"


def closing(knowledge: KnowledgeBase, row: AnswerRow) -> list[str]:
    """Say which stages a row closes: "■ closes Generalization, Drill-down"."""
    titles = ", ".join(knowledge.stages[stage].title for stage in row.closes)
    return lines(f"{style.STOP_MARK} {titles}", CAUSES) if titles else []


def height(knowledge: KnowledgeBase, card: CheckCard, walk: Walked = NOWHERE) -> float:
    """Return about how high a check is drawn, in lines of text, the gap below it included."""
    header = len(lines(card.question, QUESTION)) + len(facts_of(card)) + 2.2
    if walk.dims(card.id):
        return header
    return header + sum(_lines(knowledge, row) + 0.7 for row in card.rows)


def _lines(knowledge: KnowledgeBase, row: AnswerRow) -> int:
    speaks = len(list(causes_for(knowledge, row))) + len(closing(knowledge, row))
    return max(1, len(lines(row.says, SAID)), speaks)
