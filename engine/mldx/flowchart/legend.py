"""The heading of a chart: what it shows, and how it is to be read."""

from __future__ import annotations

from collections.abc import Iterator

from mldx.flowchart import style
from mldx.flowchart.labels import cell, font, text
from mldx.flowchart.style import INK


def heading(title: str, question: str, stage: str | None, lit: bool) -> str:
    """Return the title, the question, and the legend of a chart."""
    hue = style.HUES[stage].dark if stage else INK
    rows = [
        cell(font(text(title), hue, style.TITLE_SIZE, bold=True)),
        cell(font(text(question), INK, 13)),
        cell(_legend(list(_strengths()), list(_lines(lit)))),
    ]
    return _table(rows)


def compact(title: str, question: str, lit: bool) -> str:
    """Return the heading of a chart without causes."""
    stages = [
        font("■ ", hue.dark) + font(stage.replace("_", "-")) for stage, hue in style.HUES.items()
    ]
    rows = [
        cell(font(text(title), INK, style.TITLE_SIZE, bold=True)),
        cell(font(text(question), INK, 13)),
        cell(_legend([*stages, *_marks(lit)])),
    ]
    return _table(rows)


def _table(rows: list[str]) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{body}</TABLE>'


def _legend(*lines: list[str]) -> str:
    """Return a framed box with a line of entries for each list."""
    rows = "".join(f"<TR>{cell('&#160;&#160;&#160; '.join(entries))}</TR>" for entries in lines)
    return f'<TABLE BORDER="1" COLOR="{style.LINE}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4">{rows}</TABLE>'


def _strengths() -> Iterator[str]:
    for least, dots, meaning in style.MARKS:
        yield font(f"{dots} cause", INK, bold=least >= 10) + font(f" {meaning}", style.FAINT)
    yield font(f"{style.AGAINST_MARK} cause", style.FAINT) + font(
        " all but ruled out (−10 dB)", style.FAINT
    )
    yield font("– weaker evidence, or none", style.FAINT)


def _lines(lit: bool) -> Iterator[str]:
    yield font(f"{style.GOES_MARK} check", INK, bold=True) + font(
        " this answer goes there", style.FAINT
    )
    yield from _marks(lit)


def _marks(lit: bool) -> Iterator[str]:
    yield font(style.STOP_MARK, style.STOP, bold=True) + font(
        " gate: settle this first", style.FAINT
    )
    if lit:
        yield font("amber answers, thick arrows", INK, bold=True) + font(
            " the walked path", style.FAINT
        )
