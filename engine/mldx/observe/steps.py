"""What the log of every step shows: spikes, the rhythm of epochs, resumed runs.

Epoch means hide these. Long logs are looked at in blocks, so that a million steps take no longer
than they must.
"""

from __future__ import annotations

import math

import numpy as np

from mldx.observe.curves import Curve, Curves, median
from mldx.observe.findings import Finding
from mldx.observe.register import MarkSpec, observer
from mldx.readers.run import Array, Series

# logged steps of one block; a spike is judged against the block before it
_BLOCK = 50
# parts of an epoch in which its common shape is looked for
_PARTS = 20


@observer(
    needs=("steps",),
    points="loss_spikes.least_points",
    mark=MarkSpec("train", "loss", "first spike"),
)
def loss_spikes(curves: Curves, steps: Series) -> Finding | None:
    """Jumps far above the block before them that come back, per 1000 logged steps."""
    limit = curves.limit
    finite = np.isfinite(steps.value)
    y = steps.value[finite]
    blocks = y[: len(y) // _BLOCK * _BLOCK].reshape(-1, _BLOCK)
    if len(blocks) < 2:
        return None
    medians = median(blocks)
    spreads = 1.4826 * median(np.abs(blocks - medians[:, None]))  # of a normal, from its median
    base, spread = medians[:-1, None], spreads[:-1, None]
    high = base + limit("loss_spikes.deviations") * spread
    up = (blocks[1:] > high) & (blocks[1:] > limit("loss_spikes.factor") * base)
    starts = up & (medians[1:, None] < high)
    count = int((starts[:, 1:] & ~starts[:, :-1]).sum() + starts[:, 0].sum())
    first = _BLOCK + int(np.argmax(starts))
    at = float(steps.x[finite][first]) if count else None
    rate = min(1000 * count / blocks.size, 1000.0)
    return Finding(rate, f"{count} spikes in {blocks.size} logged steps", at)


@observer(needs=("steps",), points="loss_sawtooth_epoch.least_points")
def loss_sawtooth_epoch(curves: Curves, steps: Series) -> Finding | None:
    """Whether the loss, its trend taken out, repeats one shape in every epoch."""
    if steps.epoch is None:
        return None
    borders = np.flatnonzero(np.diff(np.floor(steps.epoch)) > 0) + 1
    lengths = np.diff(borders)
    limit = curves.limit
    if len(lengths) < 2 or lengths.min() < limit("loss_sawtooth_epoch.least_in_epoch"):
        return None
    explained = _explained_by_phase(steps.value, borders, int(lengths.min()))
    found = explained > limit("loss_sawtooth_epoch.explained")
    return Finding(bool(found), f"one shape explains {explained:.0%} of the loss within an epoch")


def _explained_by_phase(y: Array, borders: np.ndarray, length: int) -> float:
    """Return the share of the variance within epochs that one common shape explains, chance taken
    off.
    """
    parts = min(length, _PARTS)
    epochs = np.stack([y[start : start + length] for start in borders[:-1]])
    shape = np.stack([part.mean(axis=1) for part in np.array_split(epochs, parts, axis=1)], axis=1)
    shape = shape - shape.mean(axis=1, keepdims=True)
    if not np.isfinite(shape).all() or float(shape.var()) == 0:
        return 0.0
    common = float(shape.mean(axis=0).var() / shape.var())
    chance = 1 / len(shape)
    return max((common - chance) / (1 - chance), 0.0)


@observer(needs=("train",), points=0, mark=MarkSpec("train", "loss", "resumed"))
def loss_jump_on_resume(curves: Curves, train: Curve) -> Finding | None:
    """Whether the loss jumps where the run was resumed."""
    resumes = [
        (float(event.before), float(event.after), event.at)
        for event in curves.run.events
        if event.kind == "resume" and event.before and event.after
    ]
    jumps = [one for one in resumes if math.isfinite(one[0]) and math.isfinite(one[1])]
    if not jumps:
        return None
    before, after, at = max(jumps, key=lambda one: abs(one[1] - one[0]) / abs(one[0]))
    limit = curves.limit
    share = limit("loss_jump_on_resume.share") * abs(before)
    jump = abs(after - before) > max(share, limit("loss_jump_on_resume.noise") * train.noise)
    return Finding(bool(jump), f"train loss {before:.4g} before and {after:.4g} after", at)
