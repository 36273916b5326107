"""`mldx rules calibrate`: fit the stated probabilities on runs whose cause is known.

It prints what would stand in `rules/calibration.yaml`, and writes nothing: a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from mldx.cli.rules import options
from mldx.errors import Fault, InputError, Place
from mldx.knowledge import load


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options.rules
@options.extend
def command(files: tuple[Path, ...], folder: Path | None, extend: tuple[Path, ...]) -> None:
    """Fit the map from posterior to stated probability on FILES: run records with their `truth`,
    one JSON object a line. Runs that are `kept_apart` are used to say how well it holds.
    """
    from mldx.lab.calibrate import calibration_error, fitted, judged

    rules = load(folder, extend)
    records = [record for file in files for record in read_truths(file)]
    found = fitted(judged([one for one in records if not one.get("kept_apart")], rules))
    click.echo(f"intercept: {found.intercept:g}")
    click.echo(f"slope: {found.slope:g}")
    runs = f"{found.diagnoses} diagnoses of recorded faulty runs from {found.sources} sources"
    click.echo(f"fitted_on: {runs}")
    click.echo(
        f"cross_validated: {{folds: 5 by source, brier: {found.brier:.3f}, ece: {found.ece:.3f}}}"
    )
    apart = judged([one for one in records if one.get("kept_apart")], rules)
    if apart:
        import numpy as np

        stated = np.array([found.stated(one) for one in apart])
        right = np.array([float(one.right) for one in apart])
        brier = float(((stated - right) ** 2).mean())
        error = calibration_error(stated, right)
        click.echo(
            f"kept_apart: {{diagnoses: {len(apart)}, brier: {brier:.3f}, ece: {error:.3f}, "
            f"stated: {stated.mean():.3f}, right: {right.mean():.3f}}}"
        )


def read_truths(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the run records of a file.

    raises   InputError, naming the line that is not a run record with its truth
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Fault(str(file), f"the file cannot be read: {error}.", "run records, one a line")
        ) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        truth = record.get("truth") if isinstance(record, dict) else None
        if not isinstance(truth, dict) or not isinstance(truth.get("causes"), list):
            what = "this is not a run record with its truth."
            expected = '{"history": …, "truth": {"causes": ["…"]}}'
            raise InputError(Fault(Place(str(file), number), what, expected))
        yield record
