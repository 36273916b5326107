"""Read a training run from whatever the training left behind.

    (run,) = read("runs/exp1/metrics.csv")      a log, a folder, a run record, or "-"
    run.get("val", "loss").value
    read("out.txt", series={"train_loss": "total_loss"})      a series taken as a person says

Which reader a log is for is told from its content (`recognise`); a folder may hold many runs
(`folder`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from mldx.errors import Fault, InputError, nearest
from mldx.readers.choice import check_keys, choose
from mldx.readers.faults import NoLoss
from mldx.readers.found import Found, opened
from mldx.readers.recognise import READERS, read_source
from mldx.readers.run import Event, Run, Series
from mldx.readers.source import LogSource, MayRead, anything


def read(
    path: str | Path, may_read: MayRead = anything, series: Mapping[str, str] | None = None
) -> list[Run]:
    """Return the runs in a log file, a run folder, or standard input (`-`); normally one.

    may_read  which of the files in a folder may be opened; what it refuses is passed over
    series    the log's own name of a series by what it is: {"train_loss": "total_loss"}

    raises   InputError for a path that is not there, and for all faults in the file together;
             UnreadableRun when nothing in it is a training run
    """
    return [opened(found) for found in each_run(path, may_read, series)]


def read_one(
    path: str | Path, may_read: MayRead = anything, series: Mapping[str, str] | None = None
) -> Run:
    """Return the only run that there is.

    raises   InputError, as `read`; also where there are several, naming them
    """
    runs = read(path, may_read, series)
    if len(runs) == 1:
        return runs[0]
    there = ", ".join(run.origin for run in runs[:5]) + (", ..." if len(runs) > 5 else "")
    what = f"there are {len(runs)} runs in it: {there}."
    help = "name one of them; `mldx diagnose` and `mldx.readers.read` take them all"
    raise InputError(Fault(str(path), what, "one run", help))


def each_run(
    path: str | Path, may_read: MayRead = anything, series: Mapping[str, str] | None = None
) -> Iterator[Found]:
    """Yield the runs that `read` returns, one at a time; a fault in one ends no other."""
    wanted = dict(series or {})
    check_keys(wanted)
    is_folder = str(path) != "-" and Path(path).is_dir()
    found = _in_folder(Path(path), may_read) if is_folder else _in_file(path)
    yield from (_as_chosen(one, wanted) if wanted else one for one in found)


def _in_folder(path: Path, may_read: MayRead) -> Iterator[Found]:
    from mldx.readers.folder import runs_in

    return runs_in(path, may_read)


def _in_file(path: str | Path) -> Iterator[Found]:
    try:
        runs = _read_file(path)
    except NoLoss as error:
        yield Found(str(path), error=error)
        return
    for run in runs:
        yield Found(f"{path}: {run.name}" if run.name else str(path), run)


def _as_chosen(found: Found, wanted: Mapping[str, str]) -> Found:
    """Return what was found with its series taken as a person says; so a log without a loss may
    have one.
    """
    run = found.error.run if isinstance(found.error, NoLoss) else found.run
    if run is None:
        return found
    try:
        return replace(found, run=choose(run, wanted), error=None)
    except InputError as error:
        return replace(found, run=None, error=error)


def _read_file(path: str | Path) -> list[Run]:
    if str(path) == "-":
        return read_source(LogSource.of_bytes(sys.stdin.buffer.read(), "standard input"))
    where = Path(path)
    if not _exists(where):
        raise _not_there(where)
    if not where.is_file():
        return read_source(LogSource.of_bytes(_poured(where), str(where)))
    return read_source(LogSource.of_file(where))


def read_text(text: str, origin: str) -> list[Run]:
    """Return the runs in a log that is already text; `origin` is what faults call it."""
    return read_source(LogSource.of_bytes(text.encode("utf-8", "replace"), origin))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _poured(path: Path) -> bytes:
    """Return what comes out of a pipe or a device, which can be opened only once."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            Fault(str(path), f"the file cannot be read: {error.strerror or error}.")
        ) from error


def _not_there(path: Path) -> InputError:
    near = nearest(path.name, _names_in(path.parent))
    help = f"read `{path.parent / near}`" if near else ""
    return InputError(
        Fault(str(path), "there is no such file or folder.", "a log file or a run folder", help)
    )


def _names_in(folder: Path) -> list[str]:
    try:
        return sorted(one.name for one in folder.iterdir())
    except (OSError, ValueError):
        return []


__all__ = [
    "READERS",
    "Event",
    "Found",
    "MayRead",
    "Run",
    "Series",
    "each_run",
    "read",
    "read_one",
    "read_text",
]
