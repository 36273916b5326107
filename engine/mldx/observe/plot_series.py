"""The curves of a run, thinned for drawing: losses, then scores, then the rate and the gradient
norm.

A long series is cut into buckets, and of each the least, the greatest and the first non-finite
point are kept, so that a spike one step wide is still seen.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mldx.readers.names import direction
from mldx.readers.run import Array, Run, Series, Split
from mldx.symptoms.plot_series import PlotSeries

MOST_POINTS, MOST_SCORES = 600, 2
_BUCKETS = (MOST_POINTS - 2) // 3
_PROCESS = ("lr", "grad_norm")
_PREFERRED = ("accuracy", "map50_95", "map50", "miou", "f1", "auc")


def plot_series(run: Run) -> tuple[PlotSeries, ...]:
    """Return what is to be drawn of a run, the loss first."""
    metrics = dict.fromkeys(one.metric for one in run.series)
    scores = [
        name
        for name in metrics
        if name not in _PROCESS and not name.endswith("loss") and direction(name) != 0
    ]
    ordered = sorted(
        scores, key=lambda name: _PREFERRED.index(name) if name in _PREFERRED else len(_PREFERRED)
    )
    shown = ["loss", *ordered[:MOST_SCORES], *_PROCESS]
    return tuple(_plot_series(one, run.origin) for metric in shown for one in _finest(run, metric))


def _finest(run: Run, metric: str) -> Iterable[Series]:
    """The finest series of each split."""
    splits: tuple[Split, ...] = ("train", "val", "test", "other")
    for split in splits:
        found = [one for one in run.all(split, metric) if len(one)]
        if found:
            yield max(found, key=len)


def _plot_series(series: Series, origin: str) -> PlotSeries:
    kept = _thinned(series.value)
    x, y = series.x[kept], series.value[kept]
    there = np.isfinite(x)
    return PlotSeries(
        series.split,
        series.metric,
        series.axis,
        tuple(x[there].tolist()),
        tuple(y[there].tolist()),
        origin,
    )


def _thinned(y: Array) -> NDArray[np.intp]:
    """Return the indices to keep, in order."""
    if len(y) <= MOST_POINTS:
        return np.arange(len(y))
    kept: set[int] = {0, len(y) - 1}
    for bucket in np.array_split(np.arange(len(y)), _BUCKETS):
        values = y[bucket]
        bad = np.flatnonzero(~np.isfinite(values))
        finite = np.where(np.isfinite(values), values, np.nan)
        if len(bad):
            kept.add(int(bucket[bad[0]]))
        if len(bad) < len(bucket):
            kept.update((int(bucket[np.nanargmin(finite)]), int(bucket[np.nanargmax(finite)])))
    return np.array(sorted(kept))
