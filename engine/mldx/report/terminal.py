"""The report on a terminal: the verdict first, then the curve, the causes with their evidence, and
what to do next.

Rich takes care of width, colour, `NO_COLOR` and pipes; what is printed is the same text with and
without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mldx.diagnosis import Diagnosis
from mldx.diagnosis.results import Action, Evidence, NamedCause
from mldx.knowledge.wording import foremost, share, verdict, words
from mldx.readers.run import Run
from mldx.report.plot import LOST, MARKS, Line, Plot, drawn

if TYPE_CHECKING:
    from mldx.diagnosis.results import Question as OpenQuestion
    from mldx.interview.question import Question

_VERDICTS = {
    "faulty": "bold white on red",
    "healthy": "bold white on green",
    "undecided": "bold black on yellow",
}
_CONFIDENCE = {"confirmed": "bold red", "likely": "red", "possible": "yellow", "unlikely": "dim"}
_LINES = ("cyan", "magenta", "green", "blue")
_CAUSES, _QUESTIONS, _ACTIONS, _ITEMS = 4, 3, 3, 3
_FLOOR = 0.05
_WIDE = 120


def progress(paths: Sequence[str], quiet: bool) -> Iterable[str]:
    """Go through the paths with a progress bar on standard error, unless quiet or piped."""
    from rich.progress import track

    console = Console(stderr=True)
    return track(
        paths,
        description="Diagnosing",
        console=console,
        disable=quiet or not console.is_terminal,
        transient=True,
    )


class Screen:
    """Prints reports. With `full` nothing is left out for brevity."""

    def __init__(self, full: bool = False) -> None:
        self.console = Console(highlight=False, soft_wrap=False)
        self.full = full

    def report(self, path: str, run: Run, diagnosis: Diagnosis) -> None:
        """Print the whole report of one run."""
        parts = [
            self._head(path, run), self._verdict(diagnosis), self._curve(run), self._causes(diagnosis),
            self._actions(diagnosis), self._open(diagnosis), self._doubts(diagnosis), self._read(run),
        ]  # fmt: skip
        self.console.print(Group(*[part for part in parts if part is not None]))

    def unanswered(self, questions: Sequence[Question]) -> None:
        """Print questions of the complaint that have no answer yet."""
        self.console.print(
            Text("For your complaint it helps most to find out", style="bold"),
            _listed(questions),
            sep="\n",
        )

    def summary(self, told: Sequence[tuple[str, Diagnosis | None]]) -> None:
        """Print one table of many runs, the sick ones first; what to do next where there is room
        for it.
        """
        wide = self.console.width >= _WIDE
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        room = self.console.width * 2 // 5
        table.add_column("Run", no_wrap=True)
        table.add_column("Verdict", no_wrap=True)
        table.add_column("", no_wrap=True, justify="right")
        for name in ("First cause", *(["Next"] if wide else [])):
            table.add_column(name, overflow="fold")
        for path, diagnosis in sorted(told, key=_worst_first):
            table.add_row(*_summary_row(_end_of(path, room), diagnosis)[: 5 if wide else 4])
        counts = [
            sum(_kind(one) == kind for _, one in told)
            for kind in ("faulty", "undecided", "healthy", "unreadable")
        ]
        self.console.print(table)
        self.console.print(
            Text("{} faulty, {} undecided, {} healthy, {} unreadable".format(*counts), style="bold")
        )

    def _head(self, path: str, run: Run) -> Text:
        size = max((len(series) for series in run.series), default=0)
        return Text.assemble(
            (path, "bold"), f"  {run.format}", f", {size} points" if size else "", style=""
        )

    def _verdict(self, diagnosis: Diagnosis) -> Padding:
        tag = Text(f" {diagnosis.verdict.upper()} ", style=_VERDICTS[diagnosis.verdict])
        table = Table.grid(padding=(0, 1))
        table.add_row(tag, Text(verdict(diagnosis), style="bold"))
        return Padding(table, (0, 0, 1, 0))

    def _curve(self, run: Run) -> Group | None:
        found = [(split, run.all(split, "loss")) for split in ("train", "val")]
        lines = [Line(f"{split} loss", one[-1].x, one[-1].value) for split, one in found if one]
        width = min(self.console.width - 12, 76)
        braille = (self.console.encoding or "").lower().startswith("utf") and not self._colourless()
        plot = drawn(lines, width, 9, braille) if width > 20 else None
        if plot is None:
            return None
        return Group(_legend(lines, plot), *_plot_rows(plot, width), Text(""))

    def _colourless(self) -> bool:
        """Without colour two curves are told apart by their marks."""
        return self.console.no_color or not self.console.is_terminal

    def _causes(self, diagnosis: Diagnosis) -> Group | None:
        shown = [cause for cause in diagnosis.causes if self.full or cause.probability >= _FLOOR]
        shown = shown if self.full else shown[:_CAUSES]
        if not shown:
            return None
        rest = len(diagnosis.causes) - len(shown)
        blocks = [self._cause(number, cause) for number, cause in enumerate(shown, 1)]
        note = (
            [Text(f"  {rest} more with less support (--full lists them)", style="dim")]
            if rest > 0
            else []
        )
        return Group(Text("Causes", style="bold"), *blocks, *note, Text(""))

    def _cause(self, number: int, cause: NamedCause) -> Table:
        body = Table.grid(padding=(0, 1))
        body.add_column(width=6, justify="right")
        body.add_column(overflow="fold")
        counted = [item for item in cause.evidence if item.counted]
        for item in [
            *self._most([one for one in counted if one.db > 0]),
            *self._most([one for one in counted if one.db < 0]),
        ]:
            body.add_row(
                Text(f"{item.db:+.0f} dB", style="green" if item.db > 0 else "red"), _seen(item)
            )
        told = {item.check for item in counted}
        absent = [pending for pending in cause.absent if pending.check not in told]
        for pending in absent if self.full else ():
            body.add_row(
                "",
                Text(
                    f"expected, but seen otherwise: {pending.symptom} is {words(pending.saw)}",
                    style="dim",
                ),
            )
        table = _columns()
        sure = Text.assemble(
            (share(cause.probability), "bold"),
            "\n",
            (cause.confidence, _CONFIDENCE[cause.confidence]),
        )
        table.add_row(str(number), sure, Group(_cause_head(cause), body))
        return table

    def _most(self, items: list[Any]) -> list[Any]:
        return items if self.full else items[:_ITEMS]

    def _actions(self, diagnosis: Diagnosis) -> Group | None:
        shown = list(diagnosis.actions) if self.full else foremost(diagnosis.actions, _ACTIONS)
        if not shown or (diagnosis.verdict == "healthy" and not self.full):
            return None
        return Group(
            Text("Next", style="bold"),
            *[_action(number, one) for number, one in enumerate(shown, 1)],
            Text(""),
        )

    def _open(self, diagnosis: Diagnosis) -> Group | None:
        """Questions that no shown action asks already."""
        asked = {action.about for action in foremost(diagnosis.actions, _ACTIONS)}
        left = [one for one in diagnosis.open_questions if one.check not in asked]
        questions = left if self.full else left[:_QUESTIONS]
        if not questions:
            return None
        rest = len(left) - len(questions)
        note = [Text(f"   and {rest} more", style="dim")] if rest > 0 else []
        return Group(Text("Still unknown", style="bold"), _listed(questions), *note, Text(""))

    def _doubts(self, diagnosis: Diagnosis) -> Group | None:
        """Stages that could not be judged, sources that disagree, what nothing explains, names
        nobody knows.
        """
        lines = [
            f"{stage.title} could not be judged: {stage.why}."
            for stage in diagnosis.stages
            if stage.why
        ]
        lines += [
            f"{one.symptom}: {one.kept_by.source} {one.kept}, {one.dropped_by.source} {one.dropped}; the first was kept."
            for one in diagnosis.conflicts
        ]
        lines += [
            f"{one.symptom} ({one.saw}) is explained by no likely cause."
            for one in diagnosis.unexplained
        ]
        lines += list(diagnosis.notes)
        return Group(*[Text(line, style="yellow") for line in lines], Text("")) if lines else None

    def _read(self, run: Run) -> Text | None:
        parts = [*run.notes, *[event.text for event in run.events if event.kind == "message"]]
        if run.ignored:
            parts.append(
                f"not used: {', '.join(run.ignored[:6])}{', ...' if len(run.ignored) > 6 else ''}"
            )
        return Text(f"Read: {'; '.join(parts)}", style="dim") if parts else None


def _columns() -> Table:
    """A grid of number, a narrow column, and text that folds under itself."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=2, justify="right")
    table.add_column(width=9)
    table.add_column(overflow="fold")
    return table


def _listed(questions: Sequence[OpenQuestion | Question]) -> Table:
    """Questions, each with its minutes and its symptom."""
    table = _columns()
    for one in questions:
        table.add_row(
            "",
            Text(f"{one.minutes:g} min", style="dim"),
            Text.assemble(one.question, (f"  {one.symptom}", "dim")),
        )
    return table


def _cause_head(cause: NamedCause) -> Text:
    under = f", follows from {cause.consequence_of}" if cause.consequence_of else ""
    benign = ", no fault but a fact to know" if cause.benign else ""
    return Text.assemble(
        (cause.title, "bold"), "\n", (f"{cause.id}, stage {cause.stage}{under}{benign}", "dim")
    )


def _seen(item: Evidence) -> Text:
    figure = f": {item.figure}" if item.figure else ""
    return Text.assemble(f"{item.symptom} is {words(item.saw)}", (figure, "dim"))


def _action(number: int, action: Action) -> Table:
    table = _columns()
    aim = Text(f"for {action.about}" if action.kind == "fix" else action.expect, style="dim")
    table.add_row(
        str(number),
        Text(f"{action.kind}\n{action.minutes:g} min", style="bold"),
        Group(Text(action.do), aim),
    )
    return table


def _legend(lines: Sequence[Line], plot: Plot) -> Text:
    plain = not any(ord(mark) > 0x27FF for row in plot.rows for mark, _ in row)
    names = [
        (f"{MARKS[n % 4] + ' ' if plain else ''}{line.name}  ", _LINES[n])
        for n, line in enumerate(lines)
    ]
    lost = f"{plot.lost} not finite  " if any(owner == LOST for _, owner in plot.rows[-1]) else ""
    return Text.assemble(*names, (lost, "red"), ("log axis" if plot.logarithmic else "", "dim"))


def _plot_rows(plot: Plot, width: int) -> list[Text]:
    rows = []
    for number, row in enumerate(plot.rows):
        label = plot.top if number == 0 else plot.bottom if number == len(plot.rows) - 1 else ""
        marks = [
            (mark, "red" if owner == LOST else _LINES[owner % len(_LINES)] if owner >= 0 else "")
            for mark, owner in row
        ]
        rows.append(Text.assemble((f"{label:>9} ", "dim"), ("│", "dim"), *marks))
    gap = max(width - len(plot.left) - len(plot.right), 1)
    return [*rows, Text(f"{'':>10}└{plot.left}{' ' * gap}{plot.right}", style="dim")]


def _kind(diagnosis: Diagnosis | None) -> str:
    return "unreadable" if diagnosis is None else diagnosis.verdict


def _worst_first(told: tuple[str, Diagnosis | None]) -> tuple[int, float, str]:
    order = ("faulty", "undecided", "unreadable", "healthy")
    path, diagnosis = told
    first = diagnosis.causes[0].probability if diagnosis and diagnosis.causes else 0.0
    return order.index(_kind(diagnosis)), -first, path


def _end_of(path: str, room: int) -> str:
    """The last part of a path that is too long for its column."""
    return path if len(path) <= room else f"…{path[1 - room :]}"


def _summary_row(path: str, diagnosis: Diagnosis | None) -> tuple[Text, ...]:
    """Path, verdict, probability, first cause, next action."""
    if diagnosis is None:
        return (
            Text(path),
            Text("unreadable", style="yellow"),
            Text(""),
            Text("see the message"),
            Text(""),
        )
    colour = {"faulty": "bold red", "healthy": "green", "undecided": "yellow"}[diagnosis.verdict]
    tag = Text(diagnosis.verdict, style=colour)
    if diagnosis.verdict == "healthy" or not diagnosis.causes:
        return Text(path), tag, Text(""), Text(""), Text("")
    first, after = diagnosis.causes[0], foremost(diagnosis.actions, 1)[0]
    todo = Text(f"{after.do} ({after.minutes:g} min)")
    return Text(path), tag, Text(share(first.probability)), Text(first.title), todo
