"""Data and predictions in files: tables as polars reads them, arrays as numpy saved them.

train.parquet, train.csv, train.tsv, train.jsonl, train.feather     a table
data.npz                                                            x, y by name; never a pickle
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase
from mldx.observe.dataset import data
from mldx.observe.dataset.table import frame_columns, needs_extra
from mldx.observe.outputs import predictions
from mldx.symptoms import Symptoms

_TABLES = {
    ".parquet": "read_parquet",
    ".csv": "read_csv",
    ".tsv": "read_csv",
    ".txt": "read_csv",
    ".jsonl": "read_ndjson",
    ".ndjson": "read_ndjson",
    ".feather": "read_ipc",
    ".arrow": "read_ipc",
}
_ARRAYS = (".npz",)
_INPUTS = ("x", "X", "x_train", "X_train", "inputs", "data", "features")
_LABELS = ("y", "Y", "y_train", "Y_train", "labels", "targets", "target", "label")
_TRUTHS = ("y_true", "truth", "true", "target", "label", "labels", "y", "actual")
_ANSWERS = ("y_pred", "prediction", "predictions", "pred", "predicted", "preds", "yhat", "y_hat")
_CHANCES = ("probability", "proba", "prob", "score", "p")


def data_in_files(
    train: Path,
    val: Path | None = None,
    *,
    target: str | None = None,
    groups: str | None = None,
    time: str | None = None,
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return what training and validation data in files show.

    target        the column of the labels
    groups, time  columns, as in `observe.data`
    raises        InputError for a file that cannot be read, naming it; ObservationError as there
    """
    one, other = read_table(train), None if val is None else read_table(val)
    x_train, y_train = _sides(one, target, train)
    x_val, y_val = (None, None) if other is None or val is None else _sides(other, target, val)
    return data(x_train, y_train, x_val, y_val, groups=groups, time=time, knowledge=knowledge)


def predictions_in_file(
    path: Path, *, target: str | None = None, knowledge: KnowledgeBase | None = None
) -> Symptoms:
    """Return what predictions in a file show: a table with the truth, and an answer or
    probabilities of classes beside it.

    target  the column of the truth, where its name does not tell
    raises  InputError, naming the columns that are there
    """
    table = read_table(path)
    columns = table if isinstance(table, Mapping) else frame_columns(table)
    truth = _column(columns, (target,) if target else _TRUTHS, path, "the truth")
    if answer := _first(columns, _ANSWERS):
        given = _values(columns[answer])
    else:
        given = _probabilities(columns, path)
    return predictions(truth, given, knowledge=knowledge)


def read_table(path: Path) -> Any:
    """Return the table in a file, or the arrays by name."""
    suffix = path.suffix.lower()
    if not path.is_file():
        near = nearest(path.name, _beside(path))
        help = f"read `{path.parent / near}`" if near else ""
        raise InputError(Fault(str(path), "there is no such file.", "a table of samples", help))
    if suffix in _ARRAYS:
        return _opened(path, _arrays)
    if suffix not in _TABLES:
        raise InputError(
            Fault(str(path), f"{suffix or 'no suffix'!r} is no table.", ", ".join(_TABLES))
        )
    return _opened(path, _table)


def _opened(path: Path, how: Callable[[Path], Any]) -> Any:
    try:
        return how(path)
    except InputError:
        raise
    except Exception as error:  # what a library of readers may raise is not listed anywhere
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(Fault(str(path), f"the table cannot be read: {said}.")) from error


def _arrays(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as held:
        return {name: held[name] for name in held.files}


def _table(path: Path) -> Any:
    try:
        import polars
    except ImportError as error:
        raise needs_extra("a table in a file") from error
    suffix = path.suffix.lower()
    options = {"separator": "\t"} if suffix == ".tsv" else {}
    return getattr(polars, _TABLES[suffix])(path, **options)


def _sides(table: Any, target: str | None, path: Path) -> tuple[Any, Any]:
    """Return features and labels; in a table the labels are a column, by its name."""
    if not isinstance(table, Mapping):
        return table, target
    inputs = _column(table, _INPUTS, path, "the features")
    label = _first(table, (target,) if target else _LABELS)
    return inputs, None if label is None else table[label]


def _first(columns: Mapping[str, Any], names: tuple[str | None, ...]) -> str | None:
    return next((name for name in names if name is not None and name in columns), None)


def _column(
    columns: Mapping[str, Any], names: tuple[str | None, ...], path: Path, what: str
) -> Any:
    found = _first(columns, names)
    if found is None:
        there = ", ".join(f"`{name}`" for name in list(columns)[:8])
        expected = " or ".join(f"`{name}`" for name in names[:4])
        raise InputError(Fault(str(path), f"{what} is not in it; there are {there}.", expected))
    return _values(columns[found])


def _values(column: Any) -> Any:
    return column.to_numpy() if hasattr(column, "to_numpy") else np.asarray(column)


def _probabilities(columns: Mapping[str, Any], path: Path) -> Any:
    """Return probabilities (N, C): columns `proba_0`, `p_1`, …, or that of the second class."""
    numbered = [
        name for name in columns if name.rpartition("_")[0] in _CHANCES and name[-1].isdigit()
    ]
    if len(numbered) > 1:
        numbered.sort(key=lambda name: int(name.rpartition("_")[2]))
        return np.column_stack([_values(columns[name]) for name in numbered])
    chance = _column(columns, (*numbered, *_CHANCES), path, "an answer or a probability")
    return np.column_stack([1 - chance, chance])


def _beside(path: Path) -> list[str]:
    try:
        return sorted(one.name for one in path.parent.iterdir())
    except OSError:
        return []
