"""What predictions show, class by class: answers beside the truth, on data the model was not
trained on.

    observe.predictions(y_true, y_pred)                      classes, or numbers for a regression
    observe.predictions(y_true, probabilities)               (N, C): their argmax is the answer
    observe.predictions(y_true, y_pred, task="forecasting")  in the order of time

Per-class figures need enough samples of a class; a class with fewer is left out, and that is not
"no".
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mldx.errors import Fault, ObservationError
from mldx.knowledge import KnowledgeBase, load
from mldx.observe.outputs import classes, numbers
from mldx.provenance import Source
from mldx.symptoms import Symptoms

Labels = NDArray[Any]


def predictions(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    task: str | None = None,
    groups: ArrayLike | None = None,
    horizon: int = 1,
    knowledge: KnowledgeBase | None = None,
) -> Symptoms:
    """Return what predictions show.

    y_true   (N,), class labels of any kind, or numbers
    y_pred   (N,), answers of the same kind; or (N, C), probabilities of classes 0..C-1
    task     "regression" or "classification" where the numbers do not say; floats with fractions
             are a regression; "forecasting" is one in the order of time
    groups   (N,), the subgroup of each sample (source, device, site), to find the worst one
    horizon  of a forecast, steps ahead
    raises   ObservationError, when lengths differ, nothing is there, or numbers are not finite
    """
    limit = (knowledge if knowledge is not None else load()).threshold
    truth, given = _array("y_true", y_true), _array("y_pred", y_pred)
    _check(truth, given)
    if given.ndim == 2 and given.shape[1] == 1:
        given = np.column_stack([1 - given[:, 0], given[:, 0]])
    if given.ndim == 2:
        answers = given.argmax(axis=1)
        seen = [*classes.classes(truth, answers, limit)]
        seen += classes.calibration(truth, given, limit)
        if given.shape[1] == 2:
            seen += classes.threshold_gain(truth, given[:, 1], limit)
        errors = (truth != answers).astype(float)
    elif _is_regression(truth, given, task):
        one, other = truth.astype(float), given.astype(float)
        seen = list(numbers.numbers(one, other, limit))
        if task == "forecasting":
            seen += numbers.forecast(one, other, horizon, limit)
        errors = np.abs(one - other)
    else:
        seen = list(classes.classes(truth, given, limit))
        errors = (truth != given).astype(float)
    if groups is not None:
        seen += classes.slices(errors, _groups(groups, len(truth)), limit)
    return Symptoms.gather(seen, Source.MEASURED, "predictions")


def _groups(groups: ArrayLike, size: int) -> Labels:
    found = np.asarray(groups)
    if found.shape != (size,):
        raise _wrong(f"groups has shape {found.shape}.", f"({size},), one for each answer")
    return found


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
