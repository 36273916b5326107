"""`mldx rules diff`: which runs two versions of the rules judge differently.

Exit code 0 when they judge all alike, 1 when some run changed, 2 when rules or runs are bad: as
`diff` does it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from mldx.cli.rules import options
from mldx.cli.rules.page import Page
from mldx.diagnosis import diagnose
from mldx.errors import Fault, InputError, MldxError, Place
from mldx.knowledge import KnowledgeBase, load
from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.readers.run import Run

_FIRST = 3
_FOLDER = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one version of the rules says of a run: the verdict and the first causes."""

    verdict: str
    causes: tuple[str, ...]
    first: float

    def __str__(self) -> str:
        return f"{self.verdict}: {', '.join(self.causes) or 'no cause'}"


BESIDE = ("words", "truth")  # what a recorded run may say beside what was observed


@dataclass(frozen=True, slots=True)
class Change:
    """A run that is judged differently, and in what: the verdict, the first cause, or the first
    three.
    """

    id: str
    what: str
    old: Judged
    new: Judged


@click.command()
@click.argument("old", type=_FOLDER)
@click.argument("new", type=_FOLDER)
@click.option(
    "--cases",
    "records",
    type=_FOLDER,
    metavar="FILE",
    help="Run records, one JSON object a line, to judge as well.",
)
@options.extend
@options.as_json
def command(
    old: Path, new: Path, records: Path | None, extend: tuple[Path, ...], as_json: bool
) -> int:
    """Report which worked cases of NEW, and which recorded runs, change verdict, first cause or
    first three. A folder that extends the rules is added to both.
    """
    before, after = load(old, extend), load(new, extend)
    runs = [(case.id, case.run) for case in options.cases(after, new, extend)]
    runs += list(read_records(records)) if records else []
    changes = [change for id, run in runs if (change := compared(id, run, before, after))]
    if as_json:
        click.echo(
            json.dumps([_document(change) for change in changes], indent=2, ensure_ascii=False)
        )
    else:
        _print(changes, len(runs))
    return int(bool(changes))


def read_records(file: Path) -> Iterator[tuple[str, Run]]:
    """Every run record of a JSONL file, named by its `id` or its line."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            Fault(str(file), f"the file cannot be read: {error}.", "run records, one a line")
        ) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _record(line, Place(str(file), number))


def _record(line: str, where: Place) -> tuple[str, Run]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InputError(
            Fault(where, f"this is not JSON: {error}.", "one run record a line")
        ) from error
    if not isinstance(record, dict):
        raise InputError(
            Fault(where, "this is no run record.", "an object with setup, history or answers")
        )
    id = str(record.pop("id", where))
    for beside in BESIDE:
        record.pop(beside, None)
    return id, of_mapping(record.get("run", record), str(where))


def compared(id: str, run: Run, before: KnowledgeBase, after: KnowledgeBase) -> Change | None:
    """Return how the judgement of a run changed, or None."""
    old, new = judged(run, before), judged(run, after)
    for what, same in (
        ("verdict", old.verdict == new.verdict),
        ("first cause", old.causes[:1] == new.causes[:1]),
        ("first three", old.causes == new.causes),
    ):
        if not same:
            return Change(id, what, old, new)
    return None


def judged(run: Run, rules: KnowledgeBase) -> Judged:
    """Return what these rules say of a run; a run that they cannot read is judged so."""
    try:
        diagnosis = diagnose(observed(run, knowledge=rules), rules)
    except MldxError as error:
        return Judged(f"unreadable ({error.faults[0].what})", (), 0.0)
    first = diagnosis.causes[:_FIRST]
    return Judged(
        diagnosis.verdict,
        tuple(cause.id for cause in first),
        first[0].probability if first else 0.0,
    )


def _print(changes: Sequence[Change], total: int) -> None:
    page = Page()
    if changes:
        page.table(
            [(change.id, change.what, f"{change.old}  →  {change.new}") for change in changes],
            ("run", "changed", "from → to"),
            0,
        )
    page.text(f"{len(changes)} of {total} runs are judged differently")


def _document(change: Change) -> dict[str, Any]:
    return {
        "id": change.id,
        "changed": change.what,
        "old": _side(change.old),
        "new": _side(change.new),
    }


def _side(side: Judged) -> dict[str, Any]:
    return {
        "verdict": side.verdict,
        "causes": list(side.causes),
        "probability": round(side.first, 4),
    }
