"""Lightning `metrics.csv`: one row a log call, so each row holds some of the columns and leaves the
others empty.

An empty cell is not a NaN. Steps and epochs count from 0; `self.log(on_step=True, on_epoch=True)`
writes `train_loss_step` and `train_loss_epoch`, of which the mean over the epoch is the one to
compare with validation.

The epoch decides about restarts: the mean of an epoch is written at its last step, after a
validation that stands one step later, and no run began again there. A row without an epoch was
given its step by hand: the training step (LearningRateMonitor), the number of a validation batch
(`on_step=True` in validation), or the epoch, by people who want it as their axis.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from mldx.readers import any_table
from mldx.readers.assemble import assembled
from mldx.readers.delimited import table
from mldx.readers.dialects import dialect
from mldx.readers.names import PROCESS, is_loss
from mldx.readers.numbers import Mask
from mldx.readers.run import Array, Run
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

FORMAT = "Lightning metrics.csv"


def recognises(source: LogSource) -> bool:
    """Are there both an `epoch` and a `step` column, as its logger always writes?"""
    how = dialect(source)
    return how is not None and {"epoch", "step"} <= set(how.header) and how.separator == ","


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    how = dialect(source)
    assert how is not None
    rows = table(source, how)
    if rows.epoch is not None and rows.step is not None:
        starts = _starts(rows, rows.epoch, rows.step)
        for start, end in pairwise([0, *starts, rows.size]):
            _settle_steps(rows.at(slice(start, end)))
        rows.reorder(_order(rows.step, starts))
    if not _is_certain(rows):
        return [assembled(source.origin, any_table.FORMAT, rows)]
    setup = {"framework": "lightning", **_optimizer(how.header)}
    return [assembled(source.origin, FORMAT, rows, setup)]


def _is_certain(rows: Table) -> bool:
    """Did Lightning write it? Others have an epoch and a step too; its rows are single log calls,
    of which none fills all columns, and some of its names are nobody else's.
    """
    grains = {one.grain for one in rows.columns}
    rates = any(one.name.startswith("lr-") for one in rows.columns)
    filled = np.logical_and.reduce([one.there for one in rows.columns]) if rows.columns else [True]
    return rates or grains >= {"step", "epoch"} or not np.any(filled)


def _starts(rows: Table, epoch: Array, step: Array) -> list[int]:
    """Return the rows at which the epoch falls back and from which on training goes on.

    A model that is validated or tested once more after the training began no run. A rate that is
    logged before the first row with an epoch belongs to it.
    """
    falls = (np.flatnonzero(np.diff(_carried(epoch)) < 0) + 1).tolist()
    trained = _any([one.there for one in rows.columns if _is_training(one)], rows.size)
    measured = _any([one.there for one in rows.columns if one.metric not in PROCESS], rows.size)
    found = []
    for row, end in pairwise([*falls, rows.size]):
        if trained[row:end].any():
            first = row
            while not measured[first - 1] and step[first - 1] <= step[row]:
                first -= 1
            found.append(first)
    return found


def _any(masks: list[Mask], size: int) -> Mask:
    return np.logical_or.reduce(masks) if masks else np.ones(size, np.bool_)


def _settle_steps(rows: Table) -> None:
    """Give the rows of one run, in place, the training step: where a row was given another count,
    the step before it.
    """
    epoch, step = rows.epoch, rows.step
    assert epoch is not None
    assert step is not None
    by_hand = np.isnan(epoch) & ~np.isnan(step)
    counted = np.where(by_hand, np.nan, step)
    low, high = _carried(counted, -np.inf), _carried(counted[::-1], np.inf)[::-1]
    near = _carried(epoch)
    for kind in _kinds(rows, by_hand):
        own = step[kind]
        if ((own < low[kind]) | (own > high[kind])).any():
            step[kind] = np.nan
            epoch[kind] = own if _counts_epochs(own, near[kind]) else np.nan
    step[:] = _carried(step)


def _kinds(rows: Table, chosen: Mask) -> list[Mask]:
    """Return the chosen rows apart by the columns that they fill: one kind is one log call."""
    kind = np.zeros(rows.size, np.int64)
    for column in rows.columns:
        kind = np.unique(kind * 2 + column.there, return_inverse=True)[1]
    return [chosen & (kind == one) for one in np.unique(kind[chosen])]


def _counts_epochs(own: Array, near: Array) -> bool:
    """Do these steps count epochs, each once, as the rows around them do?"""
    return bool((np.diff(own) == 1).all() and (np.abs(own - near) <= 1).all())


def _order(step: Array, starts: list[int]) -> NDArray[np.intp]:
    """Return the rows in the order of their steps, between one start of the run and the next."""
    run = np.zeros(len(step), np.int64)
    run[starts] = 1
    return np.lexsort((step, np.cumsum(run)))


def _is_training(column: Column) -> bool:
    return column.split in ("train", None) and is_loss(column.metric)


def _carried(axis: Array, before: float | None = None) -> Array:
    """Give a row that does not say it what the row before says; the first rows `before`, or what
    the first says.
    """
    known = np.flatnonzero(~np.isnan(axis))
    if not len(known):
        return np.full(len(axis), before or 0.0)
    last = np.searchsorted(known, np.arange(len(axis)), side="right") - 1
    values = np.asarray(axis[known[np.maximum(last, 0)]], np.float64)
    return values if before is None else np.where(last < 0, before, values)


def _optimizer(header: list[str]) -> dict[str, str]:
    """`lr-AdamW/pg1` is how LearningRateMonitor calls the rate of AdamW."""
    found = (re.match(r"lr-([A-Za-z]+)", name) for name in header)
    return next(({"optimizer": match[1]} for match in found if match), {})
