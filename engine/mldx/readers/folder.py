"""Read the run in a folder: the best log in it or a little below, with the hyper-parameters that
lie beside it.

What is a log is decided by its content; names only say where to look first. Of numbered versions
and checkpoints the highest is read, and what was left is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from mldx.errors import Fault, InputError, UnreadableRun
from mldx.readers import names, tensorboard
from mldx.readers.faults import unreadable
from mldx.readers.run import Run
from mldx.readers.side_files import NAMES, setup_beside
from mldx.readers.source import MayRead, Source, anything

_PLACES = (
    r"trainer_state\.json", r"results\.csv", r"metrics\.csv", r".*\.csv|.*\.tsv", r".*\.jsonl", r".*\.json",
    r"events\.out\.tfevents\..*", r".*\.(?:yaml|yml)", r".*\.(?:log|out)", r".*\.txt|nohup.*",
)  # fmt: skip
_DEEP = 3
_MOST = 2000
_TRIED = 30
_NO_LOGS = frozenset(
    {
        "requirements.txt",
        "readme.txt",
        "license.txt",
        "tokenizer.json",
        "vocab.json",
        "package.json",
    }
)


def read(folder: Path, may_read: MayRead = anything) -> list[Run]:
    """Return the run in a folder, from those of its files that may be read.

    raises   UnreadableRun when no file in it is a training run; InputError when its log has faults
    """
    candidates = sorted(_candidates(folder, may_read), key=lambda path: _rank(path, folder))[
        :_TRIED
    ]
    for path in candidates:
        try:
            run = _read(path, may_read)
        except UnreadableRun:
            continue
        _add_setup(run, path, folder, may_read)
        return [_finished(run, path, folder, candidates)]
    raise _nothing(folder, candidates)


def _candidates(folder: Path, may_read: MayRead) -> list[Path]:
    found = [path for path in islice(_files(folder, _DEEP), _MOST) if _place(path) is not None]
    logs = [path for path in found if path.name not in NAMES and path.name.lower() not in _NO_LOGS]
    return [path for path in logs if may_read(path)]


def _files(folder: Path, deep: int) -> Iterator[Path]:
    """Yield the files of a folder, then those below it."""
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(
            Fault(str(folder), f"the folder cannot be read: {error.strerror or error}.")
        ) from error
    yield from (path for path in inside if path.is_file())
    for path in inside:
        if deep > 1 and path.is_dir() and not path.is_symlink() and not path.name.startswith("."):
            yield from _files(path, deep - 1)


def _place(path: Path) -> int | None:
    return next(
        (
            place
            for place, pattern in enumerate(_PLACES)
            if re.fullmatch(pattern, path.name, re.IGNORECASE)
        ),
        None,
    )


def _rank(path: Path, folder: Path) -> tuple[int, int, float, str]:
    """Near before far among unlike kinds; of one kind the highest version first."""
    inside = path.relative_to(folder).parts[:-1]
    versions = [
        int(number)
        for part in inside
        for number in re.findall(r"(?:version|checkpoint|exp|run|train)[_-]?(\d{1,9})$", part)
    ]
    place = _place(path)
    return (
        (len(_PLACES) if place is None else place),
        len(inside) - len(versions),
        -float(versions[-1] if versions else 1e9),
        str(path),
    )


def _read(path: Path, may_read: MayRead) -> Run:
    if "tfevents" in path.name:
        events = filter(may_read, _events_beside(path))
        return tensorboard.read_all(map(Source.of_file, events), str(path.parent))
    from mldx.readers import read_source

    return read_source(Source.of_file(path))[0]


def _events_beside(path: Path) -> list[Path]:
    """The event files of one run: those in the same folder, and in the folders of the other splits
    beside it.
    """
    folders = [path.parent]
    if path.parent.name.lower() in names.SPLITS:
        folders = [
            one
            for one in sorted(path.parent.parent.iterdir())
            if one.is_dir() and one.name.lower() in names.SPLITS
        ]
    return [one for folder in folders for one in sorted(folder.glob("events.out.tfevents.*"))]


def _add_setup(run: Run, path: Path, folder: Path, may_read: MayRead) -> None:
    """Add the setup that lies beside the log or at the top of the folder."""
    for place in dict.fromkeys(
        (path.parent, path.parent.parent if path.parent != folder else folder, folder)
    ):
        facts, notes = setup_beside(place, may_read)
        new = {key: value for key, value in facts.items() if key not in run.setup}
        run.setup |= new
        run.notes += notes if new else []


def _finished(run: Run, path: Path, folder: Path, candidates: list[Path]) -> Run:
    """Tell what was left."""
    left = [
        str(one.relative_to(folder))
        for one in candidates
        if one != path and not _same_run(one, path)
    ]
    if len(left) or path.parent != folder:
        told = f"; left: {', '.join(left[:5])}{', ...' if len(left) > 5 else ''}" if left else ""
        run.notes.insert(0, f"read {path.relative_to(folder)}{told}")
    return run


def _same_run(one: Path, path: Path) -> bool:
    return "tfevents" in path.name and "tfevents" in one.name and one in _events_beside(path)


def _nothing(folder: Path, candidates: list[Path]) -> UnreadableRun:
    there = ", ".join(str(path.relative_to(folder)) for path in candidates[:8])
    what = (
        f"none of its files is a training log ({there})."
        if there
        else "there is no log in the folder."
    )
    return unreadable(
        str(folder),
        what,
        "metrics.csv, results.csv, trainer_state.json, an event file or the output of the training",
    )
