"""Copies among samples: within training, and of validation samples in training.

Rows are compared by a 64-bit hash of all their features. Few coarse columns repeat by nature: how
often rows would agree by chance is found by shuffling each column by itself, and taken off.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from mldx.observe.curves import percent
from mldx.observe.dataset.table import Feature, Samples
from mldx.symptoms import Observation

Hashes = NDArray[np.uint64]
_WIDE = 64  # features, from which a row is hashed as bytes
_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, as in splitmix64
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def row_hashes(samples: Samples) -> Hashes:
    """(N,), equal where all features are equal; NaN equals NaN, and 1 equals 1.0."""
    if samples.whole is not None and samples.whole.shape[1] > _WIDE:
        rows = np.ascontiguousarray(samples.whole)
        found = (int.from_bytes(blake2b(row, digest_size=8).digest(), "little") for row in rows)
        return np.fromiter(found, np.uint64, len(rows))
    return mixed([_bits(column) for column in samples.columns], samples.size)


def mixed(parts: list[Hashes], size: int) -> Hashes:
    """(N,), one hash of several columns of bits."""
    found = np.zeros(size, np.uint64)
    with np.errstate(over="ignore"):
        for place, bits in enumerate(parts, 1):
            found = _stirred(found ^ _stirred(bits + np.uint64(place) * _ODD))
    return found


def _stirred(bits: Hashes) -> Hashes:
    """Return bits of which each depends on all: the end of splitmix64 (Steele et al. 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


def _bits(column: Feature) -> Hashes:
    values = np.asarray(column.values, np.float64) + 0.0  # -0.0 is 0.0
    if column.values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.nan, values)  # one NaN for all
    return values.view(np.uint64)


def copies(
    train: Samples, val: Samples | None, labels: Hashes | None, dice: np.random.Generator
) -> Iterator[Observation]:
    """Yield what rows that occur more than once show.

    labels   (N,), the labels of training, or None
    """
    rows = row_hashes(train)
    _, group, counts = np.unique(rows, return_inverse=True, return_counts=True)
    by_chance = _shuffled(train, dice)
    within = _beyond(_share_of_copies(counts, len(rows)), _copies_in(by_chance))
    yield _counted(
        "dup_train_fraction", within, f"{percent(within)} of {len(rows)} rows are copies"
    )
    if labels is not None and (counts > 1).any():
        yield _conflicts(rows, labels, group, counts)
    if val is not None and val.size:
        found = float(np.isin(row_hashes(val), rows).mean())
        expected = float(np.isin(_shuffled(val, dice), by_chance).mean())
        shared = _beyond(found, expected)
        figure = f"{percent(shared)} of {val.size} validation rows occur in training"
        yield _counted("dup_train_val_fraction", shared, figure)


def _share_of_copies(counts: NDArray[np.intp], size: int) -> float:
    return float((counts - 1).sum()) / size if size else 0.0


def _copies_in(rows: Hashes) -> float:
    return _share_of_copies(np.unique(rows, return_counts=True)[1], len(rows))


def _beyond(found: float, expected: float) -> float:
    """Return the share that is more than chance."""
    return max(0.0, (found - expected) / (1 - expected)) if expected < 1 else 0.0


def _shuffled(samples: Samples, dice: np.random.Generator) -> Hashes:
    """The hashes of rows that are put together at random, each column by itself."""
    if samples.whole is not None and samples.whole.shape[1] > _WIDE:
        return np.arange(samples.size, dtype=np.uint64)  # so many features never agree by chance
    return mixed([dice.permutation(_bits(one)) for one in samples.columns], samples.size)


def _conflicts(
    rows: Hashes, labels: Hashes, group: NDArray[np.intp], counts: NDArray[np.intp]
) -> Observation:
    """Rows that are equal and differ in their label."""
    pairs = np.unique(np.column_stack([group.astype(np.uint64), labels]), axis=0)
    several = np.bincount(pairs[:, 0].astype(np.intp), minlength=len(counts)) > 1
    share = float(several[group].mean())
    figure = f"{percent(share)} of {len(rows)} rows have a copy with another label"
    return _counted("conflicting_label_fraction", share, figure)


def _counted(id: str, value: float, figure: str) -> Observation:
    return Observation(id, value, figure, basis="counted")
