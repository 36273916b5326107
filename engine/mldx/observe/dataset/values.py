"""What the numbers of the features are: their range, what is not finite, what never changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from mldx.observe.curves import percent
from mldx.observe.dataset.table import Feature, Numbers, Samples
from mldx.observe.setup import scale_class
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
_SENTINELS = np.array([-9999, -999, -99, 999, 9999, 99999, -99999, 1e10, -1e10, 1e20, -1e20])


def features(train: Samples, limit: Thresholds) -> Iterator[Observation]:
    """Yield what the features of training are."""
    numbers = [one for one in train.columns if one.kind == "number" and len(one.values)]
    if not numbers:
        return
    yield _nonfinite(numbers, train, limit)
    yield _constant(train)
    if found := scale(numbers, limit):
        yield Observation("input_scale_class", *found, basis="counted")


def _nonfinite(numbers: list[Feature], train: Samples, limit: Thresholds) -> Observation:
    """NaN, infinities, and numbers that stand for a missing one."""
    bad, worst, most = 0, "", 0
    for column in numbers:
        here = int((~np.isfinite(column.values)).sum()) + _sentinels(column.values, limit)
        bad += here
        if here > most:
            worst, most = column.name, here
    share = bad / (len(numbers) * train.size)
    figure = f"{percent(share)} of the cells" + (f", most in `{worst}`" if worst else "")
    return Observation("input_nonfinite", share, figure, basis="counted")


def _sentinels(values: Numbers, limit: Thresholds) -> int:
    """Count the cells of a known stand-in that lies far from all other values."""
    if values.dtype.kind == "b":
        return 0
    finite = values[np.isfinite(values)]
    found = 0
    for one in _SENTINELS[np.isin(_SENTINELS, finite)]:
        rest = finite[finite != one]
        count = len(finite) - len(rest)
        if count < 2 or not len(rest):
            continue
        low, high = float(rest.min()), float(rest.max())
        away = max(low - one, one - high)
        if away > limit("data.sentinel_distance") * max(high - low, 1.0):
            found += count
    return found


def _constant(train: Samples) -> Observation:
    still = [one.name for one in train.columns if len(one.values) and _is_constant(one)]
    share = len(still) / len(train.columns)
    named = f": {', '.join(f'`{name}`' for name in still[:5])}" if still else ""
    figure = f"{len(still)} of {len(train.columns)} features never change{named}"
    return Observation("input_constant_fraction", share, figure, basis="counted")


def _is_constant(column: Feature) -> bool:
    first = column.values[0]
    return bool((column.values == first).all()) or bool(column.missing().all())


def scale(numbers: list[Feature], limit: Thresholds) -> tuple[str, str] | None:
    """Return the class of the inputs' range, with the figure; None where none fits."""
    spans = np.array([_span(one.values) for one in numbers])
    spans = spans[np.isfinite(spans).all(axis=1)]
    if not len(spans):
        return None
    low, high = float(spans[:, 0].min()), float(spans[:, 1].max())
    spreads = spans[:, 2][spans[:, 2] > 0]
    figure = f"inputs span {low:.4g}..{high:.4g}"
    if not len(spreads):
        return "constant", figure
    if spreads.max() > limit("data.mixed_spreads") * spreads.min():
        told = f"{figure}, spread of a feature {spreads.min():.3g} to {spreads.max():.3g}"
        wide = max(abs(low), abs(high)) > limit("input_scale_class.standardised")
        return ("mixed", told) if wide else None
    found = scale_class(low, high, limit) or _standardized(spans, limit)
    return None if found is None else (found, figure)


def _standardized(spans: NDArray[np.float64], limit: Thresholds) -> str | None:
    """Are all features centred, within a spread or so, and none of them wide?"""
    centred = (np.abs(spans[:, 3]) < spans[:, 2] + 1).all()
    return "standardised" if centred and spans[:, 2].max() < limit("data.spread") else None


def _span(values: Numbers) -> tuple[float, float, float, float]:
    """Least, greatest, standard deviation and mean of the finite values."""
    finite = values if values.dtype.kind in "biu" else values[np.isfinite(values)]
    if not len(finite):
        return (np.nan,) * 4
    wide = finite.astype(np.float64)
    return float(wide.min()), float(wide.max()), float(wide.std()), float(wide.mean())
