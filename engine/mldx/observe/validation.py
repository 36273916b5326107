"""What training against validation shows.

Accuracy, where there is one, decides how wide a gap is: a tiny training loss makes any ratio of
losses large. Validation that rises while training falls is overfitting and never called divergence.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mldx.observe.curves import (
    Curve,
    Curves,
    chance_loss,
    different,
    least_near,
    median,
    nearest_earlier,
    percent,
    rank_correlation,
)
from mldx.observe.setup import MOST_IMBALANCED
from mldx.observe.training import Seen, Thresholds
from mldx.readers.names import direction
from mldx.symptoms import Observation


def observations(curves: Curves, limit: Thresholds) -> Iterator[Observation]:
    """Every observation that training and validation together allow."""
    for observer in OBSERVERS:
        seen = observer(curves, limit)
        if seen is not None:
            yield seen


def gap(curves: Curves, limit: Thresholds) -> Seen:
    """How much better training is at the end: in accuracy where there is one, else in loss."""
    if not _mature(curves, limit):
        return None
    train, val = curves.accuracy
    loss = _loss_gap(curves)
    if train is not None and val is not None and len(train) and len(val):
        points = train.end - val.end
        level = _accuracy_level(points, train.end, limit)
        figure = f"accuracy {percent(train.end)} in training, {percent(val.end)} in validation"
        return Observation(
            "generalization_gap", level, figure if loss is None else f"{figure}; val loss {loss[1]}"
        )
    return (
        None if loss is None else Observation("generalization_gap", loss[0], f"val loss {loss[1]}")
    )


def _mature(curves: Curves, limit: Thresholds) -> bool:
    """Three epochs or more: by count of points, or by the epoch a short log stands at."""
    curve = curves.val or curves.accuracy[1]
    if curve is None or not len(curve):
        return False
    far = curve.axis == "epoch" and float(curve.x[-1]) >= limit("generalization_gap.least_epochs")
    return len(curve) >= limit("generalization_gap.least_epochs") or far


def _loss_gap(curves: Curves) -> tuple[float, str] | None:
    if curves.train is None or curves.val is None or not len(curves.train) or not len(curves.val):
        return None
    train, val = curves.train.end, curves.val.end
    if train <= 0:
        return None
    return min(max((val - train) / train, -1.0), 1e9), f"{val:.4g} against {train:.4g}"


def _accuracy_level(points: float, train: float, limit: Thresholds) -> str:
    flagged = limit(
        "generalization_gap.points_high" if train > 0.9 else "generalization_gap.points"
    )
    if points >= limit("generalization_gap.points_strong"):
        return "strong"
    if points >= flagged:
        return "moderate"
    return "mild" if points >= limit("generalization_gap.points_mild") else "none"


def turns_up(curves: Curves, limit: Thresholds) -> Seen:
    """Where validation loss has its least value before it rises while training falls on."""
    val, train = curves.val, curves.train
    if val is None or train is None or len(val) < 3 or not len(train):
        return None
    turn = _turn(val, train, limit)
    if turn is None:
        return Observation(
            "val_loss_turns_up", "none", f"least {val.smooth.min():.4g}, at the end {val.end:.4g}"
        )
    turn = least_near(val, turn)
    low = float(val.y[turn])
    figure = f"val loss {low:.4g} at {val.axis} {val.x[turn]:g}, {float(val.smooth[-1]):.4g} at the end while train loss fell"
    return Observation("val_loss_turns_up", (turn + 1) / len(val), figure, float(val.x[turn]))


def _turn(val: Curve, train: Curve, limit: Thresholds) -> int | None:
    """Return the index of the turning point, or None when there is none."""
    turn = int(np.argmin(val.smooth))
    after = val.y[turn + 1 :]
    patience = limit("val_loss_turns_up.patience") if len(val) > 5 else 2
    if len(after) < patience:
        return None
    low, end = float(val.smooth[turn]), float(median(after[-3:]))
    clear = end - low > limit("val_loss_turns_up.rise") * abs(low) and end - low > 3 * val.noise
    at_turn, at_end = nearest_earlier(train, val.x[[turn, -1]])
    return turn if clear and at_end < (1 - limit("val_loss_turns_up.fall")) * at_turn else None


def up_and_up(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the validation score holds or rises while validation loss climbs from its least
    value.
    """
    val, score = curves.val, curves.score
    name, _, metric = score or ("", None, None)
    if val is None or metric is None or len(val) < 3 or len(metric) < 3:
        return None
    low = int(np.argmin(val.smooth))
    rise = (val.end - float(val.smooth[low])) / (abs(float(val.smooth[low])) or 1.0)
    before, after = nearest_earlier(metric, val.x[[low]])[0], metric.end
    gained = direction(name) * (after - before)
    rose = rise > limit("val_loss_up_acc_up.rise") and len(val) - low > 2
    found = rose and gained >= -limit("val_loss_up_acc_up.loss_of_score")
    return Observation(
        "val_loss_up_acc_up",
        bool(found),
        f"val loss {percent(rise)} above its least, {name} {before:.4g} to {after:.4g}",
    )


def better_than_train(curves: Curves, limit: Thresholds) -> Seen:
    """How much better validation is than training, in accuracy where there is one, else in loss."""
    if not _mature(curves, limit):
        return None
    train, val = curves.accuracy
    if train is not None and val is not None and len(train) and len(val):
        lead = val.end - train.end
        figure = f"accuracy {percent(val.end)} in validation, {percent(train.end)} in training"
    elif (
        curves.train is not None
        and curves.val is not None
        and len(curves.val)
        and len(curves.train)
        and curves.train.end > 0
    ):
        lead = _loss_lead(curves.train, curves.val)
        figure = f"val loss {curves.val.end:.4g}, train loss {curves.train.end:.4g}"
    else:
        return None
    return Observation("val_better_than_train", min(max(lead, 0.0), 1.0), figure)


def _loss_lead(train: Curve, val: Curve) -> float:
    """A loss lead counts only where it held for the last three points."""
    matched = nearest_earlier(train, val.x)
    last = 1 - val.y[-3:] / np.where(matched[-3:] > 0, matched[-3:], np.inf)
    return float(min(last.min(), 1 - val.end / train.end))


def val_noisy(curves: Curves, limit: Thresholds) -> Seen:
    """Jitter of the validation loss over jitter of the training loss, each relative to its level."""
    val, train = curves.val, curves.train
    if val is None or train is None or min(len(val), len(train)) < limit("val_noisy.least_points"):
        return None
    quiet, loud = train.noise / (abs(train.end) or 1.0), val.noise / (abs(val.end) or 1.0)
    if quiet <= 0 or loud < limit("val_noisy.least_jitter"):
        return Observation("val_noisy", 1.0, f"validation jitters by {percent(loud)} of its level")
    return Observation(
        "val_noisy",
        min(loud / quiet, 1e6),
        f"validation jitters by {percent(loud)}, training by {percent(quiet)}",
    )


def val_constant(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the validation score is one number while training moves."""
    score = curves.score
    val = score[2] if score else None
    if val is None or len(val) < 3:
        return None
    if curves.train is None or curves.train.first_bad is not None or len(curves.train) < 2:
        return None
    values = different(np.round(val.y, 6))
    few = 2 if len(val) >= limit("val_constant.least_points") else 1
    moved = float(np.ptp(curves.train.y)) > limit("val_constant.train_moves") * abs(
        curves.train.start
    )
    figure = f"{values} different value{'s' if values > 1 else ''} in {len(val)} evaluations"
    return Observation("val_constant", values <= few and moved, figure)


def at_chance(curves: Curves, limit: Thresholds) -> Seen:
    """Whether validation accuracy is that of guessing while training accuracy is far above it."""
    train, val = curves.accuracy
    if train is None or val is None or not len(train) or not len(val) or not _mature(curves, limit):
        return None
    chance = max(_class_shares(curves), default=limit("val_at_chance.unknown"))
    good = train.end > chance + limit("val_at_chance.skill") * (1 - chance)
    found = good and val.end < chance + limit("val_at_chance.above")
    return Observation(
        "val_at_chance",
        bool(found),
        f"accuracy {percent(train.end)} in training, {percent(val.end)} in validation",
    )


def bad_from_first(curves: Curves, limit: Thresholds) -> Seen:
    """Whether validation is far worse in each of the first two evaluations, and does not recover."""
    val, train = curves.val, curves.train
    if (
        val is None
        or train is None
        or min(len(val), len(train)) < 3
        or float(val.x[1]) > limit("val_bad_from_first_epoch.latest")
    ):
        return None
    matched = nearest_earlier(train, val.x)
    ratio = val.y / np.where(matched > 0, matched, np.nan)
    bad = np.append(ratio[:2], val.end / train.end if train.end > 0 else np.nan) > limit(
        "val_bad_from_first_epoch.ratio"
    )
    found = bool(bad.all()) and _accuracy_bad(curves, limit)
    if not found and _never_learned(curves, limit):
        figure = f"val loss {float(val.y[0]):.4g} at first and no better after it, while train loss fell to {train.end:.4g}"
        return Observation("val_bad_from_first_epoch", True, figure)
    return Observation(
        "val_bad_from_first_epoch",
        found,
        f"val loss is {ratio[0]:.3g} and {ratio[1]:.3g} times train loss at first",
    )


def _never_learned(curves: Curves, limit: Thresholds) -> bool:
    """Has validation gained nothing since its first evaluation, in loss and in accuracy, while
    training learned a lot?
    """
    train, val = curves.train, curves.val
    scores = curves.accuracy
    if train is None or val is None or len(val) < limit("val_bad_from_first_epoch.least_points"):
        return False
    learned = train.end < (1 - limit("val_bad_from_first_epoch.fall")) * train.start
    idle = float(val.smooth.min()) > (1 - limit("val_bad_from_first_epoch.gain")) * float(val.y[0])
    worse = val.end > limit("val_bad_from_first_epoch.ratio") * float(train.y[0])
    if scores[1] is None or not len(scores[1]):
        return learned and idle and worse
    return (
        learned
        and idle
        and float(scores[1].smooth.max() - scores[1].y[0]) < limit("val_bad_from_first_epoch.gain")
    )


def _accuracy_bad(curves: Curves, limit: Thresholds) -> bool:
    train, val = curves.accuracy
    if train is None or val is None or min(len(train), len(val)) < 2:
        return True
    return bool((train.y[:2] - val.y[:2] > limit("val_bad_from_first_epoch.points")).all())


def one_answer(curves: Curves, limit: Thresholds) -> Seen:
    """Whether accuracy is one number to the last digit, epoch after epoch: the same answer whatever
    the input.
    """
    constant = _constant_accuracy(curves, limit)
    if constant is None:
        return None
    return Observation(
        "predicts_single_class", "strong", f"accuracy is {percent(constant)} in every epoch"
    )


def two_shares(curves: Curves, limit: Thresholds) -> Seen:
    """Class balance of a two-class task, read off the constant accuracy of a model that always
    names one class.
    """
    constant = _constant_accuracy(curves, limit)
    if constant is None or curves.classes != 2 or curves.facts.get("class_counts"):
        return None
    ratio = min(max(constant, 1 - constant) / min(constant, 1 - constant), MOST_IMBALANCED)
    return Observation(
        "class_imbalance_ratio", ratio, f"one answer for all is right in {percent(constant)}"
    )


def _constant_accuracy(curves: Curves, limit: Thresholds) -> float | None:
    """Return the accuracy that is the same in every epoch after the first, or None."""
    told = [curve for curve in curves.accuracy if curve is not None and curve.first_bad is None]
    lost = curves.train is not None and curves.train.first_bad is not None
    if (
        not told
        or lost
        or min(len(curve) for curve in told) < limit("predicts_single_class.least_points")
    ):
        return None
    if (
        curves.train is not None
        and _never_moved(curves.train)
        and not _is_share(curves, float(told[0].y[-1]), limit)
    ):
        return None  # weights that do not move give one accuracy too, whatever the answers are
    skip = [
        1 if not _as_sure_as_shares(curves, float(curve.y[-1]), limit) else max(1, len(curve) // 5)
        for curve in told
    ]
    still = all(
        float(np.ptp(curve.y[first:])) < 1e-9 and 0 < float(curve.y[-1]) < 1
        for curve, first in zip(told, skip, strict=True)
    )
    return float(told[0].y[-1]) if still else None


def _never_moved(train: Curve) -> bool:
    return len(train) > 2 and float(np.ptp(train.y)) <= 1e-7 * abs(float(train.y[0]))


def _is_share(curves: Curves, value: float, limit: Thresholds) -> bool:
    counts = curves.facts.get("class_counts") or ()
    if counts:
        total = sum(counts) or 1
        return any(
            abs(count / total - value) < limit("accuracy_vs_majority.distance") for count in counts
        )
    return (
        curves.facts.get("output_units") == 1 and curves.facts.get("output_activation") == "softmax"
    )


def _as_sure_as_shares(curves: Curves, value: float, limit: Thresholds) -> bool:
    """Is the loss no better than knowing the shares, had one class of two the share that the
    accuracy says?
    """
    if (
        curves.facts.get("n_classes") != 2
        or curves.train is None
        or not 0.5 < value < 1
        or len(curves.train) < 8
    ):
        return False
    return curves.train.end > limit("predicts_single_class.loss_share") * chance_loss(
        np.array([value, 1 - value])
    )


def majority(curves: Curves, limit: Thresholds) -> Seen:
    """Whether accuracy is the share of one class; with the class counts, or one over the number of
    classes.
    """
    val = curves.accuracy[1] or curves.accuracy[0]
    shares = _class_shares(curves)
    if (
        val is None
        or not len(val)
        or not shares
        or (curves.train is not None and curves.train.first_bad is not None)
    ):
        return None
    if len(shares) == 1 and shares[0] == 0.5 and _names_the_smaller(curves, limit):
        return Observation(
            "accuracy_vs_majority",
            False,
            f"accuracy {percent(val.end)}: it names the smaller of two classes",
        )
    if (
        curves.train is not None
        and _never_moved(curves.train)
        and not curves.facts.get("class_counts")
    ):
        return None
    distance = min(abs(val.end - share) for share in shares)
    if distance < limit("accuracy_vs_majority.distance") and len(val) >= 3:
        still = float(np.ptp(val.y[-max(3, len(val) // 2) :])) < limit("accuracy_vs_majority.still")
        return (
            Observation("accuracy_vs_majority", True, f"accuracy {percent(val.end)}")
            if still
            else None
        )
    if val.end > max(shares) + limit("accuracy_vs_majority.above"):
        figure = f"accuracy {percent(val.end)}, the largest class has {percent(max(shares))}"
        return Observation("accuracy_vs_majority", False, figure)
    return None


def _names_the_smaller(curves: Curves, limit: Thresholds) -> bool:
    constant = _constant_accuracy(curves, limit)
    return constant is not None and constant < 0.5 - limit("accuracy_vs_majority.above")


def _class_shares(curves: Curves) -> list[float]:
    counts, classes = curves.facts.get("class_counts"), curves.classes
    if counts and sum(counts):
        return [count / sum(counts) for count in counts]
    return [1 / classes] if classes and classes > 1 else []


def disagree(curves: Curves, limit: Thresholds) -> Seen:
    """Whether loss and score of one split move against each other, over enough evaluations that
    both move.
    """
    if curves.score is None:
        return None
    name, train, val = curves.score
    for loss, metric in ((curves.train, train), (curves.val, val)):
        if (
            loss is None
            or metric is None
            or min(len(loss), len(metric)) < limit("metric_loss_disagree.least_points")
        ):
            continue
        if float(np.ptp(metric.y)) == 0 or float(np.ptp(loss.y)) < limit(
            "metric_loss_disagree.least_move"
        ) * abs(loss.start):
            return None
        agreement = -direction(name) * rank_correlation(nearest_earlier(loss, metric.x), metric.y)
        figure = (
            f"rank correlation of {loss.name} and {metric.name}: {-direction(name) * agreement:.2f}"
        )
        return Observation(
            "metric_loss_disagree",
            bool(agreement < -limit("metric_loss_disagree.correlation")),
            figure,
        )
    return None


def both_bad(curves: Curves, limit: Thresholds) -> Seen:
    """Whether training and validation accuracy are both poor, close and at rest."""
    train, val = curves.accuracy
    shares = _class_shares(curves)
    if (
        train is None
        or val is None
        or not shares
        or min(len(train), len(val)) < limit("both_bad.least_points")
    ):
        return None
    chance = max(shares)
    poor = chance + limit("both_bad.skill") * (1 - chance)
    still = float(np.ptp(train.smooth[-max(3, 2 * len(train) // 5) :])) < limit("both_bad.still")
    found = (
        train.end < poor
        and val.end < poor
        and abs(train.end - val.end) < limit("both_bad.gap")
        and still
    )
    figure = (
        f"accuracy {percent(train.end)} and {percent(val.end)}; guessing gives {percent(chance)}"
    )
    return Observation("both_bad", bool(found), figure) if found or train.end > poor else None


def too_good(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the validation score is perfect from early on; how hard the task is, a curve cannot
    tell.
    """
    score = curves.score
    if score is None or score[2] is None or direction(score[0]) < 0 or len(score[2]) < 3:
        return None
    val = score[2]
    perfect = float(median(val.y)) >= limit("val_too_good.score") and float(val.y.max()) <= 1
    if perfect:
        return Observation(
            "val_too_good",
            True,
            f"{score[0]} is {percent(float(median(val.y)))} in the median evaluation",
        )
    return (
        Observation("val_too_good", False, f"{score[0]} ends at {val.end:.4g}")
        if val.end < limit("val_too_good.ordinary")
        else None
    )


def map_zero(curves: Curves, limit: Thresholds) -> Seen:
    """Whether a detector's loss falls while its mAP stays at 0."""
    pair = (
        curves.metrics.get("map50") or curves.metrics.get("map50_95") or curves.metrics.get("map")
    )
    val = pair[1] if pair else None
    if (
        val is None
        or curves.train is None
        or not len(curves.train)
        or len(val) < limit("map_zero_loss_falling.least_points")
    ):
        return None
    fell = (curves.train.start - curves.train.end) / (abs(curves.train.start) or 1.0)
    zero = float(val.y.max()) < limit("map_zero_loss_falling.score")
    found = zero and fell > limit("map_zero_loss_falling.fall")
    return Observation(
        "map_zero_loss_falling",
        found,
        f"best mAP {float(val.y.max()):.4g}; train loss {percent(fell)} lower",
    )


def best_round(curves: Curves, limit: Thresholds) -> Seen:
    """Where the best validation round of boosted trees lies."""
    if curves.facts.get("model_family") != "boosting":
        return None
    score, val = curves.score, curves.val
    told = score[2] if score and score[2] is not None else val
    if told is None or len(told) < limit("gbdt_best_round.least_points"):
        return None
    sign = direction(score[0]) if score and told is score[2] else -1
    best = int(np.argmax(sign * told.y))
    return Observation(
        "gbdt_best_round",
        best / (len(told) - 1),
        f"best at round {told.x[best]:g} of {told.x[-1]:g}",
    )


OBSERVERS = (
    gap, turns_up, up_and_up, better_than_train, val_noisy, val_constant, at_chance, bad_from_first, one_answer, two_shares,
    majority, disagree,
    both_bad, too_good, map_zero, best_round,
)  # fmt: skip
