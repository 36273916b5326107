"""`mldx diagnose`: read runs, observe, diagnose, tell.

Exit codes: 0 healthy or undecided, 1 a fault above the reporting line, 2 bad input or bad rules. Of
several paths every one is read; one that cannot be read is told, and the others are diagnosed all
the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mldx.cli.files import write_text
from mldx.cli.rules import options
from mldx.diagnosis import Diagnosis, diagnose
from mldx.errors import Fault, InputError, MldxError
from mldx.knowledge import KnowledgeBase, load
from mldx.observe import observed
from mldx.readers import read
from mldx.readers.run import Run


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one path: a run with its diagnosis, or the error that stood in the way."""

    path: str
    run: Run | None = None
    diagnosis: Diagnosis | None = None
    error: MldxError | None = None

    @property
    def exit_code(self) -> int:
        """2 for bad input, 1 for a fault, 0 otherwise."""
        if self.diagnosis is None:
            return 2
        return int(self.diagnosis.verdict == "faulty")


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--set",
    "-s",
    "facts",
    multiple=True,
    metavar="ID=VALUE",
    help="A setup fact or symptom that the log does not hold: optimizer=adam.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the diagnosis as JSON.")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    help="Write the report as one HTML file; with several runs, one for each.",
)
@click.option("--full", is_flag=True, help="List every cause and every open question.")
@options.rules
@options.extend
def command(
    paths: tuple[str, ...], facts: tuple[str, ...], as_json: bool, page: str | None, full: bool, folder: Path | None,
    extend: tuple[Path, ...],
) -> int:  # fmt: skip
    """Diagnose runs: a log file, a run folder, a run record (.json, .yaml), or - for standard
    input.

    Exit code 0: healthy or undecided; 1: a fault; 2: bad input.
    """
    place = _page(page) if page is not None else None
    rules = load(folder, extend)
    given = dict(_pair(fact) for fact in facts)
    observed(answers=given, knowledge=rules)  # a wrong value is refused before anything is read
    told = _all(paths, given, rules, quiet=as_json)
    if as_json:
        _print_json(told)
    else:
        _print_screen(told, full)
    if place is not None:
        _write_pages(place, told)
    return max(one.exit_code for one in told)


def _page(name: str) -> Path:
    """Return the place of a report; a name of another kind is refused, for it may be that of a log."""
    if Path(name).suffix.lower() in (".html", ".htm"):
        return Path(name)
    what, help = f"{name!r} is no name of a page.", "write for example --html report.html"
    raise InputError(Fault("--html", what, "a file that ends in .html", help))


def _pair(fact: str) -> tuple[str, Any]:
    """Split `id=value`; the value is read as JSON where it is JSON, else as a word."""
    id, equals, text = fact.partition("=")
    if not equals or not id:
        raise InputError(
            Fault(
                "--set",
                f"{fact!r} is no fact.",
                "ID=VALUE",
                "write for example --set optimizer=adam",
            )
        )
    try:
        return id.strip(), json.loads(text)
    except ValueError:
        return id.strip(), text.strip()


def _all(
    paths: tuple[str, ...], given: Mapping[str, Any], rules: KnowledgeBase, quiet: bool
) -> list[Told]:
    if len(paths) == 1:
        return list(_told(paths[0], given, rules))
    from mldx.report.terminal import progress

    return [one for path in progress(paths, quiet) for one in _told(path, given, rules)]


def _told(path: str, given: Mapping[str, Any], rules: KnowledgeBase) -> Iterator[Told]:
    """Diagnose every run of one path."""
    try:
        for run in read(path):
            symptoms = observed(run, answers=given, knowledge=rules)
            yield Told(path, run, diagnose(symptoms, rules))
    except MldxError as error:
        yield Told(path, error=error)


def _print_json(told: list[Told]) -> None:
    told_well = [one for one in told if one.diagnosis is not None]
    for one in told:
        if one.error is not None:
            click.echo(str(one.error), err=True)
    documents = [_document(one) for one in told_well]
    if len(told) == 1 and documents:
        click.echo(json.dumps(documents[0], indent=2, ensure_ascii=False, allow_nan=False))
    elif documents or len(told) > 1:
        click.echo(json.dumps(documents, indent=2, ensure_ascii=False, allow_nan=False))


def _document(one: Told) -> dict[str, Any]:
    assert one.diagnosis is not None
    assert one.run is not None
    read_as = {
        "path": one.path,
        "format": one.run.format,
        "notes": one.run.notes,
        "ignored": one.run.ignored,
    }
    return {**one.diagnosis.model_dump(mode="json"), "run": read_as}


def _print_screen(told: list[Told], full: bool) -> None:
    from mldx.report.terminal import Look, report, summary

    look = Look.of_stdout()
    for one in told:
        if one.error is not None:
            click.echo(str(one.error), err=True)
        elif len(told) == 1 or full:
            assert one.run is not None
            assert one.diagnosis is not None
            shown = report(one.diagnosis, one.run, full, look, one.path)
            click.echo(shown, color=look.colour)
    if len(told) > 1:
        table = summary([(one.path, one.diagnosis) for one in told], look)
        click.echo(table, color=look.colour)


def _write_pages(path: Path, told: list[Told]) -> None:
    """Write a page for each run; of several, numbered in their order."""
    good = [one for one in told if one.diagnosis is not None]
    for number, one in enumerate(good, 1):
        place = path if len(good) == 1 else path.with_stem(f"{path.stem}-{number}")
        assert one.diagnosis is not None
        write_text(place, one.diagnosis.to_html(one.run))
        click.echo(f"{one.path}: the report is in {place}", err=True)
