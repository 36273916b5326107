"""What a person hands to `diagnose`, and the run that it is: decided here and nowhere else.

    "runs/exp1", Path           a log, a run folder, a run record, or "-" for standard input
    {"history": …, "setup": …}  a run record
    {"loss": [2.3, 2.1, …]}     series by name, by epoch unless there is an `epoch` or a `step`
    [{"step": 1, "loss": 2.3}]  rows, such as `trainer.state.log_history`
    frame                       of pandas or polars, one row a log call
    history                     what Keras' `fit` returns
    Run                         what `mldx.readers.read` returns

Numbers may be Python's, numpy's or 0-d tensors; series may be lists, arrays, tensors or columns of
a frame. No framework is imported: things are known by what they can do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from reprlib import repr as short
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.errors import Fault, InputError
from mldx.knowledge import KnowledgeBase
from mldx.observe.intake import answered, observed
from mldx.readers import json_rows, names, read_one, record
from mldx.readers.assemble import gathered, with_fallback_loss
from mldx.readers.choice import choose
from mldx.readers.faults import unreadable
from mldx.readers.numbers import has_unit, plain
from mldx.readers.run import Run
from mldx.readers.table import Table
from mldx.symptoms import Symptoms

Series = NDArray[np.float64]
KINDS = (
    "a path, a run record, a mapping of series, a list of rows, a frame of pandas or polars, "
    "a Keras History, or Symptoms"
)
KNOWN = "train_loss (or loss), val_loss, train_acc (or accuracy), val_acc, lr, grad_norm"


def symptoms_of(
    source: Any,
    facts: Mapping[str, Any],
    knowledge: KnowledgeBase | None = None,
    series: Mapping[str, str] | None = None,
) -> Symptoms:
    """Return what a run shows, together with facts that it does not say; Symptoms are taken as they
    are.

    series   the source's own names of series by what they are

    raises   InputError, naming what cannot be used
    """
    if isinstance(source, Symptoms):
        return answered(source, facts, knowledge=knowledge) if facts else source
    return observed(run_of(source, series=series), answers=facts, knowledge=knowledge)


def run_of(source: Any, origin: str = "the run", series: Mapping[str, str] | None = None) -> Run:
    """Return the run that something is.

    origin   what faults call a thing that has no name of its own
    series   its own names of series by what they are
    raises   InputError, when it is none of the kinds above, or names no series that is known
    """
    if isinstance(source, (str, Path)):
        return read_one(source, series=series)
    if isinstance(source, Run):
        run = source
    else:
        run = _in_memory(source, origin)
        run.doubts = []  # what a program hands over is what it says it is
    return choose(run, series) if series else run


def _in_memory(source: Any, origin: str) -> Run:
    if _is_history(source):
        return _of_history(source, origin)
    if isinstance(source, Mapping):
        return _of_mapping(source, origin)
    if _is_frame(source):
        return _of_frame(source, origin)
    if isinstance(source, Sequence) and all(isinstance(row, Mapping) for row in source):
        return _of_rows(source, origin)
    raise InputError(Fault(origin, f"{_kind(source)} is not a run.", KINDS, _help(source)))


def of_series(series: Mapping[str, Any], origin: str, format: str = "series in memory") -> Run:
    """Return the run of series by name, each (N,).

    raises   InputError, when they differ in length, are not numbers, or none is known by name
    """
    columns = {str(name): _listed(values, f"{origin}: {name}") for name, values in series.items()}
    _check_lengths(columns, origin)
    run = with_fallback_loss(gathered(origin, format, [_table(columns)]))
    _check_names(run, list(columns))
    return run


def _table(columns: Mapping[str, Sequence[Any]]) -> Table:
    there = _there(columns)
    held = {name: (_numbers(columns[name]), there[name]) for name in columns if there[name].any()}
    table = Table.of(held, _size(columns))
    table.mark_shares({name for name in held if _has_unit(columns[name])})
    table.ignored += [f"`{name}`, which holds no number" for name in columns if name not in held]
    table.count_epochs()
    return table


def _size(columns: Mapping[str, Sequence[Any]]) -> int:
    return len(next(iter(columns.values()), ()))


def _is_history(source: Any) -> bool:
    return not isinstance(source, Mapping) and isinstance(getattr(source, "history", None), Mapping)


def _of_history(source: Any, origin: str) -> Run:
    run = of_series(source.history, origin, "Keras History")
    if "keras" in type(source).__module__:
        run.setup["framework"] = "keras"
    return run


def _of_mapping(source: Mapping[Any, Any], origin: str) -> Run:
    """What holds mappings or a part of a run record is a record; else it is series."""
    if isinstance(source.get("log_history"), Sequence):
        return _of_rows(source["log_history"], origin)
    parts = any(isinstance(value, Mapping) for value in source.values())
    if not parts and not set(source) & set(record.KEYS):
        return of_series(source, origin)
    history = source.get("history")
    if not isinstance(history, Mapping):
        return record.of_mapping(source, origin)
    plainly = {
        name: values if values is None else _listed(values, f"{origin}: history.{name}")
        for name, values in history.items()
    }
    return record.of_mapping({**source, "history": plainly}, origin)


def _of_rows(rows: Sequence[Mapping[Any, Any]], origin: str) -> Run:
    """Rows as a logger keeps them, or as a frame gives them, with NaN where a cell is empty."""
    columns = dict.fromkeys(str(name) for row in rows for name in row)
    cells = [{str(name): _scalar(value) for name, value in row.items()} for row in rows]
    return _of_table({name: [row.get(name) for row in cells] for name in columns}, origin, "rows")


def _of_frame(frame: Any, origin: str) -> Run:
    columns = {name: _listed(cells, f"{origin}: {name}") for name, cells in _columns(frame).items()}
    return _of_table(columns, origin, "a frame")


def _of_table(columns: Mapping[str, list[Any]], origin: str, format: str) -> Run:
    """Return the run of a table whose rows may leave cells empty, as those of a log file."""
    there = _there(columns)
    size = _size(columns)
    rows = [
        {
            name: cells[row]
            for name, cells in columns.items()
            if there[name][row] or isinstance(cells[row], (str, Mapping))
        }
        for row in range(size)
    ]
    if not rows:
        raise unreadable(origin, "there is no row in it.", f"rows with at least one of {KNOWN}")
    return json_rows.of_rows(rows, origin, format)


def _is_frame(source: Any) -> bool:
    return hasattr(source, "columns") and (
        hasattr(source, "items") or hasattr(source, "iter_columns")
    )


def _columns(frame: Any) -> dict[str, Any]:
    """The columns of a frame by name; an index that is called `epoch` or `step` is one of them."""
    if hasattr(frame, "iter_columns"):
        return {str(one.name): one for one in frame.iter_columns()}
    columns = {str(name): values for name, values in frame.items()}
    index = getattr(frame, "index", None)
    name = getattr(index, "name", None)
    return {name: index, **columns} if isinstance(name, str) and names.axis(name) else columns


def _listed(values: Any, where: str) -> list[Any]:
    """Return a series as a list of plain scalars."""
    found = _as_python(values)
    if isinstance(found, (str, bytes, Mapping)) or not isinstance(found, Iterable):
        what = f"it is {short(found)}."
        raise InputError(Fault(where, what, "a list of numbers, one for each epoch or step"))
    return [_scalar(value) for value in found]


def _as_python(values: Any) -> Any:
    """Bring an array, a column or a tensor to a list, on any device, with or without gradient."""
    if isinstance(values, (list, tuple)):
        return values
    for way in ("tolist", "to_list"):
        if hasattr(values, way):
            return getattr(values, way)()
    if hasattr(values, "detach"):
        return _as_python(values.detach().cpu().numpy())
    return _as_python(values.numpy()) if hasattr(values, "numpy") else values


def _scalar(value: Any) -> Any:
    """Return a numpy scalar or 0-d tensor as a Python number, a missing value of pandas as None."""
    if value is None or isinstance(value, (bool, int, float, str, Mapping)):
        return value
    for way in (lambda one: one.item(), lambda one: one.numpy().item(), float):
        try:
            return way(value)
        except (AttributeError, TypeError, ValueError, RuntimeError):
            continue  # it cannot: no number, more than one number, or a tensor that is not computed
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def _check_lengths(columns: Mapping[str, list[Any]], origin: str) -> None:
    if len({len(values) for values in columns.values()}) <= 1:
        return
    told = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
    what = f"the series are of different lengths: {told}."
    raise InputError(Fault(origin, what, "one value, or None, for each epoch in every series"))


def _check_names(run: Run, given: Sequence[str]) -> None:
    if any(names.named(one.name).known for one in run.series):
        return
    seen = ", ".join(f"`{name}`" for name in given[:12]) or "none at all"
    what = f"no series in it is known by its name; there are {seen}."
    raise unreadable(run.origin, what, f"at least one of {KNOWN}", "call the loss `train_loss`")


def _has_unit(cells: Sequence[Any]) -> bool:
    return any(map(has_unit, cells))


def _numbers(cells: Sequence[Any]) -> Series:
    """Return the cells of a column as numbers, NaN where one is none."""
    found = (plain(cell) for cell in cells)
    return np.array([np.nan if one is None else one for one in found], np.float64)


def _there(columns: Mapping[str, Sequence[Any]]) -> dict[str, NDArray[np.bool_]]:
    """Return which cells hold a value: a NaN on an axis, or where a cell is empty, is none."""
    there = {name: ~np.isnan(_numbers(cells)) for name, cells in columns.items()}
    metrics = [name for name in columns if names.axis(name) is None]
    nan = {name: _given(columns[name]) & ~there[name] for name in metrics}
    if not any(cells.any() for cells in nan.values()):
        return there
    finite = np.array([there[name] for name in metrics])
    values = _is_value(finite, [_is_train_loss(name) for name in metrics])
    for name, cells in zip(metrics, values, strict=True):
        there[name] |= nan[name] & cells
    return there


def _given(cells: Sequence[Any]) -> NDArray[np.bool_]:
    return np.array([plain(cell) is not None for cell in cells], np.bool_)


def _is_train_loss(name: str) -> bool:
    told = names.named(name)
    return told.metric == "loss" and told.split in (None, "train")


def _is_value(there: NDArray[np.bool_], always: Sequence[bool]) -> NDArray[np.bool_]:
    """Return where a NaN is a value; (columns, rows) as `there`.

    there    where a column has a number
    always   for each column, whether one without any number is NaN and not empty

    In a frame an empty cell and NaN look alike. It is NaN where the row holds nothing else, and
    where it holds a metric that until then never came without this one (accuracy beside loss).
    """
    values = np.broadcast_to(~there.any(axis=0), there.shape).copy()
    for column, known in enumerate(there):
        if not known.any():
            values[column] |= always[column]
            continue
        end = int(np.flatnonzero(known)[-1]) + 1
        before = there[:, :end].sum(axis=1)
        together = (there[:, :end] & known[:end]).sum(axis=1)
        partners = (together >= 2) & (together == before)
        values[column, end:] |= there[partners, end:].any(axis=0)
    return values


def _kind(source: Any) -> str:
    return f"{short(source)} ({type(source).__name__})"


def _help(source: Any) -> str:
    if isinstance(source, Sequence) or hasattr(source, "tolist"):
        return 'say what the numbers are: {"train_loss": numbers}'
    return ""
