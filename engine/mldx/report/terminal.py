"""The report on a terminal: plain text, the same words with and without colour.

The short report fits a screen of 24 lines by 80 columns with the verdict on it: what the run shows,
the likeliest causes in a line each, what to do first, what could not be judged. The rest is behind
`--full`. Curves are drawn as high as there is room for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from mldx.diagnosis import Diagnosis
from mldx.diagnosis.results import Evidence, ShownSyndrome
from mldx.knowledge.wording import words
from mldx.report.lines import Line, Look, Span, end_of, folded, rendered
from mldx.report.outline import (
    LEGEND_DB,
    LEGEND_PERCENT,
    ListedAction,
    ListedCause,
    Outline,
    outline,
)
from mldx.report.panels import HIGHEST, LOWEST, NARROWEST, curve_lines, panels
from mldx.report.read_summary import ReadSummary

_BLANK: Line = []
_FRAME = 3  # lines around a plot: legend, axis, and the blank line below
_OTHERS = 4  # other runs of one log that are named
_NOTES, _ALL_NOTES = 3, 99  # lines of what the reader has to say
_REASONS = 2  # observations named behind the first cause
_CONFIDENCE = {"confirmed": "bold red", "likely": "red", "possible": "yellow", "unlikely": "dim"}


@dataclass(frozen=True, slots=True)
class Brief:
    """How much of the shorter parts is said on one screen."""

    syndromes: int
    strikes: int
    doubts: int


_BRIEF = (Brief(3, 3, 3), Brief(2, 2, 2), Brief(1, 1, 1), Brief(1, 1, 0))
_WITH_PLOT = (Brief(3, 3, 3), Brief(2, 2, 1), Brief(2, 2, 0))  # the curves before the doubts
_ALL = Brief(99, 99, 99)


class ListedQuestion(Protocol):
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


def text(diagnosis: Diagnosis, full: bool = False, width: int = 80) -> str:
    """Return the report of a diagnosis as plain text.

    full   nothing is left out for brevity
    """
    return report(diagnosis, full, Look(width))


def report(diagnosis: Diagnosis, full: bool, look: Look, name: str = "") -> str:
    """Return the report as an output can show it.

    name   what the run is called in place of its origin
    """
    made = _full if full else _short
    outlined = outline(diagnosis, full)
    head = list(_head(outlined.read, name, look.room, _ALL_NOTES if full else _NOTES))
    return rendered(made(diagnosis, outlined, head, look), look)


def unanswered(questions: Sequence[ListedQuestion], look: Look) -> str:
    """Return the questions of a complaint that have no answer yet."""
    head: Line = [("For your complaint it helps most to find out", "bold")]
    return rendered([head, *_questions(questions, look.room)], look)


def progress(paths: Sequence[str], quiet: bool) -> Iterable[str]:
    """Go through the paths with a progress bar on standard error, unless quiet or piped."""
    if quiet or not sys.stderr.isatty():
        return paths
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(paths, description="Diagnosing", console=console, transient=True)


def _short(diagnosis: Diagnosis, outlined: Outline, head: list[Line], look: Look) -> list[Line]:
    """One screen: where the words do not fit, less is said of what stands later."""
    drawable = bool(panels(diagnosis.symptoms.plot_series)) and look.width >= NARROWEST
    brief = _fitting(outlined, head, look, LOWEST + _FRAME if drawable else 0)
    above = [*head, *_verdict(outlined, look.room, brief), _BLANK]
    taken = len(above) + (LOWEST + _FRAME + 2 if drawable else 0)
    sections = _sections(outlined, look.room, look.height - taken, brief.doubts)
    words = list(chain.from_iterable(sections))
    airy = [line for section in sections if section for line in (*section, _BLANK)]
    height = look.height - len(above) - _FRAME
    if not drawable:
        return [*above, *(airy if len(above) + len(airy) <= look.height + 1 else words)]
    if height - len(airy) >= LOWEST:
        return [
            *above,
            *curve_lines(diagnosis.symptoms.plot_series, look, height - len(airy)),
            *airy,
        ]
    return [*above, *curve_lines(diagnosis.symptoms.plot_series, look, height - len(words)), *words]


def _fitting(outlined: Outline, head: list[Line], look: Look, plot: int) -> Brief:
    """Return the longest form whose words fit the screen; the shortest where none does.

    plot   lines to be left for the curves, where some form leaves them
    """
    rooms = [*((one, plot) for one in _WITH_PLOT), *((one, 0) for one in _BRIEF)]
    for brief, more in rooms:
        if _height(outlined, head, look.room, brief) + more <= look.height:
            return brief
    return _BRIEF[-1]


def _sections(outlined: Outline, room: int, height: int, doubts: int) -> list[list[Line]]:
    """The causes, what to do and what is left open; where lines of the height are left, the first
    cause has its strongest observations.
    """
    below = [_actions(outlined, room), _left_open(outlined, room, doubts)]
    bare = _brief_causes(outlined, room, 0)
    free = height - len(bare) - 1 - sum(map(len, below))
    return [_brief_causes(outlined, room, max(min(_REASONS, free), 0)), *below]


def _height(outlined: Outline, head: list[Line], room: int, brief: Brief) -> int:
    """Return how many lines the words take, without curves and blank lines between sections."""
    words = (
        head,
        _verdict(outlined, room, brief),
        [_BLANK],
        _brief_causes(outlined, room, 0),
        _actions(outlined, room),
        _left_open(outlined, room, brief.doubts),
    )
    return sum(map(len, words))


def _full(diagnosis: Diagnosis, outlined: Outline, head: list[Line], look: Look) -> list[Line]:
    room = look.room
    aid = [line for one in outlined.syndromes for line in _first_aid(one, room)]
    lines = [
        *head,
        *_verdict(outlined, room),
        *aid,
        [],
        *curve_lines(diagnosis.symptoms.plot_series, look, HIGHEST),
    ]
    if outlined.causes:
        lines += [[(outlined.causes_title, "bold")], *folded([(LEGEND_PERCENT, "dim")], room)]
        lines += [*folded([(LEGEND_DB, "dim")], room), []]
    number = 0
    for group in outlined.groups:
        if group.title:
            lines += [*folded([(group.title, "bold")], room), []]
        for cause in group.causes:
            number += 1
            lines += [*_cause(number, cause, room), []]
    lines += [*_actions(outlined, room), []]
    if outlined.questions:
        lines += [[("Still unknown", "bold")], *_questions(outlined.questions, room), []]
    for doubt in outlined.doubts:
        lines += folded([(doubt, "yellow")], room)
    return lines


def _head(read: ReadSummary | None, name: str, room: int, most: int) -> Iterator[Line]:
    """What was read: its name, its form, its losses, and what the reader has to say.

    most   lines of notes
    """
    if read is None:
        if name:
            yield from folded([(name, "bold")], room)
        return
    form = f"read as {read.form}"
    shown = end_of(name or read.origin, max(room - len(form) - 1, NARROWEST // 2))
    yield from folded([(shown, "bold"), (form, "")], room)
    yield from folded([(read.series, "")], room) if read.series else ()
    yield from folded([(read.doubt, "bold yellow")], room) if read.doubt else ()
    notes = folded([("; ".join(read.notes), "dim")], room) if read.notes else []
    yield from notes[:most]
    if len(notes) > most:
        yield [("  mldx read shows the rest of what was read", "dim")]
    for other in read.others[:_OTHERS]:
        yield folded([(f"not judged, {other}", "dim")], room, 2)[0]
    if len(read.others) > _OTHERS:
        yield [(f"  and {len(read.others) - _OTHERS} more runs that are not judged", "dim")]


def _verdict(outlined: Outline, room: int, brief: Brief = _ALL) -> list[Line]:
    """What the run shows, what strikes, and what follows."""
    shown = outlined.syndromes[: brief.syndromes]
    strikes = outlined.strikes[: brief.strikes]
    return [
        *(line for one in shown for line in _syndrome(one, room)),
        *(line for one in strikes for line in folded([(one, "yellow")], room)),
        *_judged(outlined, room),
    ]


def _syndrome(one: ShownSyndrome, room: int) -> list[Line]:
    """The sentence of a syndrome, its title bold."""
    return folded([(f"{one.title}:", "bold"), (one.told, "")], room)


def _first_aid(one: ShownSyndrome, room: int) -> list[Line]:
    """What helps whatever the cause is."""
    return folded([(f"Whatever the cause: {one.first_aid}", "")], room)


def _judged(outlined: Outline, room: int) -> list[Line]:
    label = f" {outlined.label.upper()} "
    headline = folded([(outlined.headline, "bold")], room, first=len(label) + 1)
    headline[0] = [(label, outlined.tone), (" ", ""), *headline[0][1:]]
    return headline


def _brief_causes(outlined: Outline, room: int, reasons: int) -> list[Line]:
    """One line for each cause, under its syndrome, and the strongest observations behind the
    first.
    """
    lines: list[Line] = []
    for number, group in enumerate(outlined.groups):
        lines += _group_head(outlined, number, room)
        for place, cause in enumerate(group.causes):
            first = number == place == 0
            lines += _brief_cause(cause, room, reasons if first else 0, bold=first)
    return lines


def _group_head(outlined: Outline, number: int, room: int) -> list[Line]:
    """The title of a group of causes; the first stands beside the title of the section."""
    title = outlined.groups[number].title
    if number:
        return folded([(title, "bold")], room)
    section = outlined.causes_title
    head = f"{section} ({title})" if title else section
    return folded([(head, "bold"), (outlined.deciding, "dim")], room)


def _brief_cause(cause: ListedCause, room: int, reasons: int, *, bold: bool) -> Iterator[Line]:
    named: list[Span] = [(cause.title, "bold" if bold else "")]
    if len(cause.title) + len(cause.id) + 3 <= room - 8:  # the id is left out before the title
        named.append((f"({cause.id})", "dim"))
    yield _first(folded(named, room - 1, 7, f"{cause.percent:>6} "))
    support = [item for item in cause.evidence if item.db > 0]
    yield from (_first(folded(_seen(item), room - 1, 9)) for item in support[:reasons])


def _first(lines: Sequence[Line]) -> Line:
    """Return the first line; where it is not all, that is shown."""
    return [*lines[0], ("…", "dim")] if len(lines) > 1 else lines[0]


def _cause(number: int, cause: ListedCause, room: int) -> Iterator[Line]:
    """A cause with everything that speaks of it."""
    percent, sure = (f"{cause.percent:>5} ", "bold"), cause.confidence
    title = folded([(cause.title, "bold")], room, 9, first=10 + len(sure))
    head = [(f"{number:>2} ", ""), percent, (f"{sure} ", _CONFIDENCE[sure])]
    yield from ([*head, *title[0][1:]], *title[1:])
    remark = f", {cause.remark}" if cause.remark else ""
    yield from folded([(f"{cause.id}, stage {cause.cause.stage}{remark}", "dim")], room, 9)
    for item in cause.evidence:
        yield from _observation(item, room)
    for one in cause.absent:
        seen = f"expected, but seen otherwise: {one.symptom} is {words(one.saw)}"
        yield from folded([(seen, "dim")], room, 9)


def _observation(item: Evidence, room: int) -> list[Line]:
    lines = folded(_seen(item), room, 17)
    weight = f"{'':9}{item.db:>+4.0f} dB "
    return [[(weight, "green" if item.db > 0 else "red"), *lines[0][1:]], *lines[1:]]


def _seen(item: Evidence) -> list[Span]:
    seen = f"{item.symptom} is {words(item.saw)}"
    return [(f"{seen}:", ""), (item.figure, "dim")] if item.figure else [(seen, "")]


def _actions(outlined: Outline, room: int) -> list[Line]:
    if not outlined.actions:
        return []
    lines: list[Line] = [[("Next", "bold")]]
    for number, one in enumerate(outlined.actions, 1):
        lines += _action(number, one, room)
    return lines


def _action(number: int, one: ListedAction, room: int) -> list[Line]:
    return folded([(one.do, ""), (f"({one.cost})", "dim")], room, 3, f"{number:>2} ")


def _left_open(outlined: Outline, room: int, most: int) -> list[Line]:
    """What could not be judged, what is in doubt, and how to see the rest."""
    doubts = [
        *outlined.conflicts,
        *outlined.unexplained,
        *_unjudged(outlined),
        *outlined.notes,
    ]
    if outlined.conflicts:
        most = max(most, 1)  # whoever is contradicted by the log has to see it
    lines = [line for doubt in doubts[:most] for line in folded([(doubt, "yellow")], room)]
    more = [
        _count(len(outlined.rest), "more cause"),
        _count(len(doubts[most:]), "more doubt"),
    ]
    hint = ", ".join(["--full shows the evidence", *filter(None, more)])
    return [*lines, *folded([(f"{hint} and what is unknown.", "dim")], room)]


def _count(number: int, what: str) -> str:
    if not number:
        return ""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _unjudged(outlined: Outline) -> Iterator[str]:
    """Yield the stages that could not be judged, those with one reason together."""
    titles: dict[str, list[str]] = {}
    for title, why in outlined.unjudged:
        titles.setdefault(why, []).append(title)
    for why, stages in titles.items():
        yield f"{', '.join(stages)} could not be judged: {why}."


def _questions(questions: Iterable[ListedQuestion], room: int) -> Iterator[Line]:
    for one in questions:
        cost = f"{words(one.minutes)} min"
        yield from folded([(one.question, ""), (one.symptom, "dim")], room, 9, f"{cost:>8} ")
