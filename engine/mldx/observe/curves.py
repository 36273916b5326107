"""Curves made ready for observing: the finite part, its noise, its smoothed form, training joined
with validation.

Everything an observer asks of a curve is worked out here once. A change counts only outside the
curve's own noise, which is read off differences of higher order: a trend, even a bent one, hardly
shows in them, and jitter does. A last row that was written twice is one row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from mldx.observe.grading import beyond
from mldx.readers.names import direction
from mldx.readers.run import Array, Run, Series

MOST_POINTS = 2000
# standard deviation of differences of second, third and fourth order of white noise
_DIFFERENCES = (math.sqrt(6), math.sqrt(20), math.sqrt(70))
_HELPERS = frozenset(
    {"loss", "lr", "grad_norm", "loss_scale", "throughput", "gpu_mem", "entropy", "kl"}
)


@dataclass(frozen=True, eq=False)
class Curve:
    """One series, reduced to at most `MOST_POINTS` bucket means when it is longer.

    x, y        (N,), finite points only
    first_bad   index, in the series as logged, of the first non-finite value, or None
    logged      points in the series as logged
    """

    name: str
    x: Array
    y: Array
    first_bad: int | None
    logged: int
    axis: str

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def smooth(self) -> Array:
        """(N,), running median of three; the ends as they are."""
        if len(self.y) < 5:
            return self.y
        middle = median(np.stack([self.y[:-2], self.y[1:-1], self.y[2:]], axis=1))
        return np.concatenate([self.y[:1], middle, self.y[-1:]])

    @cached_property
    def noise(self) -> float:
        """Standard deviation of the jitter, from differences of the second to fourth order, the
        least of the three; 0 when the curve is too short to show any.

        A bend shows in the second differences of a short curve, and less in those of higher order.
        """
        return min(self.jitters, default=0.0)

    @cached_property
    def jitters(self) -> list[float]:
        """The noise by the differences of each order of which there are three or more."""
        found = []
        moves = np.diff(self.y)
        for spread in _DIFFERENCES:
            moves = np.diff(moves)
            if len(moves) >= 3:
                found.append(1.4826 * float(median(np.abs(moves))) / spread)
        return found

    @cached_property
    def start(self) -> float:
        """Level at the start: median of the first twentieth, at least one point."""
        return float(median(self.y[: max(1, len(self.y) // 20)]))

    @cached_property
    def end(self) -> float:
        """Level at the end: mean of the last fifth, at least one point."""
        return float(self.y[-max(1, len(self.y) // 5) :].mean())

    @property
    def end_error(self) -> float:
        """Standard error of the level at the end."""
        return self.noise / math.sqrt(max(1, len(self.y) // 5))

    def after_first(self) -> Curve:
        """Return the curve without its first point, which in an epoch log is a mean over a moving
        model.
        """
        return Curve(self.name, self.x[1:], self.y[1:], self.first_bad, self.logged, self.axis)


@dataclass(frozen=True, eq=False)
class Curves:
    """What the observers look at.

    train, val   the loss by epoch, or as it was logged when that is all there is
    steps        the training loss by step, unreduced, when it was logged finer than by epoch
    metrics      metric name -> (training curve or None, validation curve or None), helpers left out
    """

    train: Curve | None
    val: Curve | None
    steps: Series | None
    metrics: dict[str, tuple[Curve | None, Curve | None]]
    lr: Series | None
    grad_norm: Series | None
    facts: Mapping[str, Any]
    run: Run
    limit: Callable[[str], float]

    @cached_property
    def accuracy(self) -> tuple[Curve | None, Curve | None]:
        """Training and validation accuracy."""
        return self.metrics.get("accuracy", (None, None))

    @cached_property
    def score(self) -> tuple[str, Curve | None, Curve | None] | None:
        """The metric to judge by: accuracy when there is one, else the first whose name says
        which way is better.
        """
        known = [name for name in self.metrics if direction(name) != 0]
        if not known:
            return None
        name = "accuracy" if "accuracy" in known else known[0]
        return (name, *self.metrics[name])

    @property
    def score_name(self) -> str:
        """The name of the metric to judge by; empty when there is none."""
        return self.score[0] if self.score else ""

    def clear(self, difference: float, curve: Curve) -> float:
        """Return how surely a difference of two levels is larger than the curve's own noise could
        make it.
        """
        limit = self.limit("noise.clear")
        width = self.limit("noise.clear_within")
        return beyond(difference, limit * curve.noise, width * curve.noise)

    def beyond(self, value: float, threshold: str, error: float = 0.0) -> float:
        """Return how surely a value lies beyond a threshold.

        threshold   its name; close to it is what lies within a share of its size
        error       one standard error of the value
        """
        limit = self.limit(threshold)
        return beyond(value, limit, self.limit("noise.softness") * abs(limit) + 2 * error)

    def within(self, value: float, threshold: str, error: float = 0.0) -> float:
        """Return how surely a value lies below a threshold; as `beyond`."""
        return 1 - self.beyond(value, threshold, error)

    @cached_property
    def class_shares(self) -> list[float]:
        """The share of each class, or of any when all are alike; empty when they are not known."""
        counts, classes = self.facts.get("class_counts"), self.classes
        if counts and sum(counts):
            return [count / sum(counts) for count in counts]
        return [1 / classes] if classes and classes > 1 else []

    @cached_property
    def chance_loss(self) -> float | None:
        """Cross-entropy of guessing the class shares, in nats; None when the loss or the classes
        are not known for it.
        """
        loss = self.facts.get("loss_fn")
        if loss not in (None, "nll") and "cross_entropy" not in str(loss):
            return None
        counts = self.facts.get("class_counts")
        if counts and sum(counts) > 0:
            return chance_loss(np.asarray(counts, dtype=float) / sum(counts))
        classes = self.classes or 0
        if classes <= 1 or not self._classifies(loss):
            return None
        if classes == 2 and self._resting_share is not None:
            return chance_loss(np.array([self._resting_share, 1 - self._resting_share]))
        return math.log(classes)

    @cached_property
    def _resting_share(self) -> float | None:
        """The share of the larger of two classes: an accuracy that rests while the loss is that of
        knowing this share.
        """
        train, loss = self.accuracy[0], self.train
        if train is None or loss is None or len(train) < 4 or not len(loss):
            return None
        tail, share = train.y[len(train) // 2 :], float(train.y[-1])
        if float(np.ptp(tail)) > self.limit("predicts_single_class.digits"):
            return None
        if not 0.5 < share < 1:
            return None
        known = chance_loss(np.array([share, 1 - share]))
        near = abs(loss.end - known) < self.limit("inferred_classes.share") * known
        return share if near else None

    @cached_property
    def classes(self) -> int | None:
        """The number of classes: as given, or as a loss at ln C with an accuracy at 1/C shows."""
        given = self.facts.get("n_classes")
        return int(given) if given else self._classes_by_guessing()

    def _classifies(self, loss: Any) -> bool:
        return loss is not None or self.facts.get("task") in ("binary", "multiclass", None)

    def _classes_by_guessing(self) -> int | None:
        accuracy = self.accuracy[0] or self.accuracy[1]
        if accuracy is None or not len(accuracy) or accuracy.end <= 0:
            return None
        if self.train is None or not len(self.train):
            return None
        classes = round(min(1 / accuracy.end, 1e6))
        if classes < 2 or abs(accuracy.end * classes - 1) > self.limit("inferred_classes.accuracy"):
            return None
        guessing = math.log(classes)
        near = abs(self.train.end - guessing) < self.limit("inferred_classes.loss") * guessing
        return classes if near else None


def chance_loss(shares: Array) -> float:
    """Return the least loss reachable by a model that knows only the class balance.

    shares   (C,), each class's share of the labels; sums to 1
    returns  nats: ln(C) when classes are balanced, less when they are not

    A constant prediction can do no better than the entropy of the labels (information inequality,
    Cover & Thomas 2006, thm 2.6.3): a loss resting here has learned the balance and nothing else.
    """
    seen = shares[shares > 0]
    return float(-(seen * np.log(seen)).sum())


def prepared(run: Run, facts: Mapping[str, Any], limit: Callable[[str], float]) -> Curves:
    """Return the curves of a run.

    facts   setup facts with canonical names
    limit   a threshold by its name
    """
    run = _once(run)
    losses = run.all("train", "loss")
    most = limit("logged.points_an_epoch")
    fine = losses[-1] if losses and not _by_epoch(losses[-1], most) else None
    return Curves(
        train=_curve(run.get("train", "loss")),
        val=_curve(_validation(run, "loss")),
        steps=fine,
        metrics=_metrics(run),
        lr=_longest(run, "lr"),
        grad_norm=_longest(run, "grad_norm"),
        facts=facts,
        run=run,
        limit=limit,
    )


def _once(run: Run) -> Run:
    """Return the run without a last row that repeats the one before it, as a restarted logger or a
    final evaluation writes it.

    The row is the same in every series, and the row before it is not: what stands still stays.
    """
    there = [one for one in run.series if len(one) >= 3]
    if not there or not all(_repeats(one) for one in there):
        return run
    if not any(one.value[-2] != one.value[-3] for one in there):
        return run
    return replace(run, series=[_shorter(one) if len(one) >= 3 else one for one in run.series])


def _repeats(one: Series) -> bool:
    return bool(one.value[-1] == one.value[-2])


def _shorter(one: Series) -> Series:
    epoch = None if one.epoch is None else one.epoch[:-1]
    step = None if one.step is None else one.step[:-1]
    return replace(one, value=one.value[:-1], epoch=epoch, step=step)


def _validation(run: Run, metric: str) -> Series | None:
    """Validation where there is one; else the test set that was looked at every epoch in its
    place.
    """
    return run.get("val", metric) or run.get("test", metric)


def _metrics(run: Run) -> dict[str, tuple[Curve | None, Curve | None]]:
    parts: dict[str, Run] = {}
    for one in run.series:
        if one.metric not in _HELPERS and not one.metric.endswith("_loss"):
            parts.setdefault(one.metric, Run(run.origin, run.format)).series.append(one)
    pairs = {
        name: (_curve(part.get("train", name)), _curve(_validation(part, name)))
        for name, part in parts.items()
    }
    return {name: pair for name, pair in pairs.items() if any(pair)}


def _longest(run: Run, metric: str) -> Series | None:
    found = [one for one in run.series if one.metric == metric and len(one) and not one.rival]
    return max(found, key=len) if found else None


def _by_epoch(series: Series, points: float) -> bool:
    """Is there about one point an epoch?"""
    if series.epoch is None:
        return series.step is None
    epochs = different(np.floor(series.epoch[np.isfinite(series.epoch)]))
    return len(series) <= points * max(epochs, 1)


def _curve(series: Series | None) -> Curve | None:
    if series is None or not len(series):
        return None
    finite = np.isfinite(series.value)
    bad = None if finite.all() else int(np.argmin(finite))
    x, y = series.x[finite], series.value[finite]
    if bad is not None:  # what comes after the first NaN is not training
        x, y = x[:bad], y[:bad]
    return Curve(series.name, *_reduced(x, y), bad, len(series), series.axis)


def _reduced(x: Array, y: Array) -> tuple[Array, Array]:
    """Return bucket means, at most `MOST_POINTS` of them."""
    if len(y) <= MOST_POINTS:
        return x, y
    edges = np.linspace(0, len(y), MOST_POINTS + 1).astype(int)[:-1]
    counts = np.diff(np.append(edges, len(y)))
    return x[edges], np.add.reduceat(y, edges) / counts


def nearest_earlier(curve: Curve, x: Array) -> Array:
    """Return the curve's value at the nearest earlier point of each x (its first value before
    that).
    """
    index = np.searchsorted(curve.x, x, side="right") - 1
    return curve.y[np.clip(index, 0, len(curve) - 1)]


def least_near(curve: Curve, index: int) -> int:
    """Return where the least value stands, at a point of the curve or beside it; an end stays an
    end.
    """
    if not 0 < index < len(curve) - 1:
        return index
    return index - 1 + int(np.argmin(curve.y[index - 1 : index + 2]))


def slope(y: Array) -> tuple[float, float]:
    """Return the least-squares slope a point, and its t statistic (infinite for a straight
    line).
    """
    n = len(y)
    if n < 3:
        return (float(y[-1] - y[0]) if n == 2 else 0.0), 0.0
    x = np.arange(n) - (n - 1) / 2
    rise = float((x * y).sum() / (x * x).sum())
    left = y - y.mean() - rise * x
    error = float(np.sqrt((left * left).sum() / (n - 2) / (x * x).sum()))
    if error == 0:
        return rise, 0.0 if rise == 0 else float(np.copysign(np.inf, rise))
    return rise, rise / error


def median(values: Array) -> Any:
    """Return the median along the last axis, NaN of nothing; `numpy.median` would import masked
    arrays for it.
    """
    ordered, n = np.sort(values, axis=-1), values.shape[-1]
    if n == 0:
        return np.nan
    return (ordered[..., (n - 1) // 2] + ordered[..., n // 2]) / 2


def different(values: Array) -> int:
    """Count the different values; `numpy.unique` would import masked arrays for it."""
    return int(np.count_nonzero(np.diff(np.sort(values)))) + 1 if len(values) else 0


def ranks(values: Array) -> Array:
    """Return the rank of every value, equal values sharing the mean of theirs."""
    ordered = np.sort(values)
    return (
        np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right") - 1
    ) / 2


def rank_correlation(one: Array, other: Array) -> float:
    """Return Spearman's correlation; 0 when one of the two does not vary."""
    both = ranks(one), ranks(other)
    if min(float(part.std()) for part in both) == 0:
        return 0.0
    return float(np.corrcoef(*both)[0, 1])


def percent(share: float) -> str:
    """Write a share as a percentage with as many digits as matter."""
    return f"{100 * share:.3g} %"
