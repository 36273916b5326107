"""One answer for everything: an accuracy that is the share of a class, epoch after epoch."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curve, Curves, chance_loss, percent
from mldx.observe.findings import Finding, yes_or_no
from mldx.observe.grading import all_of, within
from mldx.observe.register import observer
from mldx.observe.setup import MOST_IMBALANCED


@observer(needs=())
def predicts_single_class(curves: Curves) -> Finding | None:
    """Whether accuracy is one number to the last digit, epoch after epoch: the same answer whatever
    the input.
    """
    constant = _constant_accuracy(curves)
    if constant is None:
        return None
    return Finding("strong", f"accuracy is {percent(constant)} in every epoch")


@observer(needs=())
def class_imbalance_ratio(curves: Curves) -> Finding | None:
    """Class balance of a two-class task, read off the constant accuracy of a model that always
    names one class.
    """
    constant = _constant_accuracy(curves)
    if constant is None or curves.classes != 2 or curves.facts.get("class_counts"):
        return None
    ratio = max(constant, 1 - constant) / min(constant, 1 - constant)
    figure = f"one answer for all is right in {percent(constant)}"
    return Finding(min(ratio, MOST_IMBALANCED), figure)


def _constant_accuracy(curves: Curves) -> float | None:
    """Return the accuracy that is the same in every epoch after the first, or None."""
    there = [curve for curve in curves.accuracy if curve is not None and curve.first_bad is None]
    if not there or not all(_is_constant(curves, curve) for curve in there):
        return None
    constant = float(there[0].y[-1])
    return constant if _learning_says(curves, curves.train, constant) else None


def _learning_says(curves: Curves, train: Curve | None, constant: float) -> bool:
    """Weights that do not move, or are broken, give one accuracy too, whatever the answers are."""
    if train is None:
        return True
    if train.first_bad is not None:
        return False
    return not _never_moved(curves, train) or _is_share(curves, constant)


def _is_constant(curves: Curves, accuracy: Curve) -> bool:
    least = curves.limit("predicts_single_class.least_points")
    return len(accuracy) >= least and _still(curves, accuracy)


def _still(curves: Curves, accuracy: Curve) -> bool:
    """Is it one number, once the start is over, and neither 0 nor 1?"""
    last = float(accuracy.y[-1])
    start = max(1, len(accuracy) // 5) if _as_sure_as_shares(curves, last) else 1
    moved = float(np.ptp(accuracy.y[start:]))
    return moved < curves.limit("predicts_single_class.digits") and 0 < last < 1


def _never_moved(curves: Curves, train: Curve) -> bool:
    if len(train) <= 2:  # too short to tell, or NaN from the first point on
        return False
    least = curves.limit("train_loss_identical.digits") * abs(float(train.y[0]))
    return float(np.ptp(train.y)) <= least


def _is_share(curves: Curves, value: float) -> bool:
    """Is this accuracy the share of a class, or must one class be named whatever the input?"""
    facts = curves.facts
    counts = facts.get("class_counts") or ()
    if not counts:
        # a softmax over one unit is always 1
        return facts.get("output_units") == 1 and facts.get("output_activation") == "softmax"
    total = sum(counts) or 1
    distance = curves.limit("accuracy_vs_majority.distance")
    return any(abs(count / total - value) < distance for count in counts)


def _as_sure_as_shares(curves: Curves, value: float) -> bool:
    """Is the loss of two classes no better than that of knowing their shares, where the larger one
    is as frequent as the accuracy says?
    """
    train = curves.train
    if train is None or len(train) < curves.limit("predicts_single_class.loss_points"):
        return False
    if curves.facts.get("n_classes") != 2 or not 0.5 < value < 1:
        return False
    known = chance_loss(np.array([value, 1 - value]))
    return train.end > curves.limit("predicts_single_class.loss_share") * known


@observer(needs=())
def accuracy_vs_majority(curves: Curves) -> Finding | None:
    """Whether accuracy is the share of one class; with the class counts, or one over the number of
    classes.
    """
    accuracy, shares = curves.accuracy[1] or curves.accuracy[0], curves.class_shares
    if not accuracy or not shares or _broken(curves.train):
        return None
    if shares == [0.5] and _names_the_smaller(curves):
        figure = f"accuracy {percent(accuracy.end)}: it names the smaller of two classes"
        return Finding(False, figure)
    if not curves.facts.get("class_counts") and _rests(curves):
        return None
    return _against_shares(curves, accuracy, shares)


def _broken(train: Curve | None) -> bool:
    return train is not None and train.first_bad is not None


def _rests(curves: Curves) -> bool:
    return curves.train is not None and _never_moved(curves, curves.train)


def _against_shares(curves: Curves, accuracy: Curve, shares: list[float]) -> Finding | None:
    """Compare where accuracy ends with the shares of the classes."""
    limit, end = curves.limit, accuracy.end
    away, largest = min(abs(end - share) for share in shares), max(shares)
    near = curves.within(away, "accuracy_vs_majority.distance", accuracy.end_error)
    still = 0.0
    if len(accuracy) >= 3:
        moved = float(np.ptp(accuracy.y[-max(3, len(accuracy) // 2) :]))
        border = limit("accuracy_vs_majority.still") + 2 * accuracy.noise
        still = within(moved, border, border / 2)
    yes = all_of(near, still)
    above = curves.beyond(end - largest, "accuracy_vs_majority.above", accuracy.end_error)
    no = all_of(above, 1 - near)
    if yes + no == 0:
        return None
    figure = f"accuracy {percent(end)}"
    if no > yes:
        figure = f"{figure}, the largest class has {percent(largest)}"
    return yes_or_no(yes / (yes + no), figure, settled=min(yes + no, 1.0))


def _names_the_smaller(curves: Curves) -> bool:
    constant = _constant_accuracy(curves)
    return constant is not None and constant < 0.5 - curves.limit("accuracy_vs_majority.above")
