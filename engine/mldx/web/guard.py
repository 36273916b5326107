"""What the server refuses before anything is read, and what it tells browsers to refuse.

Requests for another host name (DNS rebinding) and posts from another site are refused; so is a body that is too large,
counted as it comes in, whatever its header says.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEGABYTE = 1 << 20
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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

    hosts  names by which the server may be called
    most   bytes of the largest body
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str], most: int) -> None:
        self.app, self.hosts, self.most = app, frozenset(hosts), most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a counted body and our headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = self._refusal(scope["method"], headers)
        if refusal is not None:
            await refusal(scope, receive, _with_headers(send))
            return
        await self.app(scope, self._counted(receive), _with_headers(send))

    def _refusal(self, method: str, headers: dict[str, str]) -> PlainTextResponse | None:
        if _name_of(headers.get("host", "")) not in self.hosts:
            return PlainTextResponse("This name is not the server's: open it as http://localhost.\n", 400)
        if method != "GET" and headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return PlainTextResponse("Another site may not post here.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.most:
            return PlainTextResponse(self._too_large, 413, {"connection": "close"})
        return None

    @property
    def _too_large(self) -> str:
        return f"That is more than {self.most / MEGABYTE:.0f} MB. Log every n-th step, or read it with `mldx diagnose`.\n"

    def _counted(self, receive: Receive) -> Receive:
        left = self.most

        async def counting() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, self._too_large)
            return message

        return counting


def _name_of(host: str) -> str:
    """Return the name in a Host header, without its port."""
    return host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0].lower()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
        await send(message)

    return sending
