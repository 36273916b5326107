"""Validation by itself and from the start: jitter, standstill, chance, apart at once, too good."""

from __future__ import annotations

import math
from collections.abc import Mapping

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
from mldx.observe.findings import Finding, about, one_of, share_of, yes_or_no
from mldx.observe.grading import all_of, any_of, beyond, enough, within
from mldx.observe.overfitting import mature, on_another_scale
from mldx.observe.register import observer
from mldx.readers.names import direction
from mldx.symptoms import Observation

# the range of `val_noisy` ends here
_MOST_NOISE = 1e6
_HALF = 0.5


@observer(needs=("train", "val"), points="val_noisy.least_points")
def val_noisy(curves: Curves, train: Curve, val: Curve) -> Finding:
    """Jitter of the validation loss over jitter of the training loss, each relative to its level;
    a jitter below the least one counts as that, for it troubles nobody.
    """
    least = curves.limit("val_noisy.least_jitter")
    quiet, loud = train.noise / (abs(train.end) or 1.0), val.noise / (abs(val.end) or 1.0)
    figure = f"validation jitters by {percent(loud)}, training by {percent(quiet)}"
    levels = abs(train.end) or 1.0, abs(val.end) or 1.0
    jitters = zip(train.jitters, val.jitters, strict=False)
    # a bend of a short curve is a jitter in differences of one order, and less in those of another
    ratio = min(
        max(val / levels[1], least) / max(train / levels[0], least) for train, val in jitters
    )
    # a jitter read off n points is known to about one over the root of n
    error = 0.0 if loud <= least / 2 else ratio * 1.5 / math.sqrt(len(val))
    whole = int(curves.limit("val_noisy.enough_points"))
    settled = enough(len(val), int(curves.limit("val_noisy.least_points")), whole)
    return about(ratio, error, figure, span=(0.0, _MOST_NOISE), settled=settled)


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


@observer(needs=("finite_train", "seen"))
def score_stays_at_first(
    curves: Curves, train: Curve, seen: Mapping[str, Observation]
) -> Finding | None:
    """Whether a poor score is at the end where it was at first, while the loss is not."""
    limit, score = curves.limit, _share_score(curves)
    if score is None or len(score) < limit("score_stays_at_first.least_points"):
        return None
    moves = 1 - share_of(seen, "train_loss_flat")
    if not moves:
        return None
    first = float(score.y[: max(1, len(score) // 5)].mean())
    most = limit("score_stays_at_first.gain")
    yes = all_of(
        curves.within(float(score.smooth.max()) - 2 * score.noise, "score_stays_at_first.poor"),
        within(score.end - first, most + score.end_error, most / 2 + score.end_error),
    )
    figure = f"{score.name} {first:.4g} at first, {score.end:.4g} at the end"
    return yes_or_no(yes, figure, settled=moves)


def _share_score(curves: Curves) -> Curve | None:
    """The validation score, or that of training where there is none, if it is one of 0..1 of which
    more is better.
    """
    if curves.score is None or direction(curves.score_name) < 0:
        return None
    score = curves.score[2] or curves.score[1]
    inside = score is not None and len(score) > 0 and score.y.min() >= 0 and score.y.max() <= 1
    return score if inside else None


@observer(needs=("train_accuracy", "val_accuracy"))
def val_at_chance(curves: Curves, train: Curve, val: Curve) -> Finding | None:
    """Whether validation accuracy is that of guessing while training accuracy is far above it."""
    if not mature(curves):
        return None
    limit = curves.limit
    chance = max(curves.class_shares, default=limit("val_at_chance.unknown"))
    skill = (train.end - chance) / ((1 - chance) or 1.0)
    yes = all_of(
        curves.beyond(skill, "val_at_chance.skill", train.end_error),
        curves.within(val.end - chance, "val_at_chance.above", val.end_error),
    )
    figure = f"accuracy {percent(train.end)} in training, {percent(val.end)} in validation"
    return yes_or_no(yes, figure)


@observer(needs=("train", "val"), points=3)
def val_bad_from_first_epoch(curves: Curves, train: Curve, val: Curve) -> Finding | None:
    """Whether validation is far worse in each of the first two evaluations, and does not
    recover.
    """
    limit = curves.limit
    second = float(val.x[1])
    latest = limit("val_bad_from_first_epoch.latest")
    settled = all_of(
        within(second, latest + 0.5, max(latest / 2, 1.0)),
        1 - on_another_scale(train, val, curves),
    )
    if not settled:
        return None
    matched = nearest_earlier(train, val.x)
    ratio = val.y / np.where(matched > 0, matched, np.nan)
    at_end = val.end / train.end if train.end > 0 else np.nan
    error = np.array([train.noise, train.noise, train.end_error])
    level = np.array([*matched[:2], train.end])
    jitter = np.where(level > 0, error / level, 0.0)
    apart = [
        curves.beyond(float(one), "val_bad_from_first_epoch.ratio", float(wide))
        for one, wide in zip((*ratio[:2], at_end), jitter, strict=True)
    ]
    bad = all_of(*apart, _accuracy_bad(curves))
    never = _never_learned(curves, train, val)
    if never > bad:
        figure = (
            f"val loss {float(val.y[0]):.4g} at first and no better after it, while train loss "
            f"fell to {train.end:.4g}"
        )
        return yes_or_no(never, figure, settled=settled)
    figure = f"val loss is {ratio[0]:.3g} and {ratio[1]:.3g} times train loss at first"
    return yes_or_no(bad, figure, settled=settled)


def _accuracy_bad(curves: Curves) -> float:
    """Is validation accuracy far below training accuracy too, where there is any?"""
    train, val = curves.accuracy
    if train is None or val is None or min(len(train), len(val)) < 2:
        return 1.0
    apart = float((train.y[:2] - val.y[:2]).mean())
    return curves.beyond(apart, "val_bad_from_first_epoch.points", val.noise)


def _never_learned(curves: Curves, train: Curve, val: Curve) -> float:
    """Has validation gained nothing since its first evaluation, in loss and in accuracy, while
    training learned a lot?
    """
    limit, accuracy = curves.limit, curves.accuracy[1]
    if len(val) < limit("val_bad_from_first_epoch.least_points"):
        return 0.0
    first, begun = float(val.y[0]), float(train.y[0])
    if first <= 0 or begun <= 0 or train.start <= 0:
        return 0.0
    nothing = all_of(
        curves.beyond(1 - train.end / train.start, "val_bad_from_first_epoch.fall"),
        curves.within(
            1 - float(val.smooth.min()) / first, "val_bad_from_first_epoch.gain", val.noise / first
        ),
    )
    apart = curves.beyond(first / begun, "val_bad_from_first_epoch.apart", val.noise / begun)
    if accuracy is None or not len(accuracy):
        high = curves.beyond(val.end / begun, "val_bad_from_first_epoch.ratio")
        return all_of(nothing, apart, high)
    gained = float(accuracy.smooth.max() - accuracy.y[0])
    stood_still = curves.within(gained, "val_bad_from_first_epoch.gain", accuracy.noise)
    return all_of(nothing, stood_still, any_of(apart, _guesses(curves, accuracy)))


def _guesses(curves: Curves, accuracy: Curve) -> float:
    """Is validation accuracy hardly above that of guessing?"""
    chance = max(curves.class_shares, default=curves.limit("val_at_chance.unknown"))
    return curves.within(
        accuracy.end - chance, "val_bad_from_first_epoch.points", accuracy.end_error
    )


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
    points = min(len(loss), len(score))
    moved = float(np.ptp(loss.y)) / (abs(loss.start) or 1.0)
    settled = all_of(
        curves.beyond(moved, "metric_loss_disagree.least_move"),
        enough(
            points,
            int(limit("metric_loss_disagree.least_points")),
            int(limit("metric_loss_disagree.enough_points")),
        ),
    )
    if not settled or float(np.ptp(score.y)) == 0:
        return None
    correlation = rank_correlation(nearest_earlier(loss, score.x), score.y)
    figure = f"rank correlation of {loss.name} and {score.name}: {correlation:.2f}"
    border = limit("metric_loss_disagree.correlation")
    # the standard error of a rank correlation is about one over the root of the points
    yes = beyond(sign * correlation, border, border / 2 + 0.5 / math.sqrt(points))
    return yes_or_no(yes, figure, settled=settled)


@observer(needs=("train_accuracy", "val_accuracy"), points="both_bad.least_points")
def both_bad(curves: Curves, train: Curve, val: Curve) -> Finding | None:
    """Whether training and validation accuracy are both poor, close and at rest."""
    if not curves.class_shares:
        return None
    limit, chance = curves.limit, max(curves.class_shares)
    room = (1 - chance) or 1.0
    tail = train.smooth[-max(3, 2 * len(train) // 5) :]
    still = limit("both_bad.still") + 2 * train.noise
    poor = curves.within((train.end - chance) / room, "both_bad.skill", train.end_error / room)
    yes = all_of(
        poor,
        curves.within((val.end - chance) / room, "both_bad.skill", val.end_error / room),
        curves.within(abs(train.end - val.end), "both_bad.gap", val.end_error),
        within(float(np.ptp(tail)), still, still / 2),
    )
    figure = (
        f"accuracy {percent(train.end)} and {percent(val.end)}; guessing gives {percent(chance)}"
    )
    settled = any_of(yes, 1 - poor)  # a poor accuracy that still moves is neither
    if not settled:
        return None
    return yes_or_no(yes / (yes + 1 - poor), figure, settled=min(settled, 1.0))


@observer(needs=("val_score",), points=3)
def val_too_good(curves: Curves, score: Curve) -> Finding | None:
    """Whether the validation score is perfect from early on; how hard the task is, a curve does not
    say.
    """
    limit, name = curves.limit, curves.score_name
    if direction(name) < 0:
        return None
    middle, perfect = float(median(score.y)), limit("val_too_good.score")
    ordinary = limit("val_too_good.ordinary")
    yes = beyond(middle, perfect, (1 - perfect) / 2) if float(score.y.max()) <= 1 else 0.0
    if yes:
        figure = f"{name} is {percent(middle)} in the median evaluation"
        return one_of({True: 1.0}, figure, settled=yes) if yes >= _HALF else None
    no = within(score.end, ordinary, (1 - ordinary) / 2)
    return one_of({False: 1.0}, f"{name} ends at {score.end:.4g}", settled=no) if no else None
