"""The page's own files, each under an address that holds the hash of its content: a browser keeps
it until it changes, and asks for it once.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from mldx.report.html import stylesheet

_TYPES = {
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "json": "application/json",
}
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent.

    squeezed   the content, gzipped once when the server starts
    version    the beginning of the content's SHA-256
    """

    content: bytes
    squeezed: bytes
    media_type: str
    version: str

    @classmethod
    def of(cls, name: str, content: bytes) -> Asset:
        """Return a file with what its headers need."""
        media_type = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        squeezed = gzip.compress(content, mtime=0)
        return cls(content, squeezed, media_type, sha256(content).hexdigest()[:16])


def loaded() -> dict[str, Asset]:
    """Return every file that the page needs, by name; nothing else can be asked for."""
    folder = files("mldx.web").joinpath("static")
    contents = {one.name: one.read_bytes() for one in folder.iterdir() if one.is_file()}
    contents["report.css"] = stylesheet().encode()
    return {name: Asset.of(name, content) for name, content in contents.items()}


def address(name: str, assets: Mapping[str, Asset]) -> str:
    """Return where a browser finds a file in its present version."""
    return f"/static/{name}?v={assets[name].version}"


def add(app: FastAPI, assets: Mapping[str, Asset]) -> None:
    """Serve the files."""

    @app.api_route("/static/{name}", methods=["GET", "HEAD"], include_in_schema=False)
    def asset(name: str, request: Request, v: str = "") -> Response:
        if name not in assets:
            raise HTTPException(404)
        return _sent(assets[name], request, v)


def _sent(asset: Asset, request: Request, version: str) -> Response:
    etag = f'"{asset.version}"'
    headers = {
        "ETag": etag,
        "Cache-Control": _FOREVER if version == asset.version else _ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    # Only GET and HEAD come here; a cache that holds the content needs no second copy of it.
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.squeezed, media_type=asset.media_type, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)
