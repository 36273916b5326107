"""Several runs in one log, and runs that went on from a checkpoint."""

from __future__ import annotations

from mldx.readers import read_text


def keras(*epochs_and_losses):
    rows = "".join(f"{epoch},{loss}\n" for epoch, loss in epochs_and_losses)
    return read_text("epoch,loss\n" + rows, "log")[0]


def test_epochs_that_fall_back_to_the_start_are_another_run():
    """The last run of an appended log is judged."""
    run = keras((0, 3), (1, 2), (2, 1), (0, 9), (1, 8), (2, 7))

    assert run.get("train", "loss").value.tolist() == [9, 8, 7]


def test_a_restart_keeps_the_loss_on_both_sides():
    """A restart is an event with the training loss before and after it."""
    (event,) = keras((0, 3), (1, 2), (2, 1), (0, 9), (1, 8), (2, 7)).events

    assert (event.kind, event.at, event.before, event.after) == ("restart", 0, 1, 9)


def test_the_choice_between_runs_is_told():
    """A note says how many runs were found and which one was taken."""
    run = keras((0, 3), (1, 2), (2, 1), (0, 9), (1, 8), (2, 7))

    assert run.notes == ["2 runs in one log (3, 3 points); the last is judged"]


def test_the_other_runs_are_told_in_a_line_each():
    """Each run that is not judged is named with its points, its axis and where its loss came to."""
    run = keras((0, 3), (1, 2), (2, 1), (0, 9), (1, 8), (2, 7))

    assert run.others == ["run 1: 3 points, epoch 0 to 2, loss 3 to 1"]


def test_a_last_run_too_short_to_judge_is_passed_over():
    """Of several runs the last with at least 3 points is judged."""
    run = keras((0, 3), (1, 2), (2, 1), (0, 9), (1, 8))

    assert run.get("train", "loss").value.tolist() == [3, 2, 1]


def test_the_longest_is_judged_where_all_are_short():
    """Where no run has 3 points, the longest is judged."""
    run = keras((0, 3), (1, 2), (0, 9))

    assert run.get("train", "loss").value.tolist() == [3, 2]


def test_a_small_step_back_is_a_resume():
    """Rows written again after a resume replace those before it."""
    run = keras(*((epoch, 10 - epoch) for epoch in range(8)), (6, 40), (7, 30), (8, 20))

    assert run.get("train", "loss").value.tolist() == [10, 9, 8, 7, 6, 5, 40, 30, 20]


def test_a_resume_keeps_the_loss_on_both_sides():
    """A resume is an event with the training loss before and after it."""
    (event,) = keras(*((epoch, 10 - epoch) for epoch in range(8)), (6, 40), (7, 30), (8, 20)).events

    assert (event.kind, event.at, event.before, event.after) == ("resume", 6, 3, 40)


def test_a_repeated_header_is_a_restart():
    """A header in the middle begins another run, perhaps with other columns."""
    (run,) = read_text(
        "epoch,loss\n1,3\n2,2\n3,1\nepoch,loss,val_loss\n1,9,8\n2,7,6\n3,5,4\n", "log"
    )

    assert (run.events[0].kind, run.get("val", "loss").value.tolist()) == ("restart", [8, 6, 4])


def test_a_repeated_header_on_a_run_that_goes_on_is_a_resume():
    """A header that stands again while the epochs go on is the same run."""
    (run,) = read_text("epoch,loss\n1,3\n2,2\n3,1\nepoch,loss\n4,9\n5,7\n", "log")

    assert (run.events[0].kind, len(run.get("train", "loss"))) == ("resume", 5)


def test_a_restart_logged_in_steps_need_not_begin_at_the_same_step():
    """A run logged from step 0 restarts at its first logged step, 49."""
    steps = [0, *range(49, 2000, 50), *range(49, 2000, 50)]
    (run,) = read_text("step,loss\n" + "".join(f"{step},1\n" for step in steps), "log")

    assert [event.kind for event in run.events] == ["restart"]


def test_a_batch_counter_without_epochs_is_counted_on():
    """Steps that start anew again and again while the loss goes on count within the epoch."""
    rows = "".join(
        f"{batch},{10 / (1 + 3 * epoch + batch)}\n" for epoch in range(5) for batch in range(3)
    )
    (run,) = read_text("batch,loss\n" + rows, "log")

    assert (run.get("train", "loss").step.tolist(), run.events) == (list(range(15)), [])


def test_equal_runs_by_steps_are_restarts():
    """Steps that start anew together with the loss are other runs."""
    rows = "".join(f"{step},{10 / (1 + step)}\n" for _ in range(5) for step in range(4))
    (run,) = read_text("step,loss\n" + rows, "log")

    assert [event.kind for event in run.events] == ["restart"] * 4


def test_rows_out_of_order_are_sorted():
    """A table whose rows stand in no order is sorted by its axis, and that is told."""
    rows = "".join(f"{(place * 37) % 101},{(place * 37) % 101}\n" for place in range(101))
    (run,) = read_text("step,loss\n" + rows, "log")

    assert run.get("train", "loss").value.tolist() == list(range(101))
