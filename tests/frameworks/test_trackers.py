"""MLflow and Weights & Biases, offline, against what was logged."""

from __future__ import annotations

import json
import os

import pytest

from mldx.readers import read
from tests.frameworks.kit import assert_one_run, near

TRAIN = [2.0 / (1 + step) + 0.1 for step in range(20)]
VAL = [2.1 / (1 + step) + 0.2 for step in range(20)]
PARAMS = {"learning_rate": 0.01, "batch_size": 32, "optimizer": "adam", "epochs": 20}


def assert_logged(run, epochs=False):
    assert run.get("train", "loss").value.tolist() == near(TRAIN)
    assert run.get("val", "loss").value.tolist() == near(VAL)
    assert_one_run(run)


@pytest.mark.parametrize("store", ["folder", "database"])
def test_mlflow(tmp_path, store, monkeypatch):
    """The file store and the database hold the same points."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow")
    place = tmp_path / ("mlruns" if store == "folder" else "mlflow.db")
    mlflow.set_tracking_uri(place.as_uri() if store == "folder" else f"sqlite:///{place}")
    mlflow.set_experiment("one")
    with mlflow.start_run():
        mlflow.log_params(PARAMS)
        for step, (train, val) in enumerate(zip(TRAIN, VAL, strict=True)):
            mlflow.log_metrics({"train_loss": train, "val_loss": val}, step=step)

    (run,) = read(place)

    assert_logged(run)
    facts = {key: run.setup.get(key) for key in ("learning_rate", "batch_size", "optimizer")}
    assert facts == {"learning_rate": 0.01, "batch_size": 32, "optimizer": "adam"}


@pytest.mark.parametrize("path", ["wandb", "offline-run"])
def test_wandb_offline(tmp_path, path, monkeypatch):
    """The binary log that the offline mode leaves, found from the folder or the run."""
    wandb = pytest.importorskip("wandb")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_SILENT", "true")
    run = wandb.init(project="p", mode="offline", config=PARAMS, dir=str(tmp_path))
    for train, val in zip(TRAIN, VAL, strict=True):
        run.log({"train/loss": train, "val/loss": val})
    run.finish()
    wandb.teardown()  # only then is the end of the log surely written
    (folder,) = (tmp_path / "wandb").glob("offline-run-*")

    (found,) = read(folder if path == "offline-run" else tmp_path / "wandb")

    assert_logged(found)
    assert found.setup.get("batch_size") == 32


def test_wandb_history_as_jsonl(tmp_path):
    """Rows as `run.scan_history()` gives them."""
    path = tmp_path / "history.jsonl"
    rows = (
        {"_step": step, "_runtime": step * 0.5, "_timestamp": 1.7e9 + step, "train/loss": train,
         "val/loss": val}
        for step, (train, val) in enumerate(zip(TRAIN, VAL, strict=True))
    )  # fmt: skip
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")

    assert_logged(read(path)[0])


def teardown_module():
    """MLflow keeps its address in the environment."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)
