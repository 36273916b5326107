"""What trainers of policies, preferences and adversaries log beside a loss: KL, clip fraction,
entropy, reward, lengths, log-probabilities, the losses of a discriminator and a generator.

A figure is the median of the last three quarters, for the first updates of a sound run are odd.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mldx.observe.curves import Curves, median, percent, rank_correlation
from mldx.observe.findings import Finding
from mldx.observe.register import observer
from mldx.readers.run import Array

_LATE = 4  # the first of so many parts is left out
_SPREAD = ("frac_reward_zero_std", "reward_zero_std", "zero_std_ratio")
_CLIPPED = ("completions_clipped_ratio", "clipped_ratio", "response_length_clip_ratio")
_LENGTHS = ("completions_mean_length", "completion_length", "response_length_mean")
_CHOSEN = ("logps_chosen", "policy_logps_chosen")
_REJECTED = ("logps_rejected", "policy_logps_rejected")


def _logged(curves: Curves, names: Iterable[str]) -> Array | None:
    """Return the finite values of the first series of these names, where there are enough."""
    for one in curves.run.series:
        if one.metric in names and one.split in ("train", "other"):
            values = one.value[np.isfinite(one.value)]
            return values if len(values) >= curves.limit("policy.least_points") else None
    return None


def _late(values: Array) -> float:
    return float(median(values[len(values) // _LATE :]))


@observer(needs=(), basis="counted")
def rl_update_health(curves: Curves) -> Finding | None:
    """Which of approximate KL, clip fraction and explained variance is out of order."""
    limit = curves.limit
    clip = _logged(curves, ("clip_fraction",))
    if clip is None:
        return None
    kl, critic = _logged(curves, ("kl",)), _logged(curves, ("explained_variance",))
    clipped = _late(clip)
    if kl is not None and _late(kl) > limit("policy.kl"):
        return Finding("kl_high", f"KL is {_late(kl):.3g}")
    if clipped > limit("policy.clip_high"):
        return Finding("clip_high", f"{percent(clipped)} of the updates are clipped")
    if critic is not None and _late(critic) < 0:
        return Finding("critic_useless", f"explained variance is {_late(critic):.2g}")
    if clipped < limit("policy.clip_low"):
        return Finding("clip_low", f"{percent(clipped)} of the updates are clipped")
    return Finding("ok", f"{percent(clipped)} of the updates are clipped")


@observer(needs=(), basis="shape")
def reward_flat(curves: Curves) -> Finding | None:
    """Whether the mean reward ends where it began, within two standard errors."""
    reward = _logged(curves, ("reward",))
    if reward is None:
        return None
    part = max(2, len(reward) // 5)
    first, last = reward[:part], reward[-part:]
    error = float(np.sqrt(first.var() / part + last.var() / part))
    gain = float(last.mean() - first.mean())
    figure = f"reward {first.mean():.4g} at the start, {last.mean():.4g} at the end"
    return Finding(gain <= 2 * error, figure)


@observer(needs=(), basis="shape")
def policy_entropy_collapse(curves: Curves) -> Finding | None:
    """Whether the policy's entropy is almost gone before half of the run."""
    entropy = _logged(curves, ("entropy",))
    if entropy is None or entropy[0] <= 0:
        return None
    half = float(median(entropy[len(entropy) // 2 :]))
    figure = f"entropy {entropy[0]:.3g} at the start, {half:.3g} in the second half"
    return Finding(half < curves.limit("policy.entropy_left") * float(entropy[0]), figure)


@observer(needs=(), basis="counted")
def zero_reward_spread(curves: Curves) -> Finding | None:
    """The share of groups whose answers all earn the same reward."""
    share = _logged(curves, _SPREAD)
    if share is None or not 0 <= share.min() <= share.max() <= 1:
        return None
    return Finding(_late(share), f"{percent(_late(share))} of the groups have no spread of reward")


@observer(needs=(), basis="counted")
def completions_clipped(curves: Curves) -> Finding | None:
    """The share of sampled answers that are cut off."""
    share = _logged(curves, _CLIPPED)
    if share is None or not 0 <= share.min() <= share.max() <= 1:
        return None
    return Finding(_late(share), f"{percent(_late(share))} of the answers are cut off")


@observer(needs=(), basis="shape")
def length_follows_reward(curves: Curves) -> Finding | None:
    """Whether answers grow clearly longer while the reward rises."""
    reward, length = _logged(curves, ("reward",)), _logged(curves, _LENGTHS)
    if reward is None or length is None or len(reward) != len(length) or length[0] <= 0:
        return None
    part = max(2, len(length) // 5)
    growth = float(length[-part:].mean() / length[:part].mean()) - 1
    together = rank_correlation(reward, length)
    figure = f"answers {percent(growth)} longer, rank correlation {together:.2f} with the reward"
    limit = curves.limit
    grows = growth > limit("policy.length_growth")
    return Finding(grows and together > limit("policy.length_together"), figure)


@observer(needs=(), basis="shape")
def chosen_logp(curves: Curves) -> Finding | None:
    """What the log-probability of the chosen answers does beside that of the rejected ones."""
    chosen, rejected = _logged(curves, _CHOSEN), _logged(curves, _REJECTED)
    if chosen is None or rejected is None:
        return None
    one, other = (_change(values) for values in (chosen, rejected))
    still = curves.limit("policy.logp_still")
    figure = f"chosen {one:+.3g}, rejected {other:+.3g}"
    if max(abs(one), abs(other)) < still:
        return Finding("margin_rests", figure)
    if one >= -still:
        return Finding("rises", figure)
    along = one / other if other < 0 else 1.0
    return Finding("falls_along" if along > curves.limit("policy.along") else "falls_less", figure)


def _change(values: Array) -> float:
    part = max(2, len(values) // 5)
    return float(values[-part:].mean() - values[:part].mean())


@observer(needs=(), basis="shape")
def disc_loss_near_zero(curves: Curves) -> Finding | None:
    """Whether the discriminator's loss is almost 0 while the generator's is above its start."""
    judge = _logged(curves, ("discriminator_loss",))
    maker = _logged(curves, ("generator_loss",))
    if judge is None or maker is None or judge.min() < 0:
        return None  # a critic of Wasserstein has no floor at 0
    part = max(2, len(maker) // 5)
    left, start, end = _late(judge), float(maker[:part].mean()), float(maker[-part:].mean())
    figure = f"discriminator {left:.3g}, generator {start:.3g} to {end:.3g}"
    return Finding(left < curves.limit("policy.judge_sure") and end > start, figure)
