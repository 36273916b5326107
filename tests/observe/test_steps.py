"""What the log of every step shows, and that a long one is cheap to look at."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mldx import observe
from mldx.knowledge import load
from mldx.observe.curves import MOST_POINTS, prepared
from mldx.readers.record import of_mapping

STEPS = [float(step) for step in range(1, 1001)]
CALM = [2.3 * math.exp(-step / 400) + 0.5 + 0.01 * math.sin(step * 7.1) for step in range(1000)]


def with_spikes(*places: int) -> list[float]:
    """The calm loss with single steps at ten times its height."""
    return [10 * value if step in places else value for step, value in enumerate(CALM)]


def level(id: str, value: float | str) -> str:
    """Return the answer of the check that a measured value is."""
    check = load().compiled.by_id[id]
    return check.answers[check.answer(value)]


def test_spikes_are_counted_per_thousand_steps(seen):
    """Four single steps at ten times the loss, in a thousand, are four spikes."""
    assert seen(step=STEPS, train_loss=with_spikes(210, 430, 650, 870))[
        "loss_spikes"
    ] == pytest.approx(4)


def test_a_calm_loss_has_no_spikes(seen):
    """A falling loss with jitter has none."""
    assert seen(step=STEPS, train_loss=CALM)["loss_spikes"] == 0


def test_a_loss_that_stays_up_did_not_spike(seen):
    """A jump that does not come back is no spike."""
    losses = [*CALM[:500], *(20 * value for value in CALM[500:])]

    assert seen(step=STEPS, train_loss=losses)["loss_spikes"] <= 1


def test_epoch_means_show_no_spikes(seen):
    """Spikes need the log of every step; a short log is not asked for them."""
    assert "loss_spikes" not in seen(train_loss=CALM[:50])


@pytest.mark.parametrize("height, found", [(0.3, True), (0.0, False)])
def test_the_rhythm_of_epochs(seen, height, found):
    """One shape that comes back in each of ten epochs is a sawtooth; jitter is not."""
    rng = np.random.default_rng(0)
    losses = [1.0 + height * (step % 100) / 100 + 0.02 * rng.normal() for step in range(1000)]

    told = seen(step=STEPS, epoch=[float(step // 100) for step in range(1000)], train_loss=losses)
    assert told["loss_sawtooth_epoch"] is found


WARM_UP_AND_COSINE = [
    0.001 * min(step / 100, 0.5 + 0.5 * math.cos(math.pi * step / 1000)) for step in range(1000)
]


@pytest.mark.parametrize(
    "rates, told",
    [
        ([0.001] * 1000, None),
        (WARM_UP_AND_COSINE, None),
        ([0.001] * 800 + [0.000001] * 200, None),
        ([0.001] * 400 + [0.0] * 200 + [0.001] * 400, "zero"),
        ([0.0] * 1000, "zero"),
        ([0.001 * 0.98**step for step in range(1000)], "decays_early"),
        (WARM_UP_AND_COSINE[:600] + WARM_UP_AND_COSINE[200:600], "restarts"),
    ],
)
def test_the_schedule(seen, rates, told):
    """A rate of 0 in the middle of the run, one gone before seven tenths of it and one that starts
    again are reported; whether a calm rate is the one that was meant, a log cannot say.
    """
    assert seen(step=STEPS, train_loss=CALM, lr=rates).get("learning_rate_off_schedule") == told


@pytest.mark.parametrize("rate", [0.001, 0.1])
def test_the_peak_of_a_logged_rate_is_the_learning_rate(seen, rate):
    """Where nobody said the rate, the log does."""
    assert seen(train_loss=[2.0, 1.5, 1.2], lr=[rate / 2, rate, rate / 10])["learning_rate"] == rate


@pytest.mark.parametrize(
    "norms, strength",
    [
        ([1.0, 1.2, 0.9, 1.1, 1.0, 1.0], "none"),
        ([1.0, 1.2, 0.9, 30.0, 1.0, 1.0], "moderate"),
        ([1.0, 1.2, 0.9, 500.0, 1.0, 1.0], "strong"),
        ([1.0, 1.2, 0.9, math.nan, 1.0, 1.0], "strong"),
        ([1.0, 1.2, 0.9, math.inf, 1.0, 1.0], "strong"),
    ],
)
def test_the_gradient_norm(seen, norms, strength):
    """Thirty times the median is a jump; five hundred times, or no number at all, an explosion."""
    told = seen(train_loss=[2.0, 1.8, 1.6, 1.5, 1.4, 1.3], grad_norm=norms)

    assert level("grad_norm_high", told["grad_norm_high"]) == strength


@pytest.mark.parametrize("points", [100_000, 1_000_000])
def test_a_long_log_is_reduced(points):
    """Of a hundred thousand or a million steps the observers of curves see at most two thousand
    points.
    """
    losses = np.linspace(2.3, 0.3, points).tolist()

    curves = prepared(
        of_mapping({"history": {"step": list(range(points)), "train_loss": losses}}, "long"),
        {},
        load().threshold,
    )
    assert (len(curves.train) <= MOST_POINTS == 2000, curves.train.logged) == (True, points)


def test_a_long_log_shows_what_a_short_one_does():
    """A straight fall is a fall at any length."""
    short, long = (
        observe.history(
            {"step": list(range(size)), "train_loss": np.linspace(2.3, 0.3, size).tolist()}
        )
        for size in (1000, 100_000)
    )

    assert short.training == long.training


@pytest.mark.parametrize(
    "losses",
    [[1.0] * 30 + [math.nan] * 220, [math.inf] * 250],
    ids=["dies after thirty", "never finite"],
)
def test_a_log_that_dies_early_is_observed(seen, losses):
    """A step log with fewer than fifty finite losses is read like any other."""
    assert (
        seen(step=[float(step) for step in range(250)], train_loss=losses)["loss_shape"]
        == "nonfinite"
    )


def test_a_rate_that_is_never_a_number_is_no_rate(seen):
    """A column of rates that holds NaN only says nothing about the rate."""
    assert "learning_rate" not in seen(train_loss=[2.0, 1.5, 1.2], lr=[math.nan] * 3)
