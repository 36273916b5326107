"""The diagnosis of a recorded run does not hang on a digit: the same run with a little noise, with
fewer digits, with its last row twice, with every second row, on another scale.

`pytest tests/cases/test_stability.py -s` prints the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from mldx import Diagnosis, diagnose
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.observe import observed
from mldx.readers.record import of_mapping
from tests.cases.scoring import record_of
from tests.kit import recorded_runs

History = dict[str, list[Any]]
AXES = ("epoch", "step", "lr")
LOSSES = ("train_loss", "val_loss")
LIKELY = 0.5
ENOUGH = 10  # rows from which half of them still is a curve

# what a loss says by its scale, and what follows from it alone
OF_SCALE = {
    "init_loss_ratio",
    "train_loss_at_prior",
    "loss_instant_drop",
    "loss_zero_at_start",
    "output_loss_pair",
    "outputs_saturated",
    # a loss far below guessing has learned, where no accuracy says otherwise
    "train_loss_flat",
    "train_loss_slow",
    "loss_shape",
    # asked only where the loss moved
    "score_stays_at_first",
}


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)


def noisy(share: float, exact: bool = False) -> Callable[[History], History]:
    """Every value a little off; a share of 1 stays one.

    exact   also where a value stands in several rows to the last digit, which jitter never leaves
    """
    random = np.random.default_rng(20)

    def column(values: list[Any]) -> list[Any]:
        at_most = 1.0 if all(0 <= one <= 1 for one in values if is_number(one)) else np.inf
        off: dict[Any, float] = {}
        made = []
        for value in values:
            if not is_number(value):
                made.append(value)
                continue
            if exact or value not in off:
                off[value] = min(value * (1 + share * random.standard_normal()), at_most)
            made.append(off[value])
        return made

    return lambda history: changed(history, column)


def digits(count: int) -> Callable[[History], History]:
    """Every value with so many digits."""

    def column(values: list[Any]) -> list[Any]:
        return [float(f"{one:.{count}g}") if is_number(one) else one for one in values]

    return lambda history: changed(history, column)


def changed(history: History, column: Callable[[list[Any]], list[Any]]) -> History:
    return {name: values if name in AXES else column(values) for name, values in history.items()}


def twice(history: History) -> History:
    """The last row twice."""
    return {name: [*values, values[-1]] for name, values in history.items()}


def every_second(history: History) -> History:
    """Every second row."""
    return {name: values[::2] for name, values in history.items()}


def scaled(factor: float) -> Callable[[History], History]:
    """The losses, each multiplied by a constant."""
    return lambda history: {
        name: [factor * one if is_number(one) else one for one in values]
        if name in LOSSES
        else values
        for name, values in history.items()
    }


# how many verdicts, first causes, and first causes that are likely may change, as shares
CHANGES: dict[str, tuple[Callable[[History], History], tuple[float, float, float]]] = {
    "noise 1 %": (noisy(0.01), (0.06, 0.12, 0.05)),
    "noise 1 %, also of what is exact": (noisy(0.01, exact=True), (0.06, 0.18, 0.11)),
    "noise 0.1 %": (noisy(0.001), (0.02, 0.03, 0.01)),
    "three digits": (digits(3), (0.03, 0.07, 0.06)),
    "four digits": (digits(4), (0.01, 0.05, 0.04)),
    "the last row twice": (twice, (0.02, 0.01, 0.01)),
    "every second row": (every_second, (0.05, 0.26, 0.1)),
}
ROW = "{:<34} {:>5} {:>9} {:>12} {:>14}"


@cache
def runs() -> list[dict[str, Any]]:
    """The recorded runs with a history, by setup and history alone."""
    found = [*recorded_runs("dev"), *recorded_runs("dev2")]
    return [record_of(run, with_answers=False) for run in found if run["history"]]


def diagnosed(record: dict[str, Any], history: History) -> Diagnosis:
    return diagnose(observed(of_mapping({**record, "history": history}, "run")))


@cache
def as_logged(number: int) -> Diagnosis | None:
    try:
        return diagnosed(runs()[number], runs()[number]["history"])
    except InputError:
        return None


def rows(history: History) -> int:
    return max(map(len, history.values()))


def pairs(change: str) -> Iterator[tuple[Diagnosis, Diagnosis]]:
    """The diagnosis of each run, and that of the run with the change."""
    make = CHANGES[change][0]
    for number, record in enumerate(runs()):
        before = as_logged(number)
        if before is None or (change == "every second row" and rows(record["history"]) < ENOUGH):
            continue
        yield before, diagnosed(record, make(record["history"]))


def first(diagnosis: Diagnosis) -> str:
    return diagnosis.causes[0].id if diagnosis.causes else ""


def is_likely(diagnosis: Diagnosis) -> bool:
    return bool(diagnosis.causes) and diagnosis.causes[0].probability >= LIKELY


def shares(change: str) -> tuple[int, tuple[float, float, float]]:
    """How many runs, and the shares of verdicts, of first causes, and of likely first causes that
    change.
    """
    found = [
        (
            before.verdict != after.verdict,
            first(before) != first(after),
            is_likely(before) and first(before) != first(after),
        )
        for before, after in pairs(change)
    ]
    return len(found), tuple(float(one) for one in np.mean(found, axis=0))


@pytest.mark.slow
def test_little_changes_change_little(capsys):
    """Noise, digits, a row more or half of the rows change few verdicts, and few likely causes."""
    found = {change: shares(change) for change in CHANGES}

    with capsys.disabled():
        print("\n" + ROW.format("changed", "runs", "verdict", "first cause", "likely cause"))
        for change, (count, changes) in found.items():
            print(ROW.format(change, count, *(f"{one:.1%}" for one in changes)))
    too_many = {
        change: changes
        for change, (_, changes) in found.items()
        if any(one > most for one, most in zip(changes, CHANGES[change][1], strict=True))
    }
    assert too_many == {}


@pytest.mark.slow
@pytest.mark.parametrize("factor", [10, 0.001])
def test_the_scale_of_a_loss_changes_what_speaks_of_it(factor):
    """A loss that is multiplied by a constant is answered as before, but where the question is for
    its scale.
    """
    checks = load().compiled.by_id

    def answers(record: dict[str, Any], history: History) -> dict[str, Any]:
        seen = observed(of_mapping({**record, "history": history}, "run")).observed
        return {id: checks[id].answer(seen[id]) for id in seen if id in checks}

    other = set()
    for record in runs():
        before = answers(record, record["history"])
        after = answers(record, scaled(factor)(record["history"]))
        other |= {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}

    assert other <= OF_SCALE
