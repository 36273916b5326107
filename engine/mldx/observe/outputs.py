"""What predictions show, class by class: answers beside the truth, on data the model was not
trained on.

    observe.predictions(y_true, y_pred)                      classes, or numbers for a regression
    observe.predictions(y_true, probabilities)               (N, C): their argmax is the answer

Per-class figures need enough samples of a class; a class with fewer is left out, and that is not
"no".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mldx.errors import Fault, ObservationError
from mldx.knowledge import KnowledgeBase, load
from mldx.observe.curves import percent, rank_correlation
from mldx.provenance import Source
from mldx.readers.run import Array
from mldx.symptoms import Observation, Symptoms

Labels = NDArray[Any]
Thresholds = Callable[[str], float]


def predictions(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    task: str | None = None,
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return what predictions show.

    y_true   (N,), class labels of any kind, or numbers
    y_pred   (N,), answers of the same kind; or (N, C), probabilities of classes 0..C-1
    task     "regression" or "classification" where the numbers do not say; floats with fractions
             are a regression
    raises   ObservationError, when lengths differ, nothing is there, or numbers are not finite
    """
    limit = (knowledge if knowledge is not None else load()).threshold
    truth, given = _array("y_true", y_true), _array("y_pred", y_pred)
    _check(truth, given)
    if given.ndim == 2 and given.shape[1] == 1:
        given = np.column_stack([1 - given[:, 0], given[:, 0]])
    if given.ndim == 2:
        seen = [*_classes(truth, given.argmax(axis=1), limit), *_calibration(truth, given, limit)]
    elif _is_regression(truth, given, task):
        seen = list(_numbers(truth.astype(float), given.astype(float), limit))
    else:
        seen = list(_classes(truth, given, limit))
    return Symptoms.gather(seen, Source.MEASURED, "predictions")


def _array(name: str, values: ArrayLike) -> Labels:
    """Return labels or numbers as an array of one kind: text, numbers or flags."""
    try:
        found = np.asarray(values)
        if found.dtype.kind == "O":
            found = _of_one_type(found)
    except ValueError:
        raise _wrong(
            f"{name} has rows of different lengths.", "one array", "make it rectangular"
        ) from None
    except (TypeError, OverflowError, RuntimeError) as error:
        raise _wrong(f"{name} cannot be read: {error}.", "an array of labels or numbers") from None
    if found.dtype.kind not in _KINDS:
        raise _wrong(
            f"{name} holds {_types(np.asarray(values, object))}.",
            "labels of one type: text, whole numbers or flags; or numbers",
            "map them to one type, and leave out what is missing",
        )
    return found


# flags, whole numbers of both kinds, numbers, text, bytes
_KINDS = "biufUS"


def _of_one_type(values: NDArray[np.object_]) -> Labels:
    """Return Python objects of one type as an array of that type; mixed ones stay objects."""
    if len({type(one) for one in values.flat}) != 1:
        return values
    return np.asarray(values.tolist())


def _types(values: NDArray[np.object_]) -> str:
    """The types of the first values, in words."""
    names = dict.fromkeys(type(one).__name__ for one in values.flat)
    return " and ".join(list(names)[:_MOST_NAMED]) or "nothing"


_MOST_NAMED = 3


def _check(truth: Labels, given: Labels) -> None:
    if truth.ndim != 1 or given.ndim not in (1, 2):
        raise _wrong(
            f"y_true has shape {truth.shape}, y_pred {given.shape}.",
            "(N,) and (N,) or (N, C)",
            "squeeze them",
        )
    if len(truth) != len(given) or not len(truth):
        raise _wrong(
            f"y_true has {len(truth)} entries, y_pred {len(given)}.",
            "as many answers as truths, at least one",
        )
    if _family(truth) != _family(given):
        raise _wrong(
            f"y_true holds {_family(truth)}, y_pred {_family(given)}.",
            "answers of the same kind as the truth",
            "map both to the same labels",
        )
    if given.ndim == 2:
        _check_probabilities(truth, given)
    for name, values in (("y_true", truth), ("y_pred", given)):
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise _wrong(
                f"{name} holds {int((~np.isfinite(values)).sum())} NaN or infinite values.",
                "finite numbers",
            )


def _family(values: Labels) -> str:
    """Which labels can be compared with one another."""
    return {"U": "text", "S": "bytes"}.get(values.dtype.kind, "numbers")


def _check_probabilities(truth: Labels, given: Labels) -> None:
    classes = max(given.shape[1], 2)
    if given.shape[1] == 0 or given.dtype.kind not in "fiub" or given.min() < 0 or given.max() > 1:
        raise _wrong(
            "y_pred of two dimensions does not hold probabilities.",
            "(N, C), each in 0..1",
            "apply the softmax",
        )
    if truth.dtype.kind not in "iub" or truth.min() < 0 or truth.max() >= classes:
        raise _wrong(
            "y_true does not number the columns of y_pred.",
            f"integers 0..{classes - 1}",
            "map the labels to columns",
        )


def _wrong(what: str, expected: str, help: str = "") -> ObservationError:
    return ObservationError(Fault("predictions", what, expected, help))


def _is_regression(truth: Labels, given: Labels, task: str | None) -> bool:
    if any(values.dtype.kind not in "fiub" for values in (truth, given)):
        return False
    if task is not None:
        return task in ("regression", "forecasting")
    floats = [values for values in (truth, given) if values.dtype.kind == "f"]
    return any(bool((values != np.round(values)).any()) for values in floats)


def _classes(truth: Labels, given: Labels, limit: Thresholds) -> Iterator[Observation]:
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


def _calibration(truth: Labels, probabilities: Array, limit: Thresholds) -> Iterator[Observation]:
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


def _numbers(truth: Array, given: Array, limit: Thresholds) -> Iterator[Observation]:
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
