"""Logs that real trainings left, byte for byte."""

from __future__ import annotations

import pytest

from mldx.readers import read

REAL = [
    ("ultralytics_results_fire.csv", "Ultralytics results.csv", 25, 25),
    ("ultralytics_results_rps.csv", "Ultralytics results.csv", 100, 100),
    ("lightning_metrics_energy_tft.csv", "Lightning metrics.csv", 10, 10),
    ("lightning_metrics_eurosat.csv", "a table", 0, 10),
    ("keras_csvlogger_mnist.csv", "Keras CSVLogger", 30, 30),
    ("keras_csvlogger_restarts.csv", "Keras CSVLogger", 5, 5),
    ("hf_trainer_state_lora_imdb.json", "Hugging Face trainer_state.json", 18, 3),
    ("hf_trainer_state_takemeter.json", "Hugging Face trainer_state.json", 3, 3),
    ("keras_stdout_bilstm_crf.txt", "Keras output", 100, 0),
    ("events.out.tfevents.1785441771.lightning", "TensorBoard events", 5, 5),
    ("events.out.tfevents.1752868172.keras.v2", "TensorBoard events", 52, 0),
]


@pytest.mark.parametrize("name, format, train, val", REAL, ids=[row[0] for row in REAL])
def test_a_real_log_is_recognised(logs, name, format, train, val):
    """Each log is known for what it is, and holds this many training and validation losses."""
    (run,) = read(logs / name)

    lengths = tuple(len(run.get(split, "loss") or ()) for split in ("train", "val"))
    assert (run.format, *lengths) == (format, train, val)


def test_four_runs_in_one_real_log(logs):
    """The appended log holds four runs, and the last of them is judged."""
    (run,) = read(logs / "keras_csvlogger_restarts.csv")

    assert run.notes == ["4 runs in one log (5, 4, 10, 5 points); the last is judged"]


def test_every_real_log_is_tested(logs):
    """A log that is added to the folder is added here."""
    assert {path.name for path in logs.iterdir()} - {"README.md"} == {row[0] for row in REAL}
