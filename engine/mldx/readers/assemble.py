"""From tables to a run: split the runs apart, settle what each column is, bring shares to one
scale, order the series.

Every reader ends here, so that a restart, a percentage or a bare `accuracy` is treated alike in all
formats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from mldx.readers import names
from mldx.readers.choice import settle
from mldx.readers.faults import NoLoss
from mldx.readers.run import Array, Event, Run, Series, Split
from mldx.readers.segments import select_run
from mldx.readers.table import Column, Table

SHARES = frozenset(
    {
        "accuracy",
        "top5",
        "balanced_accuracy",
        "f1",
        "precision",
        "recall",
        "auc",
        "map50",
        "map50_95",
        "map",
    }
)
_ACCURACIES = frozenset({"accuracy", "top5", "balanced_accuracy"})
_PERCENT = 1.5  # a share is at most 1; rounding and label smoothing never bring one here
_LOSS_LIKE = ("logloss", "mse", "rmse", "mae", "error")


def assembled(
    origin: str,
    format: str,
    tables: Table | Iterable[Table],
    setup: dict[str, Any] | None = None,
    events: Iterable[Event] = (),
) -> Run:
    """Return the run that the tables hold.

    raises   UnreadableRun when there is no loss in them: without one nothing can be said about
             training
    """
    run = gathered(origin, format, [tables] if isinstance(tables, Table) else tables)
    run.setup, run.events = dict(setup or {}), [*run.events, *events]
    with_fallback_loss(run)
    if not any(names.is_loss(one.metric) for one in run.series):
        raise _without_loss(run)
    return run


def gathered(origin: str, format: str, tables: Iterable[Table]) -> Run:
    """Return the run that the tables hold, also one without a loss."""
    run = Run(origin, format)
    for table in tables:
        _add(run, table)
    run.series = _scaled(run)
    settle(run)
    return run


def _add(run: Run, table: Table) -> None:
    resolve(table)
    selected = select_run(table)
    table = selected.table
    run.series += [_series(one, table) for one in table.columns if one.there.any()]
    run.events += selected.events
    run.others = run.others or selected.others
    run.doubts += selected.doubts
    run.notes += [one for one in (*table.notes, *selected.notes) if one not in run.notes]
    run.ignored += [one for one in table.ignored if one not in run.ignored]


def _series(column: Column, table: Table) -> Series:
    full = bool(column.there.all())
    value, epoch, step = (
        _taken(axis, column, full) for axis in (column.value, table.epoch, table.step)
    )
    assert value is not None
    if epoch is not None and np.isnan(epoch).any():
        epoch = None
    return Series(
        column.split or "train", column.metric, column.name, value, epoch, step, column.share
    )


def _taken(axis: Array | None, column: Column, full: bool) -> Array | None:
    return axis if axis is None or full else axis[column.there]


def resolve(table: Table) -> None:
    """Settle the split of the columns whose names do not say it."""
    present = {(column.split, column.metric) for column in table.columns}
    for column in [column for column in table.columns if column.split is None]:
        column.split, is_guess = _split_of(column, present)
        if is_guess:
            table.notes.append(f"`{column.name}` does not say its split and is taken as validation")


def _split_of(column: Column, present: set[tuple[Split | None, str]]) -> tuple[Split, bool]:
    """Return the split of a column whose name does not say it, and whether that is a guess."""
    metric = column.metric
    if metric in names.PROCESS or names.is_loss(metric) or ("val", metric) in present:
        return "train", False
    if not names.named(column.name).known:
        return "other", False
    if metric in names.OF_VALIDATION:
        return "val", False
    losses = {("train", "loss"), ("val", "loss")}
    both_losses_say_it = losses <= present and (None, "loss") not in present
    if both_losses_say_it or ("train", metric) in present:
        return "val", True
    return "train", False


def with_fallback_loss(run: Run) -> Run:
    """Return the run; where no series is called a loss, one of them is taken as the loss."""
    metric = _fallback_loss(run)
    if metric is not None:
        run.notes.append(f"`{metric}` is taken as the loss")
        run.series = [
            replace(one, metric="loss") if one.metric == metric else one for one in run.series
        ]
        settle(run)
    return run


def _fallback_loss(run: Run) -> str | None:
    """The only part of a loss that is logged, or else the error that is logged in its place."""
    logged = {one.metric for one in run.series}
    parts = {metric for metric in logged if names.is_loss(metric)}
    if "loss" in parts or len(parts) > 1:
        return None
    if parts:
        return parts.pop()
    return next((metric for metric in _LOSS_LIKE if metric in logged), None)


def _scaled(run: Run) -> list[Series]:
    """Bring percentages to shares, metric by metric: one script logs one metric, and all
    accuracies, in one unit.
    """
    _scale_lone(run)
    percent = {one.metric for one in run.series if _may_be_percent(one)}
    if percent & _ACCURACIES:
        percent |= _ACCURACIES & {one.metric for one in run.series}
    if percent:
        run.notes.append(f"{', '.join(sorted(percent))} in percent, brought to shares of 1")
    return [
        replace(one, value=one.value / 100) if one.metric in percent and not one.share else one
        for one in run.series
    ]


def _scale_lone(run: Run) -> None:
    """Bring single values in percent beside others of the metric that are shares to shares: a
    closing line that was written in another unit.
    """
    if any(len(one) > 1 for one in run.series if _may_be_percent(one)):
        return
    shares = {one.metric for one in run.series if _may_be_share(one)}
    run.series = [
        replace(one, value=one.value / 100, share=True)
        if _may_be_percent(one) and one.metric in shares
        else one
        for one in run.series
    ]


def _may_be_percent(series: Series) -> bool:
    return series.metric in SHARES and not series.share and _PERCENT < _peak(series) <= 100


def _may_be_share(series: Series) -> bool:
    return not series.share and 0 < _peak(series) <= 1


def _peak(series: Series) -> float:
    finite = series.value[np.isfinite(series.value)]
    return float(finite.max()) if len(finite) else 0.0


def _without_loss(run: Run) -> NoLoss:
    there = ", ".join(f"`{one.name}`" for one in run.series[:12]) or "no other numbers either"
    return NoLoss(
        run,
        f"read as {run.format}, but there is no loss in it; there are {there}.",
        "a column with `loss` in its name, such as `train_loss` or `val_loss`",
        "say which it is: `--series train_loss=NAME`; or log the loss too",
    )
