"""What predictions of numbers show: their spread, what the residuals follow, and, for a forecast,
whether it is better than repeating the last value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from mldx.observe.curves import rank_correlation
from mldx.readers.run import Array
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
_MOST_LAG = 5


def numbers(truth: Array, given: Array, limit: Thresholds) -> Iterator[Observation]:
    """What predictions of numbers show."""
    spread = float(truth.std())
    if spread == 0 or len(truth) < limit("predictions.least_of_class"):
        return
    yield Observation(
        "pred_std_ratio", float(given.std()) / spread, f"std {given.std():.4g} against {spread:.4g}"
    )
    if float((given - truth).std()) < 1e-9 * spread:
        return
    sizes = rank_correlation(np.abs(given - truth), np.abs(truth))
    order = rank_correlation(given - truth, np.arange(len(truth), dtype=float))
    found = "magnitude" if sizes > limit("predictions.trend") else "none"
    if abs(order) > limit("predictions.trend"):
        found = "order"
    figure = f"rank correlation {sizes:.2f} with size, {order:.2f} with order"
    yield Observation("residual_pattern", found, figure)


def forecast(truth: Array, given: Array, horizon: int, limit: Thresholds) -> Iterator[Observation]:
    """Yield whether a forecast beats the naive one, and whether it is the series shifted.

    truth, given  (N,), in the order of time
    horizon       steps ahead; the naive forecast repeats the value of so many steps before
    """
    if len(truth) < limit("predictions.least_of_class") + max(horizon, _MOST_LAG):
        return
    error = float(np.abs(given - truth)[horizon:].mean())
    naive = float(np.abs(truth[horizon:] - truth[:-horizon]).mean())
    if naive > 0:
        figure = f"error {error:.4g}, of the value {horizon} before {naive:.4g}"
        yield Observation("mase", error / naive, figure)
    fits = [_correlation(given[lag:], truth[: len(truth) - lag]) for lag in range(_MOST_LAG + 1)]
    best = int(np.argmax(fits))
    shifted = best >= 1 and 1 - fits[best] < limit("predictions.lag_left") * (1 - fits[0])
    figure = f"correlation {fits[0]:.3f} with the truth, {fits[best]:.3f} with that {best} before"
    yield Observation("pred_lag_copy", shifted, figure)


def _correlation(one: Array, other: Array) -> float:
    if min(float(one.std()), float(other.std())) == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
