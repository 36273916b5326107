"""Find the runs in a folder: a run folder holds one, a folder of runs many.

What is a log is decided by its content; names only say where to look first and what belongs
together:

1.  Logs belong to the folder they lie in. A folder that is named for a split (`train/`,
    `validation/`), a checkpoint (`checkpoint-500/`) or a form (`logs/`, `tensorboard/`,
    `vis_data/`) belongs to the folder above it, and so does a line of a chart (`Loss_train/`).
2.  A folder with a log that tools name (metrics.csv, results.csv, trainer_state.json, scalars.json,
    run-<id>.wandb) is one run, and so is one in which Hydra ran: its logs are views of the run, and
    so are logs of another kind, and event files, in folders below it.
3.  In a folder without such a name, where two logs of one kind lie side by side (a.csv, b.csv),
    each log is a run; files of one name (a.log, a.log.json) are views of one, and so are texts
    beside a structured log. What only a split or
    a metric tells apart (train.csv, val.csv) is one log (`bundles`). Event files alone are one run,
    as TensorBoard has it.
4.  Every other folder with a log is a run of its own: version_0 and version_1 are two. So is every
    entry of MLflow's store, and every run of its database.

Of the views of a run the one with the most to judge is read, by the points found in it: two curves
before one, then the longer, and the structured one among those that are long enough. What was left
is told, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from mldx.errors import InputError, UnreadableRun
from mldx.readers import mlflow_store
from mldx.readers.bundles import Log, bundled, is_line, words_of
from mldx.readers.faults import unreadable
from mldx.readers.file_names import (
    DATABASES,
    DOCUMENTS,
    EVENTS,
    PICKLES,
    is_by_tools,
    is_view,
    kind_of,
    may_be_log,
    rank,
)
from mldx.readers.found import Found, opened
from mldx.readers.listing import MOST, Listing, listed, natural
from mldx.readers.recognise import read_source
from mldx.readers.run import Run
from mldx.readers.scalars import without_loss
from mldx.readers.side_files import Settings, settings_in
from mldx.readers.source import LogSource, MayRead, anything
from mldx.readers.views import OpenedLog, best_of, is_faulty, relative, why

_TRIED = 12  # views of one run that are opened
_FUTILE = 40  # files of one kind that were no logs, after which a folder's others stay closed
_LARGEST = 32 << 20  # bytes of a JSON document; detections and annotations lie beside logs too
_NAMED = 6  # of the files that were left


@dataclass(slots=True)
class _RunFolder:
    """The logs that belong to one folder, best first, and the folders below that may be views."""

    path: Path
    one_run: bool = False
    files: list[Path] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    below: list[_RunFolder] = field(default_factory=list)
    pickles: list[str] = field(default_factory=list)

    @property
    def kinds(self) -> set[int | None]:
        return {kind_of(file) for file in self.files}

    @property
    def by_tools(self) -> bool:
        return self.one_run or any(map(is_by_tools, self.files))


def read(folder: Path, may_read: MayRead = anything) -> list[Run]:
    """Return the runs in a folder, from those of its files that may be read.

    raises   UnreadableRun when no file in it is a training run; InputError when a log has faults
    """
    return [opened(found) for found in runs_in(folder, may_read)]


def runs_in(folder: Path, may_read: MayRead = anything) -> Iterator[Found]:
    """Yield the runs in a folder, one at a time, in the order of their names.

    raises   UnreadableRun when no file in it is a training run
    """
    reading = _Reading(listed(folder), may_read)
    nothing = True
    for found in chain(reading.of_folders(), reading.of_databases(), reading.of_entries()):
        nothing = False
        yield found
    if nothing:
        yield from reading.of_documents()


@dataclass(slots=True)
class _Reading:
    """Reads the runs of a listing.

    settings  the facts beside a log, by folder, so that those of many runs are read once
    """

    listing: Listing
    may_read: MayRead
    settings: dict[Path, Settings] = field(default_factory=dict)

    def of_folders(self) -> Iterator[Found]:
        """Yield the runs of run folders."""
        for one in _run_folders(self.listing):
            yield from (found for found, _ in self._all(one))

    def of_databases(self) -> Iterator[Found]:
        """Yield the runs of tracking databases; a database of another kind is passed over."""
        for path in self.listing.files:
            if path.suffix not in DATABASES or not self.may_read(path):
                continue
            with suppress(InputError):
                for run in read_source(LogSource.of_file(path)):
                    yield Found(f"{path}: {run.name}", run)

    def of_entries(self) -> Iterator[Found]:
        """Yield the runs of MLflow's store that logged a loss; what Hydra ran the only one with
        is its setup. Where none did, the first says what is there.
        """
        entries = mlflow_store.read_all(self.listing.entries, self.may_read)
        without = [entry for entry in entries if entry.error is not None]
        for entry in entries:
            if entry.run is None:
                continue
            if len(entries) == 1:
                self._add_setup(entry.run, entry.folder)
            entry.run.ignored += without_loss([one.name for one in without])
            yield Found(f"{entry.folder}: {entry.name}", entry.run)
        if len(entries) == len(without):
            yield from (Found(str(one.folder), error=one.error) for one in without[:1])

    def of_documents(self) -> Iterator[Found]:
        """Yield the runs of the notebooks and the model card at the top, where there is no log.

        raises   UnreadableRun when there is nothing in them either
        """
        nothing = True
        for path in self.listing.files:
            if path.parent != self.listing.root or not DOCUMENTS.fullmatch(path.name):
                continue
            view = self._open(Log.of(path))
            for run in view.runs:
                nothing = False
                yield Found(f"{path}: {run.name}" if run.name else str(path), run)
        if nothing:
            raise _nothing(self.listing)

    def _all(self, one: _RunFolder) -> Iterator[_Result]:
        """Yield the runs of one folder; where none has a curve, those of the folders below it that
        have one.
        """
        poor: list[_Result] = []
        curves = 0
        for found, view in self._best(one) if one.by_tools else self._each(one):
            curves += view.curves
            if view.curves:
                yield found, view
            else:
                poor.append((found, view))
        yield from poor if curves else self._below(one, poor)

    def _below(self, one: _RunFolder, poor: list[_Result]) -> Iterator[_Result]:
        """Yield the runs of the folders below when they say more than the poor ones above."""
        below = [result for folder in one.below for result in self._all(folder)]
        if not any(view.curves for _, view in below):
            yield from poor or below
            return
        left = [why(view, self.listing.root) for _, view in poor]
        for found, view in below:
            if found.run is not None:
                found.run.ignored += left
            yield found, view

    def _best(self, one: _RunFolder) -> Iterator[_Result]:
        """Yield the run of the best of the views of a run folder."""
        views: list[OpenedLog] = []
        for log in one.logs[:_TRIED]:
            views.append(self._open(log))
            if views[-1].is_enough():
                break
        best = best_of(views)
        broken = next(filter(is_faulty, views), None)
        if best.runs and (best.curves or broken is None):
            yield from self._told(best, views, one)
        elif broken is not None:
            yield Found(str(one.path), error=broken.error), broken

    def _each(self, one: _RunFolder) -> Iterator[_Result]:
        """Yield the run of each log; where no two are of one kind, the best is that of the
        folder.
        """
        readable = self._readable(one)
        views: list[OpenedLog] = []
        for view in readable:
            views.append(view)
            if _are_runs(views):
                for each in chain(views, readable):
                    yield from _as_the_file(each)
                return
            if len(views) > _TRIED or (views[0].is_enough() and not _has_peers(view, one)):
                break
        if views:
            yield from self._told(best_of(views), views, one)

    def _readable(self, one: _RunFolder) -> Iterator[OpenedLog]:
        """Yield each log that can be read; of files of one name the best."""
        futile: Counter[int | None] = Counter()
        groups: dict[object, list[Log]] = {}
        for log in one.logs:
            groups.setdefault((log.path.parent, tuple(words_of(log.path))), []).append(log)
        for group in groups.values():
            kind = kind_of(group[0].path)
            if futile[kind] >= _FUTILE:
                continue
            view = best_of([self._open(log) for log in group])
            futile[kind] += 1
            if not isinstance(view.error, UnreadableRun):
                futile[kind] = 0
                yield view

    def _open(self, log: Log) -> OpenedLog:
        if _is_too_large(log):
            return OpenedLog(log, error=unreadable(str(log.path), "it is too large for a log."))
        files = [file for file in log.files if self.may_read(file)]
        if not files:
            return OpenedLog(log, error=unreadable(str(log.path), "it may not be read."))
        try:
            runs = log.load(files)
        except InputError as error:
            return OpenedLog(log, error=error)
        for run in runs:
            self._add_setup(run, log.path)
        return OpenedLog(log, runs)

    def _add_setup(self, run: Run, log: Path) -> None:
        """Add the setup that lies beside the log, and above it up to the top of the folder."""
        for place in log.parents:
            if place not in self.settings:
                self.settings[place] = settings_in(place, self.may_read)
            beside = self.settings[place]
            new = {key: value for key, value in beside.facts.items() if key not in run.setup}
            run.setup |= new
            run.notes += [*(beside.sources if new else []), *beside.notes]
            if place == self.listing.root:
                break

    def _told(
        self, best: OpenedLog, views: Sequence[OpenedLog], one: _RunFolder
    ) -> Iterator[_Result]:
        """Yield the runs of a folder's best log, with what was read and what was left."""
        if best.error is not None:
            yield Found(str(one.path), error=best.error), best
        left = _left(best, views, one, self.listing)
        for run in best.runs:
            if left or len(best.log.files) > 1 or best.log.path.parent != self.listing.root:
                run.notes.insert(0, f"read {_listed(best.log.files, self.listing.root)}")
            run.ignored += left
            several = len(best.runs) > 1
            yield Found(f"{one.path}: {run.name}" if several else str(one.path), run), best


_Result = tuple[Found, OpenedLog]


def _are_runs(views: Sequence[OpenedLog]) -> bool:
    """Is the last of these a second log of its kind, so that each is a run? Texts beside a
    structured log are views of it, however many.
    """
    kinds = [_kind(view.log) for view in views]
    is_text_beside = kinds[-1] > EVENTS and min(kinds) < EVENTS
    return kinds[-1] != EVENTS and kinds.count(kinds[-1]) > 1 and not is_text_beside


def _has_peers(view: OpenedLog, one: _RunFolder) -> bool:
    """Are there logs of one kind that could make each log a run?"""
    kinds = Counter(map(_kind, one.logs))
    last = EVENTS if _kind(view.log) < EVENTS else max(kinds) + 1
    return any(count > 1 and kind < last for kind, count in kinds.items())


def _kind(log: Log) -> int:
    kind = kind_of(log.path)
    assert kind is not None
    return kind


def _is_too_large(log: Log) -> bool:
    """Is it a document that would be parsed as a whole, larger than any log that no tool names?"""
    if log.path.suffix != ".json" or is_by_tools(log.path):
        return False
    with suppress(OSError):
        return log.path.stat().st_size > _LARGEST
    return False


def _as_the_file(view: OpenedLog) -> Iterator[_Result]:
    name = str(view.log.path)
    if view.error is not None:
        yield Found(name, error=view.error), view
    for run in view.runs:
        yield Found(f"{name}: {run.name}" if len(view.runs) > 1 else name, run), view


def _left(
    best: OpenedLog, views: Sequence[OpenedLog], one: _RunFolder, listing: Listing
) -> list[str]:
    """Say which files were not read into the run, and why."""
    opened = {view.log.path: view for view in views}
    logs = [*one.logs, *(log for folder in one.below for log in folder.logs)]
    told = [_reason(log, opened, listing.root) for log in logs if log.path != best.log.path]
    more = [f"and {len(told) - _NAMED} more files"] if len(told) > _NAMED else []
    cut = [f"files past the first {MOST:,}"] if listing.cut else []
    closed = [f"{name}: a pickle, which is never opened" for name in one.pickles[:_NAMED]]
    return [*told[:_NAMED], *more, *closed, *cut]


def _reason(log: Log, opened: Mapping[Path, OpenedLog], root: Path) -> str:
    view = opened.get(log.path)
    return f"{relative(log.path, root)}: not opened" if view is None else why(view, root)


def _listed(files: Sequence[Path], root: Path) -> str:
    shown = ", ".join(relative(file, root) for file in files[:_NAMED])
    return f"{shown} and {len(files) - _NAMED} more" if len(files) > _NAMED else shown


def _run_folders(listing: Listing) -> list[_RunFolder]:
    """Sort logs into the folders that they belong to, by the rules above."""
    found: dict[Path, _RunFolder] = {}
    for path in filter(may_be_log, listing.files):
        home = _home(path, listing.root)
        found.setdefault(home, _RunFolder(home)).files.append(path)
    for place in listing.hydra:
        _gather(place, found)
    _note_pickles(listing, found)
    for one in found.values():
        one.files.sort(key=lambda path: rank(path, listing.root))
        one.logs = bundled(one.files)
    tops = []
    for home in sorted(found, key=lambda path: natural(path.relative_to(listing.root).parts)):
        above = next((found[place] for place in home.parents if place in found), None)
        if above is not None and _is_view_of(found[home], above):
            above.below.append(found[home])
        else:
            tops.append(found[home])
    return tops


def _note_pickles(listing: Listing, found: Mapping[Path, _RunFolder]) -> None:
    for path in listing.files:
        if PICKLES.fullmatch(path.name) and path.parent in found:
            found[path.parent].pickles.append(path.name)


def _gather(place: Path, found: dict[Path, _RunFolder]) -> None:
    """Make one run of what Hydra's program wrote, in whatever folder; several folders with logs are
    several runs that it made.
    """
    below = [home for home in found if home.is_relative_to(place) and home != place]
    if len(below) > 1:
        return
    one = found.setdefault(place, _RunFolder(place)) if below or place in found else None
    if one is not None:
        one.one_run = True
        one.files += [file for home in below for file in found.pop(home).files]


def _home(path: Path, root: Path) -> Path:
    """Return the folder that a log belongs to: its path without the folders that are views."""
    inside = path.parent.parent if path.parent != root and is_line(path) else path.parent
    parts = inside.relative_to(root).parts
    return root.joinpath(*(part for part in parts if not is_view(part)))


def _is_view_of(one: _RunFolder, above: _RunFolder) -> bool:
    """Does a folder below show the same run in another form?"""
    alone = above.by_tools or EVENTS in above.kinds
    return alone and not (one.kinds - {EVENTS}) & above.kinds


def _nothing(listing: Listing) -> UnreadableRun:
    there = [relative(path, listing.root) for path in listing.files if kind_of(path) is not None]
    pickles = [
        relative(path, listing.root) for path in listing.files if PICKLES.fullmatch(path.name)
    ]
    what = "there is no log in the folder."
    if there:
        what = f"none of its files is a training log ({', '.join(there[:8])})."
    return unreadable(
        str(listing.root),
        what,
        "metrics.csv, results.csv, trainer_state.json, an event file or the output of the training",
        f"{pickles[0]} is a pickle, which is never opened: save it as JSON" if pickles else "",
    )
