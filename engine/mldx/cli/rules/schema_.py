"""`mldx rules schema`: what a rule file may hold, as JSON schema, so that an editor completes and
checks while one writes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mldx.errors import Fault, InputError, nearest


@click.command()
@click.argument("name", required=False)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write NAME.schema.json of each file there.",
)
def command(name: str | None, output: Path | None) -> None:
    """Print the JSON schema of NAME.yaml (checks, causes, cases, syndromes, facts …); without a
    name, of all files by name.
    """
    every = schemas()
    if name is not None and name not in every:
        near = nearest(name, every)
        what, help = f"`{name}` is not a rule file.", f"write `{near}`" if near else ""
        raise InputError(Fault(name, what, ", ".join(every), help))
    chosen = every if name is None else {name: every[name]}
    if output is not None:
        _write(chosen, output)
    else:
        click.echo(_json(chosen if name is None else chosen[name]))


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of every file of a rules folder, its worked cases among them."""
    from mldx.knowledge.json_schema import file_schema, rule_schemas
    from mldx.lab.case import CaseShape

    return {**rule_schemas(), "cases": file_schema("cases", CaseShape)}


def _write(chosen: dict[str, dict[str, Any]], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in chosen.items():
            file = folder / f"{name}.schema.json"
            file.write_text(_json(schema) + "\n", encoding="utf-8")
            click.echo(str(file))
    except OSError as error:
        what = f"the schemas cannot be written: {error.strerror}."
        raise InputError(Fault(str(folder), what, "a folder that can be written")) from error


def _json(schema: Any) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False, allow_nan=False)
