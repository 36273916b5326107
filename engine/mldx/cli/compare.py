"""`mldx compare`: what differs between a run that went well and one that did not, and which cause
that speaks for.

Exit codes: 0, whatever differs; 2 bad input or bad rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldx.cli.rules import options

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.knowledge import KnowledgeBase


@click.command()
@click.argument("good", metavar="GOOD")
@click.argument("bad", metavar="BAD")
@options.as_json
@options.rules
@options.extend
def command(
    good: str, bad: str, as_json: bool, folder: Path | None, extend: tuple[Path, ...]
) -> None:
    """Compare two runs, one that went well and one that did not: logs, run folders or run records.

    It shows the setup facts, syndromes and answers that differ, and the causes they speak for.
    """
    from mldx.diagnosis.compare import compare
    from mldx.knowledge import load

    rules = load(folder, extend)
    compared = compare(_diagnosis(good, rules), _diagnosis(bad, rules))
    if as_json:
        from mldx.cli.diagnose_output import json_text

        click.echo(json_text(compared.model_dump(mode="json"), indent=2))
        return
    from mldx.report.comparison import comparison
    from mldx.report.lines import Look

    look = Look.of_stdout()
    click.echo(comparison(compared, good, bad, look), color=look.colour)


def _diagnosis(path: str, rules: KnowledgeBase) -> Diagnosis:
    """Diagnose the only run of a path."""
    from mldx.diagnosis import diagnose
    from mldx.observe import observed
    from mldx.readers import read_one

    return diagnose(observed(read_one(path), knowledge=rules), rules)
