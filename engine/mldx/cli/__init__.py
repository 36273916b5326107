"""The command line. A command's module is imported when the command is called, so that `mldx
--help` is quick.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from mldx import __version__
from mldx.cli.lazy import LazyGroup
from mldx.errors import MldxError

COMMANDS = {
    "diagnose": "Read a run and name the likeliest causes and the next actions.",
    "ask": "Answer questions, and be told the cause.",
    "serve": "Answer questions or drop a log on a page in the browser.",
    "graph": "Write the flowchart as dot, svg, png or mermaid.",
    "checklist": "Print a template to follow by hand.",
    "mcp": "Serve agents over standard input and output.",
    "rules": "Check, read, test and compare the rules.",
}


@click.command(
    cls=LazyGroup,
    known=COMMANDS,
    module="mldx.cli.{}",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="mldx")
def cli() -> None:
    """Say why a model trains badly, how sure that is, and what to do next."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; bad input ends with a message and exit code 2, never a traceback."""
    try:
        sys.exit(cli.main(args=arguments, prog_name="mldx", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        sys.exit(130)
    except MldxError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
