"""What the data shows before any training: arrays and tables in, as the model gets them, symptoms
out.

    observe.data(x_train, y_train, x_val, y_val)                  arrays, tensors, tables
    observe.data(frame, "price", validation, "price", time="day") columns of a table by name

Nothing is written and nothing is changed. Much data is looked at in part, and the figure says how
much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.knowledge import KnowledgeBase, load
from mldx.observe.dataset import copies, labels, signal, splits, values
from mldx.observe.dataset.labels import Targets, targets_of
from mldx.observe.dataset.table import (
    Rows,
    Samples,
    frame_columns,
    is_frame,
    samples_of,
    wrong,
)
from mldx.provenance import Source
from mldx.symptoms import Observation, Symptoms

__all__ = ["data"]
By = str | tuple[Any, Any] | None


def data(  # noqa: PLR0913  # what a person has at hand, each by its name
    x_train: Any,
    y_train: Any = None,
    x_val: Any = None,
    y_val: Any = None,
    *,
    groups: By = None,
    time: By = None,
    ids: str | Sequence[str] = (),
    task: str | None = None,
    loss: str | None = None,
    n_classes: int | None = None,
    seed: int = 0,
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return what training and validation data show.

    x_train, x_val  (N, ...), arrays or tensors; tables of pandas, polars, Arrow or `datasets`;
                    a mapping of columns (N,)
    y_train, y_val  (N,) labels or numbers, (N, C) one-hot rows, or the name of a column
    groups          what belongs together (patient, user): (of training, of validation), or the
                    name of a column
    time            when each sample was taken, likewise
    ids             names of columns that are no features
    task            "regression" or "multiclass", where the labels do not say; whole numbers of few
                    kinds are classes
    loss, n_classes the loss function and the units of the last layer, to judge the labels by
    seed            for what is drawn at random, so that the same data gives the same symptoms
    raises          ObservationError, naming what does not fit; also where the extra is missing
    """
    rules = knowledge if knowledge is not None else load()
    given = _Given(x_train, x_val)
    y_train, y_val = given.named("y", y_train, y_val)
    group_pair = given.pair("groups", groups)
    time_pair = given.pair("time", time)
    given.used += [ids] if isinstance(ids, str) else list(ids)
    train, val = samples_of(x_train, x_val, given.used)
    targets = None
    if y_train is not None:
        most = rules.threshold("data.most_classes")
        targets = targets_of(y_train, y_val, task, most)
    _check(train, val, targets)
    seen = list(_facts(train, val, targets))
    seen += _seen(train, val, targets, loss, n_classes, seed, rules)
    if group_pair is not None:
        seen += splits.groups(group_pair)
    if time_pair is not None:
        seen += splits.times(time_pair, rules.threshold)
    return Symptoms.gather(seen, Source.MEASURED, "data")


class _Given:
    """The tables as they came, of which columns may be asked by name.

    used  names of the columns that are no features
    """

    def __init__(self, train: Any, val: Any) -> None:
        self.train, self.val = train, val
        self.used: list[str] = []

    def named(self, role: str, one: Any, other: Any) -> tuple[Any, Any]:
        """Return the labels of both splits; a name stands for a column."""
        name = one if isinstance(one, str) else None
        if name is not None:
            self.used.append(name)
            one = self._column(self.train, name, f"{role}_train")
            has_val = self.val is not None and other is None
            other = name if has_val else other
        if isinstance(other, str):
            other = self._column(self.val, other, f"{role}_val")
        return one, other

    def pair(self, role: str, by: By) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Return a property of the samples of both splits; None where it is not given."""
        if by is None:
            return None
        if isinstance(by, str):
            self.used.append(by)
            if self.val is None:
                return None
            by = (self._column(self.train, by, role), self._column(self.val, by, role))
        return np.asarray(by[0]), np.asarray(by[1])

    @staticmethod
    def _column(table: Any, name: str, role: str) -> Any:
        columns = table if isinstance(table, dict) else None
        if columns is None and is_frame(table):
            columns = frame_columns(table)
        if columns is None:
            raise wrong(f"{role} is {name!r}, and the samples are no table.", "an array (N,)")
        if name not in columns:
            there = ", ".join(f"`{one}`" for one in list(columns)[:8])
            raise wrong(f"there is no column `{name}` for {role}.", f"one of {there}")
        column = columns[name]
        return column.to_numpy() if hasattr(column, "to_numpy") else np.asarray(column)


def _check(train: Samples, val: Samples | None, targets: Targets | None) -> None:
    if not train.size or not train.columns:
        raise wrong("x_train is empty.", "at least one sample with one feature")
    if targets is None:
        return
    if len(targets.train) != train.size:
        raise wrong(
            f"y_train has {len(targets.train)} labels, x_train {train.size} samples.",
            "a label for each sample",
        )
    if val is not None and targets.val is not None and len(targets.val) != val.size:
        raise wrong(
            f"y_val has {len(targets.val)} labels, x_val {val.size} samples.",
            "a label for each sample",
        )


def _facts(train: Samples, val: Samples | None, targets: Targets | None) -> Iterator[Observation]:
    """Yield the setup facts that the data states."""
    yield Observation("train_size", train.size)
    if val is not None:
        yield Observation("val_size", val.size)
    if targets is None:
        return
    if not targets.is_number:
        yield Observation("n_classes", targets.classes)
        return
    finite = targets.train[np.isfinite(targets.train)]
    if len(finite):
        yield Observation("target_range", (float(finite.min()), float(finite.max())))


def _seen(
    train: Samples,
    val: Samples | None,
    targets: Targets | None,
    loss: str | None,
    n_classes: int | None,
    seed: int,
    rules: KnowledgeBase,
) -> Iterator[Observation]:
    """Yield what was measured, on all samples or on so many as the thresholds allow."""
    dice, limit = np.random.default_rng(seed), rules.threshold
    hashed = targets.hashed() if targets is not None else None
    yield from copies.copies(train, val, hashed, dice)
    rows = _rows(train.size, int(limit("data.most_rows")), dice)
    some = train if rows is None else train.at(rows)
    kept = targets
    if rows is not None and targets is not None:
        kept = Targets(targets.train[rows], targets.val, targets.is_number, targets.given[rows])
    yield from values.features(some, limit)
    if kept is not None:
        yield from labels.labels(kept, loss, n_classes, limit)
        yield from signal.single_feature(some, kept, dice, limit)
        yield from signal.skill(some, kept, val, dice, limit)
    if val is not None and val.size:
        yield from splits.missing(some, val)
        yield from signal.drift(some, val, dice, limit)


def _rows(size: int, most: int, dice: np.random.Generator) -> Rows | None:
    """Return the rows to look at, or None for all."""
    return None if size <= most else np.sort(dice.choice(size, most, replace=False))
