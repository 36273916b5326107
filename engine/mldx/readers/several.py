"""Several runs in one table: folds, seeds, trials, models, ranks; and tables of finished runs.

A column that says which run a row belongs to parts the table, where each part then has an axis of
its own. A table with one row a run (a leaderboard, the export of a tracker's list of runs, the
results of a search) is no curve: nothing about a training can be seen in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.errors import UnreadableRun
from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import is_hyperparameter
from mldx.readers.run import Array, Run
from mldx.readers.table import Column, Labels, Table

Rows = NDArray[np.intp]
_WORDS_OF_RUNS = """
    fold folds kfold cv seed trial run experiment exp model rank replica member worker config
    variant version job candidate learner architecture arch network method setting
"""
_RUN_WORDS = frozenset(_WORDS_OF_RUNS.split())
_BESIDE_RUN = frozenset({"id", "name", "no", "num", "number", "idx", "index", "k", "key", "i", ""})
_MARKERS = re.compile(
    r"state|status|run[ _]?id|run[ _]?name|experiment[ _]?id|artifact_uri|trial[ _]?id|trial_name"
    r"|created|sweep|rank_test_\w+|mean_fit_time|mean_test_\w+|std_test_\w+|fit_time|pred_time_\w+"
    r"|datetime_(?:start|complete)|start[ _]time|end[ _]time|hostname|user|tags|name|model|notes"
    r"|stack_level|params?|(?:params?|config|tags|metrics|user_attrs|hyperparameters)[._/].*",
    re.IGNORECASE,
)
_ENOUGH = 2  # columns that only a table of finished runs has
_MOST_RUNS = 1_000
_FEWEST_ROWS = 2


def runs_of(
    origin: str, format: str, table: Table, setup: dict[str, Any] | None = None
) -> list[Run]:
    """Return the runs in a table, each with its name where there are several.

    raises   UnreadableRun when its rows are finished runs, or when no run has a loss
    """
    refuse_finished(origin, table)
    parts = parted(table)
    if len(parts) == 1:
        return [assembled(origin, format, parts[0][1], setup)]
    runs, errors = [], []
    for name, part in parts:
        try:
            run = assembled(origin, format, part, setup)
        except UnreadableRun as error:
            errors.append(error)
            continue
        run.name = name
        runs.append(run)
    if not runs:
        raise errors[0]
    return runs


def refuse_finished(origin: str, table: Table) -> None:
    """Raise UnreadableRun when each row of a table is a run that is over."""
    is_curve = _rises(_axis(table)) and table.size > 1
    if not is_curve and _are_finished(table) and not _grouping(table):
        raise finished(origin, table.size)


def _are_finished(table: Table) -> bool:
    """Has each row a name of its own, or are there columns that only a list of runs has?"""
    words = [one for one in table.labels if not names.is_clock(one.name)]
    if table.size > 1 and any(one.is_identity for one in words):
        return True
    return is_search(table.header) or (_axis(table) is None and _varied(table) >= _ENOUGH)


def is_search(header: Iterable[str]) -> bool:
    """Are these the columns of a tracker's list of runs, or of the results of a search?"""
    return sum(_MARKERS.fullmatch(name) is not None for name in header) >= _ENOUGH


def _varied(table: Table) -> int:
    """Return how many hyper-parameters have different values in different rows."""
    return sum(
        is_hyperparameter(one.name) and len(np.unique(one.value[one.there])) > 1
        for one in table.columns
    )


def finished(origin: str, count: int) -> UnreadableRun:
    """Return the error for a table of runs that are over."""
    return unreadable(
        origin,
        f"it is a table of {count} finished runs, one row each, and holds no curve.",
        "the log of one of these runs, a row for each epoch or step",
        "give the logs of the runs; `mldx compare` sets two of them side by side",
    )


def parted(table: Table) -> list[tuple[str, Table]]:
    """Return the runs of a table by their names; the table itself, without a name, when it is one
    run.
    """
    chosen = _grouping(table)
    table.columns = [one for one in table.columns if not _says_run(one.name)]
    used = {f"column `{one.name}` (text)" for one in chosen}
    table.ignored = [told for told in table.ignored if told not in used]
    return [(_name(chosen, rows), table.at(rows)) for rows in _rows_by(chosen)] or [("", table)]


def _grouping(table: Table) -> Sequence[Labels]:
    """Return the labels that together say which run a row belongs to; none when it is one run."""
    labels = [one for one in (*table.labels, *_numbers(table)) if one.varies]
    said = [one for one in labels if _says_run(one.name)]
    for tried in (said, *_alone(said)):
        if _are_runs(table, tried, certain=True):
            return tried
    for tried in _alone(labels):
        if _are_runs(table, tried, certain=False):
            return tried
    return []


def _alone(labels: Iterable[Labels]) -> list[list[Labels]]:
    return [[one] for one in labels]


def _numbers(table: Table) -> Iterable[Labels]:
    """Yield the columns of numbers that may say which run a row is: those with the name of one,
    and those, such as a learning rate, that are constant wherever the axis goes on.
    """
    is_one = _rises(_axis(table))
    for one in table.columns:
        told = _says_run(one.name) or not (is_one or _is_measured(one))
        if not told or not one.there.all():
            continue
        values, codes = np.unique(one.value, return_inverse=True)
        if len(values) <= _MOST_RUNS:
            yield Labels(one.name, codes.astype(np.float64), [f"{value:g}" for value in values])


def _is_measured(column: Column) -> bool:
    told = names.named(column.name)
    return column.split is not None or (told.known and told.metric != "lr")


def _says_run(name: str) -> bool:
    words = [word for word in re.split(r"[\W_]+", name.lower()) if not word.isdigit()]
    return bool(_RUN_WORDS & set(words)) and all(
        word in _RUN_WORDS or word in _BESIDE_RUN for word in words
    )


def _rows_by(labels: Sequence[Labels]) -> list[Rows]:
    """Return the numbers of the rows of each run, (n,) each, in the order of their first rows."""
    if not labels:
        return []
    codes = np.stack([one.codes for one in labels])
    _, first, run = np.unique(
        np.nan_to_num(codes, nan=-1.0), axis=1, return_index=True, return_inverse=True
    )
    order = np.argsort(run, kind="stable")
    rows = np.split(order, np.cumsum(np.bincount(run.ravel()))[:-1])
    return [rows[number] for number in np.argsort(first)]


def _are_runs(table: Table, labels: Sequence[Labels], *, certain: bool) -> bool:
    """Do the labels part the table so that each part has an axis of its own, and the whole none?

    certain  the names of the labels say that they tell runs apart; else each run must stand by
             itself, one after the other
    """
    rows = _rows_by(labels)
    if not _may_be_runs(rows):
        return False
    apart = all(np.ptp(some) == len(some) - 1 for some in rows)
    x = _axis(table)
    if x is None or not (certain or apart):
        return certain and apart
    return not _is_one(x, strictly=certain) and all(_rises(x[some]) for some in rows)


def _is_one(x: Array, *, strictly: bool) -> bool:
    """Does the axis go on over all rows?"""
    return _rises(x) and not (strictly and len(np.unique(x)) < len(x))


def _may_be_runs(rows: Sequence[Rows]) -> bool:
    """Are there several, and not so many, most with more than one row?"""
    short = [some for some in rows if len(some) < _FEWEST_ROWS]
    return 1 < len(rows) <= _MOST_RUNS and len(short) <= len(rows) / 2


def _axis(table: Table) -> Array | None:
    return table.step if table.step is not None else table.epoch


def _rises(x: Array | None) -> bool:
    """Does an axis go on from row to row? Rows of one step may follow each other."""
    if x is None:
        return False
    known = x[~np.isnan(x)]
    return bool(np.all(known[1:] >= known[:-1])) and bool(len(known) < 2 or known[-1] > known[0])


def _name(labels: Sequence[Labels], rows: Rows) -> str:
    return ", ".join(_label(one, int(rows[0])) for one in labels)


def _label(labels: Labels, row: int) -> str:
    code = labels.codes[row]
    word = "" if np.isnan(code) else labels.words[int(code)]
    is_number = re.fullmatch(r"[-+\d.e]+", word) is not None
    return f"{labels.name.replace('_', ' ')} {word}" if is_number else word
