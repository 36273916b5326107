"""The heading of a chart: what it shows, and how it is to be read."""

from __future__ import annotations

from collections.abc import Iterator

from mldx.flowchart import style
from mldx.flowchart.labels import cell, font, lines, text
from mldx.flowchart.style import INK


def heading(title: str, question: str, stage: str | None, lit: bool, caption: str = "") -> str:
    """Return the title, the question, and the legend of a chart.

    caption  the run whose walk is lit up, and its verdict
    """
    hue = style.HUES[stage].dark if stage else INK
    rows = [
        cell(font(text(title), hue, style.TITLE_SIZE, bold=True)),
        cell(font(text(question), INK, 13)),
        *_caption(caption),
        cell(_legend(list(_strengths()), list(_lines(lit)))),
    ]
    return _table(rows)


def compact(title: str, question: str, lit: bool, caption: str = "") -> str:
    """Return the heading of a chart without causes."""
    stages = [
        font("■ ", hue.dark) + font(stage.replace("_", "-")) for stage, hue in style.HUES.items()
    ]
    rows = [
        cell(font(text(title), INK, style.TITLE_SIZE, bold=True)),
        cell(font(text(question), INK, 13)),
        *_caption(caption),
        cell(_legend([*stages, *_marks(lit)])),
    ]
    return _table(rows)


def _caption(caption: str) -> list[str]:
    return [cell(font(text(line), INK, 13, bold=True)) for line in lines(caption, 110) if line]


def _table(rows: list[str]) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{body}</TABLE>'


def _legend(*lines: list[str]) -> str:
    """Return a framed box with a line of entries for each list."""
    rows = "".join(f"<TR>{cell('&#160;&#160;&#160; '.join(entries))}</TR>" for entries in lines)
    frame = f'BORDER="1" COLOR="{style.LINE}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4"'
    return f"<TABLE {frame}>{rows}</TABLE>"


def _after(meaning: str) -> str:
    """Return what a mark means; browsers drop a plain blank at the start of a text."""
    return font(f"&#160;&#160;&#160;{text(meaning)}", style.FAINT)


def _strengths() -> Iterator[str]:
    for least, dots, meaning in style.MARKS:
        yield font(f"{dots} cause", INK, bold=least >= 10) + _after(meaning)
    yield font(f"{style.AGAINST_MARK} cause", style.FAINT) + _after("nearly ruled out (−10 dB)")
    yield font("– weaker evidence, or none", style.FAINT)


def _lines(lit: bool) -> Iterator[str]:
    yield font(f"{style.GOES_MARK} check", INK, bold=True) + _after("this answer goes there")
    yield from _marks(lit)


def _marks(lit: bool) -> Iterator[str]:
    yield font(style.STOP_MARK, style.STOP, bold=True) + _after("gate: settle this first")
    if lit:
        yield font("amber answers, thick arrows", INK, bold=True) + _after("the walked path")
