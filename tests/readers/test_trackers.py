"""What trackers keep: the binary log of Weights & Biases, and the stores of MLflow."""

from __future__ import annotations

import json
import math
import sqlite3
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.errors import MldxError, UnreadableRun
from mldx.readers import read
from tests.kit.wandb_log import framed, wandb_log

ROWS = [
    row
    for epoch in range(20)
    for row in (
        {"epoch": epoch, "train/loss": 2.0 / (epoch + 1), "_step": 2 * epoch, "_runtime": 0.5},
        {"epoch": epoch, "val/loss": 2.5 / (epoch + 1), "_step": 2 * epoch + 1, "_runtime": 0.6},
    )
]

WRITTEN = {value for row in ROWS for key, value in row.items() if key.endswith("loss")}


def a_log(tmp_path, content):
    path = tmp_path / "run-abc.wandb"
    path.write_bytes(content)
    return path


def values(run, split, metric="loss"):
    return run.get(split, metric).value.tolist()


def test_each_call_of_log_is_a_row(tmp_path):
    """Training and validation are logged by calls of their own; both curves are whole."""
    (run,) = read(a_log(tmp_path, wandb_log(ROWS)))

    assert values(run, "train") == [2.0 / (epoch + 1) for epoch in range(20)]
    assert values(run, "val") == [2.5 / (epoch + 1) for epoch in range(20)]
    assert run.get("val", "loss").epoch.tolist() == list(range(20))
    assert run.name == "calm-river-1"


def test_a_nested_value_is_called_by_its_path(tmp_path):
    """`log({"val": {"acc": x}})` is the accuracy of validation."""
    rows = [
        {"loss": 1.0, ":val/acc": share, "_step": step} for step, share in enumerate((0.5, 0.6))
    ]

    (run,) = read(a_log(tmp_path, wandb_log(rows)))

    assert values(run, "val", "accuracy") == [0.5, 0.6]


def test_a_value_that_is_not_finite_is_one(tmp_path):
    """`NaN` and `Infinity` are written bare or as words."""
    rows = [
        {"loss": value, "_step": step} for step, value in enumerate((1.0, math.nan, "Infinity"))
    ]

    (run,) = read(a_log(tmp_path, wandb_log(rows)))

    assert values(run, "train") == [1.0, pytest.approx(math.nan, nan_ok=True), math.inf]


def test_pictures_and_histograms_are_no_metrics(tmp_path):
    """What is logged beside numbers is left out."""
    picture = {"_type": "image-file", "size": 10, "width": 3}
    rows = [{"loss": 1.0 / step, "sample": picture, "_step": step} for step in range(1, 5)]

    (run,) = read(a_log(tmp_path, wandb_log(rows)))

    assert [one.name for one in run.series] == ["loss"]


def test_the_configuration_is_the_setup(tmp_path):
    """What `init(config=...)` was given is read as hyper-parameters beside a log are."""
    config = {"lr": 0.1, "optimizer": "adam", "model": {"dropout": 0.2}, "_wandb": {}}

    (run,) = read(a_log(tmp_path, wandb_log(ROWS, config)))

    assert run.setup == {"learning_rate": 0.1, "optimizer": "adam", "dropout": 0.2}


def test_a_record_over_several_blocks_is_one(tmp_path):
    """A record that is longer than a block of 32 KB is put together again."""
    config = {"text": "x" * 100_000, "lr": 0.1}

    (run,) = read(a_log(tmp_path, wandb_log(ROWS, config)))

    assert run.setup == {"learning_rate": 0.1}
    assert len(run.get("train", "loss")) == 20


@pytest.mark.parametrize("cut", [10, 100, 1000])
def test_a_log_that_breaks_off_is_read_up_to_there(tmp_path, cut):
    """A run that was killed leaves a log without an end, which is told."""
    whole = wandb_log(ROWS, exit_code=None)

    (run,) = read(a_log(tmp_path, whole[:-cut]))

    train = values(run, "train")
    assert train == [2.0 / (epoch + 1) for epoch in range(len(train))]
    assert "the log has no end: the run was killed, or still goes on" in run.notes


def test_a_damaged_record_is_left_out(tmp_path):
    """A record whose checksum is wrong is no row."""
    content = bytearray(wandb_log(ROWS))
    at = content.rindex(b"val/loss")
    content[at : at + 3] = b"xxx"

    (run,) = read(a_log(tmp_path, bytes(content)))

    assert len(values(run, "val")) == 19
    assert "a damaged record was left out" in run.notes


def test_a_code_of_failure_is_told(tmp_path):
    """A process that ended with an error may have ended early."""
    (run,) = read(a_log(tmp_path, wandb_log(ROWS, exit_code=1)))

    assert "the process ended with code 1" in run.notes


def test_a_log_without_history_is_unreadable(tmp_path):
    """A run that never logged is none, and the error says so."""
    with pytest.raises(UnreadableRun, match="no history"):
        read(a_log(tmp_path, framed([])))


# ---- MLflow

SCHEMA = """
CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
CREATE TABLE runs (
    run_uuid TEXT, name TEXT, lifecycle_stage TEXT, start_time BIGINT, experiment_id INTEGER);
CREATE TABLE metrics (
    key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN);
CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
INSERT INTO experiments VALUES (1, 'digits', 'active'), (2, 'old', 'deleted');
"""


class Database:
    """A tracking database with the columns that the reader needs."""

    def __init__(self, path):
        self.path = path
        self.file = sqlite3.connect(path)
        self.file.executescript(SCHEMA)

    def add(self, id, name, experiment=1, stage="active", params=(), **metrics):
        """Add a run; a metric is a list of values, one a step."""
        self.file.execute("INSERT INTO runs VALUES (?, ?, ?, 1, ?)", (id, name, stage, experiment))
        for key, numbers in metrics.items():
            for step, value in enumerate(numbers):
                row = (key, 0.0 if math.isnan(value) else value, 100 + step, id, step)
                self.file.execute(
                    "INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", (*row, math.isnan(value))
                )
        for key, text in dict(params).items():
            self.file.execute("INSERT INTO params VALUES (?, ?, ?)", (key, text, id))

    def close(self):
        """Write the file and return its path."""
        self.file.commit()
        self.file.close()
        return self.path


@pytest.fixture
def database(tmp_path):
    return Database(tmp_path / "mlflow.db")


def test_each_run_of_a_database_is_a_run(database):
    """Runs come by their names, with their parameters as setup."""
    database.add("a", "fast", params={"lr": "0.1", "opt/batch_size": "32"}, loss=[2.0, 1.0, 0.5])
    database.add("b", "slow", params={"lr": "0.01"}, loss=[2.0, 1.9, 1.8], val_loss=[2.1, 2.0, 2.0])

    fast, slow = read(database.close())

    assert (fast.name, values(fast, "train")) == ("fast", [2.0, 1.0, 0.5])
    assert fast.setup == {"learning_rate": 0.1, "batch_size": 32}
    assert (slow.name, values(slow, "val")) == ("slow", [2.1, 2.0, 2.0])


def test_a_nan_of_a_database_is_nan(database):
    """The store flags a NaN and writes 0 in its place; an infinity is the largest number."""
    database.add("a", "run", loss=[2.0, math.nan, 1.7976931348623157e308])

    (run,) = read(database.close())

    assert values(run, "train") == [2.0, pytest.approx(math.nan, nan_ok=True), math.inf]


def test_what_was_deleted_is_left_out(database):
    """A deleted run is none, nor is one of a deleted experiment."""
    database.add("a", "kept", loss=[2.0, 1.0, 0.5])
    database.add("b", "thrown", stage="deleted", loss=[2.0, 1.0, 0.5])
    database.add("c", "older", experiment=2, loss=[2.0, 1.0, 0.5])

    assert [run.name for run in read(database.close())] == ["kept"]


def test_runs_of_one_name_are_told_apart(database):
    """Two runs of a name carry the beginning of their ids."""
    database.add("aaaaaaaaaa", "run", loss=[2.0, 1.0, 0.5])
    database.add("bbbbbbbbbb", "run", loss=[2.0, 1.0, 0.5])

    assert [run.name for run in read(database.close())] == ["run (aaaaaaaa)", "run (bbbbbbbb)"]


def test_a_run_without_a_loss_is_named(database):
    """A run that logged none is no run to judge, and it is said which that was."""
    database.add("a", "trained", loss=[2.0, 1.0, 0.5])
    database.add("b", "scored", accuracy=[0.9])

    (run,) = read(database.close())

    assert run.ignored == ["run `scored`, which logged no loss"]


def test_many_runs_without_a_loss_are_counted(database):
    """A store of hundreds of scored models does not fill the report."""
    database.add("a", "trained", loss=[2.0, 1.0, 0.5])
    for number in range(50):
        database.add(f"b{number}", f"scored {number}", accuracy=[0.9])

    (run,) = read(database.close())

    assert run.ignored[-1] == "and 44 more runs without a loss"


def test_a_database_without_a_loss_is_unreadable(database):
    """Where no run logged a loss, the error says how many there are."""
    database.add("a", "one", accuracy=[0.9])
    database.add("b", "two", accuracy=[0.9])

    with pytest.raises(UnreadableRun, match="none of its 2 runs logged a loss"):
        read(database.close())


def test_another_database_is_refused(tmp_path):
    """A SQLite file of another program is binary, as before."""
    with sqlite3.connect(tmp_path / "x.db") as file:
        file.execute("CREATE TABLE runs (a)")
    file.close()

    with pytest.raises(UnreadableRun, match="the file is a SQLite database"):
        read(tmp_path / "x.db")


def test_a_damaged_database_is_refused(database):
    """A file that is cut in the middle is told, not raised from the library."""
    database.add("a", "run", loss=[2.0] * 5000)
    path = database.close()
    path.write_bytes(path.read_bytes()[:20_000])

    with pytest.raises(UnreadableRun, match=r"SQLite database|cannot be read"):
        read(path)


def test_a_database_is_not_touched(database, tmp_path):
    """It is opened to be read only: no journal, no lock, not a byte changed."""
    database.add("a", "run", loss=[2.0, 1.0, 0.5])
    path = database.close()
    before = path.read_bytes()

    read(path)

    assert (path.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (before, ["mlflow.db"])


def test_the_journal_of_a_database_is_named(database):
    """While MLflow runs, what it wrote last may stand in a file beside the database."""
    database.add("a", "run", loss=[2.0, 1.0, 0.5])
    path = database.close()
    path.with_name("mlflow.db-wal").write_bytes(b"x")

    assert read(path)[0].ignored == ["mlflow.db-wal: what was written last"]


def test_a_database_in_an_archive_is_read(database, tmp_path):
    """It is opened from the bytes of the archive, not from a file."""
    database.add("a", "run", loss=[2.0, 1.0, 0.5])
    path = database.close()
    with zipfile.ZipFile(tmp_path / "runs.zip", "w") as archive:
        archive.write(path, "mlflow.db")

    assert values(read(tmp_path / "runs.zip")[0], "train") == [2.0, 1.0, 0.5]


def test_a_metric_file_is_a_curve(tmp_path):
    """`metrics/val/loss` holds time, value and step; its path is its name."""
    path = tmp_path / "metrics" / "val" / "loss"
    path.parent.mkdir(parents=True)
    path.write_text("1795889636377 2.3 0\n1795889636379 nan 1\n1795889636380 1.5 2\n179588")

    (run,) = read(path)

    assert values(run, "val") == [2.3, pytest.approx(math.nan, nan_ok=True), 1.5]
    assert run.get("val", "loss").step.tolist() == [0, 1, 2]


def test_steps_that_stand_still_are_counted(tmp_path):
    """Where no step was given all are 0, and the order of the lines is the axis."""
    path = tmp_path / "metrics" / "loss"
    path.parent.mkdir()
    path.write_text("".join(f"179588963637{step} {3 - step} 0\n" for step in range(3)))

    (run,) = read(path)

    assert run.get("train", "loss").step.tolist() == [1, 2, 3]


@given(st.binary(max_size=64), st.integers(0, 4000), st.integers(0, 64))
@settings(max_examples=300, deadline=None)
def test_a_mutated_log_is_read_or_refused(tmp_path_factory, new, at, size):
    """Bytes that were overwritten, put in or cut end in a run or in an error for people."""
    content = wandb_log(ROWS)
    path = tmp_path_factory.mktemp("any") / "run-abc.wandb"
    path.write_bytes(content[:7] + content[7 : 7 + at] + new + content[7 + at + size :])

    with suppress(MldxError):
        (run,) = read(path)
        losses = [one for one in run.series if one.metric == "loss"]
        assert all(set(one.value.tolist()) <= WRITTEN for one in losses)


@given(st.binary(max_size=64), st.integers(16, 20_000), st.integers(0, 64))
@settings(max_examples=100, deadline=None)
def test_a_mutated_database_is_read_or_refused(tmp_path_factory, new, at, size):
    """SQLite's own faults do not come through."""
    folder = tmp_path_factory.mktemp("any")
    made = Database(folder / "mlflow.db")
    made.add("a", "run", loss=[2.0, 1.0, 0.5], params={"lr": "0.1"})
    content = made.close().read_bytes()
    (folder / "mlflow.db").write_bytes(content[:at] + new + content[at + size :])

    with suppress(MldxError):
        read(folder / "mlflow.db")


@given(st.dictionaries(st.text(max_size=200), st.floats() | st.text(max_size=300), max_size=5))
@settings(max_examples=300, deadline=None)
def test_items_of_any_length_are_read(tmp_path_factory, row):
    """Long keys and values take the careful way, and say the same."""
    path = tmp_path_factory.mktemp("any") / "run-abc.wandb"
    keys = {key.lstrip(":"): value for key, value in row.items()}
    path.write_bytes(wandb_log([{**keys, "x" * 140 + "/loss": 0.5, "_step": 0}]))

    (run,) = read(path)

    assert [one.value.tolist() for one in run.series if one.name == "x" * 140 + "/loss"] == [[0.5]]


@pytest.mark.parametrize(
    "document",
    [
        {"training.loss": {"steps": [1, 2, 3], "values": [3.0, 2.0, 1.0], "timestamps": ["a"] * 3}},
        {"loss": {"train": {"name": "train", "x": [1, 2, 3], "y": [3.0, 2.0, 1.0]}}},
        {"metrics": {"train_loss": {"step": [1, 2, 3], "value": ["3", "2", "1"]}}},
    ],
)
def test_metrics_with_steps_and_values(tmp_path, document):
    """Sacred and ClearML keep each metric as two lists, under its name or path."""
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps(document))

    (run,) = read(path)

    loss = run.get("train", "loss")
    assert (loss.step.tolist(), loss.value.tolist()) == ([1, 2, 3], [3.0, 2.0, 1.0])
