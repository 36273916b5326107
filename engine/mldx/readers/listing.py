"""What lies in a folder, as far as it may be a log: the files, level by level.

Links to folders are not followed, so a loop has no end to reach; a link to a file that is in the
tree itself would be the same log twice, and is passed over. Folders of installed code hold no run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mldx.errors import Fault, InputError
from mldx.readers import mlflow_store

DEEP = 9
MOST = 50_000  # files looked at, so that a data set beside the logs costs no minutes
_CODE = frozenset({"node_modules", "__pycache__", "site-packages", "venv", "dist-packages"})
_HYDRA = ".hydra"


@dataclass(slots=True)
class Listing:
    """The files below a folder.

    files    in the order of their folders, those at the top first
    entries  folders of MLflow's store, each a run, or a model that one logged
    hydra    folders in which Hydra ran a program: one run each, whatever lies below
    cut      there are more files than were looked at
    """

    root: Path
    files: list[Path] = field(default_factory=list)
    entries: list[Path] = field(default_factory=list)
    hydra: set[Path] = field(default_factory=set)
    cut: bool = False


def listed(root: Path) -> Listing:
    """Return what lies below a folder.

    raises   InputError when the folder itself cannot be read
    """
    listing, level = Listing(root), [root]
    for _ in range(DEEP):
        level = [below for folder in level for below in _look(folder, listing)]
        if listing.cut or not level:
            break
    return listing


def _look(folder: Path, listing: Listing) -> Iterator[Path]:
    """Take the files of a folder, and yield the folders to look into next."""
    if listing.cut:
        return
    inside = _inside(folder, listing.root)
    if mlflow_store.is_entry(frozenset(one.name for one in inside)):
        listing.entries.append(folder)
        return
    listing.cut = len(listing.files) + len(inside) > MOST
    for one in inside[: MOST - len(listing.files)]:
        if not one.is_dir(follow_symlinks=False):
            listing.files += [folder / one.name] if _is_own(one, listing.root) else []
        elif one.name == _HYDRA:
            listing.hydra.add(folder)
        elif not one.name.startswith(".") and one.name not in _CODE:
            yield folder / one.name


def _inside(folder: Path, root: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda one: natural([one.name]))
    except OSError as error:
        if folder != root:
            return []
        raise InputError(
            Fault(str(folder), f"the folder cannot be read: {error.strerror or error}.")
        ) from error


def _is_own(one: os.DirEntry[str], root: Path) -> bool:
    """Is it a file, and not a link to one that is looked at anyway?"""
    try:
        if not one.is_file():
            return False
        return not one.is_symlink() or not Path(one.path).resolve().is_relative_to(root.resolve())
    except OSError:
        return False


def natural(parts: Sequence[str]) -> list[list[tuple[int, str]]]:
    """Order `version_9` before `version_10`."""
    return [
        [
            (int(piece), "") if piece.isdecimal() else (-1, piece)
            for piece in re.split("(\\d+)", part)
        ]
        for part in parts
    ]
