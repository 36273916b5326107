"""What the log of every step shows: spikes, the rhythm of epochs, resumed runs, learning rate and
gradient norm.

Epoch means hide these. Long logs are looked at in blocks, so that a million steps take no longer
than they must.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from mldx.observe.curves import Curves, median, rank_correlation
from mldx.observe.training import Seen, Thresholds
from mldx.readers.run import Array
from mldx.symptoms import Observation

_BLOCK = 50


def observations(curves: Curves, limit: Thresholds) -> Iterator[Observation]:
    """Every observation that step logs, rates and norms allow."""
    for observer in OBSERVERS:
        seen = observer(curves, limit)
        if seen is not None:
            yield seen


def spikes(curves: Curves, limit: Thresholds) -> Seen:
    """Jumps far above the block before them that come back, per 1000 logged steps."""
    series = curves.steps
    if series is None or len(series) < limit("loss_spikes.least_points"):
        return None
    finite = np.isfinite(series.value)
    y = series.value[finite]
    blocks = y[: len(y) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if len(blocks) < 2:
        return None
    medians = median(blocks)
    spreads = 1.4826 * median(np.abs(blocks - medians[:, None]))
    base, spread = medians[:-1, None], spreads[:-1, None]
    high = (blocks[1:] > base + limit("loss_spikes.deviations") * spread) & (
        blocks[1:] > limit("loss_spikes.factor") * base
    )
    came_back = medians[1:, None] < base + limit("loss_spikes.deviations") * spread
    starts = high & came_back
    count = int((starts[:, 1:] & ~starts[:, :-1]).sum() + starts[:, 0].sum())
    rate = 1000 * count / blocks.size
    first = _BLOCK + int(np.argmax(starts)) if count else None
    at = None if first is None else float(series.x[finite][first])
    return Observation(
        "loss_spikes", min(rate, 1000.0), f"{count} spikes in {blocks.size} logged steps", at
    )


def rhythm(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss, its trend taken out, repeats one shape in every epoch."""
    series = curves.steps
    if (
        series is None
        or series.epoch is None
        or len(series) < limit("loss_sawtooth_epoch.least_points")
    ):
        return None
    whole = np.floor(series.epoch)
    borders = np.flatnonzero(np.diff(whole) > 0) + 1
    lengths = np.diff(borders)
    if len(lengths) < 2 or lengths.min() < limit("loss_sawtooth_epoch.least_in_epoch"):
        return None
    explained = _explained_by_phase(series.value, borders, int(lengths.min()))
    found = explained > limit("loss_sawtooth_epoch.explained")
    return Observation(
        "loss_sawtooth_epoch",
        bool(found),
        f"one shape explains {explained:.0%} of the loss within an epoch",
    )


def _explained_by_phase(y: Array, borders: np.ndarray, length: int) -> float:
    """Return the share of the variance within epochs that one common shape explains, chance taken
    off.
    """
    bins = min(length, 20)
    epochs = np.stack([y[start : start + length] for start in borders[:-1]])
    shape = np.stack([part.mean(axis=1) for part in np.array_split(epochs, bins, axis=1)], axis=1)
    shape = shape - shape.mean(axis=1, keepdims=True)
    if not np.isfinite(shape).all() or float(shape.var()) == 0:
        return 0.0
    common = float(shape.mean(axis=0).var() / shape.var())
    chance = 1 / len(shape)
    return max((common - chance) / (1 - chance), 0.0)


def resumed(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the loss jumps where the run was resumed."""
    if curves.train is None:
        return None
    told = [
        (event.before, event.after, event.at)
        for event in curves.run.events
        if event.kind == "resume"
    ]
    jumps = [
        (float(b), float(a), at)
        for b, a, at in told
        if b and a and math.isfinite(b) and math.isfinite(a)
    ]
    if not jumps:
        return None
    before, after, at = max(jumps, key=lambda one: abs(one[1] - one[0]) / abs(one[0]))
    jump = abs(after - before) > max(
        limit("loss_jump_on_resume.share") * abs(before), 5 * curves.train.noise
    )
    return Observation(
        "loss_jump_on_resume",
        bool(jump),
        f"train loss {before:.4g} before and {after:.4g} after",
        at,
    )


def schedule(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the logged rate is zero in the middle of the run, or gone long before its end."""
    series = curves.lr
    if series is None or len(series) < limit("learning_rate_off_schedule.least_points"):
        return None
    rates = series.value[np.isfinite(series.value)]
    if not len(rates):
        return None
    peak, n = float(rates.max()), len(rates)
    middle = rates[n // 10 : max(n - max(n // 50, 1), n // 10 + 1)]
    zero = float((middle < limit("learning_rate_off_schedule.zero")).mean())
    if zero > limit("learning_rate_off_schedule.zero_share"):
        return Observation(
            "learning_rate_off_schedule", "zero", f"the rate is 0 in {zero:.0%} of the run"
        )
    gone = np.flatnonzero(
        rates[int(np.argmax(rates)) :] < limit("learning_rate_off_schedule.gone") * peak
    )
    if len(gone) and (gone[0] + int(np.argmax(rates))) / n < limit(
        "learning_rate_off_schedule.early"
    ):
        return Observation(
            "learning_rate_off_schedule",
            "decays_early",
            f"the rate fell from {peak:.3g} to {rates[-1]:.3g} early",
        )
    return Observation(
        "learning_rate_off_schedule", "ok", f"between {rates.min():.3g} and {peak:.3g}"
    )


def gradient_norm(curves: Curves, limit: Thresholds) -> Seen:
    """Greatest gradient norm over its median; a norm that is no number counts as the greatest
    possible.
    """
    series = curves.grad_norm
    if series is None or len(series) < limit("grad_norm_high.least_points"):
        return None
    finite = series.value[np.isfinite(series.value)]
    lost = len(series) - len(finite)
    if not len(finite):
        return Observation(
            "grad_norm_high", "strong", f"none of {len(series)} gradient norms is finite"
        )
    if float(median(finite)) <= 0:
        return None
    ratio = float(finite.max() / median(finite))
    if lost:
        return Observation(
            "grad_norm_high", "strong", f"{lost} of {len(series)} gradient norms are not finite"
        )
    figure, at = (
        f"greatest {finite.max():.4g}, median {median(finite):.4g}",
        float(series.x[np.argmax(series.value)]),
    )
    return Observation("grad_norm_high", min(ratio, 1e12), figure, at)


def norm_growing(curves: Curves, limit: Thresholds) -> Seen:
    """Whether the gradient norm grows from step to step, as it does where gradients are added up
    and never cleared.
    """
    series = curves.grad_norm
    norms = series.value[np.isfinite(series.value)] if series is not None else np.empty(0)
    if series is None or len(norms) < limit("grad_norm_high.least_points"):
        return None
    fifth = max(len(norms) // 5, 1)
    first, last = float(norms[:fifth].mean()), float(norms[-fifth:].mean())
    steady = rank_correlation(norms, np.arange(len(norms), dtype=float)) > limit(
        "grad_norm_growing.correlation"
    )
    figure = f"gradient norm {first:.4g} in the first fifth, {last:.4g} in the last"
    return Observation(
        "grad_norm_growing", steady and last > limit("grad_norm_growing.growth") * first > 0, figure
    )


OBSERVERS = (spikes, rhythm, resumed, schedule, gradient_norm, norm_growing)
