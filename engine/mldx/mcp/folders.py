"""What the server may read: files below the folders it was started with, and nothing else.

Links are followed before it is asked where a path lies, also those of the files inside a run
folder. `..` is not followed, pipes and devices are not opened, and a file that is too large is not
read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import TypeGuard

from mldx.errors import Fault, InputError
from mldx.readers import Run, read_one

MEGABYTE = 1 << 20
LARGEST = 256 * MEGABYTE
_TOLD = 5


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders that are open.

    roots    real paths, no link in them
    largest  bytes of the largest file that is read
    """

    roots: tuple[Path, ...]
    largest: int = LARGEST

    @classmethod
    def of(cls, given: Iterable[str | Path], largest: int = LARGEST) -> Folders:
        """Open folders.

        raises   InputError, naming each that is no folder
        """
        real = {str(folder): _real(Path(folder)) for folder in given}
        found = {name: path for name, path in real.items() if path is not None and path.is_dir()}
        faults = [
            Fault(name, "it is no folder.", "a folder of runs")
            for name in real
            if name not in found
        ]
        if faults:
            raise InputError(*faults)
        return cls(tuple(dict.fromkeys(found.values())), largest)

    def read(self, path: str, series: Mapping[str, str] | None = None) -> Run:
        """Return the run that a path holds; a note tells what in a run folder was passed over.

        series  the log's own names of series by what they are
        raises   InputError, when it may not be read or is no run
        """
        place, refused = self.place(path), dict[Path, Fault]()

        def may_read(file: Path) -> bool:
            for fault in self._faults(file):
                refused[file] = fault
            return file not in refused

        try:
            run = read_one(place, may_read, series)
        except InputError as error:
            raise InputError(*error.faults, *list(refused.values())[:_TOLD]) from error
        run.notes += [f"not read: {fault.where}: {fault.what}" for fault in refused.values()]
        return run

    def place(self, path: str) -> Path:
        """Return the real path of a file or folder that may be read; a relative one starts in an
        open folder or here.

        raises   InputError, telling which folders are open
        """
        climbs = not path or ".." in re.split(r"[\\/]", path)
        inside = (
            []
            if climbs
            else [
                real for start in (*self.roots, Path()) if self._holds(real := _real(start / path))
            ]
        )
        if not inside:
            raise InputError(self._closed(path))
        found = next(filter(os.path.exists, inside), inside[0])
        faults = [*self._faults(found)]
        if faults:
            raise InputError(*faults)
        return found

    def _holds(self, real: Path | None) -> TypeGuard[Path]:
        return real is not None and any(real.is_relative_to(root) for root in self.roots)

    def _faults(self, path: Path) -> Iterator[Fault]:
        """Why a path may not be read; what is not there is for the reader to tell."""
        real = _real(path)
        if not self._holds(real):
            yield self._closed(str(path))
            return
        try:
            status = real.stat()
        except OSError:
            return
        if not S_ISREG(status.st_mode) and not S_ISDIR(status.st_mode):
            yield Fault(
                str(path), "it is a pipe, a socket or a device.", "a log file or a run folder"
            )
        elif S_ISREG(status.st_mode) and status.st_size > self.largest:
            told, most = f"{status.st_size / MEGABYTE:.0f} MB", f"{self.largest / MEGABYTE:.0f} MB"
            help = "log every n-th step, or read it with `mldx diagnose`, which knows no limit"
            yield Fault(str(path), f"it is {told} large.", f"a file of at most {most}", help)

    def _closed(self, path: str) -> Fault:
        opened = ", ".join(map(str, self.roots))
        help = "the person who runs the server opens more: mldx mcp FOLDER..."
        return Fault(
            path,
            "it is not in a folder that is open.",
            f"a path below {opened}, without `..`",
            help,
        )


def _real(path: Path) -> Path | None:
    """Return where a path leads, every link followed; None when it is none."""
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError):
        return None
