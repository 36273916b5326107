"""What the labels are: whether they fit the loss, how they are spread over classes or numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.observe.curves import percent
from mldx.observe.dataset.table import Numbers, encoded, wrong
from mldx.symptoms import Observation

Thresholds = Callable[[str], float]
_SPARSE = ("cross_entropy", "sparse_cross_entropy", "nll")


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """The labels of both splits.

    train, val  (N,), numbers of a regression, or codes of classes that mean the same in both
    is_number   the target is a number and not a class
    given       the labels of training as they came, (N,) or (N, C)
    """

    train: Numbers
    val: Numbers | None
    is_number: bool
    given: NDArray[Any]

    @property
    def classes(self) -> int:
        """How many classes occur in training."""
        return len(np.unique(self.train))

    def hashed(self) -> NDArray[np.uint64]:
        """(N,), equal where labels are equal."""
        return np.asarray(self.train, np.float64).view(np.uint64)


def targets_of(train: Any, val: Any, task: str | None, classes: float) -> Targets:
    """Return the labels of both splits.

    classes  the greatest number of different whole numbers that are still taken as classes
    raises   ObservationError, when they are no labels
    """
    given = _array("y_train", train)
    other = None if val is None else _array("y_val", val)
    one, another = _flat(given), None if other is None else _flat(other)
    if _is_number(one, task, classes):
        wide = one.astype(np.float64)
        return Targets(wide, None if another is None else another.astype(np.float64), True, given)
    codes: dict[Any, int] = {}
    first = encoded(one.tolist(), codes)
    second = None if another is None else encoded(another.tolist(), codes)
    return Targets(first, second, False, given)


def _array(name: str, labels: Any) -> NDArray[Any]:
    if hasattr(labels, "detach"):
        labels = labels.detach().cpu().numpy()
    if hasattr(labels, "to_numpy"):
        labels = labels.to_numpy()
    try:
        found = np.asarray(labels)
    except ValueError:
        raise wrong(f"{name} has rows of different lengths.", "(N,) or (N, C)") from None
    if found.ndim not in (1, 2):
        raise wrong(f"{name} has shape {found.shape}.", "(N,) labels, or (N, C) one-hot rows")
    return found


def _flat(labels: NDArray[Any]) -> NDArray[Any]:
    """Return one label a sample: of one-hot rows the place of the one."""
    if labels.ndim == 1:
        return labels
    return labels[:, 0] if labels.shape[1] == 1 else labels.argmax(axis=1)


def _is_number(labels: NDArray[Any], task: str | None, classes: float) -> bool:
    if labels.dtype.kind not in "iuf":
        return False
    if task is not None:
        return task in ("regression", "forecasting")
    finite = labels[np.isfinite(labels)] if labels.dtype.kind == "f" else labels
    whole = bool((finite == np.round(finite)).all())
    return not whole or len(np.unique(finite)) > classes


def labels(
    targets: Targets, loss: str | None, n_classes: int | None, limit: Thresholds
) -> Iterator[Observation]:
    """Yield what the labels are."""
    if targets.is_number:
        yield from _numbers(targets.train, limit)
        return
    counts = np.bincount(targets.train[targets.train >= 0])
    if len(counts) > 1:
        figure = f"{counts.max()} against {counts.min()} samples"
        ratio = counts.max() / counts.min()
        yield Observation("class_imbalance_ratio", ratio, figure, basis="counted")
    encoding = _encoding(targets.given, loss, n_classes)
    if encoding is not None:
        yield Observation("label_encoding_invalid", *encoding, basis="counted")
    if targets.val is not None:
        yield _drift(targets.train, targets.val)


def _numbers(values: Numbers, limit: Thresholds) -> Iterator[Observation]:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return
    mean, spread = float(np.abs(finite.mean())), float(finite.std())
    figure = f"mean {finite.mean():.4g}, spread {spread:.4g}"
    yield Observation("target_scale_ratio", max(mean, spread), figure, basis="counted")
    low, middle, high = np.quantile(finite, (0.25, 0.5, 0.75))
    if len(finite) >= limit("data.least_rows") and high > low:
        far = float(np.abs(finite - middle).max() / (high - low))
        told = f"the farthest target is {far:.3g} quartile distances from the median"
        yield Observation("target_outlier_distance", far, told, basis="counted")


def _encoding(
    given: NDArray[Any], loss: str | None, n_classes: int | None
) -> tuple[str, str] | None:
    """Return how the labels fit the loss; None where it is not known or any form fits."""
    if loss is None or given.dtype.kind not in "iuf":
        return None
    if given.ndim == 2 and given.shape[1] > 1:
        form = f"labels are rows of {given.shape[1]}"
        return ("wrong_form" if loss.startswith("sparse") else "ok"), form
    if n_classes is None or not loss.startswith(_SPARSE):
        return None
    return _numbering(given, n_classes)


def _numbering(given: NDArray[Any], n_classes: int) -> tuple[str, str]:
    """Return how class numbers fit a loss that wants 0 to C - 1."""
    low, high = float(given.min()), float(given.max())
    figure = f"labels run from {low:g} to {high:g} for {n_classes} classes"
    if low >= 1 and high == n_classes:
        return "off_by_one", figure
    if low < 0 or high >= n_classes:
        return "out_of_range", figure
    return ("float_ints" if given.dtype.kind == "f" else "ok"), figure


def _drift(train: Numbers, val: Numbers) -> Observation:
    """Total variation between the class shares, beyond what samples of this size differ by."""
    size = int(max(train.max(initial=0), val.max(initial=0))) + 1
    one = np.bincount(train[train >= 0], minlength=size) / max(1, len(train))
    other = np.bincount(val[val >= 0], minlength=size) / max(1, len(val))
    found = float(np.abs(one - other).sum()) / 2
    each = np.sqrt(2 / np.pi * one * (1 - one) * (1 / len(train) + 1 / len(val)))
    by_chance = float(each.sum()) / 2  # the mean of a half-normal difference, class by class
    drift = max(0.0, found - by_chance)
    figure = f"class shares differ by {percent(found)}, by chance {percent(by_chance)}"
    return Observation("label_drift", drift, figure, basis="counted")
