"""`mldx rules`: check the rules and read them."""

from __future__ import annotations

from pathlib import Path

import click

from mldx.knowledge import KnowledgeBase, rules_folder
from mldx.knowledge.load import checked_content, read_texts


@click.group()
def command() -> None:
    """Check and read the rules."""


@command.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Check the rules in FOLDER (by default the shipped ones) as a compiler would; faults end with exit code 2."""
    place = folder or rules_folder()
    base = KnowledgeBase(checked_content(place, read_texts(place)), "checked")
    counts = ", ".join(f"{len(base.content[kind])} {kind}" for kind in ("checks", "causes", "sources"))
    click.echo(f"{place}: no faults ({counts})")
