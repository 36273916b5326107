"""Where a user's own files lie, and how one is written so that it is never half there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

APP = "mldx"


def cache_folder() -> Path:
    """Return the user's cache folder for mldx; the variable MLDX_CACHE_DIR names another one."""
    if os.environ.get("MLDX_CACHE_DIR"):
        return Path(os.environ["MLDX_CACHE_DIR"])
    from platformdirs import user_cache_path

    return user_cache_path(APP, appauthor=False)


def data_folder() -> Path:
    """Return the user's data folder for mldx; the variable MLDX_DATA_DIR names another one."""
    if os.environ.get("MLDX_DATA_DIR"):
        return Path(os.environ["MLDX_DATA_DIR"])
    from platformdirs import user_data_path

    return user_data_path(APP, appauthor=False)


def write_atomically(path: Path, text: str) -> None:
    """Write a file under a temporary name and move it into place; its folder is made if needed.

    raises   OSError, and leaves nothing behind
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:  # also when the user breaks it off
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise
