"""What observers read into healthy curves: the share of false readings of each, over simulated runs
of many lengths, noise levels and schedules.

`pytest tests/observe/test_false_readings.py -s` prints the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from mldx import observe

DRAWN = 400
MOST = 0.02  # of the runs, for each observer
LENGTHS = (4, 5, 6, 8, 10, 15, 20, 30, 50, 100, 200, 500)
CLASSES = (2, 3, 10, 100)

# how the loss falls as the run goes on, t from 0 to 1
SCHEDULES: dict[str, Callable[[Any, Any], Any]] = {
    "constant rate": lambda t, r: np.exp(-r.uniform(4, 9) * t),
    "power law": lambda t, r: (1 + 60 * t) ** -r.uniform(0.8, 1.4),
    "steps": lambda t, r: np.exp(-4 * t) * (0.6 + 0.4 * (t < 0.5)),
    "warm-up": lambda t, r: np.where(
        t < 0.1, 1 - 2 * t, 0.8 * np.exp(-r.uniform(5, 9) * (t - 0.1))
    ),
    "cosine": lambda t, r: 0.5 * np.exp(-6 * t) + 0.25 * (1 + np.cos(np.pi * t)),
}

# the readings that say something is wrong, or odd
FALSE: dict[str, Callable[[Any], bool]] = {
    "loss_shape": lambda value: value not in ("falling", "falls_then_flat"),
    "loss_nonfinite": lambda value: value != "never",
    "generalization_gap": lambda value: value >= 0.5,
    "val_loss_turns_up": lambda value: value != "none" and value < 0.85,
    "val_better_than_train": lambda value: value >= 0.08,
    "val_noisy": lambda value: value >= 3,
    "predicts_single_class": lambda value: value == "strong",
    "output_loss_pair": lambda value: value != "standard",
    "init_loss_ratio": lambda value: value >= 2,
    "learning_rate_off_schedule": lambda value: value != "ok",
}
FLAGS = (
    "train_loss_flat",
    "train_loss_identical",
    "train_loss_at_prior",
    "train_loss_slow",
    "train_loss_rising",
    "loss_oscillation",
    "loss_instant_drop",
    "loss_negative",
    "loss_zero_at_start",
    "val_at_chance",
    "val_bad_from_first_epoch",
    "val_constant",
    "val_loss_up_acc_up",
    "both_bad",
    "metric_loss_disagree",
    "accuracy_vs_majority",
    "outputs_saturated",
    "score_stays_at_first",
)
FALSE |= dict.fromkeys(FLAGS, bool)


@cache
def readings() -> tuple[Counter[str], Counter[str]]:
    """How often each observer read a healthy run, and how often falsely."""
    seen, false = Counter[str](), Counter[str]()
    for number in range(DRAWN):
        found = observed_of(number)
        seen.update(id for id in FALSE if id in found)
        false.update(id for id, is_false in FALSE.items() if id in found and is_false(found[id]))
    return seen, false


def observed_of(number: int) -> dict[str, Any]:
    history, facts = healthy(number)
    return observe.history(history, **facts).observed


def healthy(number: int) -> tuple[dict[str, list[float]], dict[str, Any]]:
    """The history of a healthy run and its facts: both losses fall and rest, validation a little
    behind, and accuracy goes with the loss.
    """
    random = np.random.default_rng(number)
    n, classes = int(random.choice(LENGTHS)), int(random.choice(CLASSES))
    noise = float(random.choice([0.0, 0.003, 0.01, 0.03]))
    falls = SCHEDULES[str(random.choice(list(SCHEDULES)))]
    t, guess = np.arange(n) / (n - 1), float(np.log(classes))
    end = float(random.uniform(0.08, 0.3)) * guess
    fall = falls(t, random) * float(random.uniform(0.7, 1.0)) * (guess - end)

    def jittered(curve: Any) -> Any:
        return curve * (1 + noise * random.standard_normal(n))

    train = jittered(end + fall)
    val = jittered(end * float(random.uniform(1.0, 1.15)) + fall)

    def accuracy(loss: Any) -> Any:
        skill = np.clip(1 - loss / guess, 0, 1) * 0.95
        return np.clip(1 / classes + (1 - 1 / classes) * skill, 0, 0.985)

    history = {
        "train_loss": train,
        "val_loss": val,
        "train_acc": accuracy(train),
        "val_acc": accuracy(val),
    }
    rounded = {name: [round(float(one), 4) for one in values] for name, values in history.items()}
    return rounded, {"n_classes": classes}


def test_table_of_false_readings(capsys):
    """Every observer that reads healthy curves is listed with the share that it reads falsely."""
    seen, false = readings()

    with capsys.disabled():
        print(f"\n{'observer':<28} {'read':>6} {'falsely':>8}")
        for id in sorted(FALSE, key=lambda id: (-false[id], id)):
            if seen[id]:
                print(f"{id:<28} {seen[id]:>6} {false[id] / DRAWN:>8.1%}")
    assert seen["train_loss_flat"] == DRAWN


@pytest.mark.parametrize("observer", FALSE)
def test_a_healthy_run_is_seldom_misread(observer):
    """Of four hundred healthy runs at most one in fifty is read as showing a fault."""
    _, false = readings()

    assert false[observer] <= MOST * DRAWN
