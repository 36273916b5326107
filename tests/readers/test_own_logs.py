"""Logs that real tools wrote here (`tests/logs/make.py`), against what the tools held in memory."""

from __future__ import annotations

import pytest

from mldx.readers import read
from tests.kit import LOGS, NOT_READ, expected_of_logs, made_logs

EXPECTED = expected_of_logs()
THREE_DIGITS = {"lightning_progress_bar_healthy.txt"}
LARGEST = 60_000  # bytes

every_log = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(strict=True, reason=NOT_READ[name]))
        if name in NOT_READ
        else name
        for name in EXPECTED
    ],
)


def as_printed(name, value):
    """A value as exactly as the log holds it: a console prints some digits, a file all of them."""
    if name in THREE_DIGITS:
        return pytest.approx(float(value), rel=5e-3)
    if name.endswith(".txt"):
        return pytest.approx(float(value), rel=5e-4, abs=5.1e-5, nan_ok=True)
    return pytest.approx(float(value), rel=1e-6, nan_ok=True)


@every_log
def test_a_made_log_is_recognised(name):
    """Each log is one run, and known for what it is."""
    (run,) = read(LOGS / name)

    assert run.format == EXPECTED[name]["format"]


@every_log
def test_a_made_log_has_its_series(name):
    """Each series that the tool recorded is there under its name, whole, and no other is."""
    (run,) = read(LOGS / name)

    found = {(f"{one.split}/{one.metric}", one.name): len(one) for one in run.series}
    assert found == {(one["key"], one["name"]): one["points"] for one in EXPECTED[name]["series"]}


@every_log
def test_a_made_log_begins_and_ends_as_the_tool_says(name):
    """The first and the last value of each series are those that the tool held in memory."""
    (run,) = read(LOGS / name)

    found = {one.name + one.split: (one.value[0], one.value[-1]) for one in run.series}
    assert found == {
        one["name"] + one["key"].partition("/")[0]: (
            as_printed(name, one["first"]),
            as_printed(name, one["last"]),
        )
        for one in EXPECTED[name]["series"]
    }


def test_every_made_log_is_expected_and_described():
    """A log that is added is added to `expected.json` and to the README, and is small."""
    described = (LOGS / "README.md").read_text(encoding="utf-8")
    files = [file for path in made_logs() for file in [path, *path.rglob("*")] if file.is_file()]

    assert [path.name for path in made_logs()] == sorted(EXPECTED)
    assert [name for name in EXPECTED if f"| `{name}` |" not in described] == []
    assert [path for path in files if path.stat().st_size > LARGEST] == []


def test_values_on_a_progress_bar_belong_to_the_epoch_that_made_them():
    """Lightning validates after the bar of an epoch is full, and only then writes its values."""
    (run,) = read(LOGS / "lightning_progress_bar_healthy.txt")

    assert run.get("val", "loss").epoch.tolist() == list(range(8))
