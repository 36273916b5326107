"""The tracking database of MLflow in SQLite, `mlflow.db`: every run of every experiment.

    runs     run_uuid, name, lifecycle_stage, experiment_id
    metrics  run_uuid, key, value, timestamp, step, is_nan (the value of a NaN is 0, and that of an
             infinity the largest number there is)
    params   run_uuid, key, value

It is opened to be read only. What was deleted is left out; so is a run that logged no loss, which
is told.
"""

from __future__ import annotations

import math
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import quote

from mldx.errors import UnreadableRun
from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import setup_of
from mldx.readers.numbers import plain
from mldx.readers.run import Run
from mldx.readers.scalars import MetricPoints, run_of, without_loss
from mldx.readers.source import LogSource

FORMAT = "MLflow tracking database"
_MAGIC = b"SQLite format 3\0"
_TABLES = {"runs", "metrics", "params", "experiments"}


@dataclass(slots=True)
class _Entry:
    """A row of `runs`, with the name of its experiment and what was logged under it."""

    id: str
    name: str
    experiment: str
    params: dict[str, str] = field(default_factory=dict)


def recognises(source: LogSource) -> bool:
    """Is it a SQLite database with the tables of MLflow?"""
    if not source.head.startswith(_MAGIC):
        return False
    try:
        with closing(_opened(source)) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name for (name,) in found} >= _TABLES
    except sqlite3.Error:
        return False


def read(source: LogSource) -> list[Run]:
    """Return the runs that logged a loss, in the order they were started.

    raises   UnreadableRun when none did, or when the database is damaged
    """
    try:
        with closing(_opened(source)) as database:
            return _runs(database, source)
    except sqlite3.Error as error:
        what = f"the database cannot be read: {error}."
        raise unreadable(source.origin, what, "an MLflow tracking database") from error


def _opened(source: LogSource) -> sqlite3.Connection:
    """Open the database without a lock, a journal or a file of its own beside it."""
    if _is_file(source):
        assert source.path is not None
        where = f"file:{quote(str(source.path.absolute()))}?mode=ro&immutable=1"
        return sqlite3.connect(where, uri=True)
    database = sqlite3.connect(":memory:")
    database.deserialize(source.content)
    return database


def _is_file(source: LogSource) -> bool:
    """Is the database itself on the disk, rather than in an archive that is?"""
    path = source.path
    return path is not None and path.is_file() and LogSource.of_file(path).head == source.head


def _runs(database: sqlite3.Connection, source: LogSource) -> list[Run]:
    entries = _entries(database)
    if not entries:
        raise unreadable(source.origin, "the database holds no run.", "a run that logged its loss")
    runs: list[Run] = []
    without: list[tuple[_Entry, UnreadableRun]] = []
    for entry, metrics in _logged(database, entries):
        try:
            origin = f"{source.origin}: {entry.name}"
            runs.append(run_of(origin, FORMAT, metrics, setup_of(entry.params)))
            runs[-1].name = entry.name
        except UnreadableRun as error:
            without.append((entry, error))
    if not runs:
        raise _without_a_loss(source, entries, without)
    left = without_loss([entry.name for entry, _ in without])
    for run in runs:
        run.ignored += [*left, *_journal(source)]
    return runs


def _journal(source: LogSource) -> list[str]:
    """Name the journal beside the database, where what a program wrote last may still stand."""
    beside = source.path.with_name(f"{source.path.name}-wal") if source.path else None
    if beside is None or not beside.is_file() or not beside.stat().st_size:
        return []
    return [f"{beside.name}: what was written last"]


def _without_a_loss(
    source: LogSource, entries: dict[str, _Entry], without: list[tuple[_Entry, UnreadableRun]]
) -> UnreadableRun:
    if len(without) == 1:
        return without[0][1]
    what = f"none of its {len(entries)} runs logged a loss."
    return unreadable(source.origin, what, "a metric with `loss` in its name")


def _entries(database: sqlite3.Connection) -> dict[str, _Entry]:
    """Return the runs that were not deleted, each under a name of its own."""
    rows = database.execute(
        "SELECT run_uuid, runs.name, experiments.name FROM runs LEFT JOIN experiments "
        "USING (experiment_id) WHERE coalesce(runs.lifecycle_stage, 'active') = 'active' "
        "AND coalesce(experiments.lifecycle_stage, 'active') = 'active' "
        "ORDER BY start_time, run_uuid"
    )
    entries = {id: _Entry(str(id), str(name or id), str(of or "")) for id, name, of in rows}
    _name_apart(list(entries.values()))
    for id, key, value in database.execute("SELECT run_uuid, key, value FROM params"):
        if id in entries:
            entries[id].params[str(key)] = value
    return entries


def _name_apart(entries: list[_Entry]) -> None:
    """Name the experiment where there are several, and the id where two are called the same."""
    if len({entry.experiment for entry in entries}) > 1:
        for entry in entries:
            entry.name = f"{entry.experiment}/{entry.name}"
    counts = Counter(entry.name for entry in entries)
    for entry in entries:
        entry.name += f" ({entry.id[:8]})" if counts[entry.name] > 1 else ""


def _logged(
    database: sqlite3.Connection, entries: dict[str, _Entry]
) -> Iterator[tuple[_Entry, dict[str, MetricPoints]]]:
    """Yield each run with its metrics, one run at a time, in the order of `entries`."""
    for id, entry in entries.items():
        rows = database.execute(
            "SELECT key, step, value, is_nan FROM metrics WHERE run_uuid = ? "
            "ORDER BY key, timestamp, step",
            (id,),
        )
        yield (
            entry,
            {str(key): _points(points) for key, points in groupby(rows, lambda row: row[0])},
        )


def _points(rows: Iterator[tuple[str, Any, Any, Any]]) -> MetricPoints:
    points = MetricPoints()
    for _, step, value, is_nan in rows:
        number = math.nan if is_nan else plain(value)
        if number is not None:
            points.add(plain(step) or 0.0, _unbounded(number))
    return points


def _unbounded(value: float) -> float:
    return math.copysign(math.inf, value) if abs(value) >= sys.float_info.max else value
