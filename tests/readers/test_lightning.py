"""Lightning's `metrics.csv`, line by line as its logger writes it."""

from __future__ import annotations

import pytest

from mldx.readers import read_text

HEAD = "epoch,step,train_loss,val_loss\n"


def lines(*rows, head=HEAD):
    (run,) = read_text(head + "".join(f"{row}\n" for row in rows), "metrics.csv")
    return run


def values(run, split):
    return run.get(split, "loss").value.tolist()


def test_a_validation_that_stands_one_step_later_is_no_resume():
    """The validation of the last epoch is written at step 6, the training mean after it at 5."""
    run = lines("0,3,,3.0", "0,2,2.0,", "1,6,,2.5", "1,5,1.5,", "2,9,,2.0", "2,8,1.0,")

    assert (run.events, values(run, "train"), values(run, "val")) == (
        [],
        [2.0, 1.5, 1.0],
        [3.0, 2.5, 2.0],
    )


@pytest.mark.parametrize("first", [0, 4])
def test_numbers_of_validation_batches_are_no_steps(first):
    """With `on_step=True` in validation a row has the number of its batch as step, and no epoch."""
    batches = (f",{number},,{number + 3}" for number in (0, 1, 2, 3))
    again = (f",{number + first},,{number + 2}" for number in (0, 1, 2, 3))
    run = lines("0,49,2.0,", *batches, "1,99,1.5,", *again, "2,149,1.0,")

    val = run.get("val", "loss")
    assert (run.events, values(run, "train"), val.value.tolist(), val.step.tolist()) == (
        [],
        [2.0, 1.5, 1.0],
        [3, 4, 5, 6, 2, 3, 4, 5],
        [49] * 4 + [99] * 4,
    )


def test_an_epoch_that_is_logged_as_the_step():
    """People log `step` themselves, to have the epoch as axis; such a row names no epoch."""
    run = lines("0,9,2.0,", ",0,,3.0", "1,19,1.5,", ",1,,2.5", "2,29,1.0,", ",2,,2.0")

    val = run.get("val", "loss")
    assert (run.events, val.step.tolist(), val.epoch.tolist()) == ([], [9, 19, 29], [0, 1, 2])


def test_the_rate_of_a_killed_run_keeps_its_steps():
    """The learning rate is logged before the losses, and may be the last that is."""
    head = "epoch,step,lr-Adam,train_loss\n"
    run = lines(",9,0.1,", "0,9,,2.0", ",19,0.1,", "0,19,,1.5", ",29,0.1,", head=head)

    assert run.get("train", "lr").step.tolist() == [9, 19, 29]


def test_an_epoch_that_falls_back_is_another_run():
    """Two fits into one file: the second is judged, from its first learning rate on."""
    head = "epoch,step,lr-Adam,train_loss\n"
    one = (",9,0.1,", "0,9,,2.0", ",19,0.1,", "1,19,,1.5", ",29,0.1,", "2,29,,1.0")
    run = lines(*one, *(row.replace("0.1", "0.2") for row in one), head=head)

    assert (len(run.others), run.get("train", "lr").value.tolist()) == (1, [0.2] * 3)


def test_a_validation_after_the_training_is_no_run():
    """The best checkpoint is validated and tested once more: its epoch is an earlier one."""
    head = "epoch,step,train_loss,val_loss,test_loss\n"
    rows = [f"{one},{9 + 10 * one},{3 - one},{4 - one}," for one in range(3)]
    run = lines(*rows, "1,20,,2.9,", "1,20,,,3.1", head=head)

    assert (run.events, values(run, "train"), values(run, "test")) == ([], [3, 2, 1], [3.1])
