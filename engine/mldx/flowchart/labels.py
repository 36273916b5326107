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
from mldx.flowchart.cards import NOWHERE, BranchRow, CheckCard, Walked
from mldx.flowchart.style import Hue
from mldx.knowledge.cards import STRENGTHS
from mldx.knowledge.wording import words

QUESTION, FACTS = 54, 66
NARROW, WIDE, LONG = (19, 46, 112, 282), (31, 36, 180, 214), 44
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


def text(value: str) -> str:
    """Return text that is safe in a label: no mark-up, no escape sequence, no character that XML
    refuses.
    """
    return escape(_UNPRINTABLE.sub(" ", value)).replace("\\", "&#92;&#8203;")


def lines(value: str, width: int) -> list[str]:
    """Break text at a width; nothing becomes one empty line."""
    return wrap(_UNPRINTABLE.sub(" ", value), width, break_on_hyphens=False) or [""]


def font(inner: str, color: str = style.INK, size: int = style.SIZE, bold: bool = False) -> str:
    """Return text (escaped already) in a color and size."""
    shown = f"<B>{inner}</B>" if bold else inner
    return f'<FONT COLOR="{color}" POINT-SIZE="{size}">{shown}</FONT>'


def left(rows: Iterable[str]) -> str:
    """Join lines, each aligned to the left; a larger blank at the end of each keeps them apart."""
    return "".join(
        f'{row}<FONT POINT-SIZE="{style.SIZE + 2}">&#160;</FONT><BR ALIGN="LEFT"/>' for row in rows
    )


def cell(inner: str, **attributes: str | int) -> str:
    """Return a table cell."""
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<TD{given}>{inner}</TD>"


def table(rows: Iterable[str], color: str, width: int = 1) -> str:
    """Return a table of rows (cells joined) with a frame."""
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return (
        f'<TABLE BORDER="{width}" COLOR="{color}" BGCOLOR="{style.PAPER}" CELLBORDER="0"'
        ' CELLSPACING="0" CELLPADDING="4">'
        f"{body}</TABLE>"
    )


def check(card: CheckCard, walk: Walked) -> str:
    """Return the table of a check: the question, then a row for each branch."""
    hue = style.DIM if walk.dims(card.id) else style.HUES[card.stage]
    taken = walk.taken.get(card.id, set())
    rows = [_header(card, hue, walk)]
    if not walk.dims(card.id):  # of a check that the walk did not answer the question is enough
        wide, walking = widths(card), bool(walk)
        rows += [_branch(row, hue, wide, row.port in taken, walking) for row in card.rows]
    frame = style.STOP if card.gate and walk.alarms(card) else hue.dark
    return table(rows, frame, 2 if card.gate else 1)


def _header(card: CheckCard, hue: Hue, walk: Walked) -> str:
    question = [
        font(text(line), style.PAPER, style.QUESTION_SIZE, bold=True)
        for line in lines(card.question, QUESTION)
    ]
    facts = [font(text(line), hue.light) for line in facts_of(card, walk)]
    return cell(
        left([*question, *facts]),
        COLSPAN=2,
        BGCOLOR=hue.dark,
        ALIGN="LEFT",
        BALIGN="LEFT",
        PORT="top",
    )


def facts_of(card: CheckCard, walk: Walked) -> list[str]:
    """Return the small lines under a question: id, symptom, cost; where it applies, and what was
    seen.
    """
    kind = "gate: " if card.gate else ""
    first = f"{kind}{card.id} · {card.symptom} · {words(card.minutes)}\u00a0min"
    rest = [f"only {card.scope}"] if card.scope else []
    rest += [f"seen: {words(walk.saw[card.id])}"] if card.id in walk.saw else []
    return [*lines(first, FACTS), *(lines(" · ".join(rest), FACTS) if rest else [])]


def widths(card: CheckCard) -> tuple[int, int, int, int]:
    """Return how wide conditions and causes are, in characters and in points; long conditions take
    room from the causes.
    """
    return WIDE if any(len(row.when) > LONG for row in card.rows) else NARROW


def _branch(
    row: BranchRow, hue: Hue, wide: tuple[int, int, int, int], lit: bool, walked: bool
) -> str:
    dim = walked and not lit
    ink, faint, loud, fill = style.INK, style.FAINT, hue.dark, hue.light
    if row.stops:
        loud, fill = style.STOP, style.STOP_FILL
    if dim:
        ink, faint, loud, fill = style.DIM_INK, style.DIM_INK, style.DIM_INK, hue.light
    if lit:
        fill = style.LIT
    when = [font(text(line), ink, bold=lit) for line in lines(row.when, wide[0])]
    said = list(_said(row, wide[1], ink, faint, loud))
    return _ruled(left(when), BGCOLOR=fill, WIDTH=wide[2]) + _ruled(
        left(said), BGCOLOR=style.LIT if lit else style.PAPER, WIDTH=wide[3], PORT=row.port
    )


def _ruled(inner: str, **attributes: str | int) -> str:
    """Return a cell with a thin line above it."""
    return cell(
        inner, ALIGN="LEFT", BALIGN="LEFT", BORDER=1, SIDES="T", COLOR=style.LINE, **attributes
    )


def _said(row: BranchRow, wide: int, ink: str, faint: str, loud: str) -> Iterator[str]:
    for line, strong in causes_for(row, wide):
        yield font(text(line), ink, bold=strong)
    for against in causes_against(row, wide):
        yield font(text(against), faint)
    if row.stops or row.goes:
        yield font(text(leads(row)), loud, bold=True)
    elif not (row.points or row.against):
        yield font("–", faint)


def leads(row: BranchRow) -> str:
    """Say where a row leads that goes another way: "■ stop ▸ without_regularization"."""
    goes = f"{style.GOES_MARK} {', '.join(row.goes)}" if row.goes else ""
    return " ".join(filter(None, (style.STOP_MARK if row.stops else "", goes)))


def causes_for(row: BranchRow, wide: int) -> list[tuple[str, bool]]:
    """Return a line for each cause that a row points to, or several for a long title; and whether
    the evidence is strong.
    """
    broken = []
    for title, db in row.points:
        mark = f"{style.mark(db)} "
        first, *rest = lines(title, wide - len(mark))
        broken.append((mark + first, db >= STRENGTHS["strong"]))
        indent = "\u00a0" * 2 * len(mark)  # a dot is about as wide as two blanks
        broken += [(indent + line, db >= STRENGTHS["strong"]) for line in rest]
    return broken


def causes_against(row: BranchRow, wide: int) -> list[str]:
    """Break the causes a row rules out into lines."""
    if not row.against:
        return []
    more = f"; {row.more} more" if row.more else ""
    return lines(f"{style.AGAINST_MARK} {'; '.join(row.against)}{more}", wide)


def height(card: CheckCard, walk: Walked = NOWHERE) -> float:
    """Return about how high a check is drawn, in lines of text, the gap below it included."""
    header = len(lines(card.question, QUESTION)) + len(facts_of(card, walk))
    if walk.dims(card.id):
        return header + 2.2
    return header + sum(_lines(row, widths(card)) + 0.7 for row in card.rows) + 2.2


def _lines(row: BranchRow, wide: tuple[int, int, int, int]) -> int:
    said = (
        len(causes_for(row, wide[1]))
        + len(causes_against(row, wide[1]))
        + bool(row.stops or row.goes)
    )
    return max(1, len(lines(row.when, wide[0])), said)


def tag(words_: Sequence[str], hue: Hue) -> str:
    """Return a small box that names a check drawn elsewhere."""
    first, *rest = [text(word) for word in words_]
    inner = [font(first, style.PAPER, bold=True), *(font(word, hue.light) for word in rest)]
    return table([cell(left(inner), BGCOLOR=hue.dark, ALIGN="LEFT", BALIGN="LEFT")], hue.dark)
