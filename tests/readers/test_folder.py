"""Run folders, the files beside a log, and paths that hold no run."""

from __future__ import annotations

import json
import os

import pytest

from mldx.errors import InputError, UnreadableRun
from mldx.readers import each_run, read
from mldx.readers.hyperparameters import setup_of

METRICS = "epoch,step,train_loss,val_loss\n0,9,0.5,\n0,9,,0.6\n1,19,0.4,\n1,19,,0.5\n"


def write(folder, **files):
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def test_a_pipe_is_read():
    """What can be opened only once, as `<(...)` of a shell, is a log like any other."""
    end, begin = os.pipe()
    os.write(begin, METRICS.encode())
    os.close(begin)

    assert len(read(f"/dev/fd/{end}")[0].get("train", "loss")) == 2


@pytest.mark.parametrize(
    "written, name",
    [
        ("Adam(lr=0.001)", "Adam(lr=0.001)"),
        ("torch.optim.AdamW", "AdamW"),
        ("optim.SGD(lr=0.1)", "SGD(lr=0.1)"),
    ],
)
def test_the_module_of_an_optimizer_is_cut(written, name):
    """Only what stands before the bracket is a path."""
    assert setup_of({"optimizer": written}) == {"optimizer": name}


def test_a_folder_is_read_by_its_log(tmp_path):
    """The log in a run folder is the run."""
    write(tmp_path, metrics_dot_csv=METRICS, requirements_dot_txt="numpy")

    assert read(tmp_path)[0].origin == str(tmp_path / "metrics.csv")


TREES = {
    "one log": (["metrics.csv"], ["metrics.csv"]),
    "a log and its settings": (["metrics.csv", "hparams.yaml", "notes.txt"], ["metrics.csv"]),
    "two forms of one run": (["results.csv", "train.log"], ["results.csv"]),
    "versions": (
        ["version_9/metrics.csv", "version_10/metrics.csv"],
        ["version_9/metrics.csv", "version_10/metrics.csv"],
    ),
    "folders of Ultralytics": (
        ["detect/train/results.csv", "detect/train2/results.csv"],
        ["detect/train/results.csv", "detect/train2/results.csv"],
    ),
    "a run and its views below": (
        ["metrics.csv", "tensorboard/copy.csv", "plots/loss.json"],
        ["metrics.csv"],
    ),
    "a run and another run below": (
        ["metrics.csv", "retry/metrics.csv"],
        ["metrics.csv", "retry/metrics.csv"],
    ),
    "logs without a tool's name, side by side": (
        ["adam.csv", "sgd.csv", "lion.log"],
        ["adam.csv", "sgd.csv", "lion.log"],
    ),
    "tables beside one log of another kind": (
        ["a.jsonl", "b.csv", "c.csv"],
        ["b.csv", "c.csv", "a.jsonl"],
    ),
    "texts beside one table": (["net.csv", "out.txt", "err.txt"], ["net.csv"]),
    "one run in two files": (["train.csv", "val.csv"], ["train.csv"]),
    "one log without a tool's name": (["resnet.csv", "out.txt"], ["resnet.csv"]),
    "logs in a folder for their form": (
        ["exp1/logs/metrics.csv", "exp2/logs/metrics.csv"],
        ["exp1/logs/metrics.csv", "exp2/logs/metrics.csv"],
    ),
    "two loggers of one run": (
        ["tb_logs/version_0/copy.csv", "csv_logs/version_0/metrics.csv"],
        ["csv_logs/version_0/metrics.csv"],
    ),
}


@pytest.mark.parametrize("kind", TREES)
def test_which_logs_of_a_tree_are_runs(tmp_path, kind):
    """A run folder is one run, a folder of runs is many, by the rules that the module states."""
    files, runs = TREES[kind]
    for file in files:
        write(tmp_path, **{file.replace("/", "__").replace(".", "_dot_"): METRICS})

    assert [run.origin for run in read(tmp_path)] == [str(tmp_path / run) for run in runs]


def test_checkpoints_are_not_runs(tmp_path):
    """The checkpoints of a run belong to it; two folders with checkpoints are two runs."""
    state = json.dumps({"log_history": [{"step": step, "loss": 1.0} for step in range(5)]})
    write(
        tmp_path,
        **{
            "a__checkpoint-5__trainer_state_dot_json": state,
            "a__checkpoint-9__trainer_state_dot_json": state,
            "b__trainer_state_dot_json": state,
        },
    )

    assert [found.name for found in each_run(tmp_path)] == [
        str(tmp_path / "a"),
        str(tmp_path / "b"),
    ]


def test_a_run_that_cannot_be_read_ends_no_other(tmp_path):
    """Each run of a folder comes by itself, one with faults as its error."""
    write(tmp_path, a__metrics_dot_csv="epoch,train_loss\n0,x\n", b__metrics_dot_csv=METRICS)

    broken, good = each_run(tmp_path)
    assert "a/metrics.csv:2" in str(broken.error)
    assert (good.name, good.error) == (str(tmp_path / "b"), None)


def test_data_beside_runs_is_passed_over(tmp_path):
    """A table that is not a log is not a run; a log of a tool's name that is empty is told."""
    write(
        tmp_path,
        a__metrics_dot_csv=METRICS,
        data__houses_dot_csv="height,weight\n1,2\n",
        stopped__metrics_dot_csv="",
    )

    assert [(found.name, found.error is None) for found in each_run(tmp_path)] == [
        (str(tmp_path / "a"), True),
        (str(tmp_path / "stopped"), False),
    ]


def test_what_was_left_is_told(tmp_path):
    """A note names the log that was read and those that were not."""
    write(tmp_path, metrics_dot_csv=METRICS, train_dot_log="epoch 1 loss: 0.5")

    (run,) = read(tmp_path)

    assert run.notes[0] == "read metrics.csv"
    assert run.ignored == ["train.log: another view of the run, 1 point"]


def test_the_last_checkpoint_is_read(tmp_path):
    """Of checkpoints the last holds the whole history."""
    for steps in (500, 1000):
        state = json.dumps(
            {"log_history": [{"step": step, "loss": 1.0} for step in range(0, steps, 100)]}
        )
        write(tmp_path, **{f"checkpoint-{steps}__trainer_state_dot_json": state})

    assert len(read(tmp_path)[0].get("train", "loss")) == 10


def test_hyper_parameters_beside_the_log(tmp_path):
    """Clear keys of a side file become setup facts."""
    write(
        tmp_path,
        metrics_dot_csv=METRICS,
        hparams_dot_yaml="lr: 1e-3\nbatch_size: 32\noptimizer: torch.optim.AdamW\nfoo: 1\n",
    )

    assert read(tmp_path)[0].setup == {
        "framework": "lightning",
        "learning_rate": 0.001,
        "batch_size": 32,
        "optimizer": "AdamW",
    }


def test_a_rate_that_ultralytics_ignores_is_not_taken(tmp_path):
    """With `optimizer: auto` the rate in args.yaml is not the one that was used."""
    write(
        tmp_path,
        metrics_dot_csv=METRICS,
        args_dot_yaml="epochs: 100\nbatch: 16\noptimizer: auto\nlr0: 0.01\n",
    )

    assert read(tmp_path)[0].setup == {
        "framework": "lightning",
        "epochs_planned": 100,
        "batch_size": 16,
    }


def test_tags_of_other_programs_are_not_obeyed(tmp_path):
    """A YAML side file may hold Python objects; they are read as plain data."""
    write(
        tmp_path,
        metrics_dot_csv=METRICS,
        hparams_dot_yaml="!!python/object:argparse.Namespace\nlr: 0.01\n",
    )

    assert read(tmp_path)[0].setup["learning_rate"] == 0.01


def test_a_side_file_that_is_damaged_does_not_matter(tmp_path):
    """A log is read whatever lies beside it."""
    write(tmp_path, metrics_dot_csv=METRICS, config_dot_json="{", args_dot_yaml="[")

    assert read(tmp_path)[0].setup == {"framework": "lightning"}


def test_a_fault_in_the_log_of_a_folder_is_told(tmp_path):
    """A log with a fault is not passed over for a worse one."""
    write(
        tmp_path,
        metrics_dot_csv="epoch,step,train_loss\n0,9,x\n",
        output_dot_txt="epoch 1 loss: 0.5",
    )

    with pytest.raises(InputError, match=r'metrics\.csv:2: train_loss is "x"'):
        read(tmp_path)


def test_a_folder_without_a_log_is_unreadable(tmp_path):
    """The error says what was looked for."""
    write(tmp_path, data_dot_csv="height,weight\n1,2\n")

    with pytest.raises(UnreadableRun, match=r"none of its files is a training log \(data.csv\)"):
        read(tmp_path)


def test_a_missing_file_is_offered_the_nearest(tmp_path):
    """A mistyped name names the right one."""
    write(tmp_path, metrics_dot_csv=METRICS)

    with pytest.raises(InputError) as caught:
        read(tmp_path / "metric.csv")

    assert caught.value.faults[0].help == f"read `{tmp_path / 'metrics.csv'}`"


def test_an_empty_file_is_unreadable(tmp_path):
    """A file of blanks is empty."""
    write(tmp_path, log=" \n")

    with pytest.raises(UnreadableRun, match="the file is empty"):
        read(tmp_path / "log")


@pytest.mark.parametrize(
    "content, what",
    [
        (b"\x80\x04\x95\x10.", "a pickle"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x93NUMPY", "a NumPy array"),
        (b"\1\0\2\0\0", "binary"),
    ],
)
def test_what_could_run_code_is_refused(tmp_path, content, what):
    """A pickle is never opened, and the error says what the file is."""
    path = tmp_path / "metrics.csv"
    path.write_bytes(content)

    with pytest.raises(UnreadableRun, match=f"the file is {what}"):
        read(path)


def test_a_pickled_history_has_a_way_out(tmp_path):
    """Keras examples pickle what `fit` returned; the error says what to do instead."""
    path = tmp_path / "trainHistoryDict"
    path.write_bytes(b"\x80\x04\x95\x10.")

    with pytest.raises(UnreadableRun) as caught:
        read(path)

    assert "save what is in it as JSON" in caught.value.faults[0].help


def test_standard_input(monkeypatch):
    """`-` reads what is piped in."""
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"epoch,loss\n0,1\n1,0.5\n")))

    assert read("-")[0].origin == "standard input"


def test_content_counts_and_not_the_name(tmp_path):
    """A CSV that is called .json is a CSV."""
    write(tmp_path, history_dot_json="epoch,loss\n0,1\n1,0.5\n")

    assert read(tmp_path / "history.json")[0].format == "Keras CSVLogger"
