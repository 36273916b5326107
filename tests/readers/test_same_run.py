"""One run in four forms is read, observed and diagnosed as one run."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import diagnose
from mldx.observe import observed
from mldx.readers import read
from tests.readers.test_tensorboard import packed_double_tensor, write

METRICS = ("train_loss", "val_loss", "val_accuracy", "lr", "grad_norm")
STEPS = 100  # of an epoch
PICKED = st.sampled_from([0.0, 0.01, 0.1, 0.3])


@st.composite
def histories(draw):
    """Return {name: [value or None, ...]} of losses that fall, rise, rest or explode."""
    epochs = draw(st.integers(8, 40))
    rate, rise, noise, floor = (draw(PICKED) for _ in range(4))
    dies_at = draw(st.sampled_from([None, None, epochs // 2]))
    jitter = draw(st.lists(st.floats(-1, 1), min_size=epochs, max_size=epochs))
    train = [
        2.3 * math.exp(-rate * step) + floor + noise * 0.1 * one for step, one in enumerate(jitter)
    ]
    if dies_at is not None:
        train[dies_at:] = [math.nan] * (epochs - dies_at)
    val = [2.3 * math.exp(-rate * step) + 0.1 + rise * step / 10 for step in range(epochs)]
    return {
        "train_loss": train,
        "val_loss": [one if step % 2 else None for step, one in enumerate(val)],
        "val_accuracy": [1 / (1 + one) if step % 2 else None for step, one in enumerate(val)],
        "lr": [0.001] * epochs,
        "grad_norm": [1 + one * one for one in jitter],
    }


def rows_of(history):
    epochs = len(history["train_loss"])
    return [
        {"step": STEPS * (epoch + 1), "epoch": epoch}
        | {name: values[epoch] for name, values in history.items() if values[epoch] is not None}
        for epoch in range(epochs)
    ]


def as_csv(history, folder):
    path = folder / "metrics.csv"
    names = ["step", "epoch", *history]
    lines = (",".join(str(row.get(name, "")) for name in names) for row in rows_of(history))
    path.write_text("\n".join([",".join(names), *lines]), encoding="utf-8")
    return path


def as_jsonl(history, folder):
    path = folder / "metrics.jsonl"
    lines = (json.dumps(row) for row in rows_of(history))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def as_record(history, folder):
    path = folder / "run.json"
    rows = rows_of(history)
    cells = {
        name: ["nan" if str(row.get(name)) == "nan" else row.get(name) for row in rows]
        for name in ("step", "epoch", *history)
    }
    path.write_text(json.dumps({"history": cells}), encoding="utf-8")
    return path


def as_events(history, folder):
    points = [
        (row["step"], name, value)
        for row in rows_of(history)
        for name, value in row.items()
        if name != "step"
    ]
    return write(folder, points, packed_double_tensor)


FORMS = {"CSV": as_csv, "JSONL": as_jsonl, "a run record": as_record, "an event file": as_events}


@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_one_run_in_four_forms(history, tmp_path_factory):
    """Symptoms, and the causes with their probabilities, are the same."""
    folder = tmp_path_factory.mktemp("forms")
    seen, causes = {}, {}
    for form, written in FORMS.items():
        (run,) = read(written(history, folder))
        symptoms = observed(run)
        seen[form] = symptoms.observed
        causes[form] = [(cause.id, cause.probability) for cause in diagnose(symptoms).causes]

    assert seen["JSONL"] == seen["CSV"]
    assert seen["a run record"] == seen["CSV"]
    assert seen["an event file"] == seen["CSV"]
    assert all(one == causes["CSV"] for one in causes.values())


@pytest.mark.parametrize("form", FORMS)
def test_each_form_holds_every_value(form, tmp_path):
    """The values are those of the run, bit by bit."""
    history = {
        "train_loss": [2.0, 1 / 3, math.nan, 0.1],
        "val_loss": [None, 1e-7, None, 0.7],
        "val_accuracy": [None, 0.1, None, 2 / 3],
        "lr": [0.1] * 4,
        "grad_norm": [1.0, 1e30, 2.0, 1.0],
    }

    (run,) = read(FORMS[form](history, tmp_path))

    found = {one.name: [repr(value) for value in one.value.tolist()] for one in run.series}
    assert found == {
        name: [repr(value) for value in values if value is not None]
        for name, values in history.items()
    }
