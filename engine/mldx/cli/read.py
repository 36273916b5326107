"""`mldx read`: what was recognised in a log, without judging it; and a run record of it.

Exit codes: 0, or 2 where something cannot be read or written.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mldx.cli.files import write_text
from mldx.cli.series import series_option
from mldx.errors import Fault, InputError, MldxError

if TYPE_CHECKING:
    from mldx.readers import Found, Run

_ENDS = (".json", ".yaml", ".yml")


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH...", required=True)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON; of several runs a list.")
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    help="Write a run record (.json or .yaml), which is diagnosed as the log is; of several runs "
    "one each, numbered.",
)
@series_option
def command(
    paths: tuple[str, ...], as_json: bool, output: str | None, series: tuple[str, ...]
) -> int:
    """Say what is read of a log: its format, runs, series, facts and events, and what was left out
    and why. Nothing is judged. PATH is what `mldx diagnose` takes, also - for standard input.

    \b
    mldx read runs/exp1/metrics.csv
    mldx read train.log --series train_loss=total_loss --output run.json

    --json prints for each run: path, origin, format, name, series (name, split, metric, key,
    judged, axis, points, start, end, first, last, min, max, not_finite), setup, answers, events,
    others, ignored, notes, doubts.
    """
    from mldx.readers.choice import wanted_series

    wanted = wanted_series(series)
    place = _place(output)
    found = list(chain.from_iterable(_found(path, wanted) for path in paths))
    errors = [one.error for one in found if one.error is not None]
    for error in errors:
        click.echo(str(error), err=True)
    runs = [(one.name, one.run) for one in found if one.run is not None]
    if as_json:
        _print_json(runs, many=len(found) > 1)
    else:
        _print(runs)
    if place is not None:
        _write(runs, place)
    return 2 if errors else 0


def _place(output: str | None) -> Path | None:
    if output is None:
        return None
    place = Path(output)
    if place.suffix.lower() not in _ENDS:
        what = f"{output!r} is not the name of a run record."
        help = f"write --output {place.stem or 'run'}.json"
        raise InputError(Fault("--output", what, "a file that ends in .json or .yaml", help))
    return place


def _found(path: str, wanted: dict[str, str]) -> Sequence[Found]:
    from mldx.readers import Found, each_run

    try:
        return list(each_run(path, series=wanted))
    except InputError as error:
        return [Found(path, error=error)]


def _print_json(runs: Sequence[tuple[str, Run]], *, many: bool) -> None:
    from mldx.cli.diagnose_output import json_text
    from mldx.observe.reading import reading_of

    documents: list[dict[str, Any]] = [
        {"path": name, **reading_of(run).to_plain()} for name, run in runs
    ]
    if many:
        click.echo(json_text(documents, indent=2))
    elif documents:
        click.echo(json_text(documents[0], indent=2))


def _print(runs: Sequence[tuple[str, Run]]) -> None:
    from mldx.observe.plot_series import plot_series
    from mldx.observe.reading import reading_of
    from mldx.report.lines import Look
    from mldx.report.reading import text

    look = Look.of_stdout()
    for number, (name, run) in enumerate(runs):
        if number:
            click.echo("")
        click.echo(text(reading_of(run), plot_series(run), look, name), color=look.colour)


def _write(runs: Sequence[tuple[str, Run]], place: Path) -> None:
    """Write a run record of each run.

    raises   InputError, naming the runs that cannot be written as one
    """
    from mldx.interview.run_record import record_text

    faults: list[Fault] = []
    for number, (name, run) in enumerate(runs, 1):
        where = place if len(runs) == 1 else place.with_stem(f"{place.stem}-{number}")
        try:
            write_text(where, record_text(run, where.suffix.lower()))
        except MldxError as error:
            faults += error.faults
        else:
            click.echo(f"{name}: the run record is in {where}", err=True)
    if faults:
        raise InputError(*faults)
