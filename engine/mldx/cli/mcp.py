"""`mldx mcp`: serve agents over standard input and output, by the Model Context Protocol."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from mldx.cli.rules import options
from mldx.errors import Fault, MissingExtra
from mldx.knowledge import load
from mldx.mcp.context import ServerContext
from mldx.mcp.folders import Folders

_SDK = {"mcp", "mcp_types", "anyio"}


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]...")
@options.rules
@options.extend
def command(folders: tuple[Path, ...], folder: Path | None, extend: tuple[Path, ...]) -> None:
    """Serve agents: diagnose runs, ask the next question, show causes, read logs.

    Only files below the FOLDERs are read, by default below the current folder. An agent's
    configuration starts it:

    \b
    {"mcpServers": {"mldx": {"command": "mldx", "args": ["mcp", "runs"]}}}
    """
    serve = _serve()
    context = ServerContext(Folders.of(folders or [Path()]), load(folder, extend))
    if sys.stdin is not None and sys.stdin.isatty():
        opened = ", ".join(map(str, context.folders.roots))
        click.echo(
            f"mldx mcp waits for an agent on standard input; open: {opened}. Ctrl-C ends it.",
            err=True,
        )
    serve(context)


def _serve() -> Callable[[ServerContext], None]:
    try:
        from mldx.mcp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _SDK:
            raise
        what = (
            "serving agents needs the SDK of the Model Context Protocol, version 2, "
            "which is not installed."
        )
        raise MissingExtra(Fault("", what, "the extra `mcp`", "pip install 'mldx[mcp]'")) from None
    return serve
