"""The report on a terminal: plain text, the same words with and without colour.

The short report fits a screen of 24 lines by 80 columns with the verdict on it: what the run shows,
the likeliest causes in a line each, what to do first, what could not be judged. The rest is behind
`--full`. Curves are drawn as high as there is room for.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mldx.diagnosis import Diagnosis
from mldx.diagnosis.results import Evidence
from mldx.knowledge.wording import words
from mldx.readers.run import Run
from mldx.report.outline import (
    LEGEND_DB,
    LEGEND_PERCENT,
    ListedAction,
    ListedCause,
    Outline,
    outline,
    percent,
)
from mldx.report.plot import LOST, MARKS, NOBODY, Plot, drawn
from mldx.symptoms.plot_series import PlotSeries

Span = tuple[str, str]
Line = list[Span]
_BLANK: Line = []

SCREEN = 22  # lines of a screen of 24 that are left beside the command and the next prompt
_WIDEST = 110  # longer lines are hard to read
_LOWEST, _HIGHEST = 3, 9
_FRAME = 3  # lines around a plot: legend, axis, and the blank line below
_DOUBTS = 3
_OTHERS = 4  # other runs of one log that are named
_REASONS = 2  # observations named behind the first cause
_NARROWEST = 40  # a plot needs so many columns
_BESIDE = 72  # from so many columns on, two plots stand side by side
_WIDE_TABLE = 120
_CODES = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36",
    "magenta": "35", "blue": "34", "bold red": "1;31", "bold green": "1;32",
    "faulty": "1;37;41", "healthy": "1;37;42", "undecided": "1;30;43",
}  # fmt: skip
_CONFIDENCE = {"confirmed": "bold red", "likely": "red", "possible": "yellow", "unlikely": "dim"}
_CURVES = ("cyan", "magenta", "green", "blue")
_PROCESS = ("lr", "grad_norm")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PLAINER = str.maketrans({"│": "|", "└": "+", "×": "x", "…": "~", "–": "-", "−": "-"})
_BLANKS = re.compile(r" (?!%)")  # a percentage is not broken
_ORDER = ("faulty", "undecided", "unreadable", "healthy")


class Asked(Protocol):
    """A question that is listed: its words, its symptom, its minutes."""

    @property
    def question(self) -> str:
        """What is asked."""

    @property
    def symptom(self) -> str:
        """What it asks for."""

    @property
    def minutes(self) -> float:
        """How long the answer takes."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the output can show.

    braille  whether it has dots to draw with, and colours to tell two curves apart by
    """

    width: int = 80
    height: int = SCREEN
    colour: bool = False
    encoding: str = "utf-8"

    @classmethod
    def of_stdout(cls) -> Look:
        """Return the look of standard output."""
        size = shutil.get_terminal_size()
        colour = (
            sys.stdout.isatty()
            and not os.environ.get("NO_COLOR")
            and os.environ.get("TERM") != "dumb"
        )
        encoding = getattr(sys.stdout, "encoding", None) or "ascii"
        return cls(size.columns, max(size.lines - 2, SCREEN), colour, encoding)

    @property
    def room(self) -> int:
        """How long a line of text is."""
        return max(min(self.width, _WIDEST), 30)

    @property
    def braille(self) -> bool:
        """Are there dots, and colours to tell two curves apart?"""
        return self.colour and self.encoding.lower().startswith("utf")


def text(diagnosis: Diagnosis, run: Run | None = None, full: bool = False, width: int = 80) -> str:
    """Return the report of a diagnosis as plain text.

    run    what was read, to be named above
    full   nothing is left out for brevity
    """
    return report(diagnosis, run, full, Look(width))


def report(
    diagnosis: Diagnosis, run: Run | None, full: bool, look: Look, name: str | None = None
) -> str:
    """Return the report as an output can show it.

    name   what the run is called in place of its origin
    """
    made = _full if full else _short
    head = list(_head(run, name, look.room)) if run else []
    return _rendered(made(diagnosis, outline(diagnosis, full), head, look), look)


def unanswered(questions: Sequence[Asked], look: Look) -> str:
    """Return the questions of a complaint that have no answer yet."""
    head: Line = [("For your complaint it helps most to find out", "bold")]
    return _rendered([head, *_questions(questions, look.room)], look)


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A line of the table of many runs: all that is kept of a run once it is told.

    kind    the verdict, or "unreadable"
    cells   verdict, percentage, first cause, next action
    """

    name: str
    kind: str
    probability: float
    cells: tuple[Span, ...]

    @property
    def order(self) -> tuple[int, float, str]:
        """The faulty come first, among them the surest."""
        return _ORDER.index(self.kind), -self.probability, self.name


def summary_row(name: str, diagnosis: Diagnosis | None) -> SummaryRow:
    """Return the line of one run; None stands for a run that could not be read."""
    if diagnosis is None:
        unreadable: tuple[Span, ...] = (
            ("unreadable", "yellow"),
            ("", ""),
            ("see the message", ""),
            ("", ""),
        )
        return SummaryRow(name, "unreadable", 0.0, unreadable)
    probability = diagnosis.causes[0].probability if diagnosis.causes else 0.0
    return SummaryRow(name, diagnosis.verdict, probability, tuple(_row(diagnosis)))


def summary(rows: Sequence[SummaryRow], look: Look) -> str:
    """Return one table of many runs, the faulty ones first, and how many have which verdict."""
    kinds = [row.kind for row in rows]
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in (*_ORDER[:2], "healthy"))
    total: Line = [(f"{counts}, {kinds.count('unreadable')} unreadable", "bold")]
    ordered = sorted(rows, key=lambda row: row.order)
    return _rendered([*_table(ordered, look.width), total], look)


def progress(paths: Sequence[str], quiet: bool) -> Iterable[str]:
    """Go through the paths with a progress bar on standard error, unless quiet or piped."""
    if quiet or not sys.stderr.isatty():
        return paths
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(paths, description="Diagnosing", console=console, transient=True)


def encodable(told: str, encoding: str) -> str:
    """Return a text with what an encoding does not have replaced: `│` by `|`, others by `?`."""
    try:
        told.encode(encoding)
    except UnicodeEncodeError:
        return told.translate(_PLAINER).encode(encoding, "replace").decode(encoding)
    return told


def _short(diagnosis: Diagnosis, said: Outline, head: list[Line], look: Look) -> list[Line]:
    """One screen: the curves get what the words leave free; the blank lines go before they do."""
    above = [*head, *_verdict(said, look.room), _BLANK]
    sections = [_actions(said, look.room), _left_open(said, look.room)]
    free = look.height - len(above) - len(said.causes) - 2 - sum(map(len, sections))
    drawable = bool(_panels(diagnosis.symptoms.plot_series)) and look.width >= _NARROWEST
    reasons = min(_REASONS, max(free - _LOWEST - _FRAME - 2, 0)) if drawable else _REASONS
    causes = _brief_causes(said, look.room, reasons)
    words = [line for section in (causes, *sections) for line in section]
    airy = [line for section in (causes, *sections) if section for line in (*section, _BLANK)]
    height = look.height - len(above) - _FRAME
    if not drawable:
        return [*above, *airy]
    if height - len(airy) >= _LOWEST:
        return [*above, *_curves(diagnosis, look, height - len(airy)), *airy]
    return [*above, *_curves(diagnosis, look, height - len(words)), *words]


def _full(diagnosis: Diagnosis, said: Outline, head: list[Line], look: Look) -> list[Line]:
    room = look.room
    lines = [*head, *_verdict(said, room), [], *_curves(diagnosis, look, _HIGHEST)]
    if said.causes:
        lines += [[(said.causes_title, "bold")], *_folded([(LEGEND_PERCENT, "dim")], room)]
        lines += [*_folded([(LEGEND_DB, "dim")], room), []]
    for number, cause in enumerate(said.causes, 1):
        lines += [*_cause(number, cause, room), []]
    lines += [*_actions(said, room), []]
    if said.questions:
        lines += [[("Still unknown", "bold")], *_questions(said.questions, room), []]
    for doubt in said.doubts:
        lines += _folded([(doubt, "yellow")], room)
    return lines


def _head(run: Run, name: str | None, room: int) -> Iterator[Line]:
    """What was read: its name, its form, how much of it, and what the reader has to say."""
    size = max((len(series) for series in run.series), default=0)
    points = f", {size} points" if size else ""
    form = f"{run.format}{points}"
    name = _end_of(name or run.origin, max(room - len(form) - 1, _NARROWEST // 2))
    yield from _folded([(name, "bold"), (form, "")], room)
    notes = [*run.notes, *(event.text for event in run.events if event.kind == "message")]
    if run.ignored:
        more = ", ..." if len(run.ignored) > 6 else ""
        notes.append(f"not used: {', '.join(run.ignored[:6])}{more}")
    if notes:
        yield from _folded([("; ".join(notes), "dim")], room)
    for other in run.others[:_OTHERS]:
        yield _folded([(f"not judged, {other}", "dim")], room, 2)[0]
    if len(run.others) > _OTHERS:
        yield [(f"  and {len(run.others) - _OTHERS} more runs that are not judged", "dim")]


def _verdict(said: Outline, room: int) -> list[Line]:
    label = f" {said.label.upper()} "
    headline = _folded([(said.headline, "bold")], room, first=len(label) + 1)
    headline[0] = [(label, said.tone), (" ", ""), *headline[0][1:]]
    warnings = [line for one in said.warnings for line in _folded([(one, "yellow")], room)]
    return [*headline, *warnings]


def _brief_causes(said: Outline, room: int, reasons: int) -> list[Line]:
    """One line for each cause, and the strongest observations behind the first."""
    if not said.causes:
        return []
    lines: list[Line] = [[(said.causes_title, "bold")]]
    for number, cause in enumerate(said.causes):
        style = "bold" if number == 0 else ""
        named = [(cause.title, style), (cause.id, "dim")]
        lines.append(_first(_folded(named, room - 1, 7, f"{cause.percent:>6} ")))
        if number == 0:
            support = [item for item in cause.evidence if item.db > 0]
            lines += [_first(_folded(_seen(item), room - 1, 9)) for item in support[:reasons]]
    return lines


def _first(lines: Sequence[Line]) -> Line:
    """Return the first line; where it is not all, that is shown."""
    return [*lines[0], ("…", "dim")] if len(lines) > 1 else lines[0]


def _cause(number: int, cause: ListedCause, room: int) -> Iterator[Line]:
    """A cause with everything that speaks of it."""
    percent, sure = (f"{cause.percent:>5} ", "bold"), cause.confidence
    title = _folded([(cause.title, "bold")], room, 9, first=10 + len(sure))
    head = [(f"{number:>2} ", ""), percent, (f"{sure} ", _CONFIDENCE[sure])]
    yield from ([*head, *title[0][1:]], *title[1:])
    remark = f", {cause.remark}" if cause.remark else ""
    yield from _folded([(f"{cause.id}, stage {cause.cause.stage}{remark}", "dim")], room, 9)
    for item in cause.evidence:
        yield from _observation(item, room)
    for one in cause.absent:
        seen = f"expected, but seen otherwise: {one.symptom} is {words(one.saw)}"
        yield from _folded([(seen, "dim")], room, 9)


def _observation(item: Evidence, room: int) -> list[Line]:
    lines = _folded(_seen(item), room, 17)
    weight = f"{'':9}{item.db:>+4.0f} dB "
    return [[(weight, "green" if item.db > 0 else "red"), *lines[0][1:]], *lines[1:]]


def _seen(item: Evidence) -> list[Span]:
    seen = f"{item.symptom} is {words(item.saw)}"
    return [(f"{seen}:", ""), (item.figure, "dim")] if item.figure else [(seen, "")]


def _actions(said: Outline, room: int) -> list[Line]:
    if not said.actions:
        return []
    lines: list[Line] = [[("Next", "bold")]]
    for number, one in enumerate(said.actions, 1):
        lines += _action(number, one, room)
    return lines


def _action(number: int, one: ListedAction, room: int) -> list[Line]:
    return _folded([(one.do, ""), (f"({one.cost})", "dim")], room, 3, f"{number:>2} ")


def _left_open(said: Outline, room: int) -> list[Line]:
    """What could not be judged, what is in doubt, and how to see the rest."""
    doubts = [*_unjudged(said), *said.conflicts, *said.notes]
    lines = [line for doubt in doubts[:_DOUBTS] for line in _folded([(doubt, "yellow")], room)]
    more = [
        _count(len(said.rest), "more cause"),
        _count(len(said.unexplained) + len(doubts[_DOUBTS:]), "more doubt"),
    ]
    hint = ", ".join(["--full shows the evidence", *filter(None, more)])
    return [*lines, *_folded([(f"{hint} and what is unknown.", "dim")], room)]


def _count(number: int, what: str) -> str:
    if not number:
        return ""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _unjudged(said: Outline) -> Iterator[str]:
    """Yield the stages that could not be judged, those with one reason together."""
    titles: dict[str, list[str]] = {}
    for title, why in said.unjudged:
        titles.setdefault(why, []).append(title)
    for why, stages in titles.items():
        yield f"{', '.join(stages)} could not be judged: {why}."


def _questions(questions: Iterable[Asked], room: int) -> Iterator[Line]:
    for one in questions:
        cost = f"{words(one.minutes)} min"
        yield from _folded([(one.question, ""), (one.symptom, "dim")], room, 9, f"{cost:>8} ")


def _curves(diagnosis: Diagnosis, look: Look, height: int) -> list[Line]:
    """The losses, and beside or under them the first score; nothing where there is no room."""
    panels = _panels(diagnosis.symptoms.plot_series)
    if not panels or height < _LOWEST or look.width < _NARROWEST:
        return []
    height = min(height, _HIGHEST)
    beside = len(panels) > 1 and look.width >= _BESIDE
    wide = (look.room - 2) // 2 if beside else look.room
    pictures = [_panel(curves, wide, height, look) for curves in panels[: 2 if beside else 1]]
    if not beside:
        return [*pictures[0], []]
    one, other = pictures
    return [[*_padded(left, wide + 2), *right] for left, right in zip(one, other, strict=True)] + [
        []
    ]


def _panels(curves: Sequence[PlotSeries]) -> list[list[PlotSeries]]:
    """The curves of the loss, and those of the score that is told first; of one run."""
    metrics = dict.fromkeys(one.metric for one in curves if one.metric not in _PROCESS)
    kept = [[one for one in curves if one.metric == metric] for metric in list(metrics)[:2]]
    alike = [
        [one for one in group if (one.origin, one.axis) == (group[0].origin, group[0].axis)]
        for group in kept
    ]
    return [group for group in alike if drawn(group, 1, 1)]


def _panel(curves: Sequence[PlotSeries], wide: int, height: int, look: Look) -> list[Line]:
    """A plot with its legend and its axes; as many lines whatever it shows."""
    width = min(wide - 10, 76)
    plot = drawn(curves, width, height, look.braille)
    assert plot is not None  # `_panels` leaves out what cannot be drawn
    rows: list[Line] = []
    for number, row in enumerate(plot.rows):
        label = {0: plot.top, height - 1: plot.bottom}.get(number, "")
        rows.append([(f"{label:>8} ", "dim"), ("│", "dim"), *_cells(row)])
    gap = " " * max(width - len(plot.left) - len(plot.right), 1)
    axis: Line = [(f"{'':9}└{plot.left}{gap}{plot.right}", "dim")]
    return [_legend(curves, plot, look, wide), *rows, axis]


def _cells(row: Sequence[tuple[str, int]]) -> Iterator[Span]:
    for mark, owner in row:
        if owner == NOBODY:
            yield mark, ""
        else:
            yield mark, "red" if owner == LOST else _CURVES[owner % len(_CURVES)]


def _legend(curves: Sequence[PlotSeries], plot: Plot, look: Look, wide: int) -> Line:
    line: Line = [(f"{'':9}", ""), (f"{curves[0].metric.replace('_', ' ')}: ", "dim")]
    for number, curve in enumerate(curves):
        mark = "" if look.braille else f"{MARKS[number % len(MARKS)]} "
        line.append((f"{mark}{curve.split}  ", _CURVES[number % len(_CURVES)]))
    if plot.lost:
        line.append((f"{'×' if look.braille else '!'} not finite  ", "red"))
    if plot.logarithmic:
        line.append(("log axis", "dim"))
    return _cut(line, wide)


def _table(runs: Sequence[SummaryRow], width: int) -> Iterator[Line]:
    """A line for each run: path, verdict, first cause; where it is wide the next action."""
    room = width * 2 // 5
    rows = [[(_end_of(run.name, room), ""), *run.cells] for run in runs]
    heads: list[Span] = [(name, "bold") for name in ("Run", "Verdict", "", "First cause", "Next")]
    shown = 5 if width >= _WIDE_TABLE else 4
    table = [row[:shown] for row in (heads, *rows)]
    wide = [max(len(row[column][0]) for row in table) + 2 for column in range(3)]
    left = width - sum(wide)
    wide += [left] if shown == 4 else [left * 2 // 5, left - left * 2 // 5]
    for row in table:
        cells = [_folded([cell], wide[column] - 1) for column, cell in enumerate(row)]
        for number in range(max(map(len, cells))):
            parts = [cell[number] if number < len(cell) else [] for cell in cells]
            yield [
                span for part, room in zip(parts, wide, strict=True) for span in _padded(part, room)
            ]


def _row(diagnosis: Diagnosis) -> list[Span]:
    said = outline(diagnosis)
    styles = {"faulty": "bold red", "healthy": "green", "undecided": "yellow"}
    tag = (said.label, styles[said.tone])
    if diagnosis.verdict == "healthy" or not said.causes:
        return [tag, ("", ""), ("", ""), ("", "")]
    first = said.causes[0]
    todo = f"{said.actions[0].do} ({said.actions[0].cost})" if said.actions else ""
    return [tag, (f"{first.percent:>5}", ""), (first.title, ""), (todo, "")]


def _end_of(path: str, room: int) -> str:
    """Return the last part of a path that is too long for its column."""
    return path if len(path) <= room else f"…{path[1 - room :]}"


def _folded(
    spans: Sequence[Span], room: int, indent: int = 0, head: str = "", first: int = 0
) -> list[Line]:
    """Break spans into lines at blanks, each line indented.

    head    what stands in the indent of the first line
    first   how much of the first line is taken already, where that is not the indent
    """
    lines: list[Line] = [[(f"{head:{indent}}", "")]]
    used = first or indent
    for told, style in spans:
        for word in _words(told, max(room - indent, 8)):
            blank = len(lines[-1]) > 1
            if blank and used + 1 + len(word) > room:
                lines.append([(" " * indent, "")])
                used, blank = indent, False
            lines[-1].append((f" {word}" if blank else word, style))
            used += len(word) + blank
    return lines


def _words(told: str, longest: int) -> Iterator[str]:
    """Yield the words of a text, one that no line can hold in pieces."""
    plain = _UNPRINTABLE.sub("\ufffd", " ".join(told.split()))
    for word in _BLANKS.split(plain) if plain else ():
        for start in range(0, len(word), longest):
            yield word[start : start + longest]


def _length(line: Line) -> int:
    return sum(len(told) for told, _ in line)


def _padded(line: Line, width: int) -> Line:
    return [*line, (" " * max(width - _length(line), 0), "")]


def _cut(line: Line, width: int) -> Line:
    """Return so much of a line as a width holds."""
    kept: Line = []
    for told, style in line:
        kept.append((told[: max(width - _length(kept), 0)], style))
    return kept


def _rendered(lines: Iterable[Line], look: Look) -> str:
    """Return lines as text that an output can take, with colour if it has any."""
    written = ("".join(_styled(line, look.colour)).rstrip() for line in lines)
    return encodable("\n".join(written).rstrip("\n"), look.encoding)


def _styled(line: Line, colour: bool) -> Iterator[str]:
    for told, style in line:
        yield f"\x1b[{_CODES[style]}m{told}\x1b[0m" if colour and style and told else told


__all__ = [
    "Look", "encodable", "percent", "progress", "report", "summary", "summary_row", "text",
    "unanswered",
]  # fmt: skip
