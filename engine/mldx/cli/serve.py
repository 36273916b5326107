"""`mldx serve`: the interview as a page, on this machine."""

from __future__ import annotations

import socket

import click

from mldx.errors import Fault, InputError, MissingExtra
from mldx.knowledge import load

MEGABYTE = 1 << 20
_WAITING = 512


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address to listen on; by default this machine only."
)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes any that is free.")
@click.option("--limit", default=32, show_default=True, type=click.IntRange(1, 4096), help="Largest log, in MB.")
def command(host: str, port: int, limit: int) -> int:
    """Serve the interview as a page: answer, or drop a log, in the browser. Ctrl-C ends it.

    Nothing is kept on the server, and nothing leaves this machine.
    """
    try:
        import uvicorn

        from mldx.web.app import LOOPBACK, create
    except ModuleNotFoundError as error:
        what = f"the page needs {error.name}, which is not installed."
        raise MissingExtra(Fault("mldx serve", what, "the extra `web`", "pip install 'mldx[web]'")) from error
    app = create(load(), (*LOOPBACK, _bracketed(host)), limit * MEGABYTE)
    listening = _bound(host, port)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, server_header=False)
    place = f"http://{_bracketed(host)}:{listening.getsockname()[1]}"
    click.echo(f"mldx is at {place}  (Ctrl-C ends it)")
    _run(uvicorn.Server(config), listening)
    return 0


def _run(server: object, listening: socket.socket) -> None:
    """Serve until interrupted; a second word of an interruption is not needed."""
    try:
        server.run(sockets=[listening])  # type: ignore[attr-defined]
    except KeyboardInterrupt:
        pass
    finally:
        listening.close()
    click.echo("stopped")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    raises   InputError, when the address is taken or is none of this machine's
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_WAITING)
    except (OSError, OverflowError) as error:
        listening.close()
        what = f"it cannot be listened on: {getattr(error, 'strerror', None) or error}."
        raise InputError(Fault(f"{host}:{port}", what, "a free port of this machine", "write --port 0")) from None
    return listening
