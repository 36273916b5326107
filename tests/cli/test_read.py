"""`mldx read`: what was recognised, as a table and a plot, as data, and as a run record."""

import json

import pytest

from tests.kit import LOGS

LOG = str(LOGS / "lightning_metrics_steps_healthy.csv")
TWO = "epoch,loss,total_loss\n" + "".join(f"{i},{9 / i},{12 / i}\n" for i in range(1, 9))
SERIES = {
    "name", "split", "metric", "key", "judged", "axis", "points", "start", "end", "first", "last",
    "min", "max", "not_finite",
}  # fmt: skip
DOCUMENT = {
    "path", "origin", "format", "name", "series", "setup", "answers", "events", "others", "ignored",
    "notes", "doubts",
}  # fmt: skip


def log_of(folder, text=TWO, name="log.csv"):
    """A log in a folder."""
    (folder / name).write_text(text)
    return str(folder / name)


def test_it_says_format_series_and_facts(mldx):
    """The table has a row for each series, with the log's own name, points, ends and values."""
    told = mldx("read", LOG)

    assert told.exit_code == 0
    assert told.stdout.splitlines()[0].endswith("steps_healthy.csv read as Lightning metrics.csv")
    (row,) = [line for line in told.stdout.splitlines() if "train_loss_epoch  " in line]
    assert row.split() == [
        "train", "loss", "train_loss_epoch", "10", "21", "219", "step", "2.1728", "0.11178",
    ]  # fmt: skip
    assert "framework lightning, optimizer SGD" in told.stdout
    assert "loss: * train  o val" in told.stdout


def test_it_says_it_as_data(mldx):
    """`--json` has stable keys; of one run a document, of several a list."""
    one = json.loads(mldx("read", "--json", LOG).stdout)
    two = json.loads(mldx("read", "--json", LOG, LOG).stdout)

    assert set(one) == DOCUMENT
    assert {frozenset(series) for series in one["series"]} == {frozenset(SERIES)}
    assert [series["key"] for series in one["series"]][:3] == ["train_loss"] * 2 + ["val_loss"]
    assert two == [one, one]


def test_no_line_is_wider_than_the_screen(mldx, tmp_path):
    """Long names are shortened, and what was not used is folded."""
    log = log_of(tmp_path, TWO.replace("total_loss", "model/head/" * 4 + "total_loss"))

    assert max(map(len, mldx("read", log).stdout.splitlines()[1:])) <= 80


def test_the_series_not_judged_is_named_apart(mldx, tmp_path):
    """Two losses are two rows; which is judged is seen."""
    told = mldx("read", log_of(tmp_path)).stdout

    rest = told[told.index("Not judged") :]
    assert "total_loss" in rest.splitlines()[1]
    assert "train loss is `loss` (8 points); not judged: `total_loss` (8 points)" in told


def test_series_may_be_chosen(mldx, tmp_path):
    """`--series` takes another series, and says which are there where it cannot."""
    log = log_of(tmp_path)
    chosen = json.loads(mldx("read", log, "--series", "train_loss=total_loss", "--json").stdout)
    refused = mldx("read", log, "--series", "train_loss=totalloss")

    assert {one["name"]: one["judged"] for one in chosen["series"]} == {
        "total_loss": True,
        "loss": False,
    }
    assert (refused.exit_code, "write `total_loss`" in refused.stderr) == (2, True)


@pytest.mark.parametrize("said", ["train_loss", "=x", "train_loss=", "epoch=loss", "foo=loss"])
def test_a_choice_that_is_none_is_refused(mldx, tmp_path, said):
    """What is not KEY=NAME, or names no series of a run record, is told before anything is read."""
    told = mldx("read", str(tmp_path / "nothing.csv"), "--series", said)

    assert (told.exit_code, told.stderr.startswith("--series:")) == (2, True)


@pytest.mark.parametrize("end", ["json", "yaml"])
def test_it_writes_a_run_record(mldx, tmp_path, end):
    """The record is diagnosed as the log is."""
    place = str(tmp_path / f"run.{end}")
    assert mldx("read", LOG, "--output", place).exit_code == 0

    one, other = (json.loads(mldx("diagnose", "--json", path).stdout) for path in (LOG, place))
    assert one["causes"] == other["causes"] or [
        (cause["id"], cause["probability"]) for cause in one["causes"]
    ] == [(cause["id"], cause["probability"]) for cause in other["causes"]]


def test_several_runs_are_several_records(mldx, tmp_path):
    """Records of several runs are numbered in their order."""
    for name in ("a.csv", "b.csv"):
        log_of(tmp_path, name=name)
    told = mldx("read", str(tmp_path), "-o", str(tmp_path / "run.json"))

    assert told.exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["run-1.json", "run-2.json"]


def test_a_record_is_not_written_over_a_log(mldx, tmp_path):
    """The name of a record ends in .json or .yaml."""
    log = log_of(tmp_path)
    told = mldx("read", log, "--output", log)

    assert (told.exit_code, "help: write --output log.json" in told.stderr) == (2, True)


def test_standard_input_is_read(mldx):
    """`-` is what comes down the pipe."""
    told = mldx("read", "-", "--json", stdin=TWO)

    assert json.loads(told.stdout)["path"] == "-"


def test_what_cannot_be_read_is_told(mldx, tmp_path):
    """A file that is no log ends with 2, and the runs that can be read are still shown."""
    broken = log_of(tmp_path, "nothing at all", "notes.txt")
    told = mldx("read", broken, LOG)

    assert told.exit_code == 2
    assert "notes.txt" in told.stderr
    assert "Lightning" in told.stdout
