"""A log that may have been misread is told apart from one that is merely short."""

import numpy as np
import pytest

from mldx.readers import read_text
from mldx.readers.doubts import doubts
from mldx.readers.run import Run, Series
from tests.kit import NOT_READ, made_logs

FALLING = [f"{2.3 * 0.8**i:.4f}" for i in range(30)]


def doubted(text):
    """The doubts about the only run in a text."""
    (run,) = read_text(text, "log")
    return run.doubts


def table(header, *rows):
    """A CSV."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        table("epoch,loss,val_loss", (1, 0.9, 0.8), (2, 0.7, 0.75), (3, 0.6, 0.74)),
        table("epoch,loss,val_loss", (1, 0.9, 0.8), (2, 0.7, 0.75)),
        table("epoch,loss", (0, "nan")),
        "Epoch 1/2 - loss: 0.5 - val_loss: 0.6\nEpoch 2/2 - loss: 0.4 - val_loss: 0.5\n",
        "epoch 1: loss 0.53\n",
        "epoch 50: loss 0.53\nepoch 100: loss 0.41\n",
        table("epoch,loss", *((i, 0.6931) for i in range(1, 9))),
        table("step,loss", (500, 1.2), (1000, 0.9)),
        table("loss", *((one,) for one in FALLING)),
        table("epoch,loss", *((i, 3.0 if i % 2 else 2.2) for i in range(1, 31))),
    ],
    ids=[
        "three epochs", "two epochs", "nan at once", "two printed epochs", "one printed epoch",
        "each fiftieth", "a loss that rests", "two steps", "no axis", "an oscillation",
    ],
)  # fmt: skip
def test_a_short_or_sick_run_is_read_surely(text):
    """Few epochs, a loss that rests or swings, and a table without an axis are no misreading."""
    assert doubted(text) == []


@pytest.mark.parametrize(
    "text, told",
    [
        (
            table("epoch,loss,acc", (0, "", 0.1), *((i, "", i / 40) for i in range(1, 30)))
            .replace("29,,", "29,0.4,"),
            "only 1 point of loss, and `acc` (30 points)",
        ),
        ("final loss: 0.41\n", "only 1 point of loss, and neither an epoch nor a step"),
        (
            table("epoch,loss", *((i, 1.5) for _ in range(8) for i in (1, 2))),
            "8 runs in one log, and the one judged has 2 points",
        ),
        (
            table("step,loss", *((i, 10 * i) for i in range(1, 9))),
            "`loss` (8 points) counts up by 10",
        ),
        (
            table("step,loss", *((i, 26 - i / 10 if i % 2 else 3 + i / 90) for i in range(30))),
            "`loss` (30 points) goes back and forth between two levels, as two series do",
        ),
    ],
    ids=["far fewer", "a closing line", "falls apart", "a counter", "two"],
)  # fmt: skip
def test_a_sign_of_misreading_is_told(text, told):
    """Fewer points than there were, more runs than points, and what cannot be a loss."""
    assert doubted(text) == [told] or told in doubted(text)


def test_a_setting_is_no_loss():
    """What never changes, and is not called a loss, is a setting that was taken for one."""
    x, ones = np.arange(30.0), np.ones(30)
    run = Run("log", "a log", [Series("train", "loss", "loss_ota", ones, epoch=x)])

    assert doubts(run) == ["`loss_ota` (30 points) never changes and is not called a loss"]


def test_a_run_without_a_loss_has_no_doubt():
    """Nothing was read as a loss, so nothing was misread as one."""
    assert doubts(Run("log", "a log")) == []


def test_a_record_is_a_persons_word():
    """One point in a run record is what a person says."""
    record = '{"history": {"epoch": [17], "train_loss": [0.4], "lr": [1]}}'

    assert doubted(record) == []


@pytest.mark.parametrize(
    "log", [log for log in made_logs() if log.name not in NOT_READ], ids=lambda log: log.name
)
def test_no_log_of_a_real_tool_is_doubted(log):
    """What real tools wrote here is read surely."""
    from mldx.readers import read

    assert [run.doubts for run in read(log)] == [[] for _ in read(log)]
