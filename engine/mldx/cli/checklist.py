"""`mldx checklist`: the rules as a template to follow by hand."""

from __future__ import annotations

from pathlib import Path

import click

from mldx.cli.files import write_text
from mldx.cli.rules import options
from mldx.flowchart.checklist import DOMAINS, checklist, short_checklist
from mldx.knowledge import load


@click.command()
@click.option(
    "--domain", type=click.Choice(DOMAINS), help="Leave out what cannot apply to this kind of data."
)
@click.option(
    "--short", is_flag=True, help="One page: the first ten minutes, what settles most first."
)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Write to a file."
)
@options.rules
@options.extend
def command(
    domain: str | None,
    short: bool,
    output: Path | None,
    folder: Path | None,
    extend: tuple[Path, ...],
) -> None:
    """Print a checklist in Markdown: every question in order, how to answer it, what to expect and
    what it means.
    """
    made = short_checklist if short else checklist
    text = made(load(folder, extend), domain)
    if output is None:
        click.echo(text, nl=False)
        return
    write_text(output, text)
