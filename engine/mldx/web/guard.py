"""What the server refuses before anything is read, and what it tells browsers to refuse.

Requests for another host name (DNS rebinding) are refused, and everything except links from
another site; so is a body that is too large, counted as it comes in, whatever its header says. An
address is not a name, and nobody can make it lead elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEGABYTE = 1 << 20
_DRAINED = 8
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class Guard:
    """Stands before the application.

    hosts      names by which the server may be called
    max_bytes  of a body; one that is refused is read to its end, or to `_DRAINED` times as much
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], max_bytes: int) -> None:
        self.app, self.hosts, self.max_bytes = app, frozenset(map(str.lower, hosts)), max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a counted body and our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await _drained(receive, _DRAINED * self.max_bytes)
            await refusal(scope, receive, _with_headers(send))
            return
        await self.app(scope, self._counted(receive), _with_headers(send))

    def _refusal(self, method: str, headers: dict[str, str]) -> PlainTextResponse | None:
        name = _name_of(headers.get("host", ""))
        if name not in self.hosts and not _is_address(name):
            return PlainTextResponse(
                "This name is not the server's: open it as http://localhost, or by its address.\n",
                400,
            )
        if _is_foreign(headers) and (
            method != "GET" or headers.get("sec-fetch-mode", "navigate") != "navigate"
        ):
            return PlainTextResponse("Another site may not post or fetch here.\n", 403)
        if not _fits(headers.get("content-length", "0"), self.max_bytes):
            return PlainTextResponse(self._too_large, 413, {"connection": "close"})
        return None

    @property
    def _too_large(self) -> str:
        return (
            f"That is more than {self.max_bytes / MEGABYTE:.0f} MB. "
            "Log every n-th step, or read it with `mldx diagnose`.\n"
        )

    def _counted(self, receive: Receive) -> Receive:
        left = self.max_bytes

        async def counting() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, self._too_large)
            return message

        return counting


async def _drained(receive: Receive, max_bytes: int) -> None:
    """Take in what is sent, unread: a browser that is cut off while it sends shows no answer."""
    while max_bytes > 0:
        message = await receive()
        max_bytes -= len(message.get("body", b""))
        if not message.get("more_body", False):
            return


def _name_of(host: str) -> str:
    """Return the name in a Host header, without its port."""
    return (
        host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    ).lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _is_foreign(headers: Mapping[str, str]) -> bool:
    """Does a page of another site ask? A browser that does not say so names the page's origin when
    it posts.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin", "null")
    if site is None:
        return origin != "null" and origin.partition("//")[2] != headers.get("host", "")
    return site not in ("same-origin", "none")


def _fits(length: str, max_bytes: int) -> bool:
    return length.isdecimal() and len(length) < 20 and int(length) <= max_bytes


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return sending
