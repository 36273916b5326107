"""What the tests of all frameworks share: small data, and the comparison of what was read."""

from __future__ import annotations

import numpy as np
import pytest

ROWS, INPUTS, CLASSES = 96, 6, 3


def data(rows=ROWS, seed=0):
    """Return inputs (N, 6) and labels (N,) of a problem that a linear model nearly solves."""
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(rows, INPUTS)).astype("float32")
    scores = inputs @ random.normal(size=(INPUTS, CLASSES)) + random.normal(size=(rows, CLASSES))
    return inputs, scores.argmax(1)


def series_of(run, split, name):
    """Return the only series of that split and name."""
    found = [one for one in run.series if (one.split, one.name) == (split, name)]
    assert len(found) == 1, [(one.split, one.metric, one.name, len(one)) for one in run.series]
    return found[0]


def values_of(run):
    """Return {(split, metric, name): values} of all series."""
    return {(one.split, one.metric, one.name): one.value.tolist() for one in run.series}


def near(values, digits=6):
    """Compare lists of numbers that were written with so many digits."""
    return pytest.approx([float(one) for one in values], rel=10.0 ** -(digits - 1), nan_ok=True)


def assert_one_run(run):
    """No restart, no resume, no other run was invented."""
    assert [event.text for event in run.events if event.kind != "message"] == []
    assert run.others == []
    assert [note for note in run.notes if "run" in note and "log" in note] == []
