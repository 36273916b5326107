"""Rows and columns, as every log is once its syntax is gone: one row a log call, one column a name.

A cell that the log leaves empty is *not there*, which is not the same as `nan`; so each column
carries both its values and a mask. Rows keep the order of the file, because only that order shows
where a second run begins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from mldx.readers import names
from mldx.readers.numbers import Mask
from mldx.readers.run import Array, Split

Rows = Mask | slice | NDArray[np.intp]


@dataclass(slots=True, eq=False)
class Column:
    """One metric of one split over all rows.

    there  (N,), False where the log has no value
    share  the log gave its unit (`98 %`, `98/100`), so that the values are shares of 1 whatever
           stands beside them
    """

    name: str
    metric: str
    split: Split | None
    value: Array
    there: Mask
    grain: names.Grain = ""
    share: bool = False

    @classmethod
    def of(cls, name: str, value: Array, there: Mask) -> Column:
        """Return a column that is what its name says."""
        told = names.named(name)
        return cls(name, told.metric, told.split, value, there, told.grain)

    def split_by(self, parts: Iterable[tuple[Split, Mask]]) -> list[Column]:
        """Return a column for each split, with its rows; one that says its own split stays one."""
        if self.split or self.metric in names.PROCESS:
            return [self]
        return [replace(self, split=split, there=self.there & rows) for split, rows in parts]

    def at(self, rows: Rows) -> Column:
        """Return the column of some rows."""
        return replace(self, value=self.value[rows], there=self.there[rows])


@dataclass(frozen=True, slots=True)
class Labels:
    """What a column says of each row, other than a number it measures.

    codes  (N,) the place in `words` of each row's value, nan where it has none
    """

    name: str
    codes: Array
    words: list[str]

    @property
    def varies(self) -> bool:
        """Are there at least two values?"""
        return len(np.unique(self.codes[~np.isnan(self.codes)])) > 1

    @property
    def says_split(self) -> bool:
        """Does it say the split of each row, by its name or by all its words?"""
        splits = [names.split_of_word(word) for word in self.words]
        return any(splits) and (self.name.lower() in names.PARTS or all(splits))

    def splits(self) -> list[tuple[Split, Mask]]:
        """Return the splits that the words say, each with the rows that say it, (N,)."""
        splits = [names.split_of_word(word) for word in self.words]
        return [(split, self.codes == code) for code, split in enumerate(splits) if split]

    @property
    def is_identity(self) -> bool:
        """Has every row a value of its own?"""
        there = self.codes[~np.isnan(self.codes)]
        return len(there) == len(self.codes) and len(np.unique(there)) == len(there)


@dataclass(slots=True)
class Table:
    """The rows of a log.

    epoch, step  (N,), nan where a row does not say; None when no row does
    breaks       rows before which a header was written again
    labels       the columns of words, which may say which run a row belongs to
    header       the names of all columns that were there, also of those not taken
    """

    size: int
    columns: list[Column]
    epoch: Array | None = None
    step: Array | None = None
    breaks: list[int] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    labels: list[Labels] = field(default_factory=list)
    header: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, raw: Mapping[str, tuple[Array, Mask]], size: int, breaks: Sequence[int] = ()
    ) -> Table:
        """Return the table of named columns, (values, which are there) each; the axes are known by
        their names.
        """
        table = cls(size, [], breaks=list(breaks), header=list(raw))
        for name, (value, there) in raw.items():
            table._take(name, value, there)
        return table

    @classmethod
    def of_columns(cls, columns: Mapping[str, tuple[Array, Mask]]) -> Table:
        """Return the table of columns of numbers, all of one length."""
        return cls.of(columns, len(next(iter(columns.values()))[0]))

    @classmethod
    def of_rows(cls, rows: Sequence[Mapping[str, float]]) -> Table:
        """Return the table of rows that name only what they hold."""
        found = dict.fromkeys(name for row in rows for name in row)
        return cls.of({name: _gathered(rows, name) for name in found}, len(rows))

    def _take(self, name: str, value: Array, there: Mask) -> None:
        which = names.axis(name)
        if which in ("epoch", "step") and there.any() and np.isfinite(value[there]).all():
            if getattr(self, which) is None:
                setattr(self, which, np.where(there, value, np.nan))
        elif which or names.is_clock(name):
            self.ignored.append(f"column `{name}`" if name else "a column without a name")
        elif there.any():
            self.columns.append(Column.of(name, value, there))
        else:
            self.notes.append(f"`{name}` has no value in any row")

    def of_split(self, split: Split, metric: str) -> Column | None:
        """Return the first column of that split and metric."""
        return next(
            (one for one in self.columns if one.split == split and one.metric == metric), None
        )

    def mark_shares(self, shares: Collection[str]) -> None:
        """Note which columns, by name, were written with their unit."""
        for column in self.columns:
            column.share = column.name in shares

    def count_epochs(self) -> None:
        """Count the rows from 1 as epochs, where they have no axis."""
        if self.epoch is None and self.step is None:
            self.epoch = np.arange(1.0, self.size + 1)

    def split_by_labels(self) -> None:
        """Take each column apart by the split that its rows say, in the first column of words that
        says one; it is no label then.
        """
        said = next((one for one in self.labels if one.says_split), None)
        if said is None:
            return
        self.labels.remove(said)
        parts = said.splits()
        for _, rows in filter(lambda part: part[0] != "train", parts):
            self.count_no_evaluations(rows)
        self.columns = [part for one in self.columns for part in one.split_by(parts)]

    def count_no_evaluations(self, rows: Mask) -> None:
        """Where the step falls back in the rows of an evaluation, it counts the batches of that;
        the epoch says where they stand.
        """
        if self.step is None or self.epoch is None or np.isnan(self.epoch[rows]).any():
            return
        known = self.step[~np.isnan(self.step)]
        if rows.any() and (known[1:] < known[:-1]).any():
            self.step[rows] = np.nan

    def at(self, rows: Rows) -> Table:
        """Return the table of some rows."""
        size = len(np.arange(self.size)[rows])
        epoch, step = (None if axis is None else axis[rows] for axis in (self.epoch, self.step))
        return Table(
            size, [one.at(rows) for one in self.columns], epoch, step, [], self.ignored, self.notes
        )

    def reorder(self, order: NDArray[np.intp]) -> None:
        """Put the rows into another order."""
        self.epoch, self.step = (
            None if axis is None else axis[order] for axis in (self.epoch, self.step)
        )
        for one in self.columns:
            one.value, one.there = one.value[order], one.there[order]

    def add_sum(self, split: Split, parts: Iterable[Column]) -> None:
        """Add the loss of a split as the sum of its parts, where all of them are there."""
        parts = list(parts)
        there = np.logical_and.reduce([one.there for one in parts])
        total = np.sum([one.value for one in parts], axis=0)
        self.columns.insert(
            0, Column(" + ".join(one.name for one in parts), "loss", split, total, there)
        )


def _gathered(rows: Sequence[Mapping[str, float]], name: str) -> tuple[Array, Mask]:
    value = np.fromiter((row.get(name, np.nan) for row in rows), np.float64, len(rows))
    return value, np.fromiter((name in row for row in rows), np.bool_, len(rows))
