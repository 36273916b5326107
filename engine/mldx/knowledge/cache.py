"""A compiled knowledge base on disk, so that a second start parses no YAML.

Kept as JSON under the hash of the files it came from. It is written to a temporary name and moved
into place, and whatever does not read back as ours (corrupt, cut short, another format) is ignored:
the cache can only save time.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from mldx.knowledge.user_files import cache_folder, write_atomically

FORMAT = 3


def fetch(key: str) -> dict[str, Any] | None:
    """Return the content kept under this key, or None."""
    try:
        kept = json.loads((cache_folder() / f"{key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):
        return None
    if not isinstance(kept, dict) or kept.get("format") != FORMAT or kept.get("key") != key:
        return None
    content = kept.get("content")
    return content if isinstance(content, dict) else None


def keep(key: str, content: dict[str, Any]) -> None:
    """Keep the content under this key; a folder that cannot be written is no error."""
    text = json.dumps({"format": FORMAT, "key": key, "content": content}, separators=(",", ":"))
    with contextlib.suppress(OSError, RuntimeError):
        write_atomically(cache_folder() / f"{key}.json", text)
