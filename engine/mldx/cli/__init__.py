"""The command line. A command's module is imported when the command is called, so that `mldx
--help` is quick.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any, TextIO

import click

from mldx import __version__
from mldx.cli.lazy import LazyGroup
from mldx.errors import Fault, MldxError

COMMANDS = {
    "diagnose": "Read a run and name the likeliest causes and the next actions.",
    "read": "Say what is read of a log, without judging it; write a run record.",
    "compare": "Say what differs between a good run and a bad one.",
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


_COLLECTED_AFTER = 50_000  # objects; at 700 a start looks at its own modules a hundred times
_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; bad input ends with a message and exit code 2, never a traceback."""
    for (
        name
    ) in _THREADS:  # before numpy is imported: a pool of threads costs more than all our sums
        os.environ.setdefault(name, "1")
    gc.set_threshold(_COLLECTED_AFTER)
    for stream in (sys.stdout, sys.stderr):
        _take_any_character(stream)
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
    except Exception as error:
        if os.environ.get("MLDX_DEBUG"):
            raise
        click.echo(str(_defect(error)), err=True)
        sys.exit(2)


def _take_any_character(stream: TextIO) -> None:
    """Let a stream replace what its encoding lacks; a report must not end in an encoding error."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _defect(error: Exception) -> Fault:
    """Return what to say of an error that nobody expected: it is ours, and where to report it."""
    from traceback import extract_tb

    ours = [frame for frame in extract_tb(error.__traceback__) if "mldx" in frame.filename]
    where = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "mldx"
    said = " ".join(str(error).split())[:200]
    return Fault(
        where,
        f"this is a defect of mldx {__version__}, not of your run: {type(error).__name__}: {said}",
        help="report it as an issue of mldx, with these lines and, if you can, what was read; "
        "MLDX_DEBUG=1 shows the traceback",
    )
