"""What trainers of policies, preferences and adversaries log beside a loss."""

from __future__ import annotations

import numpy as np
import pytest

from mldx.observe import observed
from mldx.readers import read_text

N = 20


def seen(**columns) -> dict:
    """Return what a log of these columns shows, values that are one number repeated."""
    rows = {"step": range(N), "loss": np.linspace(1, 0.5, N), **columns}
    full = {name: np.broadcast_to(values, N) for name, values in rows.items()}
    lines = [
        ",".join(full),
        *(",".join(f"{one}" for one in row) for row in zip(*full.values(), strict=True)),
    ]
    (run,) = read_text("\n".join(lines), "log.csv")
    return observed(run).observed


RISING = np.linspace(0, 10, N) + np.tile([0, 0.1], N // 2)


@pytest.mark.parametrize(
    "columns,expected",
    [
        ({"train/approx_kl": 0.01, "train/clip_fraction": 0.1}, "ok"),
        ({"train/approx_kl": 0.2, "train/clip_fraction": 0.1}, "kl_high"),
        ({"train/approx_kl": 0.01, "train/clip_fraction": 0.6}, "clip_high"),
        ({"train/clip_fraction": 0.1, "train/explained_variance": -0.5}, "critic_useless"),
        ({"train/approx_kl": 1e-5, "train/clip_fraction": 0.0}, "clip_low"),
    ],
)
def test_updates_of_a_policy(columns, expected):
    """The figure that is out of order is named."""
    assert seen(**columns)["rl_update_health"] == expected


def test_a_reward_that_rises_and_one_that_rests():
    """A reward that ends where it began is flat."""
    assert seen(reward=RISING)["reward_flat"] is False
    assert seen(reward=np.tile([1.0, 1.2], N // 2))["reward_flat"] is True


def test_entropy():
    """A policy whose entropy is gone before half of the run is told."""
    assert seen(entropy=np.geomspace(2, 0.001, N))["policy_entropy_collapse"] is True
    assert seen(entropy=np.linspace(2, 1, N))["policy_entropy_collapse"] is False


def test_groups_and_lengths():
    """Groups without a spread of reward, answers that are cut, and lengths are read as logged."""
    found = seen(
        reward=RISING,
        frac_reward_zero_std=0.9,
        **{
            "completions/clipped_ratio": 0.4,
            "completions/mean_length": 100 + 20 * RISING,
        },
    )

    assert found["zero_reward_spread"] == pytest.approx(0.9)
    assert found["completions_clipped"] == pytest.approx(0.4)
    assert found["length_follows_reward"] is True


@pytest.mark.parametrize(
    "chosen,rejected,expected",
    [
        (np.linspace(-100, -90, N), np.linspace(-100, -120, N), "rises"),
        (np.linspace(-100, -110, N), np.linspace(-100, -160, N), "falls_less"),
        (np.linspace(-100, -150, N), np.linspace(-100, -160, N), "falls_along"),
        (-100.0, -100.0, "margin_rests"),
    ],
)
def test_chosen_beside_rejected(chosen, rejected, expected):
    """The log-probability of chosen answers is judged beside that of the rejected ones."""
    assert seen(**{"logps/chosen": chosen, "logps/rejected": rejected})["chosen_logp"] == expected


def test_a_discriminator_that_wins():
    """A discriminator near 0 beside a generator that climbs is told; level ones are not."""
    climbing = np.linspace(1, 9, N)

    assert seen(d_loss=0.01, g_loss=climbing)["disc_loss_near_zero"] is True
    assert seen(d_loss=0.65, g_loss=np.linspace(0.9, 0.7, N))["disc_loss_near_zero"] is False


def test_few_updates_say_nothing():
    """A handful of updates is not judged."""
    (run,) = read_text("step,loss,reward\n1,0.5,1\n2,0.4,1\n3,0.4,1\n", "log.csv")

    assert "reward_flat" not in observed(run).observed
