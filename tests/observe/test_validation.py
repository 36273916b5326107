"""Training against validation: a short history that shows a symptom, and a near one that does
not.
"""

from __future__ import annotations

import math

import pytest

from mldx import observe
from mldx.knowledge import load

TRAIN = [2.0, 1.5, 1.1, 0.8, 0.6, 0.45, 0.35, 0.27]
FOLLOWS = [2.1, 1.6, 1.2, 0.9, 0.7, 0.55, 0.45, 0.38]
TURNS = [2.1, 1.7, 1.4, 1.3, 1.35, 1.8, 2.1, 2.5]
UP = [0.30, 0.45, 0.55, 0.65, 0.72, 0.78, 0.82, 0.85]


def level(id: str, value: float | str) -> str:
    """Return the answer of the check that a measured value is."""
    check = load().compiled.by_id[id]
    return check.answers[check.answer(value)]


def test_overfitting_is_seen_where_it_begins(seen):
    """The least validation loss stands at the fourth of eight epochs: half of the run."""
    assert seen(train_loss=TRAIN, val_loss=TURNS)["val_loss_turns_up"] == pytest.approx(4 / 8)


def test_a_sharp_minimum_is_found_where_it_is(seen):
    """A least value that stands alone is at its own epoch, the fourth of eight, and not at the one
    before.
    """
    told = seen(train_loss=TRAIN, val_loss=[2.1, 1.7, 1.4, 1.3, 1.5, 1.8, 2.1, 2.5])

    assert told["val_loss_turns_up"] == pytest.approx(4 / 8)


def test_validation_that_rises_is_no_divergence(seen):
    """Validation rising while training falls is overfitting; the training loss is falling and
    nothing else.
    """
    told = seen(train_loss=TRAIN, val_loss=TURNS)

    assert (told["loss_shape"], told["train_loss_rising"]) == ("falling", False)


@pytest.mark.parametrize(
    "train, val", [(TRAIN, FOLLOWS), (TRAIN, [2.1, 1.6, 1.2, 0.9, 0.80, 0.80, 0.81, 0.80])]
)
def test_validation_that_falls_or_rests_does_not_turn(seen, train, val):
    """Resting at its least value is no turn."""
    assert seen(train_loss=train, val_loss=val)["val_loss_turns_up"] == "none"


def test_both_rising_is_no_turn(seen):
    """Where training rises too, nothing is memorized."""
    assert (
        seen(train_loss=[2.0, 1.5, 1.4, 1.6, 2.0, 2.5, 3.0, 4.0], val_loss=TURNS)[
            "val_loss_turns_up"
        ]
        == "none"
    )


def test_one_last_bump_is_no_turn(seen):
    """Three points must follow the least one."""
    assert seen(train_loss=TRAIN, val_loss=[*FOLLOWS[:-1], 0.9])["val_loss_turns_up"] == "none"


def test_the_gap_of_losses(seen):
    """1.5 against 1.0 is a gap of half the training loss."""
    told = seen(train_loss=[2.0, 1.5, 1.2, 1.0], val_loss=[2.2, 1.8, 1.6, 1.5])

    assert told["generalization_gap"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    "train, val, wide",
    [
        (0.99, 0.98, "none"),
        (0.80, 0.75, "mild"),
        (0.85, 0.74, "moderate"),
        (0.98, 0.90, "moderate"),
        (0.99, 0.70, "strong"),
    ],
)
def test_accuracy_decides_the_gap_where_there_is_one(seen, train, val, wide):
    """Ten points are clear, seven when training is above 0.9; a tiny training loss does not widen a
    gap of one point.
    """
    told = seen(
        train_loss=[1.0, 0.1, 0.01, 0.001],
        val_loss=[1.0, 0.3, 0.1, 0.06],
        train_acc=[train] * 4,
        val_acc=[val] * 4,
    )

    assert level("generalization_gap", told["generalization_gap"]) == wide


def test_percent_accuracy_is_accuracy(seen):
    """97 against 70 per cent is the gap of 0.97 against 0.70."""
    percent = seen(train_loss=TRAIN[:4], train_acc=[60, 80, 90, 97], val_acc=[55, 66, 69, 70])
    shares = seen(
        train_loss=TRAIN[:4], train_acc=[0.60, 0.80, 0.90, 0.97], val_acc=[0.55, 0.66, 0.69, 0.70]
    )

    assert percent == shares


@pytest.mark.parametrize("epochs", [1, 2])
def test_the_first_epochs_say_nothing_of_a_gap(seen, epochs):
    """The mean of the first epoch is taken over a moving model; the gap is asked from the third
    epoch on.
    """
    told = seen(train_loss=TRAIN[:epochs], val_loss=FOLLOWS[:epochs])

    assert not {"generalization_gap", "val_better_than_train"} & set(told)


def test_a_lead_of_validation_in_the_first_epoch_is_the_first_epoch_trap(seen):
    """Validation ahead in the first epoch only is no lead."""
    told = seen(train_loss=[2.0, 1.0, 0.7, 0.55, 0.45], val_loss=[1.3, 1.05, 0.75, 0.6, 0.5])

    assert level("val_better_than_train", told["val_better_than_train"]) == "none"


@pytest.mark.parametrize(
    "lead, strength", [(0.02, "none"), (0.05, "mild"), (0.10, "moderate"), (0.35, "strong")]
)
def test_how_much_better_validation_is(seen, lead, strength):
    """Five points are a mild lead, ten a moderate one."""
    told = seen(
        train_loss=TRAIN[:5], train_acc=[0.5] * 4 + [0.6], val_acc=[0.5 + lead] * 4 + [0.6 + lead]
    )

    assert level("val_better_than_train", told["val_better_than_train"]) == strength


@pytest.mark.parametrize(
    "val_acc, up",
    [
        ([0.5, 0.6, 0.65, 0.66, 0.67, 0.67, 0.68, 0.68], True),
        ([0.5, 0.6, 0.65, 0.66, 0.6, 0.5, 0.4, 0.3], False),
    ],
)
def test_loss_up_and_accuracy_up(seen, val_acc, up):
    """Answers that are right and too sure: the loss climbs and the accuracy holds."""
    assert seen(train_loss=TRAIN, val_loss=TURNS, val_acc=val_acc)["val_loss_up_acc_up"] is up


@pytest.mark.parametrize(
    "val, noisy",
    [
        ([2.1, 0.9, 1.9, 0.5, 1.6, 0.4, 1.2, 0.3, 1.4, 0.4], True),
        ([2.1, 1.6, 1.2, 0.91, 0.69, 0.56, 0.44, 0.38, 0.33, 0.29], False),
    ],
)
def test_noisy_validation(seen, val, noisy):
    """Validation that jumps ten times as far as training is noisy."""
    train = [2.0, 1.5, 1.1, 0.81, 0.6, 0.455, 0.35, 0.275, 0.22, 0.185]
    told = seen(train_loss=train, val_loss=val)

    assert (level("val_noisy", told["val_noisy"]) in ("moderate", "strong")) is noisy


@pytest.mark.parametrize(
    "val_acc, constant", [([0.1] * 8, True), ([0.1, 0.12, 0.11, 0.1, 0.13, 0.12, 0.14, 0.1], False)]
)
def test_constant_validation(seen, val_acc, constant):
    """The very same score in every epoch, while training moves."""
    assert seen(train_loss=TRAIN, val_acc=val_acc, train_acc=UP)["val_constant"] is constant


def test_validation_is_not_constant_where_nothing_moves(seen):
    """A score that stands still beside a training loss that stands still is no sign of
    validation.
    """
    assert seen(train_loss=[2.3] * 8, val_acc=[0.1] * 8)["val_constant"] is False


@pytest.mark.parametrize(
    "val_acc, chance", [([0.10, 0.11, 0.09, 0.10], True), ([0.30, 0.40, 0.45, 0.50], False)]
)
def test_validation_at_chance(seen, val_acc, chance):
    """A tenth of ten classes right in validation, nearly all in training."""
    told = seen(
        {"n_classes": 10}, train_loss=TRAIN[:4], train_acc=[0.6, 0.8, 0.9, 0.95], val_acc=val_acc
    )

    assert told["val_at_chance"] is chance


@pytest.mark.parametrize(
    "val, bad",
    [
        ([4.5, 4.4, 4.6, 4.5, 4.7], True),
        ([2.1, 1.6, 1.2, 0.9, 0.7], False),
        ([6.0, 1.6, 1.2, 0.9, 0.7], False),
    ],
)
def test_bad_from_the_first_epoch(seen, val, bad):
    """Twice the training loss in the first two epochs and at the end; one bad first epoch that
    recovers is normal.
    """
    assert seen(train_loss=TRAIN[:5], val_loss=val)["val_bad_from_first_epoch"] is bad


@pytest.mark.parametrize(
    "accuracy, bad", [([0.20, 0.21, 0.20, 0.21, 0.20], True), ([0.5, 0.7, 0.8, 0.85, 0.88], None)]
)
def test_both_bad(seen, accuracy, bad):
    """A fifth right of ten classes on both sides, at rest."""
    told = seen({"n_classes": 10}, train_loss=TRAIN[:5], train_acc=accuracy, val_acc=accuracy)

    assert told.get("both_bad") in ((bad,) if bad else (None, False))


@pytest.mark.parametrize("val_acc, good", [([1.0] * 5, True), ([0.6, 0.7, 0.75, 0.78, 0.8], False)])
def test_too_good(seen, val_acc, good):
    """Perfect validation from early on is not to be believed; 80 % is."""
    assert seen(train_loss=TRAIN[:5], val_acc=val_acc)["val_too_good"] is good


@pytest.mark.parametrize("val_acc, disagree", [(UP[::-1], True), (UP, False)])
def test_loss_and_metric_disagree(seen, val_acc, disagree):
    """The loss falls and the accuracy with it."""
    assert (
        seen(train_loss=TRAIN, val_loss=FOLLOWS, val_acc=val_acc)["metric_loss_disagree"]
        is disagree
    )


@pytest.mark.parametrize("name, disagree", [("val_rmse", False), ("val_f1", True)])
def test_a_metric_has_the_direction_of_its_name(seen, name, disagree):
    """An error that falls with the loss agrees with it, a score that falls does not."""
    assert (
        seen(train_loss=TRAIN, val_loss=FOLLOWS, **{name: UP[::-1]})["metric_loss_disagree"]
        is disagree
    )


@pytest.mark.parametrize("scores, zero", [([0.0] * 12, True), ([i / 30 for i in range(12)], False)])
def test_a_detector_without_a_hit(seen, scores, zero):
    """The loss falls to a fifth and mAP stays at 0."""
    losses = [5.0 * math.exp(-i / 7) for i in range(12)]

    assert seen(train_loss=losses, val_map50=scores)["map_zero_loss_falling"] is zero


@pytest.mark.parametrize(
    "accuracy, majority", [([0.88, 0.88, 0.881, 0.88], True), ([0.88, 0.93, 0.95, 0.96], False)]
)
def test_the_share_of_the_largest_class(seen, accuracy, majority):
    """88 % is nothing when 88 % are of one class."""
    told = seen(
        {"class_counts": [880, 120]},
        train_loss=TRAIN[:4],
        val_acc=accuracy,
        train_acc=[0.87, 0.89, 0.9, 0.9],
    )

    assert told["accuracy_vs_majority"] is majority


@pytest.mark.parametrize("best, share", [(0, 0.0), (39, 1.0), (13, 1 / 3)])
def test_the_best_round_of_boosting(seen, best, share):
    """Of 40 rounds numbered from 0, round 13 is a third of the way to the last."""
    losses = [0.3 + abs(i - best) / 100 for i in range(40)]

    told = seen(
        {"framework": "xgboost"}, train_loss=[0.5 - i / 100 for i in range(40)], val_loss=losses
    )
    assert told["gbdt_best_round"] == pytest.approx(share)


def test_a_figure_stands_behind_each_measurement():
    """Every measured symptom says by which numbers."""
    told = observe.history({"train_loss": TRAIN, "val_loss": TURNS})

    assert [
        id
        for id, provenance in told.provenances.items()
        if provenance.source == "measured" and not provenance.figure
    ] == []


def test_one_softmax_unit_names_one_class():
    """Softmax over one unit is 1 whatever the input: a still accuracy is one answer for all."""
    setup = {"output_units": 1, "output_activation": "softmax"}
    still = observe.history({"train_loss": [7.67] * 5, "train_acc": [0.5] * 5}, **setup)

    assert still.observed["predicts_single_class"] == "strong"


def test_weights_that_never_move_are_not_one_answer():
    """Without that unit, a loss that never moves tells nothing of the answers."""
    still = observe.history({"train_loss": [0.7] * 5, "train_acc": [0.5] * 5}, output_units=2)

    assert "predicts_single_class" not in still.observed


def test_a_loss_that_is_nan_from_the_first_point_allows_no_guess(seen):
    """Of a loss without one number nothing is said about the answers."""
    told = seen(train_loss=[math.nan] * 5, val_acc=[0.5] * 5)

    assert "predicts_single_class" not in told


def test_a_loss_that_is_a_sum_is_not_a_gap(seen):
    """A validation loss that is thirty times the training loss from first to last, while both fall
    alike, is on another scale, and nothing is said of a gap.
    """
    falling = [2.0, 1.4, 1.0, 0.8, 0.7, 0.65]
    told = seen(train_loss=falling, val_loss=[30 * loss for loss in falling])

    assert not {"generalization_gap", "val_bad_from_first_epoch"} & set(told)


def test_validation_that_starts_level_is_not_apart_from_the_start(seen):
    """In fine-tuning validation is best after one epoch; that it only climbs is overfitting."""
    told = seen(
        train_loss=[0.50, 0.30, 0.15, 0.08, 0.04, 0.02],
        val_loss=[0.48, 0.52, 0.60, 0.72, 0.85, 1.00],
    )

    assert (told["val_bad_from_first_epoch"], told["val_loss_turns_up"] < 0.5) == (False, True)


def test_a_curve_that_has_come_to_rest_is_promised_nothing(seen):
    """Each fifth of an exponential fall brings less; what the next would bring is no longer worth a
    word.
    """
    rest = [0.1 + 2 * math.exp(-0.4 * epoch) for epoch in range(20)]

    assert seen(train_loss=rest, val_loss=rest)["loss_still_falling_at_end"] is False


def test_a_straight_fall_is_still_falling(seen):
    """A loss that falls as fast at the end as at the start stopped too early."""
    straight = [2.0 - 0.08 * epoch for epoch in range(20)]

    assert seen(train_loss=straight, val_loss=straight)["loss_still_falling_at_end"] is True


@pytest.mark.parametrize(
    "score, stays",
    [
        ([0.10, 0.11, 0.09, 0.10, 0.11, 0.10, 0.09, 0.10], True),
        ([0.10, 0.30, 0.42, 0.50, 0.55, 0.58, 0.59, 0.59], False),
        ([0.93, 0.93, 0.93, 0.94, 0.93, 0.93, 0.94, 0.93], False),  # good from the first on
    ],
)
def test_a_poor_score_that_stays_where_it_began(seen, score, stays):
    """The loss comes down, and a score of guessing does not move; one that is good has no need
    to.
    """
    told = seen(train_loss=[900.0, 90.0, 40.0, 20.0, 10.0, 6.0, 4.0, 3.0], val_acc=score)

    assert told["score_stays_at_first"] is stays


def test_a_reading_close_to_its_border_has_shares():
    """A loss that falls by the 2 % that part flat from falling is half of each."""
    losses = [2.0, 1.99, 1.98, 1.97, 1.965, 1.96, 1.96, 1.96]
    found = observe.history({"train_loss": losses}).provenances["train_loss_flat"].shares

    assert dict(found)[True] == pytest.approx(0.5, abs=0.2)


def test_a_reading_far_from_its_border_has_none():
    """A loss that halves is not flat, without any doubt."""
    losses = [2.0, 1.6, 1.3, 1.1, 1.0, 0.9, 0.85, 0.8]

    assert observe.history({"train_loss": losses}).provenances["train_loss_flat"].shares == ()


def test_a_last_row_that_was_written_twice_counts_once():
    """The same run, its last row repeated, shows the same."""
    history = {
        "train_loss": [2.3, 1.6, 1.2, 1.0, 0.9, 0.82, 0.77, 0.74],
        "val_loss": [2.2, 1.7, 1.35, 1.2, 1.12, 1.08, 1.06, 1.05],
    }
    twice = {name: [*values, values[-1]] for name, values in history.items()}

    assert observe.history(twice).observed == observe.history(history).observed
