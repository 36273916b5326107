"""Validation by itself and from the start: jitter, standstill, chance, apart at once, too good."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import (
    Curve,
    Curves,
    different,
    median,
    nearest_earlier,
    percent,
    rank_correlation,
)
from mldx.observe.overfitting import mature, on_another_scale
from mldx.observe.register import Finding, observer
from mldx.readers.names import direction

# the range of `val_noisy` ends here
_MOST_NOISE = 1e6


@observer(needs=("train", "val"), points="val_noisy.least_points")
def val_noisy(curves: Curves, train: Curve, val: Curve) -> Finding:
    """Jitter of the validation loss over jitter of the training loss, each relative to its
    level.
    """
    quiet, loud = train.noise / (abs(train.end) or 1.0), val.noise / (abs(val.end) or 1.0)
    if quiet <= 0 or loud < curves.limit("val_noisy.least_jitter"):
        return Finding(1.0, f"validation jitters by {percent(loud)} of its level")
    figure = f"validation jitters by {percent(loud)}, training by {percent(quiet)}"
    return Finding(min(loud / quiet, _MOST_NOISE), figure)


@observer(
    needs=("finite_train", "val_score"), points={"finite_train": 2, "val_score": 3}, basis="counted"
)
def val_constant(curves: Curves, train: Curve, score: Curve) -> Finding:
    """Whether the validation score is one number while training moves."""
    limit = curves.limit
    values = different(np.round(score.y / limit("val_constant.digits")))
    long = len(score) >= limit("val_constant.least_points")
    most = limit("val_constant.values") if long else 1
    moved = float(np.ptp(train.y)) > limit("val_constant.train_moves") * abs(train.start)
    figure = f"{values} different value{'s' if values > 1 else ''} in {len(score)} evaluations"
    return Finding(values <= most and moved, figure)


@observer(needs=("train_accuracy", "val_accuracy"))
def val_at_chance(curves: Curves, train: Curve, val: Curve) -> Finding | None:
    """Whether validation accuracy is that of guessing while training accuracy is far above it."""
    if not mature(curves):
        return None
    limit = curves.limit
    chance = max(curves.class_shares, default=limit("val_at_chance.unknown"))
    good = train.end > chance + limit("val_at_chance.skill") * (1 - chance)
    found = good and val.end < chance + limit("val_at_chance.above")
    figure = f"accuracy {percent(train.end)} in training, {percent(val.end)} in validation"
    return Finding(bool(found), figure)


@observer(needs=("train", "val"), points=3)
def val_bad_from_first_epoch(curves: Curves, train: Curve, val: Curve) -> Finding | None:
    """Whether validation is far worse in each of the first two evaluations, and does not
    recover.
    """
    limit = curves.limit
    late = float(val.x[1]) > limit("val_bad_from_first_epoch.latest")
    if late or on_another_scale(train, val, curves):
        return None
    matched = nearest_earlier(train, val.x)
    ratio = val.y / np.where(matched > 0, matched, np.nan)
    at_end = val.end / train.end if train.end > 0 else np.nan
    bad = np.append(ratio[:2], at_end) > limit("val_bad_from_first_epoch.ratio")
    found = bool(bad.all()) and _accuracy_bad(curves)
    if not found and _never_learned(curves, train, val):
        return Finding(
            True,
            f"val loss {float(val.y[0]):.4g} at first and no better after it, while train loss "
            f"fell to {train.end:.4g}",
        )
    figure = f"val loss is {ratio[0]:.3g} and {ratio[1]:.3g} times train loss at first"
    return Finding(found, figure)


def _accuracy_bad(curves: Curves) -> bool:
    """Is validation accuracy far below training accuracy too, where there is any?"""
    train, val = curves.accuracy
    if train is None or val is None or min(len(train), len(val)) < 2:
        return True
    apart = train.y[:2] - val.y[:2]
    return bool((apart > curves.limit("val_bad_from_first_epoch.points")).all())


def _never_learned(curves: Curves, train: Curve, val: Curve) -> bool:
    """Has validation gained nothing since its first evaluation, in loss and in accuracy, while
    training learned a lot?
    """
    limit, accuracy = curves.limit, curves.accuracy[1]
    if len(val) < limit("val_bad_from_first_epoch.least_points"):
        return False
    learned = train.end < (1 - limit("val_bad_from_first_epoch.fall")) * train.start
    gain = limit("val_bad_from_first_epoch.gain")
    if not learned or float(val.smooth.min()) <= (1 - gain) * float(val.y[0]):
        return False
    first = float(val.y[0]) > limit("val_bad_from_first_epoch.apart") * float(train.y[0])
    if accuracy is None or not len(accuracy):
        return first and val.end > limit("val_bad_from_first_epoch.ratio") * float(train.y[0])
    stood_still = float(accuracy.smooth.max() - accuracy.y[0]) < gain
    return stood_still and (first or _guesses(curves, accuracy))


def _guesses(curves: Curves, accuracy: Curve) -> bool:
    """Is validation accuracy hardly above that of guessing?"""
    chance = max(curves.class_shares, default=curves.limit("val_at_chance.unknown"))
    return accuracy.end < chance + curves.limit("val_bad_from_first_epoch.points")


@observer(needs=())
def metric_loss_disagree(curves: Curves) -> Finding | None:
    """Whether loss and score of one split move against each other, over enough evaluations that
    both move.
    """
    if curves.score is None:
        return None
    name, train, val = curves.score
    least = curves.limit("metric_loss_disagree.least_points")
    for loss, score in ((curves.train, train), (curves.val, val)):
        if loss is not None and score is not None and min(len(loss), len(score)) >= least:
            return _disagreement(curves, loss, score, direction(name))
    return None


def _disagreement(curves: Curves, loss: Curve, score: Curve, sign: int) -> Finding | None:
    limit = curves.limit
    moved = float(np.ptp(loss.y)) >= limit("metric_loss_disagree.least_move") * abs(loss.start)
    if not moved or float(np.ptp(score.y)) == 0:
        return None
    correlation = rank_correlation(nearest_earlier(loss, score.x), score.y)
    agreement = -sign * correlation
    figure = f"rank correlation of {loss.name} and {score.name}: {correlation:.2f}"
    return Finding(bool(agreement < -limit("metric_loss_disagree.correlation")), figure)


@observer(needs=("train_accuracy", "val_accuracy"), points="both_bad.least_points")
def both_bad(curves: Curves, train: Curve, val: Curve) -> Finding | None:
    """Whether training and validation accuracy are both poor, close and at rest."""
    if not curves.class_shares:
        return None
    limit, chance = curves.limit, max(curves.class_shares)
    poor = chance + limit("both_bad.skill") * (1 - chance)
    tail = train.smooth[-max(3, 2 * len(train) // 5) :]
    still = float(np.ptp(tail)) < limit("both_bad.still")
    close = abs(train.end - val.end) < limit("both_bad.gap")
    found = train.end < poor and val.end < poor and close and still
    figure = (
        f"accuracy {percent(train.end)} and {percent(val.end)}; guessing gives {percent(chance)}"
    )
    return Finding(bool(found), figure) if found or train.end > poor else None


@observer(needs=("val_score",), points=3)
def val_too_good(curves: Curves, score: Curve) -> Finding | None:
    """Whether the validation score is perfect from early on; how hard the task is, a curve does not
    say.
    """
    limit, name = curves.limit, curves.score_name
    if direction(name) < 0:
        return None
    middle = float(median(score.y))
    if middle >= limit("val_too_good.score") and float(score.y.max()) <= 1:
        return Finding(True, f"{name} is {percent(middle)} in the median evaluation")
    if score.end < limit("val_too_good.ordinary"):
        return Finding(False, f"{name} ends at {score.end:.4g}")
    return None
