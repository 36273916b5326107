"""The loss beside that of guessing: where it starts, where it rests, and what a softmax applied
twice leaves.

A model that knows only the class shares has the entropy of the labels as its loss (`chance_loss`).
A first loss far above it, a plateau at it, or a floor that no training can pass each have their own
cause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from mldx.observe.curves import Curve, Curves, percent
from mldx.observe.findings import Finding, about, one_of, share_of, yes_or_no
from mldx.observe.grading import all_of, any_of, beyond, within
from mldx.observe.plateau import stays
from mldx.observe.register import observer
from mldx.symptoms import Observation

# the range of `init_loss_ratio` ends here
_MOST = 1e6

# what a sure mistake costs: -ln 1e-7 and its nearest in single precision, where Keras cuts a
# probability, and 100, where PyTorch cuts the logarithm in `BCELoss`
_SURE_MISTAKES = (16.118, 15.942, 100.0)
# a flat loss less sure than this has no flat value
_LEAST_FLAT = 0.05
_LIKELY = 0.5

# the distance of the limits of an activation, and the power of the distance that a loss takes
_WIDTHS = {"sigmoid": 1, "tanh": 2}
_POWERS = {"mse": 2, "mae": 1, "rmse": 1}


@observer(needs=("train", "chance_loss", "seen"))
def train_loss_at_prior(
    curves: Curves, train: Curve, chance: float, seen: Mapping[str, Observation]
) -> Finding | None:
    """Whether a flat loss rests at the loss of guessing the class shares."""
    flat = share_of(seen, "train_loss_flat")
    if not flat or chance <= 0:
        return None
    away = abs(train.end - chance) / chance
    near = curves.within(away, "train_loss_at_prior.distance", train.end_error / chance)
    figure = f"the loss rests at {train.end:.4g}; guessing gives {chance:.4g}"
    return yes_or_no(near, figure, settled=flat) if flat >= _LEAST_FLAT else None


@observer(needs=("train", "chance_loss"), basis="counted")
def init_loss_ratio(curves: Curves, train: Curve, chance: float) -> Finding | None:
    """First loss over the loss of guessing."""
    first, settled = _first(curves, train, chance)
    if not settled or not math.isfinite(first) or first < 0 or chance <= 0:
        return None  # one class leaves nothing to guess, and its loss is 0
    figure = f"first loss {first:.4g}, guessing gives {chance:.4g}"
    return about(first / chance, 0.0, figure, span=(0.0, _MOST), settled=settled)


def _first(curves: Curves, train: Curve, chance: float) -> tuple[float, float]:
    """The first loss of a step log, and how surely it is one; of an epoch log only where it never
    moved, or is too large for a first epoch.
    """
    if curves.steps is not None and len(curves.steps):
        early = curves.steps.x[0] <= curves.limit("init_loss_ratio.first_step")
        return float(curves.steps.value[0]), float(early)
    first = float(train.y[0])
    still = stays(train, curves) if len(train) > 2 else 0.0
    large = 0.0
    if train.x[0] <= 1 and chance > 0:
        large = curves.beyond(first / chance, "init_loss_ratio.first_epoch")
    return first, any_of(still, large)


@observer(needs=("finite_train", "train_accuracy"), points=2)
def outputs_saturated(curves: Curves, train: Curve, accuracy: Curve) -> Finding | None:
    """Whether each wrong answer costs what the library cuts the logarithm at, and each right one
    nothing: the output is always sure.
    """
    wrong = 1 - accuracy.end
    known = curves.beyond(wrong, "outputs_saturated.wrong")
    if not known:
        return None
    cost = train.end / wrong
    away = min(abs(cost / one - 1) for one in _SURE_MISTAKES)
    yes = curves.within(away, "outputs_saturated.near")
    figure = f"the loss is {cost:.4g} times the share of wrong answers, {percent(wrong)}"
    return yes_or_no(yes, figure, settled=known)


@observer(needs=("finite_train",))
def output_loss_pair(curves: Curves, train: Curve) -> Finding | None:
    """Whether the loss is where a last layer of limited reach, or a softmax behind a softmax, must
    leave it.
    """
    return _out_of_reach(curves, train) or _softmax_twice(curves, train)


def _out_of_reach(curves: Curves, train: Curve) -> Finding | None:
    """Targets between the limits of an activation cost at most the distance of the limits (its
    square for a squared error): a least loss above it lies with targets out of reach.
    """
    facts = curves.facts
    width = _WIDTHS.get(str(facts.get("output_activation")))
    power = _POWERS.get(str(facts.get("loss_fn")))
    if facts.get("task") not in ("regression", "forecasting") or width is None or power is None:
        return None
    least, most = float(train.y.min()), width**power
    if least <= most:
        return None
    figure = (
        f"the least loss is {least:.4g}; targets within reach of a {facts['output_activation']} "
        f"cost at most {most:g}"
    )
    return Finding("wrong_activation", figure, basis="counted")


def _softmax_twice(curves: Curves, train: Curve) -> Finding | None:
    """Whether the loss rests where a softmax behind a softmax must leave it, when nothing says what
    the last layer is.

    Probabilities of 0..1 read as logits: a sure right answer costs ln(e + C - 1) - 1 and not 0, a
    sure wrong one 1 more.
    """
    limit, classes = curves.limit, curves.facts.get("n_classes")
    accuracy, chance = curves.accuracy[0], curves.chance_loss
    if not classes or classes < 2 or accuracy is None or chance is None:
        return None
    if curves.facts.get("output_activation") is not None:
        return None
    if min(len(train), len(accuracy)) < limit("output_loss_pair.least_points"):
        return None
    skill = (accuracy.end - 1 / classes) / (1 - 1 / classes)
    skilled = curves.beyond(skill, "output_loss_pair.skill")
    return _near_the_floor(curves, train, accuracy.end, classes, skilled) if skilled else None


def _near_the_floor(
    curves: Curves, train: Curve, accuracy: float, classes: int, skilled: float
) -> Finding | None:
    floor = math.log(math.e + classes - 1) - 1
    expected, span = floor + 1 - accuracy, math.log(classes) - floor
    away = abs(train.end - expected) / span
    near = curves.within(away, "output_loss_pair.near", train.end_error / span)
    settled = all_of(skilled, near, _rests_above(curves, train, floor))
    figure = (
        f"the loss rests at {train.end:.4g} with accuracy {percent(accuracy)}; a softmax twice "
        f"gives {expected:.4g}"
    )
    likely = settled >= _LIKELY  # a wrong pair is too rare to be said of a mere possibility
    return one_of({"double_softmax": 1.0}, figure, settled=settled) if likely else None


def _rests_above(curves: Curves, train: Curve, floor: float) -> float:
    tail = train.y[-max(3, len(train) // 4) :]
    jitter = 4 * train.noise / (train.end or 1.0)  # as far as jitter alone may move a few points
    rest = curves.limit("output_loss_pair.rest") + jitter
    still = within(float(np.ptp(tail)) / (train.end or 1.0), rest, rest / 4)
    above = beyond(float(train.smooth.min()) / floor, 1.0, 0.01 + train.noise / floor)
    return all_of(still, above)
