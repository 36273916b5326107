"""The report on a terminal: the verdict first, then the curve, the causes with their evidence, and what to do next.

Rich takes care of width, colour, `NO_COLOR` and pipes; what is printed is the same text with and without colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console, Group
from rich.padding import Padding
from rich.progress import track
from rich.table import Table
from rich.text import Text

from mldx.cli.plot import Line, Plot, drawn
from mldx.diagnosis import Diagnosis
from mldx.diagnosis.report import Action, Evidence, NamedCause
from mldx.readers.run import Run

_VERDICTS = {"faulty": "bold white on red", "healthy": "bold white on green", "undecided": "bold black on yellow"}
_CONFIDENCE = {"confirmed": "bold red", "likely": "red", "possible": "yellow", "unlikely": "dim"}
_LINES = ("cyan", "magenta", "green", "blue")
_CAUSES, _QUESTIONS, _ACTIONS, _ITEMS = 5, 4, 3, 4
_FLOOR = 0.02


def progress(paths: Sequence[str], quiet: bool) -> Iterable[str]:
    """Go through the paths with a progress bar on standard error, unless quiet or piped."""
    console = Console(stderr=True)
    return track(paths, description="Diagnosing", console=console, disable=quiet or not console.is_terminal, transient=True)


class Screen:
    """Prints reports. With `full` nothing is left out for brevity."""

    def __init__(self, full: bool = False) -> None:
        self.console = Console(highlight=False, soft_wrap=False)
        self.full = full

    def report(self, path: str, run: Run, diagnosis: Diagnosis) -> None:
        """Print the whole report of one run."""
        parts = [
            self._head(path, run), self._verdict(diagnosis), self._curve(run), self._causes(diagnosis),
            self._actions(diagnosis), self._open(diagnosis), self._doubts(diagnosis), self._read(run, diagnosis),
        ]  # fmt: skip
        self.console.print(Group(*[part for part in parts if part is not None]))

    def summary(self, told: Sequence[tuple[str, Diagnosis | None]]) -> None:
        """Print one table of many runs, the sick ones first."""
        table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for name in ("Run", "Verdict", "First cause", "Probability", "Next"):
            table.add_column(name, overflow="fold")
        for path, diagnosis in sorted(told, key=_worst_first):
            table.add_row(*_summary_row(path, diagnosis))
        counts = [sum(_kind(one) == kind for _, one in told) for kind in ("faulty", "undecided", "healthy", "unreadable")]
        self.console.print(table)
        self.console.print(Text("{} faulty, {} undecided, {} healthy, {} unreadable".format(*counts), style="bold"))

    def _head(self, path: str, run: Run) -> Text:
        size = max((len(series) for series in run.series), default=0)
        return Text.assemble((path, "bold"), f"  {run.format}", f", {size} points" if size else "", style="")

    def _verdict(self, diagnosis: Diagnosis) -> Padding:
        tag = Text(f" {diagnosis.verdict.upper()} ", style=_VERDICTS[diagnosis.verdict])
        return Padding(Text.assemble(tag, "  ", _sentence(diagnosis)), (0, 0, 1, 0))

    def _curve(self, run: Run) -> Group | None:
        found = [(split, run.all(split, "loss")) for split in ("train", "val")]
        lines = [Line(f"{split} loss", one[-1].x, one[-1].value) for split, one in found if one]
        width = min(self.console.width - 12, 76)
        braille = (self.console.encoding or "").lower().startswith("utf")
        plot = drawn(lines, width, 9, braille) if width > 20 else None
        if plot is None:
            return None
        return Group(_legend(lines, plot, run), *_plot_rows(plot, width), Text(""))

    def _causes(self, diagnosis: Diagnosis) -> Group | None:
        shown = [cause for cause in diagnosis.causes if self.full or cause.probability >= _FLOOR]
        shown = shown if self.full else shown[:_CAUSES]
        if not shown:
            return None
        rest = len(diagnosis.causes) - len(shown)
        blocks = [self._cause(number, cause) for number, cause in enumerate(shown, 1)]
        note = [Text(f"  {rest} more with less support (--full lists them)", style="dim")] if rest > 0 else []
        return Group(Text("Causes", style="bold"), *blocks, *note, Text(""))

    def _cause(self, number: int, cause: NamedCause) -> Group:
        under = f"  (follows from {cause.consequence_of})" if cause.consequence_of else ""
        benign = "  (no fault: a fact to know)" if cause.benign else ""
        head = Text.assemble(
            f" {number} ", (f"{_share(cause.probability):>5} ", "bold"), (f"{cause.confidence:<10}", _CONFIDENCE[cause.confidence]),
            (cause.title, "bold"), (f"  {cause.id}, {cause.stage}{under}{benign}", "dim"),
        )  # fmt: skip
        counted = [item for item in cause.evidence if item.counted]
        items = [*self._most([item for item in counted if item.db > 0]), *self._most([item for item in counted if item.db < 0])]
        missing = self._most([f"not seen: {pending.symptom}" for pending in cause.absent[:2]])
        lines = [_item(item) for item in items] + [Text(f"         {text}", style="dim") for text in missing]
        return Group(head, *lines)

    def _most(self, items: list[Any]) -> list[Any]:
        return items if self.full else items[:_ITEMS]

    def _actions(self, diagnosis: Diagnosis) -> Group | None:
        shown = _spread(diagnosis.actions, _ACTIONS)
        if not shown:
            return None
        return Group(Text("Next", style="bold"), *[_action(number, one) for number, one in enumerate(shown, 1)], Text(""))

    def _open(self, diagnosis: Diagnosis) -> Group | None:
        questions = diagnosis.open_questions if self.full else diagnosis.open_questions[:_QUESTIONS]
        if not questions:
            return None
        lines = [
            Padding(Text.assemble(one.question, (f"  {one.symptom}, {one.minutes:g} min", "dim")), (0, 0, 0, 3)) for one in questions
        ]
        rest = len(diagnosis.open_questions) - len(questions)
        note = [Text(f"   and {rest} more", style="dim")] if rest > 0 else []
        return Group(Text("Still unknown", style="bold"), *lines, *note, Text(""))

    def _doubts(self, diagnosis: Diagnosis) -> Group | None:
        """Stages that could not be judged, sources that disagree, what nothing explains, names nobody knows."""
        lines = [f"{stage.title} could not be judged: {stage.why}." for stage in diagnosis.stages if stage.why]
        lines += [
            f"{one.symptom}: {one.kept_by.source} {one.kept}, but {one.dropped_by.source} {one.dropped}; the first was kept."
            for one in diagnosis.conflicts
        ]
        lines += [f"{one.symptom} ({one.saw}) is explained by no likely cause." for one in diagnosis.unexplained]
        lines += list(diagnosis.notes)
        return Group(*[Text(line, style="yellow") for line in lines], Text("")) if lines else None

    def _read(self, run: Run, diagnosis: Diagnosis) -> Text | None:
        parts = [*run.notes, *[event.text for event in run.events if event.kind == "message"]]
        if run.ignored:
            parts.append(f"not used: {', '.join(run.ignored[:6])}{', ...' if len(run.ignored) > 6 else ''}")
        return Text(f"Read: {'; '.join(parts)}", style="dim") if parts else None


def _sentence(diagnosis: Diagnosis) -> str:
    """Say the verdict in one line, with the two numbers behind it."""
    calm = f"nothing wrong: {_share(diagnosis.healthy)}"
    faults = [cause for cause in diagnosis.causes if not cause.benign]
    if diagnosis.verdict == "faulty":
        first = faults[0]
        return f"{first.confidence}: {first.title} ({_share(first.probability)}; {calm})"
    if diagnosis.verdict == "healthy":
        return f"No fault found ({_share(diagnosis.healthy)}). Next: look at it class by class, and at the mistakes."
    likeliest = f"likeliest so far: {faults[0].title}, {_share(faults[0].probability)}" if faults else "nothing points to a cause"
    return f"What was observed does not decide it ({likeliest}; {calm})."


def _share(probability: float) -> str:
    if 0.995 < probability < 1:
        return ">99 %"
    return "<1 %" if 0 < probability < 0.005 else f"{100 * probability:.0f} %"


def _item(item: Evidence) -> Text:
    style = "green" if item.db > 0 else "red"
    seen = item.figure or f"{item.symptom} is {_word(item.saw)}"
    return Text.assemble("         ", (f"{item.db:+4.0f} dB  ", style), seen, (f"  {item.symptom}", "dim"))


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else f"{value:.4g}" if isinstance(value, float) else str(value)


def _spread(actions: Sequence[Action], most: int) -> list[Action]:
    """The most worthwhile actions, one for each cause or question."""
    seen: dict[str, Action] = {}
    for action in actions:
        seen.setdefault(action.about, action)
    return list(seen.values())[:most]


def _action(number: int, action: Action) -> Padding:
    kind = {"test": "Test", "fix": "Fix", "check": "Check"}[action.kind]
    what = Text.assemble(f"{number} ", (f"{kind}, {action.minutes:g} min", "bold"), (f"  {action.about}", "dim"), "\n", action.do)
    return Padding(Text.assemble(what, ("\n" + action.expect, "dim")), (0, 0, 0, 1))


def _legend(lines: Sequence[Line], plot: Plot, run: Run) -> Text:
    names = [(f"{line.name}  ", _LINES[number]) for number, line in enumerate(lines)]
    lost = " (not finite in places)" if any(not _finite(line) for line in lines) else ""
    return Text.assemble(*names, ("log axis" if plot.logarithmic else "", "dim"), (lost, "red"))


def _finite(line: Line) -> bool:
    import numpy as np

    return bool(np.isfinite(line.y).all())


def _plot_rows(plot: Plot, width: int) -> list[Text]:
    rows = []
    for number, row in enumerate(plot.rows):
        label = plot.top if number == 0 else plot.bottom if number == len(plot.rows) - 1 else ""
        marks = [(mark, _LINES[owner % len(_LINES)] if owner >= 0 else "") for mark, owner in row]
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


def _summary_row(path: str, diagnosis: Diagnosis | None) -> tuple[Text, ...]:
    if diagnosis is None:
        return Text(path), Text("unreadable", style="yellow"), Text("see above"), Text(""), Text("")
    verdict = Text(diagnosis.verdict, style=_VERDICTS[diagnosis.verdict].replace("white on ", "").replace("black on ", ""))
    first = diagnosis.causes[0] if diagnosis.causes else None
    after = _spread(diagnosis.actions, 1)
    named = diagnosis.verdict != "healthy" and first is not None
    return (
        Text(path),
        verdict,
        Text(first.title if named and first else ""),
        Text(_share(first.probability) if named and first else ""),
        Text(f"{after[0].do} ({after[0].minutes:g} min)" if named and after else ""),
    )
