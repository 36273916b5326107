"""Files that a command writes: what stands in the way is told, with the place."""

from __future__ import annotations

from pathlib import Path

from mldx.errors import Fault, InputError


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file.

    raises   InputError, when it cannot be written
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        what = f"it cannot be written: {error.strerror}."
        raise InputError(Fault(str(path), what, "a file in a folder that is there")) from None


def write_text(path: Path, content: str) -> None:
    """Write a text file, in UTF-8.

    raises   InputError, when it cannot be written
    """
    write_bytes(path, content.encode("utf-8", "replace"))
