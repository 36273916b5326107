"""How long a run took is read off the clocks of its log, and a fix costs that much again."""

import pytest

from mldx import diagnose
from mldx.readers import read_text
from mldx.readers.duration import minutes

ROWS = [(epoch, 2.3 - 0.1 * epoch) for epoch in range(1, 11)]


def table(name, clock):
    """A CSV log with a column of a clock."""
    lines = [f"{epoch},{loss:.2f},{clock(epoch)}" for epoch, loss in ROWS]
    return "\n".join([f"epoch,train_loss,{name}", *lines])


@pytest.mark.parametrize(
    "text, taken",
    [
        (table("time", lambda epoch: 60 * epoch), 10),
        (table("Wall time", lambda epoch: 1.7e9 + 60 * epoch), 10),
        (table("_timestamp", lambda epoch: 1.7e9 + 30 * epoch), 5),
        (table("epoch_time", lambda epoch: 31 - epoch % 2), 5.08),
        ("\n".join(f'{{"loss": {loss}, "_runtime": {90 * epoch}}}' for epoch, loss in ROWS), 15),
        ("{'loss': 1.2}\n{'train_runtime': 246.0, 'train_loss': 0.4}", 4.1),
        ('{"log_history": [{"loss": 1.0, "train_runtime": 120.0}]}', 2),
        (
            (
                "Epoch 1/2\n 3/782 ━ 45s 58ms/step\n782/782 ━ 61s 4ms/step - loss: 2.1\n"
                "Epoch 2/2\n782/782 ━ 59s 4ms/step - loss: 1.9"
            ),
            2,
        ),
        ("Epoch 1/1\n782/782 - 90s - 115ms/step - loss: 2.1", 1.5),
        (
            (
                "Epoch 0: 100%|████| 391/391 [01:00<00:00, 6.5it/s, loss=2.1]\n"
                "Epoch 0: 100%|████| 391/391 [01:01<00:00, 6.5it/s, loss=2.1]\n"
                "Epoch 1: 100%|████| 391/391 [1:00:59<00:00, 6.5it/s, loss=1.9]"
            ),
            62,
        ),
        (
            (
                "2024-05-01 23:58:00,123 INFO loss 2.3\n2024-05-01 23:59:00 loss 2.1\n"
                "2024-05-02 00:04:00 epoch 3 loss 1.9"
            ),
            6,
        ),
        ("[23:58:00] loss 2.3\n[23:59:00] loss 2.1\n[00:04:00] loss 1.9", 6),
    ],
)
def test_minutes_are_read_off_the_clock(text, taken):
    """Stated totals, columns of a clock, progress bars and stamps of lines say how long it took."""
    assert minutes(text) == pytest.approx(taken)


@pytest.mark.parametrize(
    "text",
    [
        "epoch 1 loss 2.3\nepoch 2 loss 2.1\nepoch 3 loss 1.9",
        table("time", lambda epoch: 5),
        table("seconds_left", lambda epoch: 600 - epoch),
        "Epoch 1/2\n 3/782 ━ 45s 58ms/step - loss: 2.3",
        "",
    ],
)
def test_a_log_without_a_clock_says_nothing(text):
    """No clock, one that stands still, one that runs back, an unfinished epoch: no minutes."""
    assert minutes(text) is None


def test_a_fix_costs_the_edit_and_this_run_again():
    """The minutes of a fix are those of the edit and of the run that its log shows."""
    losses = [2.3, 2.9, 11.8, 260.0]
    logs = {
        own: "\n".join(
            [
                "epoch,train_loss,time",
                *(f"{n},{loss},{own * 15 * n}" for n, loss in enumerate(losses, 1)),
            ]
        )
        for own in (2, 300)
    }
    costs = {own: fix_minutes(diagnose(read_text(log, "log")[0])) for own, log in logs.items()}

    assert costs[300] - costs[2] == 298


def fix_minutes(diagnosis):
    """What the first fix costs."""
    return next(one.minutes for one in diagnosis.actions if one.kind == "fix")
