"""`mldx diagnose`: read runs, observe, diagnose, report.

Exit codes: 0 healthy or undecided, 1 a fault above the reporting line, 2 bad input or bad rules; of
many runs the largest. Runs are read one at a time and forgotten when they are reported, so that a
thousand logs need no more memory than one; a log that cannot be read ends no other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from mldx.cli.data_files import DataOptions, beside, data_options
from mldx.cli.diagnose_output import Output, RunResult, chosen
from mldx.cli.rules import options
from mldx.cli.series import series_option
from mldx.errors import Fault, InputError, MldxError

if TYPE_CHECKING:
    from mldx.knowledge import KnowledgeBase
    from mldx.readers import Found
    from mldx.symptoms import Symptoms

_MARKDOWN = (".md", ".markdown")
_HTML = (".html", ".htm")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--set",
    "-s",
    "facts",
    multiple=True,
    metavar="ID=VALUE",
    help="What the log does not hold: lr=3e-4, optimizer=adam, n_classes=10. "
    "`mldx rules list facts` and `mldx rules list symptoms` name all of it.",
)
@series_option
@data_options
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the diagnosis as JSON; of several runs a list, each on its line.",
)
@click.option("--jsonl", "as_lines", is_flag=True, help="Print a line of JSON for each run.")
@click.option(
    "--markdown",
    is_flag=False,
    flag_value="-",
    metavar="[FILE.md]",
    help="Print the report as Markdown, or write it to a file.",
)
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
    paths: tuple[str, ...],
    facts: tuple[str, ...],
    series: tuple[str, ...],
    as_json: bool,
    as_lines: bool,
    markdown: str | None,
    page: str | None,
    full: bool,
    folder: Path | None,
    extend: tuple[Path, ...],
    **files: Unpack[DataOptions],
) -> int:
    """Diagnose runs: a log file, a run folder, a folder of runs, a run record (.json, .yaml), or -
    for standard input. Data and predictions (--data, --predictions) are looked at beside a run, or
    without one; tables need the extra `data`.

    \b
    mldx diagnose runs/exp1/metrics.csv --set optimizer=adam --set n_classes=10
    mldx diagnose metrics.csv --data train.csv --val val.csv --target label

    Exit code 0: healthy or undecided; 1: a fault; 2: bad input; of several runs the largest.
    """
    from mldx.cli.facts import given
    from mldx.knowledge import load
    from mldx.observe import observed
    from mldx.readers.choice import wanted_series

    paths, markdown = _paths(paths, markdown, needed=not any(files.values()))
    _check_name("--html", page, _HTML)
    _check_name("--markdown", None if markdown == "-" else markdown, _MARKDOWN)
    rules = load(folder, extend)
    known = given(facts, rules)
    observed(answers=known, knowledge=rules)  # a wrong fact is refused before anything is read
    data = beside(files, rules)
    results = _results(paths, _Given(known, wanted_series(series), rules, data))
    first = list(_some(results, 2))
    outputs = chosen(as_json, as_lines, markdown, page, full, many=len(first) > 1)
    return _put_out(chain(first, results), outputs)


def _paths(
    paths: tuple[str, ...], markdown: str | None, *, needed: bool
) -> tuple[tuple[str, ...], str | None]:
    """Return the paths; what stands behind `--markdown` and is not Markdown is one of them."""
    if markdown not in (None, "-") and not markdown.lower().endswith(_MARKDOWN):
        paths, markdown = (*paths, markdown), "-"
    if needed and not paths:
        help = "name the log of a run: mldx diagnose runs/exp1/metrics.csv"
        raise InputError(Fault("", "there is nothing to diagnose.", "a path, or -", help))
    return paths, markdown


def _check_name(option: str, name: str | None, ends: tuple[str, ...]) -> None:
    """Refuse to write over what may be a log: a report has the name of one."""
    if name is None or Path(name).suffix.lower() in ends:
        return
    what = f"{name!r} is not the name of a report."
    raise InputError(
        Fault(option, what, f"a file that ends in {ends[0]}", f"write {option} report{ends[0]}")
    )


def _some(results: Iterator[RunResult], count: int) -> Iterator[RunResult]:
    for _, result in zip(range(count), results, strict=False):
        yield result


@dataclass(frozen=True, slots=True)
class _Given:
    """What a person says of every run: facts by id, series by what they are; and the rules.

    data  what data and predictions beside the runs show
    """

    facts: dict[str, Any]
    series: dict[str, str]
    rules: KnowledgeBase
    data: Symptoms | None = None

    @property
    def data_facts(self) -> dict[str, Any]:
        """What the data states of the setup, to judge curves by; a person's word comes before."""
        return {} if self.data is None else self.data.facts

    def with_data(self, seen: Symptoms) -> Symptoms:
        """Return what is seen of a run together with what its data shows."""
        return seen if self.data is None else self.data | seen


def _results(paths: Sequence[str], given: _Given) -> Iterator[RunResult]:
    shown: Iterable[str] = paths
    if sys.stderr.isatty() and len(paths) > 1:
        from mldx.report.terminal import progress

        shown = progress(paths, quiet=False)
    for path in shown:
        yield from _of_path(path, given)
    if not paths:
        yield _of_data(given)


def _of_path(path: str, given: _Given) -> Iterator[RunResult]:
    """Diagnose every run of one path."""
    from mldx.readers import each_run

    try:
        for found in each_run(path, series=given.series):
            yield _result(found, given)
    except MldxError as error:
        yield RunResult(path, error=error)


def _of_data(given: _Given) -> RunResult:
    """Diagnose data and predictions without a run."""
    from mldx.diagnosis import diagnose
    from mldx.observe import observed

    seen = observed(answers=given.facts, knowledge=given.rules)
    return RunResult("the data", diagnosis=diagnose(given.with_data(seen), given.rules))


def _result(found: Found, given: _Given) -> RunResult:
    from mldx.diagnosis import diagnose
    from mldx.observe import observed

    if found.run is None:
        return RunResult(found.name, error=found.error)
    try:
        seen = observed(
            found.run, facts=given.data_facts, answers=given.facts, knowledge=given.rules
        )
        diagnosis = diagnose(given.with_data(seen), given.rules)
    except MldxError as error:
        return RunResult(found.name, error=error)
    return RunResult(found.name, found.run, diagnosis)


def _put_out(results: Iterable[RunResult], outputs: list[Output]) -> int:
    """Hand each result to every output, and return the largest exit code."""
    code = 0
    for result in results:
        code = max(code, result.exit_code)
        if result.error is not None:
            click.echo(str(result.error), err=True)
        for output in outputs:
            output.take(result)
    for output in outputs:
        output.finish()
    return code
