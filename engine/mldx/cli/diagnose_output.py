"""How `mldx diagnose` puts results out: on the screen, as JSON, as Markdown, as pages.

Each output takes one result at a time and keeps nothing of it but what its end needs, a line of the
table for each run.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from mldx.cli.files import write_text
from mldx.errors import MldxError

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.readers import Run


@dataclass(frozen=True, slots=True)
class RunResult:
    """What came of one run: its diagnosis, or the error that stood in the way.

    name  the path that is this run, as a user would write it
    """

    name: str
    run: Run | None = None
    diagnosis: Diagnosis | None = None
    error: MldxError | None = None

    @property
    def exit_code(self) -> int:
        """2 for bad input, 1 for a fault, 0 otherwise."""
        if self.diagnosis is None:
            return 2
        return int(self.diagnosis.verdict == "faulty")


class Output(Protocol):
    """Somewhere that results go."""

    def take(self, result: RunResult) -> None:
        """Put one result out."""

    def finish(self) -> None:
        """Put out what comes at the end."""


def chosen(
    as_json: bool, as_lines: bool, markdown: str | None, page: str | None, full: bool, *, many: bool
) -> list[Output]:
    """Return the outputs that the options ask for; files first, for the screen may be long."""
    outputs: list[Output] = []
    if as_lines:
        outputs.append(JsonLines())
    elif as_json:
        outputs.append(JsonList() if many else JsonDocument())
    elif markdown == "-":
        outputs.append(Markdown(None, full))
    else:
        outputs.append(RunsTable(full) if many else Screen(full))
    if markdown not in (None, "-"):
        outputs.append(Markdown(Path(str(markdown)), full))
    if page is not None:
        outputs.append(HtmlFiles(Path(page), many))
    return outputs


class Screen:
    """The report of one run."""

    def __init__(self, full: bool) -> None:
        self.full = full

    def take(self, result: RunResult) -> None:
        """Print the report."""
        from mldx.report.lines import Look
        from mldx.report.terminal import report

        if result.diagnosis is not None:
            look = Look.of_stdout()
            shown = report(result.diagnosis, self.full, look, result.name)
            click.echo(shown, color=look.colour)

    def finish(self) -> None:
        """Nothing comes at the end."""


class RunsTable(Screen):
    """A table of many runs; with `full` each report before it."""

    def __init__(self, full: bool) -> None:
        super().__init__(full)
        self.rows: list[Any] = []

    def take(self, result: RunResult) -> None:
        """Keep the line of a run."""
        from mldx.report.runs_table import summary_row

        self.rows.append(summary_row(result.name, result.diagnosis))
        if self.full:
            super().take(result)

    def finish(self) -> None:
        """Print the table."""
        from mldx.report.lines import Look
        from mldx.report.runs_table import summary

        look = Look.of_stdout()
        click.echo(summary(self.rows, look), color=look.colour)


class JsonDocument:
    """The diagnosis of one run as a JSON document."""

    def take(self, result: RunResult) -> None:
        """Print the document."""
        if result.diagnosis is not None:
            click.echo(json_text(_document(result), indent=2))

    def finish(self) -> None:
        """Nothing comes at the end."""


class JsonLines:
    """A line of JSON for each run."""

    def take(self, result: RunResult) -> None:
        """Print the line."""
        if result.diagnosis is not None:
            click.echo(json_text(_document(result)))

    def finish(self) -> None:
        """Nothing comes at the end."""


class JsonList:
    """A list of JSON documents, each on a line of its own, printed as they come."""

    def __init__(self) -> None:
        self.begun = False

    def take(self, result: RunResult) -> None:
        """Print a document of the list."""
        if result.diagnosis is None:
            return
        click.echo(",\n" if self.begun else "[\n", nl=False)
        click.echo(json_text(_document(result)), nl=False)
        self.begun = True

    def finish(self) -> None:
        """End the list."""
        click.echo("\n]" if self.begun else "[]")


class Markdown:
    """The reports as Markdown, one after the other; in a file, or on standard output."""

    def __init__(self, path: Path | None, full: bool) -> None:
        self.path, self.full = path, full
        self.parts: list[str] = []

    def take(self, result: RunResult) -> None:
        """Print the report, or keep it for the file."""
        from mldx.report.markdown import report

        if result.diagnosis is None:
            return
        title = f"# {result.name}\n\n" if self.parts else ""
        self.parts.append(title + report(result.diagnosis, self.full))

    def finish(self) -> None:
        """Write the file."""
        from mldx.report.lines import encodable, encoding_of_stdout

        text = "\n".join(self.parts)
        if self.path is None:
            click.echo(encodable(text.rstrip("\n"), encoding_of_stdout()))
        elif self.parts:
            write_text(self.path, text)
            click.echo(f"the report is in {self.path}", err=True)


class HtmlFiles:
    """A page for each run; of several, numbered in their order."""

    def __init__(self, path: Path, many: bool) -> None:
        self.path, self.many, self.number = path, many, 0

    def take(self, result: RunResult) -> None:
        """Write the page."""
        if result.diagnosis is None:
            return
        self.number += 1
        stem = f"{self.path.stem}-{self.number}" if self.many else self.path.stem
        place = self.path.with_stem(stem)
        today = datetime.now().astimezone().date().isoformat()
        write_text(place, result.diagnosis.to_html(today))
        click.echo(f"{result.name}: the report is in {place}", err=True)

    def finish(self) -> None:
        """Nothing comes at the end."""


def _document(result: RunResult) -> dict[str, Any]:
    assert result.diagnosis is not None
    document = result.diagnosis.model_dump(mode="json")
    read = document["read"] or {}  # of data without a run nothing was read as one
    return {**document, "read": {"path": result.name, **read}}


def json_text(document: Any, indent: int | None = None) -> str:
    """Return JSON that every parser reads: no NaN, and plain ASCII where the output needs it."""
    from mldx.report.lines import encoding_of_stdout

    ascii_only = not encoding_of_stdout().lower().startswith("utf")
    try:
        return json.dumps(document, indent=indent, ensure_ascii=ascii_only, allow_nan=False)
    except ValueError:
        plain = _without_infinities(document)
        return json.dumps(plain, indent=indent, ensure_ascii=ascii_only, allow_nan=False)


def _without_infinities(value: Any) -> Any:
    """Write what JSON has no number for as a run record does: "nan", "inf", "-inf"."""
    if isinstance(value, dict):
        return {key: _without_infinities(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_infinities(one) for one in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
