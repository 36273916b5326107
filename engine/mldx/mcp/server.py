"""The tools on the wire: JSON-RPC, one message a line, over standard input and output.

The SDK keeps standard output for the protocol while it serves; what is printed by accident goes to
standard error. Every error of ours becomes a tool error whose text says where, what, what was
expected and the help, and the server goes on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any, NoReturn

import anyio
from anyio.to_thread import run_sync
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as Offered

from mldx import __version__
from mldx.errors import Fault, MldxError
from mldx.mcp.context import ServerContext
from mldx.mcp.tools import INSTRUCTIONS, TOOLS, called, schema


def serve(context: ServerContext) -> None:
    """Serve until standard input is closed, the other side is gone, or Ctrl-C."""
    if sys.stdin is None or sys.stdout is None:
        return
    signal.signal(signal.SIGINT, lambda *_: _leave())
    try:
        anyio.run(_serve, context)
    except* ConnectionError:
        _leave()


def _leave() -> NoReturn:
    """End at once: a thread that waits for a line of standard input can be neither woken nor
    joined.
    """
    os._exit(0)


async def _serve(context: ServerContext) -> None:
    server = offering(context)
    async with stdio_server() as (incoming, outgoing):
        try:
            await server.run(incoming, outgoing, server.create_initialization_options())
        except anyio.get_cancelled_exc_class():
            _leave()


def offering(context: ServerContext) -> Server[dict[str, Any]]:
    """Return the server, not yet on any wire. Calls are worked off one at a time, beside the
    protocol.
    """
    one_at_a_time = anyio.CapacityLimiter(1)

    async def offer(_: Any, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=offered())

    async def call(_: Any, asked: CallToolRequestParams) -> CallToolResult:
        return await run_sync(answer, asked.name, asked.arguments, context, limiter=one_at_a_time)

    return Server(
        "mldx",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=offer,
        on_call_tool=call,
    )


def offered() -> list[Offered]:
    """Return the tools as they are told to agents; all of them only read."""
    hints = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    return [
        Offered(
            name=name, title=tool.title, description=tool.purpose, annotations=hints,
            input_schema=schema(tool.input_type), output_schema=schema(tool.output_type),
        )
        for name, tool in TOOLS.items()
    ]  # fmt: skip


def answer(name: str, arguments: dict[str, Any] | None, context: ServerContext) -> CallToolResult:
    """Return what a call gives, or the error that stood in its way; the structure and its text say
    the same.
    """
    try:
        given = called(name, arguments, context)
        text = json.dumps(given, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except MldxError as error:
        return _refused(str(error))
    except Exception as error:  # noqa: BLE001  # whatever it is, the agent is told
        told = f"this should not happen: {type(error).__name__}: {error}"
        return _refused(
            str(
                Fault(
                    name, told, help="report it with the arguments of the call; the server goes on"
                )
            )
        )
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=given)


def _refused(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)
