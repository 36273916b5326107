"""A compiled knowledge base on disk, so that a second start parses no YAML.

Kept as JSON under the hash of the files it came from. It is written to a temporary name and moved
into place, and whatever does not read back as ours (corrupt, cut short, another format) is ignored:
the cache can only save time.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

FORMAT = 3


def folder() -> Path:
    """Return the user's cache folder for mldx."""
    if os.environ.get("MLDX_CACHE_DIR"):
        return Path(os.environ["MLDX_CACHE_DIR"])
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home())) / "mldx" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "mldx"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mldx"


def fetch(key: str) -> dict[str, Any] | None:
    """Return the content kept under this key, or None."""
    try:
        kept = json.loads((folder() / f"{key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):
        return None
    if not isinstance(kept, dict) or kept.get("format") != FORMAT or kept.get("key") != key:
        return None
    content = kept.get("content")
    return content if isinstance(content, dict) else None


def keep(key: str, content: dict[str, Any]) -> None:
    """Keep the content under this key; a folder that cannot be written is no error."""
    with contextlib.suppress(OSError, RuntimeError):
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"format": FORMAT, "key": key, "content": content}, separators=(",", ":"))
        handle, name = tempfile.mkstemp(dir=place, suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(place / f"{key}.json")
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
