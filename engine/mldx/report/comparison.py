"""Two runs side by side: what differs in a table, the causes that this speaks for, what to do
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mldx.diagnosis.compare import ComparedAnswer, Comparison, GainingCause
from mldx.knowledge.wording import NOT_KNOWN, words
from mldx.report.lines import Line, Look, end_of, folded, rendered
from mldx.report.outline import percent
from mldx.report.runs_table import side_by_side

Row = tuple[str, str, str]
_GAP = 2  # blanks between two columns
_LEGEND = (
    "dB: what the second run shows and the first does not share says so much for a cause. %: how "
    "likely it is in the second, by all that is known of it."
)
_NONE = "-"  # a syndrome that a run does not show


def comparison(compared: Comparison, good: str, bad: str, look: Look) -> str:
    """Return a comparison as an output can show it.

    good, bad  what the runs are called
    """
    verdicts = (compared.good_verdict, compared.bad_verdict)
    names = (
        end_of(good, _columns(look.room)[1] - _GAP),
        end_of(bad, _columns(look.room)[2] - _GAP),
    )
    lines = [*_row(("", *names), look.room, "bold"), *_row(("", *verdicts), look.room), []]
    if not compared.differs:
        lines += folded([("Nothing differs in what is known of the two runs.", "bold")], look.room)
    else:
        lines += [*_differences(compared, look.room), *_causes(compared.causes, look.room)]
    return rendered([*lines, [], *_action(compared, look.room)], look)


def _differences(compared: Comparison, room: int) -> Iterator[Line]:
    """The parts of the table, each with a sentence where it is empty."""
    parts = (
        ("Setup", _facts(compared), _no_fact(compared)),
        ("Losses", _curves(compared), "No loss that both runs log differs."),
        ("Shown by one only", _syndromes(compared), "Both runs show the same syndromes, or none."),
        ("Answers", _answers(compared), "No answer differs that both runs give."),
    )
    for title, rows, nothing in parts:
        yield [(title, "bold")]
        yield from _table(rows, room) if rows else folded([(nothing, "")], room)
        yield []


def _table(rows: Iterable[Row], room: int) -> Iterator[Line]:
    for row in rows:
        yield from _row(row, room)


def _row(row: Row, room: int, style: str = "") -> Iterator[Line]:
    """The lines of one row: what it is about, the good run, the bad run."""
    wide = _columns(room)
    cells = [folded([(cell, style)], column - _GAP) for cell, column in zip(row, wide, strict=True)]
    yield from side_by_side(cells, wide)


def _columns(room: int) -> tuple[int, int, int]:
    """Return how wide the columns are."""
    first = room * 3 // 10
    second = (room - first) // 2
    return first, second, room - first - second


def _facts(compared: Comparison) -> list[Row]:
    versions = [(f"version of {one.id}", one.good, one.bad) for one in compared.versions]
    return [
        *((words(one.id), _fact(one.good), _fact(one.bad)) for one in compared.facts),
        *versions,
    ]


def _no_fact(compared: Comparison) -> str:
    """Say that no fact differs, or that none is known."""
    if compared.says_facts:
        return "No setup fact differs."
    return "Neither run says how it was set up; add it by --set-good and --set-bad."


def _curves(compared: Comparison) -> list[Row]:
    return [
        (f"{words(one.name)}: {what}", words(good), words(bad))
        for one in compared.curves
        for what, (good, bad) in (("first", one.first), ("lowest", one.lowest), ("last", one.last))
        if good != bad
    ]


def _fact(value: Any) -> str:
    return NOT_KNOWN if value is None else words(value)


def _syndromes(compared: Comparison) -> list[Row]:
    return [
        *((one.title, one.told.rstrip("."), _NONE) for one in compared.only_good),
        *((one.title, _NONE, one.told.rstrip(".")) for one in compared.only_bad),
    ]


def _answers(compared: Comparison) -> list[Row]:
    """The answers that differ; a setup fact is in the table already."""
    facts = {one.id for one in compared.facts}
    return [
        (words(one.check), _answer(one.good), _answer(one.bad))
        for one in compared.answers
        if one.check not in facts
    ]


def _answer(answer: ComparedAnswer) -> str:
    return f"{answer.says} ({answer.figure})" if answer.figure else answer.says


def _causes(causes: Iterable[GainingCause], room: int) -> list[Line]:
    lines = [line for cause in causes for line in _cause(cause, room)]
    if not lines:
        return folded([("The difference speaks for no cause.", "bold")], room)
    head: Line = [("The difference speaks for", "bold")]
    return [head, *folded([(_LEGEND, "dim")], room), *lines]


def _cause(cause: GainingCause, room: int) -> list[Line]:
    head = f"{cause.gain:>+4.0f} dB {percent(cause.probability):>5} "
    return folded([(cause.title, ""), (f"({cause.id})", "dim")], room, len(head), head)


def _action(compared: Comparison, room: int) -> list[Line]:
    if compared.action is None:
        return folded([("There is nothing to do about the second run.", "")], room)
    minutes = f"({words(compared.action.minutes)} min)"
    done = folded([(compared.action.do, ""), (minutes, "dim")], room, 1)
    return [[("Do first", "bold")], *done]
