"""The heading of a chart: what it shows, whose run, and how it is to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldx.flowchart import style
from mldx.flowchart.labels import cell, font, inked, lines, text

_WIDTH = 120


def heading(
    title: str,
    told: Iterable[str],
    legend: Sequence[str],
    color: str = style.INK,
    caption: str = "",
    width: int = _WIDTH,
) -> str:
    """Return the title, what is said below it, and the legend of a chart.

    told     sentences below the title, each on lines of its own
    legend   entries, drawn by `entry`, one line each so that none runs into another
    caption  the run whose walk is lit up, and its verdict
    width    characters of a line
    """
    rows = [font(text(title), color, style.TITLE_SIZE, bold=True)]
    rows += inked(lines(caption, width), style.INK, 13, bold=True) if caption else []
    for sentence in told:
        rows += inked(lines(sentence, width), style.INK, 12)
    body = "".join(f"<TR>{cell(row, ALIGN='LEFT')}</TR>" for row in [*rows, *legend])
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{body}</TABLE>'


def entry(sign: str, color: str, meaning: str) -> str:
    """Return an entry of a legend: the sign as it is drawn, and what it means."""
    return font(text(sign), color, bold=True) + font(f"&#160;&#160;{text(meaning)}", style.FAINT)


EVIDENCE = entry(
    "+13  cause", style.INK, "the answer makes it 13 dB likelier: 3 dB is twice, 10 dB ten times"
)
GATE = entry(style.STOP_MARK, style.STOP, "a gate: settle this first, what is closed says nothing")
WALKED = entry("amber", style.INK, "what the run answered; what is pale was not answered")


def with_walk(legend: Sequence[str], lit: bool) -> list[str]:
    """Return a legend, with the entry of the walk where one is lit up."""
    return [*legend, WALKED] if lit else list(legend)
