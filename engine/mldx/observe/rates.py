"""What the logged learning rate and gradient norm show."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curves, median, rank_correlation
from mldx.observe.findings import Finding
from mldx.observe.register import MarkSpec, observer
from mldx.readers.run import Series

# the range of `grad_norm_high` ends here
_MOST = 1e12


@observer(needs=("lr",), points="learning_rate_off_schedule.least_points", basis="counted")
def learning_rate_off_schedule(curves: Curves, lr: Series) -> Finding | None:
    """Whether the logged rate is zero in the middle of the run, gone long before its end, or climbs
    a second time. Whether a calm or constant rate is the one that was meant, no log says.
    """
    limit = curves.limit
    rates = lr.value[np.isfinite(lr.value)]
    if not len(rates):
        return None
    n, top = len(rates), int(np.argmax(rates))
    peak = float(rates[top])
    # a warm-up from 0 and a last step to 0 are as they should be
    middle = rates[n // 10 : max(n - max(n // 50, 1), n // 10 + 1)]
    zero = float((middle < limit("learning_rate_off_schedule.zero")).mean())
    if zero > limit("learning_rate_off_schedule.zero_share"):
        return Finding("zero", f"the rate is 0 in {zero:.0%} of the run")
    gone = np.flatnonzero(rates[top:] < limit("learning_rate_off_schedule.gone") * peak)
    if len(gone) and (gone[0] + top) / n < limit("learning_rate_off_schedule.early"):
        return Finding("decays_early", f"the rate fell from {peak:.3g} to {rates[-1]:.3g} early")
    low = np.flatnonzero(rates[top:] < limit("learning_rate_off_schedule.fallen") * peak)
    after = rates[top + low[0] :] if len(low) else rates[:0]
    if len(after) and float(after.max()) > limit("learning_rate_off_schedule.again") * peak:
        return Finding("restarts", f"from {after[0]:.3g} the rate rose to {after.max():.3g} again")
    return None


@observer(
    needs=("grad_norm",),
    points="grad_norm_high.least_points",
    basis="counted",
    mark=MarkSpec("train", "grad_norm", "greatest"),
)
def grad_norm_high(curves: Curves, grad_norm: Series) -> Finding | None:
    """Greatest gradient norm over its median; a norm that is not a number counts as the greatest
    possible.
    """
    norms = grad_norm.value[np.isfinite(grad_norm.value)]
    lost = len(grad_norm) - len(norms)
    if not len(norms):
        return Finding("strong", f"none of {lost} gradient norms is finite")
    middle, greatest = float(median(norms)), float(norms.max())
    if middle <= 0:
        return None
    if lost:
        return Finding("strong", f"{lost} of {len(grad_norm)} gradient norms are not finite")
    at = float(grad_norm.x[np.argmax(grad_norm.value)])
    figure = f"greatest {greatest:.4g}, median {middle:.4g}"
    return Finding(min(greatest / middle, _MOST), figure, at)


@observer(needs=("grad_norm",))
def grad_norm_growing(curves: Curves, grad_norm: Series) -> Finding | None:
    """Whether the gradient norm grows from step to step, as it does where gradients are added up
    and never cleared.
    """
    limit = curves.limit
    norms = grad_norm.value[np.isfinite(grad_norm.value)]
    if len(norms) < limit("grad_norm_high.least_points"):
        return None
    fifth = max(len(norms) // 5, 1)
    first, last = float(norms[:fifth].mean()), float(norms[-fifth:].mean())
    order = rank_correlation(norms, np.arange(len(norms), dtype=float))
    steady = order > limit("grad_norm_growing.correlation")
    figure = f"gradient norm {first:.4g} in the first fifth, {last:.4g} in the last"
    return Finding(steady and last > limit("grad_norm_growing.growth") * first > 0, figure)
