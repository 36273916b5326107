"""Of several series that may be the loss the right one is judged, the choice is told, and a person
can change it.
"""

import numpy as np
import pytest

from mldx.errors import InputError
from mldx.readers import read, read_text
from mldx.readers.choice import choose, settle
from mldx.readers.run import Run, Series


def series(name, points, split="train", metric="loss", epochs=None):
    """A falling series over steps; with `epochs`, spread over so many."""
    step = np.linspace(1, 1000, points)
    epoch = None if epochs is None else np.floor(np.linspace(0, epochs - 1, points))
    return Series(split, metric, name, np.linspace(2, 1, points), epoch, step)


def settled(*parts):
    """The run of these series, settled."""
    run = Run("log", "a log", list(parts))
    settle(run)
    return run


@pytest.mark.parametrize(
    "parts, judged",
    [
        ([("loss_step", 500), ("loss_epoch", 10)], "loss_epoch"),
        ([("train_loss", 2), ("train_loss", 70)], 70),
        ([("loss", 100), ("total_loss", 100)], "loss"),
        ([("nll_loss", 100), ("total_loss", 100), ("loss", 100)], "loss"),
        ([("loss", 1), ("total_loss", 300)], "total_loss"),
        ([("loss_epoch", 1), ("loss", 300)], "loss"),
        ([("loss_1", 50), ("loss_0", 3)], "loss_1"),
    ],
)
def test_epoch_means_else_the_longest_is_judged(parts, judged):
    """Means over epochs come first, then the plain name, and never a series far shorter."""
    run = settled(*(series(*one) for one in parts))
    first = run.get("train", "loss")

    assert judged in (first.name, len(first))


def test_training_evaluated_with_validation_is_compared_with_it():
    """A training loss written where validation is, is its mate; the other is its steps."""
    run = settled(series("loss", 500), series("loss", 10), series("loss", 10, "val"))

    assert [len(one) for one in run.all("train", "loss")] == [10, 500]


def test_the_choice_names_the_others_with_their_points():
    """A note says which series is judged, and what stands beside it."""
    run = settled(series("total_loss", 100), series("loss", 100), series("val_loss", 9, "val"))

    assert run.notes == ["train loss is `loss` (100 points); not judged: `total_loss` (100 points)"]
    assert settled(series("loss", 5)).notes == []


def test_another_quantity_is_no_finer_loss():
    """A rival of more points is not taken for the steps of the loss."""
    run = settled(series("loss_epoch", 10), series("aux_loss", 900), series("loss_step", 500))

    assert [one.name for one in run.all("train", "loss")] == ["loss_epoch", "loss_step"]
    assert [one.name for one in run.series if one.rival] == ["aux_loss"]


def test_a_person_may_choose_another_series():
    """`total_loss` is the training loss where a person says so, and the note follows."""
    run = choose(
        settled(series("total_loss", 100), series("loss", 100)), {"train_loss": "total_loss"}
    )

    assert run.get("train", "loss").name == "total_loss"
    assert run.notes == ["train loss is `total_loss` (100 points); not judged: `loss` (100 points)"]


def test_a_series_of_another_split_and_metric_may_be_chosen():
    """What the log calls `dev/ce` is the validation loss where a person says so."""
    run = settled(series("loss", 10), series("dev/ce", 10, "other", "dev_ce"))

    chosen = choose(run, {"val_loss": "dev/ce"})
    assert (chosen.get("val", "loss").name, chosen.get("other", "dev_ce")) == ("dev/ce", None)


def test_choosing_the_loss_ends_all_doubt():
    """Whoever names the loss has looked; naming another series decides nothing."""
    run = settled(series("a_loss", 10), series("rate", 10, "train", "rate"))
    run.doubts = ["no axis"]

    assert choose(run, {"train_loss": "a_loss"}).doubts == []
    assert choose(run, {"lr": "rate"}).doubts == ["no axis"]


@pytest.mark.parametrize(
    "wanted, told",
    [
        ({"train_loss": "totl_loss"}, "help: write `total_loss`"),
        ({"train_loss": "x"}, "`loss` (5 points), `total_loss` (100 points)"),
        ({"trian_loss": "loss"}, "`trian_loss` is not the name of a series"),
        ({"epoch": "loss"}, "train_loss, val_loss"),
    ],
)
def test_a_wrong_choice_names_what_is_there(wanted, told):
    """A series that is not there, or a key that is none, is refused with the nearest right one."""
    run = Run("log", "a log", [series("loss", 5), series("total_loss", 100)])

    with pytest.raises(InputError) as refused:
        choose(run, wanted)
    assert told in str(refused.value)


def test_a_log_without_a_loss_has_one_where_a_person_says_which(tmp_path):
    """A table whose objective has a name of its own is read with that name given."""
    log = tmp_path / "log.csv"
    log.write_text("epoch,objective,ours\n" + "".join(f"{i},{9 - i},{i}\n" for i in range(9)))

    with pytest.raises(InputError, match="--series train_loss=NAME"):
        read(log)
    (run,) = read(log, series={"train_loss": "objective"})
    assert run.get("train", "loss").value.tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1]


def test_closing_lines_are_not_the_validation():
    """Two validation points at the end do not stand for the seventy before them."""
    lines = [f"epoch {i} train loss {5 / i:.3f} val loss {6 / i:.3f}" for i in range(1, 71)]
    (run,) = read_text("\n".join([*lines, "best val loss: 0.09", "final val loss: 0.1"]), "log")

    assert len(run.get("val", "loss")) >= 70
