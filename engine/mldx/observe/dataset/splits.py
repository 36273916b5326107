"""What lies between training and validation: groups, time, missing values, drift of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.observe.curves import percent
from mldx.observe.dataset.table import Samples, encoded, wrong
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
Pair = tuple[NDArray[Any], NDArray[Any]]


def groups(pair: Pair) -> Iterator[Observation]:
    """Yield the share of validation groups (patients, users, films) that are also in training."""
    codes: dict[Any, int] = {}
    one, other = (encoded(side.tolist(), codes) for side in pair)
    both = np.unique(other[other >= 0])
    if not len(both):
        return
    share = float(np.isin(both, one).mean())
    figure = f"{percent(share)} of {len(both)} groups of validation are also in training"
    yield Observation("group_overlap", share, figure, basis="counted")
    yield Observation("val_size_effective", len(both), f"{len(both)} groups", basis="counted")


def times(pair: Pair, limit: Thresholds) -> Iterator[Observation]:
    """Yield whether validation lies in time between the samples of training."""
    one, other = (_numbers(side) for side in pair)
    if min(len(one), len(other)) < 2:
        return
    order = np.sort(one)
    later = float(np.searchsorted(order, other).mean()) / len(order)
    figure = f"a validation sample is later than {percent(later)} of training"
    inside = limit("data.time_inside")
    yield Observation("time_order_broken", inside < later < 1 - inside, figure, basis="counted")


def _numbers(side: NDArray[Any]) -> NDArray[np.float64]:
    if side.dtype.kind in "mM":
        return np.asarray(side[~np.isnat(side)].astype("int64"), np.float64)
    if side.dtype.kind not in "iuf":
        try:
            return _numbers(side.astype("datetime64[ns]"))
        except (ValueError, TypeError):
            raise wrong("time holds no times.", "numbers or dates") from None
    return np.asarray(side[np.isfinite(side)], np.float64)


def missing(train: Samples, val: Samples) -> Iterator[Observation]:
    """Yield the greatest difference of missing cells, or share of words that training never had."""
    gap, worst = 0.0, ""
    for one, other in zip(train.columns, val.columns, strict=True):
        here = abs(float(one.missing().mean()) - float(other.missing().mean()))
        if one.kind == "word":
            known = np.isin(other.values, one.values) | (other.values < 0)
            here = max(here, float((~known).mean()))
        if here > gap:
            gap, worst = here, one.name
    figure = f"`{worst}` differs by {percent(gap)}" if worst else "no column differs"
    yield Observation("missing_value_gap", gap, figure, basis="counted")
