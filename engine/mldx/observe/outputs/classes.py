"""What answers of classes show: one answer for all, the worst class, confused pairs, calibration,
the worst subgroup, and what a better threshold would gain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.observe.curves import percent
from mldx.readers.run import Array
from mldx.symptoms import Observation

Labels = NDArray[Any]
Thresholds = Callable[[str], float]


def classes(truth: Labels, given: Labels, limit: Thresholds) -> Iterator[Observation]:
    """What answers of classes show."""
    names, counts = _counted(truth)
    answers, answered = _counted(given)
    n, right = len(truth), truth == given
    common, largest = float(answered.max()) / n, float(counts.max()) / n
    if common <= limit("predictions.alike") or largest < limit("predictions.mostly_one"):
        yield Observation(
            "predicts_single_class",
            common,
            f"{answers[answered.argmax()]} is answered in {percent(common)} of {n} cases",
        )
    if len(names) > 1:
        yield Observation(
            "class_imbalance_ratio",
            counts.max() / counts.min(),
            f"{counts.max()} against {counts.min()} samples",
            basis="shape",  # of the samples that were predicted; those of training count more
        )
        yield _majority(float(right.mean()), largest, limit)
    yield from _recalls(truth, right, names, counts, limit)
    yield from _confusions(truth[~right], given[~right], len(names), limit)


def _counted(values: Labels) -> tuple[Labels, NDArray[np.int64]]:
    names, counts = np.unique(values, return_counts=True)
    return names, counts


def _majority(accuracy: float, largest: float, limit: Thresholds) -> Observation:
    figure = f"accuracy {percent(accuracy)}, the largest class has {percent(largest)}"
    return Observation(
        "accuracy_vs_majority",
        abs(accuracy - largest) < limit("accuracy_vs_majority.distance"),
        figure,
    )


def _recalls(
    truth: Labels, right: Labels, names: Labels, counts: NDArray[np.int64], limit: Thresholds
) -> Iterator[Observation]:
    frequent = names[counts >= limit("predictions.least_of_class")]
    if len(frequent) < 2:
        return
    recalls = {name: float(right[truth == name].mean()) for name in frequent.tolist()}
    worst = min(recalls, key=lambda name: recalls[name])
    mean = sum(recalls.values()) / len(recalls)
    yield Observation(
        "worst_class_recall",
        recalls[worst],
        f"recall of {worst} is {percent(recalls[worst])}, the mean {percent(mean)}",
    )


def _confusions(
    truth: Labels, given: Labels, classes: int, limit: Thresholds
) -> Iterator[Observation]:
    if classes < limit("predictions.least_classes") or len(truth) < limit(
        "predictions.least_of_class"
    ):
        return
    pairs: dict[tuple[Any, ...], int] = {}
    for pair in zip(truth.tolist(), given.tolist(), strict=True):
        key = tuple(sorted(pair, key=str))
        pairs[key] = pairs.get(key, 0) + 1
    one, other = worst = max(pairs, key=lambda key: pairs[key])
    share = pairs[worst] / len(truth)
    yield Observation(
        "confusion_pair_share",
        share,
        f"{percent(share)} of the errors are between {one} and {other}",
    )


def calibration(truth: Labels, probabilities: Array, limit: Thresholds) -> Iterator[Observation]:
    """Expected calibration error over bins of equal width (Guo et al. 2017, section 2)."""
    count = int(limit("predictions.bins"))
    if (
        truth.dtype.kind not in "iub"
        or float(probabilities.min()) < 0
        or float(probabilities.max()) > 1
    ):
        return
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.minimum((sure * count).astype(int), count - 1)
    error = sum(
        abs(float(sure[bins == n].mean() - right[bins == n].mean())) * float((bins == n).mean())
        for n in set(bins.tolist())
    )
    yield Observation(
        "calibration_ece",
        error,
        f"surer than right by {percent(error)} on average over {count} bins",
    )


def threshold_gain(truth: Labels, positive: Array, limit: Thresholds) -> Iterator[Observation]:
    """Yield how many points F1 gains by a threshold chosen on one half and scored on the other.

    truth     (N,), 0 or 1
    positive  (N,), the probability of 1
    """
    if min(int((truth == 1).sum()), int((truth == 0).sum())) < limit("predictions.least_of_class"):
        return
    half = np.arange(len(truth)) % 2 == 0
    candidates = np.unique(np.quantile(positive[half], np.linspace(0, 1, 101)))
    best = max(candidates, key=lambda one: _f1(truth[half] == 1, positive[half] >= one))
    usual = _f1(truth[~half] == 1, positive[~half] >= 0.5)
    chosen = _f1(truth[~half] == 1, positive[~half] >= best)
    gain = max(0.0, 100 * (chosen - usual))
    figure = f"F1 {usual:.2f} at 0.5, {chosen:.2f} at {best:.3g}"
    yield Observation("f1_gain_by_threshold", gain, figure)


def _f1(truth: NDArray[np.bool_], given: NDArray[np.bool_]) -> float:
    hits = float((truth & given).sum())
    return 2 * hits / float(truth.sum() + given.sum()) if hits else 0.0


def slices(errors: Array, groups: Labels, limit: Thresholds) -> Iterator[Observation]:
    """Yield how much larger the error of the worst subgroup is than the overall error.

    errors  (N,), 1 where an answer is wrong, or its absolute error
    groups  (N,), the subgroup of each sample

    A subgroup counts by what its error is at least, two standard errors below its mean, for the
    worst of many small ones is bad by chance.
    """
    overall = float(errors.mean())
    names, place, counts = np.unique(groups.astype(str), return_inverse=True, return_counts=True)
    kept = counts >= limit("predictions.least_of_slice")
    if overall == 0 or kept.sum() < 2:
        return
    mean = np.bincount(place, errors) / counts
    spread = np.sqrt(np.maximum(0.0, np.bincount(place, errors**2) / counts - mean**2))
    least = np.where(kept, mean - 2 * spread / np.sqrt(counts), 0.0)
    worst = int(least.argmax())
    ratio = max(1.0, float(least[worst]) / overall)
    where = f"error of {names[worst]} is {mean[worst]:.3g} on {counts[worst]} samples"
    figure = f"{where}, {overall:.3g} overall"
    yield Observation("error_slice_ratio", ratio, figure)
