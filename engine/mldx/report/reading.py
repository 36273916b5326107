"""What was read, on a terminal: a table of the series, then facts, events, and what was left
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldx.knowledge.wording import words
from mldx.report.lines import Line, Look, end_of, folded, rendered
from mldx.report.panels import HIGHEST, NARROWEST, curve_lines
from mldx.report.read_summary import figure
from mldx.symptoms.plot_series import PlotSeries
from mldx.symptoms.reading import Reading, ReadSeries

_ROWS, _LINES = 40, 10  # series, and other lines of one kind, that are listed
_WIDE = 100  # from so many columns on, the least and the greatest value are listed
_HEADS = ("Series", "In the log", "Points", "From", "To", "First", "Last", "Least", "Greatest")
_GAP, _SHORTEST, _DIGITS = 2, 10, 5


def text(reading: Reading, curves: Sequence[PlotSeries], look: Look, name: str) -> str:
    """Return what was read as an output can show it.

    curves   to be drawn below the table
    name     what the run is called in place of its origin
    """
    room = look.room
    form = f"read as {reading.format}"
    name = end_of(name, max(room - len(form) - 1, NARROWEST // 2))
    lines = [
        *folded([(name, "bold"), (form, "")], room),
        *doubt_lines(reading, room),
        [],
        *_table(reading.series, room),
        [],
        *curve_lines(curves, look, HIGHEST),
        *_words("Facts", [_facts(reading.setup)], room),
        *_words("Said by the log", [_facts(reading.answers)], room),
        *_words("Events", [one.text for one in reading.events], room),
        *_words("Other runs in it", reading.others, room),
        *_words("Not used", [", ".join(reading.ignored)], room),
        *_words("Notes", reading.notes, room),
    ]
    return rendered(lines, look)


def doubt_lines(reading: Reading, room: int) -> Iterator[Line]:
    """Say that a log may have been misread, and why."""
    if reading.doubts:
        told = f"This could not be read surely: {'; '.join(reading.doubts)}."
        yield from folded([(told, "yellow")], room)


def _table(series: Sequence[ReadSeries], room: int) -> Iterator[Line]:
    """A row for each series; those that are not judged stand below the others."""
    judged = [one for one in series if one.judged][:_ROWS]
    rivals = [one for one in series if not one.judged][: _ROWS - len(judged)]
    rows = [_HEADS, *map(_row, (*judged, *rivals))]
    lines = list(_columns(rows, room))
    yield [(lines[0], "bold")]
    yield from ([(line, "")] for line in lines[1 : len(judged) + 1])
    if rivals:
        yield [("Not judged, for another is taken as the same", "bold")]
    yield from ([(line, "dim")] for line in lines[len(judged) + 1 :])
    left = len(series) - len(judged) - len(rivals)
    if left:
        yield [(f"and {left} more; --json lists them all", "dim")]


def _columns(rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """Yield the rows in columns; where they are too wide, the names are shortened."""
    shown = len(_HEADS) if room >= _WIDE else len(_HEADS) - 2
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)][:shown]
    for column in (1, 0):
        over = sum(wide) + _GAP * (shown - 1) - room
        wide[column] = max(wide[column] - max(over, 0), _SHORTEST)
    for *named, points, start, end, first, last, least, greatest in rows:
        cells = [end_of(word, room).ljust(room) for word, room in zip(named, wide, strict=False)]
        figures = (points, start, end, first, last, least, greatest)
        cells += [one.rjust(room) for one, room in zip(figures, wide[2:], strict=False)]
        yield (" " * _GAP).join(cells).rstrip()


def _row(one: ReadSeries) -> tuple[str, ...]:
    split = "" if one.split == "other" else f"{one.split} "
    points = f"{one.points}" if not one.not_finite else f"{one.points}, {one.not_finite} not finite"
    figures = [
        figure(value, _DIGITS)
        for value in (one.start, one.end, one.first, one.last, one.min, one.max)
    ]
    figures[1] = f"{figures[1]} {one.axis}"
    return (f"{split}{one.metric.replace('_', ' ')}", one.name, points, *figures)


def _facts(values: dict[str, object]) -> str:
    return ", ".join(f"{id} {words(value)}" for id, value in values.items())


def _words(title: str, told: Sequence[str], room: int) -> Iterator[Line]:
    """A title, and a line or more for each thing to be told; nothing without any."""
    found = [one for one in told if one]
    if not found:
        return
    yield [(title, "bold")]
    for one in found[:_LINES]:
        yield from folded([(one, "")], room, 2)
    if len(found) > _LINES:
        yield [(f"  and {len(found) - _LINES} more", "dim")]
