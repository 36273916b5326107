"""Textbook pictures: simulated curves of one kind each, of many lengths, noise levels and scales.

A picture is a history as a log would hold it. Every kind is drawn from a seeded generator, so that
a picture that is judged wrongly can be drawn again by its number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
History = dict[str, list[float | str]]
LENGTHS = (5, 8, 12, 20, 35, 60, 100, 200, 300)
CLASSES = (2, 3, 10, 100)


class Draw:
    """The random choices of one picture.

    n       epochs
    c       classes
    guess   the loss of guessing, ln C
    noise   spread of the jitter of the loss, as a share of its level
    """

    def __init__(self, number: int) -> None:
        self.random = np.random.default_rng(number)
        self.n = int(self.random.choice(LENGTHS))
        self.c = int(self.random.choice(CLASSES))
        self.guess = float(np.log(self.c))
        self.noise = float(self.random.choice([0.0, 0.005, 0.01, 0.02]))
        self.t = np.arange(self.n) / max(self.n - 1, 1)

    def jitter(self, curve: Array) -> Array:
        """Return the curve with its noise."""
        return curve * (1 + self.noise * self.random.standard_normal(len(curve)))

    def falling(self, start: float, end: float, speed: float) -> Array:
        """Return an exponential fall that has come to rest at the end."""
        return end + (start - end) * np.exp(-speed * self.t)

    def score(self, loss: Array) -> Array:
        """Return the accuracy that goes with a cross-entropy: certain at 0, guessing at ln C."""
        chance = 1 / self.c
        skill = np.clip(1 - loss / self.guess, 0, 1)
        noisy = (
            chance + (1 - chance) * skill + 0.2 * self.noise * self.random.standard_normal(self.n)
        )
        return np.clip(noisy, 0, 1)


def _history(**series: Array) -> History:
    return {name: [_cell(value) for value in values] for name, values in series.items()}


def _cell(value: float) -> float | str:
    return round(float(value), 4) if np.isfinite(value) else "nan"


def healthy(draw: Draw) -> History:
    """Both curves fall and rest; validation stays a little behind."""
    end = float(draw.random.uniform(0.05, 0.35)) * draw.guess
    behind = float(draw.random.uniform(1.0, 1.12))
    speed = float(draw.random.uniform(5, 9))
    train = draw.jitter(draw.falling(0.95 * draw.guess, end, speed))
    val = draw.jitter(draw.falling(0.97 * draw.guess, end * behind, speed))
    return _history(
        train_loss=train, val_loss=val, train_acc=draw.score(train), val_acc=draw.score(val)
    )


def overfitting(draw: Draw) -> History:
    """Training falls to nothing; validation turns before the middle and climbs."""
    speed = float(draw.random.uniform(4, 7))
    train = draw.falling(draw.guess, 0.01 * draw.guess, speed)
    turn = float(draw.random.uniform(0.2, 0.45))
    low = float(draw.random.uniform(0.45, 0.65)) * draw.guess
    rise = float(draw.random.uniform(0.5, 1.2)) * low
    before = low + (draw.guess - low) * np.exp(-6 * draw.t / turn)
    val = before + rise * np.clip((draw.t - turn) / (1 - turn), 0, None)
    best = draw.score(np.minimum.accumulate(val))
    return _history(
        train_loss=draw.jitter(train),
        val_loss=draw.jitter(val),
        train_acc=draw.score(train),
        val_acc=np.minimum(best, draw.score(np.full(draw.n, low)))
        + 0.004 * draw.random.standard_normal(draw.n),
    )


def diverging(draw: Draw) -> History:
    """The loss climbs from the start, many times over."""
    growth = float(draw.random.uniform(1.5, 4))
    train = draw.guess * np.exp(growth * draw.t * min(draw.n, 20) / 5)
    return _history(train_loss=draw.jitter(train), val_loss=draw.jitter(1.1 * train))


def nan_after_a_climb(draw: Draw) -> History:
    """It falls, climbs for some epochs, and is NaN from there on."""
    at = max(2, int(draw.n * float(draw.random.uniform(0.4, 0.7))))
    train = draw.jitter(draw.falling(draw.guess, 0.5 * draw.guess, 4))
    climb = max(1, at // 3)
    train[at - climb : at] *= np.linspace(1.5, 6, climb)
    train[at:] = np.nan
    return _history(train_loss=train, val_loss=np.where(np.isnan(train), np.nan, 1.05 * train))


def resting_at_guessing(draw: Draw) -> History:
    """Loss and accuracy stay at those of guessing."""
    flat = draw.guess * (1 + 0.002 * draw.random.standard_normal(draw.n))
    chance = 1 / draw.c + 0.01 / draw.c * draw.random.standard_normal(draw.n)
    return _history(train_loss=flat, val_loss=flat * 1.001, train_acc=chance, val_acc=chance)


def validation_at_chance(draw: Draw) -> History:
    """Training becomes perfect; validation guesses from the first epoch to the last."""
    train = draw.jitter(draw.falling(0.9 * draw.guess, 0.01 * draw.guess, 6))
    val = draw.jitter(draw.guess * (1.6 + 1.5 * draw.t))
    chance = 1 / draw.c + 0.02 / draw.c * draw.random.standard_normal(draw.n)
    return _history(train_loss=train, val_loss=val, train_acc=draw.score(train), val_acc=chance)


def one_class(draw: Draw) -> History:
    """Accuracy is one number to the last digit, epoch after epoch, while the loss hardly moves."""
    share = round(float(draw.random.uniform(0.55, 0.9)), 4)
    known = -(share * np.log(share) + (1 - share) * np.log((1 - share) / max(draw.c - 1, 1)))
    train = draw.falling(1.05 * known, known, 8) * (1 + 0.001 * draw.random.standard_normal(draw.n))
    same = np.full(draw.n, share)
    return _history(train_loss=train, val_loss=train * 1.002, train_acc=same, val_acc=same)


PICTURES: dict[str, Callable[[Draw], History]] = {
    "overfitting": overfitting,
    "diverging": diverging,
    "not_a_number": nan_after_a_climb,
    "not_learning": resting_at_guessing,
    "validation_apart": validation_at_chance,
    "one_answer": one_class,
}


def picture(syndrome: str, number: int) -> tuple[History, int]:
    """Return the history of a textbook picture and its number of classes."""
    draw = Draw(number)
    return PICTURES[syndrome](draw), draw.c


def healthy_picture(number: int) -> tuple[History, int]:
    """Return the history of a healthy run and its number of classes."""
    draw = Draw(number)
    return healthy(draw), draw.c
