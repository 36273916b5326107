"""`mldx serve`: the interview as a page, on this machine."""

from __future__ import annotations

import os
import socket
from errno import EADDRINUSE
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING

import click

from mldx.errors import Fault, InputError, MissingExtra
from mldx.knowledge import load

if TYPE_CHECKING:
    import uvicorn

_WAITING = 512


@click.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on; by default this machine only.",
)
@click.option(
    "--port",
    default=8765,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 takes any that is free.",
)
@click.option(
    "--limit",
    default=32,
    show_default=True,
    type=click.IntRange(1, 4096),
    help="Largest log, in MB.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; about one a core, for many people at once.",
)
def command(host: str, port: int, limit: int, workers: int) -> int:
    """Serve the interview as a page: answer, or drop a log, in the browser. Ctrl-C ends it.

    Nothing is kept on the server, and nothing leaves this machine.
    """
    try:
        import uvicorn

        from mldx.web.app import created
        from mldx.web.guard import MEGABYTE
    except ModuleNotFoundError as error:
        what = f"the page needs {error.name}, which is not installed."
        raise MissingExtra(
            Fault("mldx serve", what, "the extra `web`", "pip install 'mldx[web]'")
        ) from error
    load()  # a fault in the rules is reported here, once, and not by every worker
    listening = _bound(host, port)
    config = uvicorn.Config(
        partial(created, _names(host), limit * MEGABYTE),
        factory=True,
        workers=workers,
        log_level="warning",
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    _announce(host, listening)
    _run(config, listening)
    return 0


def _names(host: str) -> tuple[str, ...]:
    """Return the names by which the page may be opened; by an address it always may."""
    machine = socket.gethostname()
    return "localhost", host, machine, f"{machine}.local"


def _announce(host: str, listening: socket.socket) -> None:
    """Say where the page is, and who can open it."""
    address = ip_address(listening.getsockname()[0].partition("%")[0])
    name = f"[{host}]" if ":" in host else host
    name = "localhost" if address.is_unspecified else name
    port = listening.getsockname()[1]
    click.echo(f"mldx is at http://{name}:{port}  (Ctrl-C ends it)")
    if not address.is_loopback:
        click.echo(
            "Everyone on the network can open it, without a password, by this machine's name or "
            f"address and port {port}.\nWithout --host only this machine can.",
            err=True,
        )


def _run(config: uvicorn.Config, listening: socket.socket) -> None:
    """Serve until interrupted, in this process or in several that share the socket.

    The state of an interview is in the page and its address, so any worker can answer any step.
    """
    from uvicorn import Server
    from uvicorn.supervisors import Multiprocess

    try:
        if config.workers > 1:
            Multiprocess(config, sockets=[listening]).run()
        else:
            Server(config).run(sockets=[listening])
    except KeyboardInterrupt:  # uvicorn ends in order, and raises it again at the very end
        pass
    finally:
        listening.close()
    click.echo("stopped")


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    raises   InputError, when the address is taken or is none of this machine's
    """
    listening: socket.socket | None = None
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Named, because asyncio sets TCP_NODELAY only on sockets that say they are TCP; without it
        # each answer on a kept connection waits 40 ms for the browser's delayed acknowledgement.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_WAITING)
    except (OSError, OverflowError, UnicodeError) as error:
        if listening is not None:
            listening.close()
        raise InputError(_no_place(f"{host}:{port}", error)) from None
    return listening


def _no_place(where: str, error: Exception) -> Fault:
    what = f"it cannot be listened on: {getattr(error, 'strerror', None) or error}."
    if getattr(error, "errno", None) == EADDRINUSE:
        return Fault(where, what, "a free port of this machine", "write --port 0")
    return Fault(
        where,
        what,
        "an address of this machine, and a port that anyone may take",
        "leave --host out",
    )
