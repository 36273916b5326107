"""Each symptom of the training curve: a short history that shows it, and a near one that does
not.
"""

from __future__ import annotations

import math

import pytest

NAN, INF = math.nan, math.inf
TEN = {"n_classes": 10, "loss_fn": "categorical_crossentropy"}  # guessing costs ln 10 = 2.303
FALLING = [2.30, 1.60, 1.20, 0.95, 0.80, 0.70, 0.63, 0.58]
AT_LN_10 = [2.303, 2.304, 2.302, 2.303, 2.304, 2.302, 2.303, 2.302]


@pytest.mark.parametrize(
    "losses, flat",
    [
        (AT_LN_10, True),
        ([3.9, *AT_LN_10], True),  # falls once, then rests where guessing is
        ([5.01, 5.0, 5.01, 5.0, 5.0, 5.01], True),
        (FALLING, False),
        (
            [2.30, 0.90, 0.90, 0.89, 0.90, 0.90, 0.90, 0.89],
            False,
        ),  # a plateau far below guessing was learned
        ([2.30, 2.25, 2.20, 2.15, 2.10, 2.05], False),
        ([0.012, 0.012, 0.012, 0.012], False),  # nothing was left to fall
    ],
)
def test_flat(seen, losses, flat):
    """A loss that stays where guessing is has learned nothing; one that rests far below has."""
    assert seen(TEN, train_loss=losses)["train_loss_flat"] is flat


@pytest.mark.parametrize(
    "losses, at_prior", [(AT_LN_10, True), ([5.01, 5.0, 5.01, 5.0, 5.0, 5.01], False)]
)
def test_flat_at_the_loss_of_guessing(seen, losses, at_prior):
    """2.303 is ln 10; 5.0 is not within 3 % of it."""
    assert seen(TEN, train_loss=losses)["train_loss_at_prior"] is at_prior


def test_flat_at_the_entropy_of_the_classes(seen):
    """With shares 0.9 and 0.1 guessing costs 0.325, and a loss of 0.33 rests there."""
    facts = {"loss_fn": "bce", "class_counts": [900, 100]}

    assert (
        seen(facts, train_loss=[0.329, 0.328, 0.330, 0.329, 0.328])["train_loss_at_prior"] is True
    )


def test_a_loss_that_moves_has_no_flat_value(seen):
    """Where the loss falls, the question for the flat value does not arise."""
    assert "train_loss_at_prior" not in seen(TEN, train_loss=FALLING)


@pytest.mark.parametrize("points", [1, 2])
def test_too_short_is_not_observed(seen, points):
    """Two points show neither a flat nor a rising nor a swinging loss, and that is not "no"."""
    told = seen(TEN, train_loss=FALLING[:points])

    assert not {
        "train_loss_flat",
        "train_loss_rising",
        "loss_oscillation",
        "train_loss_slow",
    } & set(told)


@pytest.mark.parametrize(
    "losses, shape",
    [
        (FALLING, "falling"),
        (AT_LN_10, "flat"),
        ([2.3, 1.2, 0.70, 0.61, 0.60, 0.60, 0.61, 0.60, 0.60, 0.61, 0.60, 0.60], "falls_then_flat"),
        ([2.300, 2.285, 2.270, 2.255, 2.240, 2.225, 2.210, 2.195], "slow"),
        ([1.00, 1.05, 1.10, 1.16, 1.22, 1.30, 1.38, 1.45], "rising"),
        ([2.3, 3.5, 6.0, 12.0, 30.0, 80.0], "diverging"),
        ([2.3, 1.0, 2.0, 0.9, 2.1, 1.0, 2.2, 0.9, 2.0, 1.0], "oscillating"),
        ([2.3, 1.9, NAN, NAN], "nonfinite"),
    ],
)
def test_the_shape_sums_up(seen, losses, shape):
    """The coarse first look names the worst shape that holds."""
    assert seen(TEN, train_loss=losses)["loss_shape"] == shape


@pytest.mark.parametrize("losses", [FALLING, [2.31, 2.94, 1.72, 1.30, 1.10, 0.95]])
def test_a_loss_that_comes_down_again_is_not_rising(seen, losses):
    """One climb that is followed by a fall below the start is no rise."""
    assert seen(TEN, train_loss=losses)["train_loss_rising"] is False


def test_a_rise_within_the_noise_is_none(seen):
    """A curve that jumps by 0.3 from point to point does not rise when it ends 0.1 higher."""
    told = seen(TEN, train_loss=[1.0, 1.3, 1.0, 1.35, 1.0, 1.3, 1.05, 1.35, 1.05, 1.35])

    assert told["train_loss_rising"] is False


@pytest.mark.parametrize(
    "losses, when",
    [
        (FALLING, "never"),
        ([NAN] * 6, "early"),
        ([2.3, NAN, NAN, NAN, NAN, NAN], "early"),
        ([2.3, 2.0, 1.8, 1.7, INF, NAN, NAN, NAN, NAN, NAN], "mid"),
        ([2.3, 2.0, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, NAN, NAN], "late"),
        ([2.3, 2.0, -INF], "late"),
    ],
)
def test_when_the_loss_stops_being_a_number(seen, losses, when):
    """Early is within two epochs, late in the last two fifths."""
    assert seen(TEN, train_loss=losses)["loss_nonfinite"] == when


def test_a_run_that_stopped_at_its_nan_is_judged_by_its_plan(seen):
    """A NaN at the fourth of 100 planned epochs is not late, though it is the last that was
    logged.
    """
    assert (
        seen({**TEN, "epochs_planned": 100}, train_loss=[2.3, 2.2, 2.1, NAN])["loss_nonfinite"]
        == "mid"
    )


@pytest.mark.parametrize(
    "losses, onset",
    [
        ([NAN, NAN, NAN], "from_first"),
        ([2.3, 2.0, 3.5, 9.0, 40.0, NAN], "after_climb"),
        ([2.3, 2.0, 1.8, 1.6, NAN, NAN], "sudden"),
    ],
)
def test_what_came_before_the_nan(seen, losses, onset):
    """A NaN is there from the first point, follows a climb, or comes out of nothing."""
    assert seen(TEN, train_loss=losses)["nonfinite_onset"] == onset


def test_a_finite_run_has_no_onset(seen):
    """Where no NaN is, nothing came before it."""
    assert "nonfinite_onset" not in seen(TEN, train_loss=FALLING)


@pytest.mark.parametrize(
    "losses, swings",
    [
        ([2.3, 1.0, 2.0, 0.9, 2.1, 1.0, 2.2, 0.9, 2.0, 1.0], True),
        ([2.30, 1.62, 1.18, 0.97, 0.80, 0.71, 0.62, 0.59, 0.55, 0.54], False),
        (
            [2.300, 1.600, 1.205, 1.195, 1.205, 1.195, 1.205, 1.195, 1.205, 1.195],
            False,
        ),  # jitter of a hundredth
    ],
)
def test_oscillation(seen, losses, swings):
    """Swings of half the level are oscillation, jitter of a hundredth is not."""
    assert seen(TEN, train_loss=losses)["loss_oscillation"] is swings


@pytest.mark.parametrize(
    "losses, slow",
    [
        ([2.300, 2.285, 2.270, 2.255, 2.240, 2.225, 2.210, 2.195], True),
        (FALLING, False),
        (AT_LN_10, False),
    ],
)
def test_slow(seen, losses, slow):
    """Five per cent in eight epochs, with no bend, is slow; three quarters is not, and no fall is
    not slow but flat.
    """
    assert seen(TEN, train_loss=losses)["train_loss_slow"] is slow


@pytest.mark.parametrize(
    "losses, identical",
    [
        ([2.4, 2.3, 2.3, 2.3, 2.3], True),
        ([2.4, 2.3, 2.3001, 2.2999, 2.3], False),
        ([2.4, 0.0, 0.0, 0.0, 0.0], False),
    ],
)
def test_identical(seen, losses, identical):
    """The very same number every epoch; a network that updates its weights jitters."""
    assert seen(TEN, train_loss=losses)["train_loss_identical"] is identical


@pytest.mark.parametrize(
    "losses, val_losses, falling",
    [
        ([2.0, 1.8, 1.6, 1.4, 1.2, 1.0], [2.1, 1.9, 1.7, 1.5, 1.3, 1.1], True),
        (
            [2.0, 1.2, 0.9, 0.85, 0.85, 0.85, 0.85, 0.85],
            [2.1, 1.3, 1.0, 0.95, 0.95, 0.95, 0.95, 0.95],
            False,
        ),
        ([2.0, 1.8, 1.6, 1.4, 1.2, 1.0], [2.1, 1.9, 1.7, 1.8, 1.9, 2.0], False),
    ],
)
def test_still_falling(seen, losses, val_losses, falling):
    """Both losses must be falling; one that rests or turns up is enough for no."""
    assert seen(TEN, train_loss=losses, val_loss=val_losses)["loss_still_falling_at_end"] is falling


@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy", "bce", "mae"])
def test_a_loss_that_cannot_be_negative_is(seen, loss):
    """A negative squared error or cross-entropy is told."""
    assert seen({"loss_fn": loss}, train_loss=[0.5, 0.1, -0.3, -0.9])["loss_negative"] is True


@pytest.mark.parametrize(
    "facts", [{}, {"loss_fn": "gaussian_nll"}, {"loss_fn": "my_elbo", "task": "generation"}]
)
def test_a_loss_that_may_be_negative_is_left_alone(seen, facts):
    """Of a likelihood of densities, or a loss nobody named, a negative value says nothing."""
    assert "loss_negative" not in seen(facts, train_loss=[0.5, 0.1, -0.3, -0.9])


@pytest.mark.parametrize(
    "first, zero", [([0.0, 0.0, 0.0, 0.0], True), ([0.7, 0.0, 0.0, 0.0], False)]
)
def test_zero_from_the_first_logs(seen, first, zero):
    """A loss of 0 in the first three logs."""
    assert seen(TEN, train_loss=first)["loss_zero_at_start"] is zero


@pytest.mark.parametrize("losses, drop", [([0.001, 0.001, 0.0005, 0.0004], True), (FALLING, False)])
def test_an_instant_drop(seen, losses, drop):
    """0.001 after one epoch is below a fiftieth of ln 10."""
    assert seen(TEN, train_loss=losses)["loss_instant_drop"] is drop


def test_the_first_loss_of_a_step_log_is_compared_with_guessing(seen):
    """A first loss of 23.03 is ten times ln 10."""
    told = seen(TEN, step=[1.0, 2.0, 3.0, 4.0, 5.0], train_loss=[23.026, 20.0, 15.0, 10.0, 8.0])

    assert told["init_loss_ratio"] == pytest.approx(10, rel=1e-3)


def test_the_mean_of_the_first_epoch_is_no_first_loss(seen):
    """An epoch's mean is taken over a moving model and does not say where it started."""
    assert "init_loss_ratio" not in seen(TEN, train_loss=FALLING)


def test_without_classes_guessing_has_no_known_loss(seen):
    """Where neither loss nor classes are told, no value is compared with ln C."""
    told = seen(step=[1.0, 2.0, 3.0, 4.0], train_loss=[2.3, 2.3, 2.3, 2.3])

    assert not {"init_loss_ratio", "train_loss_at_prior"} & set(told)


def test_a_squared_error_is_not_compared_with_ln_c(seen):
    """Ln C is the loss of guessing of a cross-entropy only."""
    assert "train_loss_at_prior" not in seen(
        {"loss_fn": "mse", "n_classes": 10}, train_loss=AT_LN_10
    )


def test_a_restart_is_no_divergence(seen):
    """Two runs in one file are two runs; the jump between them is no rise of the loss."""
    told = seen(
        TEN,
        epoch=[1, 2, 3, 4, 5, 1, 2, 3, 4, 5],
        train_loss=[2.3, 1.5, 1.0, 0.8, 0.6, 2.3, 1.5, 1.0, 0.8, 0.6],
    )

    assert (told["train_loss_rising"], told["loss_shape"]) == (False, "falling")


def test_constant_accuracy_is_one_answer_for_all(seen):
    """An accuracy that is the same to the last digit comes from one answer, whatever the input."""
    told = seen({**TEN, "n_classes": 2}, train_loss=[0.70, 0.69, 0.70, 0.69], train_acc=[0.8] * 4)

    assert (told["predicts_single_class"], told["class_imbalance_ratio"]) == (
        "strong",
        pytest.approx(4),
    )


@pytest.mark.parametrize(
    "loss, accuracy, saturated",
    [
        ([7.918, 7.918, 7.918, 7.918], [0.5033, 0.5033, 0.5033, 0.5033], True),  # 15.94 * 0.4967
        ([12.204, 12.204, 12.204, 12.204], [0.2428, 0.2428, 0.2428, 0.2428], True),  # 16.12 * 0.757
        ([50.0, 50.0, 50.0, 50.0], [0.5, 0.5, 0.5, 0.5], True),  # 100 * 0.5
        ([0.693, 0.693, 0.693, 0.693], [0.5, 0.5, 0.5, 0.5], False),
        ([7.0, 5.0, 3.0, 2.0], [0.5, 0.55, 0.58, 0.6], False),
    ],
)
def test_outputs_that_are_always_sure(seen, loss, accuracy, saturated):
    """Each wrong answer costs what the library cuts the logarithm at, each right one nothing."""
    told = seen({"n_classes": 2}, train_loss=loss, train_acc=accuracy)

    assert told["outputs_saturated"] is saturated
