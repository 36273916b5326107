"""The coarse shape of the training loss: the worst of what the finer observers saw."""

from __future__ import annotations

from collections.abc import Mapping

from mldx.observe.curves import Curve, Curves, slope
from mldx.observe.findings import Finding, one_of, share_of
from mldx.observe.grading import any_of, enough, within
from mldx.observe.plateau import already_low, fall
from mldx.observe.register import observer
from mldx.symptoms import Observation

Seen = Mapping[str, Observation]

# the worst first
_SHAPES = (
    ("loss_oscillation", "oscillating"),
    ("train_loss_flat", "flat"),
    ("train_loss_slow", "slow"),
)
_LEAST = 0.02  # a shape less sure than this is none


@observer(needs=("train", "seen"), points=0)
def loss_shape(curves: Curves, train: Curve, seen: Seen) -> Finding | None:
    """The shape in one word, where the curve is long enough to be called flat or not."""
    if share_of(seen, "loss_nonfinite", ("never",)) == 0:
        return Finding("nonfinite", _figure(train), basis="counted")
    if "train_loss_flat" not in seen:
        return None
    shares = _shares(curves, train, seen)
    settled = sum(shares.values())
    if settled < _LEAST:
        return None
    whole = {shape: share / settled for shape, share in shares.items()}
    return one_of(whole, _figure(train), settled=settled)


def _shares(curves: Curves, train: Curve, seen: Seen) -> dict[str, float]:
    """Return how sure each shape is: the worst takes its share, and the next of what is left."""
    rising = share_of(seen, "train_loss_rising")
    far = train.end / abs(train.start) if train.start else 0.0
    diverging = curves.beyond(far, "loss_shape.diverging")
    shares = {"diverging": rising * diverging, "rising": rising * (1 - diverging)}
    left = 1 - rising
    for id, shape in _SHAPES:
        shares[shape] = left * share_of(seen, id)
        left -= shares[shape]
    if len(train) >= 3:
        shares |= {shape: left * share for shape, share in _falling_shapes(curves, train).items()}
    return {shape: share for shape, share in shares.items() if share >= _LEAST}


def _falling_shapes(curves: Curves, train: Curve) -> dict[str, float]:
    """Return how surely a loss falls all the way, and how surely it then rests."""
    error = train.end_error / (abs(train.start) or 1.0)
    low = already_low(curves, train) if fall(train) > 0 else 0.0
    fell = any_of(curves.beyond(fall(train), "loss_shape.least_fall", error), low)
    rests = _flat_tail(curves, train)
    return {"falls_then_flat": fell * rests, "falling": fell * (1 - rests)}


def _flat_tail(curves: Curves, train: Curve) -> float:
    """Has the second half no trend, though the first fell?"""
    limit = curves.limit
    least = int(limit("loss_shape.least_points"))
    tail = train.y[len(train) // 2 :]
    clear = limit("loss_shape.flat_slope")
    rests = within(abs(slope(tail)[1]), clear, clear / 2)
    fell = curves.clear(train.start - train.end, train)
    return rests * fell * enough(len(train), least // 2, least)


def _figure(train: Curve) -> str:
    if not len(train):
        return "no finite value"
    return f"{train.start:.4g} at the start, {train.end:.4g} at the end, over {train.logged} points"
