"""The heading of a chart: what it shows, and how it is to be read."""

from __future__ import annotations

from collections.abc import Iterator

from mldx.export import style
from mldx.export.labels import cell, font, left, text
from mldx.export.style import INK


def heading(title: str, question: str, stage: str | None, lit: bool) -> str:
    """Return the title, the question, and the legend of a chart."""
    hue = style.HUES[stage].dark if stage else INK
    rows = [
        cell(font(text(title), hue, style.TITLE_SIZE, bold=True)),
        cell(font(text(question), INK, 13)),
        cell(_legend(list(_strengths(hue)) + list(_lines(lit)))),
    ]
    return _table(rows)


def compact(title: str, question: str, lit: bool) -> str:
    """Return the heading of a chart without causes."""
    stages = [font("■ ", hue.dark) + font(stage.replace("_", "-")) for stage, hue in style.HUES.items()]
    rows = [
        cell(font(text(title), INK, style.TITLE_SIZE, bold=True)),
        cell(font(text(question), INK, 13)),
        cell(_legend([*stages, *_marks(lit)])),
    ]
    return _table(rows)


def _table(rows: list[str]) -> str:
    body = "".join(f"<TR>{row}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3">{body}</TABLE>'


def _legend(entries: list[str]) -> str:
    cells = "".join(cell(left([entry]), ALIGN="LEFT") for entry in entries)
    return f'<TABLE BORDER="1" COLOR="{style.LINE}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4"><TR>{cells}</TR></TABLE>'


def _strengths(hue: str) -> Iterator[str]:
    for least, dots, meaning in style.MARKS:
        yield font(f"{dots} cause", INK, bold=least >= 10) + font(f" {meaning}", style.FAINT)
    yield font(f"{style.AGAINST_MARK} cause", style.FAINT) + font(" all but ruled out (−10 dB)", style.FAINT)


def _lines(lit: bool) -> Iterator[str]:
    yield font(f"{style.GOES_MARK} check", INK, bold=True) + font(" this answer goes there", style.FAINT)
    yield from _marks(lit)


def _marks(lit: bool) -> Iterator[str]:
    yield font(style.STOP_MARK, style.STOP, bold=True) + font(" gate: settle this first", style.FAINT)
    if lit:
        yield font("amber, thick", INK, bold=True) + font(" the walked path", style.FAINT)
