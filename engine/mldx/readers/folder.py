"""Find the runs in a folder: a run folder holds one, a folder of runs many.

What is a log is decided by its content; names only say where to look first and what belongs
together:

1.  Logs belong to the folder they lie in. A folder that is named for a split (`train/`,
    `validation/`), a checkpoint (`checkpoint-500/`) or a form (`logs/`, `tensorboard/`,
    `csv_logs/`) belongs to the folder above it.
2.  A folder with a log that tools name (metrics.csv, results.csv, trainer_state.json, history.csv,
    log.csv) is one run: the best of its logs is read, the others are views of it. So are logs of
    another kind, and event files, in folders below it.
3.  In a folder without such a name, where two logs of one kind lie side by side (a.csv, b.csv),
    each log is a run, except where only a split tells them apart (train.csv, val.csv). Event files
    alone are one run, as TensorBoard has it.
4.  Every other folder with a log is a run of its own: version_0 and version_1 are two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

from mldx.errors import Fault, InputError, UnreadableRun
from mldx.readers import names
from mldx.readers.faults import unreadable
from mldx.readers.recognise import read_source
from mldx.readers.run import Run
from mldx.readers.side_files import NAMES, setup_beside
from mldx.readers.source import LogSource, MayRead, anything

_PLACES = (
    r"trainer_state\.json",
    r"results\.csv",
    r"metrics\.csv",
    r".*\.csv|.*\.tsv",
    r".*\.jsonl",
    r".*\.json",
    r"events\.out\.tfevents\..*",
    r".*\.(?:yaml|yml)",
    r".*\.(?:log|out)",
    r".*\.txt|nohup.*",
)
_EVENTS = 6
_BY_TOOLS = (
    r"(?:train(?:ing)?[_-]?)?(?:log|logs|history|metrics|results|progress|trainer_state)"
    r"\.(?:csv|tsv|json|jsonl)"
)
_FORMS = frozenset(
    {"log", "logs", "csv", "csv_logs", "tb", "tb_logs", "tensorboard", "events", "output"}
)
_CHECKPOINT = r"(?:checkpoint|ckpt)[_-]?(\d{1,9})"
_DEEP = 4
_MOST = 20_000  # files looked at, so that a folder of images below the logs costs no minutes
_TRIED = 30  # logs of one run
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
_Natural = list[list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """A run of a folder, or what stood in the way of reading it.

    name  the folder or file that is this run, to be named again
    """

    name: str
    run: Run | None = None
    error: InputError | None = None


@dataclass(slots=True)
class _RunFolder:
    """The logs that belong to one folder, best first, and the folders below that may be views.

    root  the folder that was asked for
    """

    path: Path
    root: Path
    logs: list[Path] = field(default_factory=list)
    below: list[_RunFolder] = field(default_factory=list)

    @property
    def kinds(self) -> set[int | None]:
        return {_place(log) for log in self.logs}

    @property
    def by_tools(self) -> bool:
        return any(map(_is_by_tools, self.logs))


def read(folder: Path, may_read: MayRead = anything) -> list[Run]:
    """Return the runs in a folder, from those of its files that may be read.

    raises   UnreadableRun when no file in it is a training run; InputError when a log has faults
    """
    return [opened(found) for found in runs_in(folder, may_read)]


def opened(found: Found) -> Run:
    """Return the run that was found, or raise what stood in the way."""
    if found.error is not None:
        raise found.error
    assert found.run is not None
    return found.run


def runs_in(folder: Path, may_read: MayRead = anything) -> Iterator[Found]:
    """Yield the runs in a folder, one at a time, in the order of their names.

    raises   UnreadableRun when no file in it is a training run
    """
    candidates = _candidates(folder, may_read)
    nothing = True
    for one in _run_folders(folder, candidates):
        for found in _read_all(one, may_read):
            nothing = False
            yield found
    if nothing:
        raise _nothing(folder, candidates)


def _candidates(folder: Path, may_read: MayRead) -> list[Path]:
    found = [path for path in islice(_files(folder, _DEEP), _MOST) if _place(path) is not None]
    logs = [path for path in found if path.name not in NAMES and path.name.lower() not in _NO_LOGS]
    return [path for path in logs if may_read(path)]


def _run_folders(folder: Path, candidates: Sequence[Path]) -> list[_RunFolder]:
    """Sort logs into the folders that they belong to, by the rules above."""
    found: dict[tuple[str, ...], _RunFolder] = {}
    for path in candidates:
        parts = tuple(part for part in path.parent.relative_to(folder).parts if not _is_view(part))
        home = found.setdefault(parts, _RunFolder(_home(path, folder), folder))
        home.logs.append(path)
    for one in found.values():
        one.logs.sort(key=lambda path: _rank(path, folder))
    tops = []
    for parts in sorted(found, key=_natural):
        above = next((found[parts[:n]] for n in range(len(parts)) if parts[:n] in found), None)
        if above is not None and _is_view_of(found[parts], above):
            above.below.append(found[parts])
        else:
            tops.append(found[parts])
    return tops


def _home(path: Path, folder: Path) -> Path:
    """Return the folder that a log belongs to: the nearest that is not a view."""
    home = path.parent
    while home != folder and _is_view(home.name):
        home = home.parent
    return home


def _is_view(name: str) -> bool:
    plain = name.lower()
    return plain in names.SPLITS or plain in _FORMS or bool(re.fullmatch(_CHECKPOINT, plain))


def _is_view_of(one: _RunFolder, above: _RunFolder) -> bool:
    """Does a folder below show the same run in another form?"""
    alone = above.by_tools or _EVENTS in above.kinds
    return alone and not (one.kinds - {_EVENTS}) & above.kinds


def _is_by_tools(path: Path) -> bool:
    return re.fullmatch(_BY_TOOLS, path.name, re.IGNORECASE) is not None


def _natural(parts: Sequence[str]) -> _Natural:
    """Order `version_9` before `version_10`."""
    return [
        [
            (int(piece), "") if piece.isdecimal() else (-1, piece)
            for piece in re.split("(\\d+)", part)
        ]
        for part in parts
    ]


def _read_all(one: _RunFolder, may_read: MayRead) -> Iterator[Found]:
    """Yield the runs of one folder; where none can be read, those of the folders below it."""
    none = True
    for found in _read_best(one, may_read) if one.by_tools else _read_each(one, may_read):
        none = none and found.run is None
        yield found
    if none:
        for below in one.below:
            yield from _read_all(below, may_read)


def _read_best(one: _RunFolder, may_read: MayRead) -> Iterator[Found]:
    """Yield the run of the best log of a run folder."""
    broken = None
    for log in one.logs[:_TRIED]:
        found = _read_log(log, one, may_read)
        if not isinstance(found.error, UnreadableRun):
            yield _as_the_folder(found, log, one)
            return
        broken = broken or (replace(found, name=str(one.path)) if _is_by_tools(log) else None)
    if broken is not None and not one.below:
        yield broken


def _read_each(one: _RunFolder, may_read: MayRead) -> Iterator[Found]:
    """Yield the run of each log; where no two are of one kind, the first is that of the folder."""
    logs = _readable(one, may_read)
    first, second = next(logs, None), next(logs, None)
    if first is None:
        return
    log, found = first
    if second is not None and _place(second[0]) == _place(log) != _EVENTS:
        yield from (found for _, found in chain((first, second), logs))
    elif _place(log) == _EVENTS:
        yield _as_the_folder(_read_log(log, one, may_read), log, one)
    else:
        yield _as_the_folder(found, log, one)


def _readable(one: _RunFolder, may_read: MayRead) -> Iterator[tuple[Path, Found]]:
    """Yield each file that is a log, those that only a split tells apart once."""
    stems: set[str] = set()
    for log in one.logs:
        if _stem(log) in stems:
            continue
        found = _read_log(log, one, may_read, alone=True)
        if not isinstance(found.error, UnreadableRun):
            stems.add(_stem(log))
            yield log, found


def _as_the_folder(found: Found, log: Path, one: _RunFolder) -> Found:
    """Return what was found in a log as the run of its folder, with a note of what is left."""
    if found.run is not None:
        below = [log for view in one.below for log in view.logs]
        _note_what_is_left(found.run, log, one.root, [*one.logs, *below])
    return replace(found, name=str(one.path))


def _stem(log: Path) -> str:
    """Return the name of a file without its end and without the words that say a split."""
    words = re.split(r"[\s_.\-]+", log.stem.lower())
    return " ".join(word for word in words if word not in names.SPLITS)


def _read_log(log: Path, one: _RunFolder, may_read: MayRead, alone: bool = False) -> Found:
    """Return the run in a log; an event file with those beside it, unless it is to be alone."""
    try:
        if "tfevents" in log.name and not alone:
            run = _read_events(log, may_read)
        else:
            run = read_source(LogSource.of_file(log))[0]
    except InputError as error:
        return Found(str(log), error=error)
    _add_setup(run, log, one.root, may_read)
    return Found(str(log), run)


def _read_events(log: Path, may_read: MayRead) -> Run:
    from mldx.readers import tensorboard

    events = filter(may_read, _events_beside(log))
    return tensorboard.read_all(map(LogSource.of_file, events), str(log.parent))


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


def _rank(path: Path, folder: Path) -> tuple[int, int, float, list[list[tuple[int, str]]]]:
    """Near before far among unlike kinds; of one kind the highest checkpoint first."""
    inside = path.relative_to(folder).parts[:-1]
    steps = [int(found[1]) for part in inside if (found := re.fullmatch(_CHECKPOINT, part.lower()))]
    place = _place(path)
    return (
        len(_PLACES) if place is None else place,
        len(inside) - len(steps),
        -float(steps[-1] if steps else 1e9),  # outside of any checkpoint is the whole run
        _natural(path.relative_to(folder).parts),
    )


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
    """Add the setup that lies beside the log, above it, or at the top of the folder."""
    above = path.parent if path.parent == folder else path.parent.parent
    for place in dict.fromkeys((path.parent, above, folder)):
        facts, notes = setup_beside(place, may_read)
        new = {key: value for key, value in facts.items() if key not in run.setup}
        run.setup |= new
        run.notes += notes if new else []


def _note_what_is_left(run: Run, path: Path, folder: Path, logs: Sequence[Path]) -> None:
    """Note which log was read, and which are left."""
    left = [
        str(log.relative_to(folder)) for log in logs if log != path and not _same_run(log, path)
    ]
    if left or path.parent != folder:
        more = ", ..." if len(left) > 5 else ""
        told = f"; left: {', '.join(left[:5])}{more}" if left else ""
        run.notes.insert(0, f"read {path.relative_to(folder)}{told}")


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
