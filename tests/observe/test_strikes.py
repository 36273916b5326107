"""What strikes: the oddest facts of a log, and nothing on an ordinary one."""

import pytest

from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.symptoms.strike import Strike

FALLING = [2.3, 1.9, 1.5, 1.2, 1.0, 0.9, 0.85, 0.8, 0.78, 0.77]
SCORES = [0.1, 0.25, 0.4, 0.5, 0.55, 0.58, 0.6, 0.61, 0.62, 0.621]


def ids(setup=None, **history):
    """The ids of what strikes in a history."""
    run = of_mapping({"setup": setup or {}, "history": history}, "run.json")
    return [one.id for one in observed(run).strikes]


def test_nothing_strikes_in_an_ordinary_run():
    """Curves that fall and rest, with validation beside them, are silent."""
    assert ids(train_loss=FALLING, val_loss=FALLING, val_acc=SCORES) == []


def test_missing_validation_strikes():
    """A log of training alone says so."""
    assert ids(train_loss=FALLING) == ["no_validation"]


@pytest.mark.parametrize(
    "rates, found",
    [([1e-5 * n for n in range(1, 11)], True), ([1e-3] * 10, False), ([1, 2, 3, 3, 2] * 2, False)],
)
def test_a_rate_that_climbs_to_the_end_strikes(rates, found):
    """A warm-up is longer than the run where the rate never stops climbing."""
    struck = ids(train_loss=FALLING, val_loss=FALLING, lr=rates)

    assert (struck == ["warmup_longer_than_run"]) is found


@pytest.mark.parametrize("size, found", [(640, True), (64000, False)])
def test_few_steps_strike(size, found):
    """640 samples in batches of 64 are ten steps an epoch."""
    facts = {"train_size": size, "batch_size": 64, "epochs_planned": 3}

    assert ("few_steps" in ids(facts, train_loss=FALLING, val_loss=FALLING)) is found


@pytest.mark.parametrize("share, found", [(0.1, True), (1.0, False)])
def test_a_loss_of_many_squared_errors_strikes(share, found):
    """A loss ten times the mse beside it is mostly something else."""
    squared = [share * loss for loss in FALLING]
    struck = ids(train_loss=FALLING, val_loss=FALLING, train_mse=squared)

    assert ("loss_many_times_metric" in struck) is found


def test_a_leap_at_the_end_strikes():
    """The last evaluation stands far above those before it."""
    assert ids(train_loss=FALLING, val_loss=FALLING, val_acc=[*SCORES[:-1], 0.86]) == [
        "last_epoch_leap"
    ]


def test_steps_of_a_small_validation_set_strike():
    """14, 19 and 23 of 31 samples: the accuracy shows how few they are."""
    scores = [round(n / 31, 6) for n in (14, 15, 16, 17, 18, 19, 20, 21, 22, 23)]

    assert ids(train_loss=FALLING, val_loss=FALLING, val_acc=scores) == ["coarse_validation"]


def test_a_better_restart_strikes():
    """Of several runs in one log the best is named."""
    run = of_mapping({"history": {"train_loss": FALLING, "val_loss": FALLING}}, "run.json")
    run.others = ["run 1: 5 points, epoch 0 to 4, loss 1.18 to 0.5, val_loss 1.05 to 0.41"]

    [struck] = observed(run).strikes
    assert struck == Strike(
        "best_of_restarts",
        "Of the 2 runs in this log run 1 is the best (val loss 0.41); the last, judged here, ends "
        "at 0.77.",
    )


def test_a_rate_below_zero_strikes():
    """A negative learning rate is said as what it is: a fault of the setup."""
    run = of_mapping(
        {"setup": {"learning_rate": -1.0}, "history": {"train_loss": [2, 3, 4]}}, "log"
    )
    told = {one.id: one.sentence for one in observed(run).strikes}

    assert "below zero" in told["negative_rate"]
