"""Many runs in one table: the verdict of each, its first cause, and where there is room what to
do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from mldx.diagnosis import Diagnosis
from mldx.report.lines import Line, Look, Span, end_of, folded, padded, rendered
from mldx.report.outline import outline

_WIDE_TABLE = 120
_ORDER = ("faulty", "undecided", "unreadable", "healthy")


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
    return rendered([*_table(ordered, look.width), total], look)


def _table(runs: Sequence[SummaryRow], width: int) -> Iterator[Line]:
    """A line for each run: path, verdict, first cause; where it is wide the next action."""
    room = width * 2 // 5
    rows = [[(end_of(run.name, room), ""), *run.cells] for run in runs]
    heads: list[Span] = [(name, "bold") for name in ("Run", "Verdict", "", "First cause", "Next")]
    shown = 5 if width >= _WIDE_TABLE else 4
    table = [row[:shown] for row in (heads, *rows)]
    wide = [max(len(row[column][0]) for row in table) + 2 for column in range(3)]
    left = width - sum(wide)
    first = left if shown == 4 else left * 2 // 5
    wide += [first, left - first][: shown - 3]
    for row in table:
        yield from side_by_side(
            [folded([one], room - 1) for one, room in zip(row, wide, strict=True)], wide
        )


def side_by_side(cells: Sequence[Sequence[Line]], wide: Sequence[int]) -> Iterator[Line]:
    """Yield the lines of a row whose cells have lines of their own."""
    for parts in zip_longest(*cells, fillvalue=[]):
        yield [span for part, room in zip(parts, wide, strict=True) for span in padded(part, room)]


def _row(diagnosis: Diagnosis) -> list[Span]:
    outlined = outline(diagnosis)
    styles = {"faulty": "bold red", "healthy": "green", "undecided": "yellow"}
    tag = (outlined.label, styles[outlined.tone])
    if diagnosis.verdict == "healthy" or not outlined.causes:
        return [tag, ("", ""), ("", ""), ("", "")]
    first = outlined.causes[0]
    todo = f"{outlined.actions[0].do} ({outlined.actions[0].cost})" if outlined.actions else ""
    return [tag, (f"{first.percent:>5}", ""), (first.title, ""), (todo, "")]
