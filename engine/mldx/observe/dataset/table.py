"""Samples as columns: what a person hands over, brought to numbers without a copy where that works.

    array (N, ...)      features are what is behind the first axis, flattened; tensors are the same
    frame               of pandas, polars or Arrow, a `datasets.Dataset`; read through narwhals
    mapping             name -> (N,)

A column is numbers, or words as codes. Words of training and validation get the same codes, and a
missing word is the code -1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mldx.errors import Fault, ObservationError

Numbers = NDArray[Any]
Rows = NDArray[np.intp]
Kind = Literal["number", "word"]
MOST_COLUMNS = 2000  # of a wide array, such as the pixels of pictures; the rest is alike


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One feature.

    values  (N,), numbers, or the codes of words, -1 where one is missing
    """

    name: str
    kind: Kind
    values: Numbers

    def missing(self) -> NDArray[np.bool_]:
        """(N,), where there is no value."""
        if self.kind == "word":
            return self.values < 0
        if self.values.dtype.kind == "f":
            return np.isnan(self.values)
        return np.zeros(len(self.values), np.bool_)

    def at(self, rows: Rows) -> Feature:
        """Return the column of some rows."""
        return Feature(self.name, self.kind, self.values[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """The features of one split.

    columns  at most `MOST_COLUMNS` of them, evenly drawn from a wide array
    whole    the features as one array (N, F), where they came as one; for hashing whole rows
    left_out  how many columns of a wide array are not among `columns`
    """

    size: int
    columns: tuple[Feature, ...]
    whole: Numbers | None = None
    left_out: int = 0

    def at(self, rows: Rows) -> Samples:
        """Return some of the samples, without the array of whole rows."""
        return Samples(len(rows), tuple(one.at(rows) for one in self.columns), None, self.left_out)


def samples_of(train: Any, val: Any, leave: Sequence[str] = ()) -> tuple[Samples, Samples | None]:
    """Return both splits as columns; `leave` names columns that are no features.

    raises   ObservationError, when they are no samples, or the splits differ in their columns
    """
    one = _raw("x_train", train)
    other = None if val is None else _raw("x_val", val)
    if not isinstance(one, Mapping):
        return _of_array(one), None if other is None else _of_array(_same_width(one, other))
    if other is None:
        columns = _coded({name: (values,) for name, values in one.items() if name not in leave})
        return _of_columns(columns, 0), None
    if not isinstance(other, Mapping):
        raise wrong("x_val is an array and x_train a table.", "both of one kind")
    both = _shared(one, other, leave)
    columns = _coded(both)
    return _of_columns(columns, 0), _of_columns(columns, 1)


def _shared(
    one: Mapping[str, Any], other: Mapping[str, Any], leave: Sequence[str]
) -> dict[str, tuple[Any, ...]]:
    """Return the columns of both tables side by side."""
    lacking = [name for name in one if name not in other and name not in leave]
    if lacking:
        named = ", ".join(f"`{name}`" for name in lacking[:5])
        raise wrong(f"x_val does not have the columns {named}.", "the columns of x_train")
    return {name: (one[name], other[name]) for name in one if name not in leave}


def _raw(name: str, given: Any) -> Numbers | dict[str, Any]:
    """Return an array (N, F), or the columns of a table by name."""
    if isinstance(given, Mapping):
        return {str(key): np.asarray(values) for key, values in given.items()}
    if is_frame(given):
        return frame_columns(given)
    if hasattr(given, "detach"):
        given = given.detach().cpu().numpy()
    if not hasattr(given, "__array__") and not isinstance(given, (list, tuple)):
        given = _drawn(given)
    try:
        found = np.asarray(given)
    except ValueError:
        raise wrong(f"{name} has rows of different lengths.", "(N, ...)") from None
    if found.ndim == 0 or found.dtype.kind not in "biufU":
        raise wrong(f"{name} holds {type(given).__name__}.", "an array (N, ...) or a table")
    return found.reshape(len(found), math.prod(found.shape[1:]))


def is_frame(given: Any) -> bool:
    """Is it a table of pandas, polars, Arrow, or a `datasets.Dataset`?"""
    return hasattr(given, "columns") or hasattr(given, "column_names")


def frame_columns(frame: Any) -> dict[str, Any]:
    """Return the columns of a frame by name, as narwhals series."""
    try:
        import narwhals.stable.v1 as nw
    except ImportError as error:
        raise needs_extra("a table") from error
    native = (
        frame.data.table if hasattr(frame, "column_names") and hasattr(frame, "data") else frame
    )
    try:
        found = nw.from_native(native, eager_only=True)
    except TypeError:
        raise wrong(f"{type(frame).__name__} is no table.", "pandas, polars or Arrow") from None
    return {str(name): found[name] for name in found.columns}


def needs_extra(what: str) -> ObservationError:
    """Return the fault for a part that is not installed."""
    return ObservationError(
        Fault("data", f"{what} needs the extra `data`.", "", "pip install 'mldx[data]'")
    )


_DRAWN = 2000


def _drawn(dataset: Any) -> Any:
    """Return samples of a torch dataset, evenly drawn: what is behind an index, without labels."""
    if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
        return dataset
    places = np.unique(np.linspace(0, len(dataset) - 1, _DRAWN).astype(int)).tolist()
    items = [dataset[place] for place in places]
    return [np.asarray(one[0] if isinstance(one, tuple) else one) for one in items]


def _same_width(one: Numbers, other: Numbers | Mapping[str, Any]) -> Numbers:
    if isinstance(other, Mapping) or one.shape[1] != other.shape[1]:
        shape = "a table" if isinstance(other, Mapping) else f"{other.shape[1]} features"
        raise wrong(f"x_val has {shape}, x_train {one.shape[1]} features.", "equal shapes")
    return other


def _of_array(values: Numbers) -> Samples:
    size, width = values.shape
    chosen = np.unique(np.linspace(0, width - 1, min(width, MOST_COLUMNS)).astype(int))
    if values.dtype.kind == "U":
        words = _coded({f"feature {at}": (values[:, at],) for at in chosen.tolist()})
        return _of_columns(words, 0)
    columns = [Feature(f"feature {at}", "number", values[:, at]) for at in chosen.tolist()]
    return Samples(size, tuple(columns), values, width - len(chosen))


def _of_columns(columns: list[tuple[Feature, ...]], split: int) -> Samples:
    of_split = tuple(one[split] for one in columns)
    return Samples(len(of_split[0].values) if of_split else 0, of_split)


def _coded(columns: Mapping[str, tuple[Any, ...]]) -> list[tuple[Feature, ...]]:
    """Return each column of every split, words as codes that mean the same in all of them."""
    found = []
    for name, splits in columns.items():
        numbers = [_numeric(values) for values in splits]
        if all(one is not None for one in numbers):
            found.append(tuple(Feature(name, "number", one) for one in numbers if one is not None))
            continue
        codes: dict[Any, int] = {}
        found.append(tuple(Feature(name, "word", encoded(_plain(one), codes)) for one in splits))
    return found


def _numeric(values: Any) -> Numbers | None:
    """Return a column of numbers, flags or dates as numbers, missing ones as NaN; else None."""
    found = values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values)
    if found.dtype.kind in "biuf":
        return np.asarray(found)
    if found.dtype.kind in "mM":
        numbers = found.astype("int64").astype(np.float64)
        return np.where(np.isnat(found), np.nan, numbers)
    if found.dtype.kind != "O":
        return None
    kept = [np.nan if one is None else one for one in found.tolist()]
    flat = all(isinstance(one, (bool, int, float)) for one in kept)
    return np.array(kept, np.float64) if flat else None


def _plain(values: Any) -> list[Any]:
    return (
        list(values.to_list()) if hasattr(values, "to_list") else list(np.asarray(values).tolist())
    )


def encoded(values: Iterable[Any], codes: dict[Any, int]) -> Numbers:
    """Return words as codes; `codes` is added to."""
    found = []
    for one in values:
        missing = one is None or one != one or one == ""  # noqa: PLR0124  # NaN is not itself
        key = one if isinstance(one, (str, int, float, bool)) else repr(one)
        found.append(-1 if missing else codes.setdefault(key, len(codes)))
    return np.array(found, np.int64)


def wrong(what: str, expected: str, help: str = "") -> ObservationError:
    """Return the fault of something that was handed over."""
    return ObservationError(Fault("data", what, expected, help))
