"""`mldx compare`: what differs between a run that went well and one that did not, and which cause
that speaks for.

Exit codes: 0, whatever differs; 2 bad input or bad rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldx.cli.rules import options

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.knowledge import KnowledgeBase
    from mldx.readers import Found, Run


@click.command()
@click.argument("good", metavar="GOOD")
@click.argument("bad", metavar="BAD")
@click.option("--run-good", metavar="NAME|N", help="Which run, where GOOD holds several.")
@click.option("--run-bad", metavar="NAME|N", help="Which run, where BAD holds several.")
@click.option(
    "--set-good", multiple=True, metavar="ID=VALUE", help="A fact that the log of GOOD lacks."
)
@click.option(
    "--set-bad", multiple=True, metavar="ID=VALUE", help="A fact that the log of BAD lacks."
)
@options.as_json
@options.rules
@options.extend
def command(
    good: str, bad: str, run_good: str | None, run_bad: str | None, set_good: tuple[str, ...],
    set_bad: tuple[str, ...], as_json: bool, folder: Path | None, extend: tuple[Path, ...],
) -> None:  # fmt: skip
    """Compare two runs, one that went well and one that did not: logs, run folders or run records.

    It shows the setup facts, versions, losses, syndromes and answers that differ, and the causes
    they speak for.

    \b
    mldx compare runs/good runs/bad
    mldx compare sweep.csv sweep.csv --run-good 1 --run-bad 4
    mldx compare old.log new.log --set-good lr=1e-3 --set-bad lr=1e-2
    """
    from mldx.diagnosis.compare import compare
    from mldx.knowledge import load

    rules = load(folder, extend)
    first = _judged(good, _Choice("--run-good", run_good, "--set-good", set_good), rules)
    second = _judged(bad, _Choice("--run-bad", run_bad, "--set-bad", set_bad), rules)
    compared = compare(first.diagnosis, second.diagnosis, (first.run.notes, second.run.notes))
    if as_json:
        from mldx.cli.diagnose_output import json_text

        click.echo(json_text(compared.model_dump(mode="json"), indent=2))
        return
    from mldx.report.comparison import comparison
    from mldx.report.lines import Look

    look = Look.of_stdout()
    click.echo(comparison(compared, first.name, second.name, look), color=look.colour)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which run of a path, and the facts beside it; each with the option that says so."""

    run_option: str
    run: str | None
    set_option: str
    facts: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Judged:
    name: str
    run: Run
    diagnosis: Diagnosis


def _judged(path: str, choice: _Choice, rules: KnowledgeBase) -> _Judged:
    """Diagnose the run of a path that is chosen."""
    from mldx.cli.facts import given
    from mldx.diagnosis import diagnose
    from mldx.observe import observed
    from mldx.readers import each_run
    from mldx.readers.found import opened

    found = _chosen(list(each_run(path)), path, choice)
    run = opened(found)
    facts = given(choice.facts, rules, choice.set_option)
    diagnosis = diagnose(observed(run, answers=facts, knowledge=rules), rules)
    return _Judged(found.name, run, diagnosis)


def _chosen(found: Sequence[Found], path: str, choice: _Choice) -> Found:
    """Return the run that is chosen by its name, the end of its name, or its number from 1.

    raises   InputError, when none is, or when it is open which
    """
    from mldx.errors import Fault, InputError

    names = ", ".join(f"{place} {one.name}" for place, one in enumerate(found[:_NAMED], 1))
    names += ", ..." if len(found) > _NAMED else ""
    if choice.run is None:
        if len(found) == 1:
            return found[0]
        help = f"write {choice.run_option} with a name or a number"
        raise InputError(
            Fault(path, f"there are {len(found)} runs in it: {names}.", "one run", help)
        )
    fits = [one for place, one in enumerate(found, 1) if _is_called(one, place, choice.run)]
    if len(fits) == 1:
        return fits[0]
    what = f"{choice.run!r} is {'no run' if not fits else 'more than one run'} of {path}."
    raise InputError(Fault(choice.run_option, what, f"one of {names}"))


_NAMED = 8  # runs that are listed


def _is_called(found: Found, place: int, said: str) -> bool:
    """Is a run called so: by its number, its whole name, or the name that the log gives it?"""
    named = found.run.name if found.run is not None else ""
    if said in (found.name, named):
        return True
    return said == str(place) or Path(found.name).name == said
