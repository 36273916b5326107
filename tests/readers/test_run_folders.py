"""Folders as tools write them: which run is in them, and what its settings say."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldx.errors import InputError, MldxError, UnreadableRun
from mldx.readers import each_run, read
from tests.kit.wandb_log import wandb_log

EPOCHS = range(30)
CURVE = [(epoch, 2.0 / (epoch + 1), 2.2 / (epoch + 1)) for epoch in EPOCHS]


@pytest.fixture
def tree(tmp_path):
    """Writes files into a folder, by their paths, and returns the folder."""

    def write(files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def table(header="epoch,train_loss,val_loss", rows=CURVE):
    separator = "\t" if "\t" in header else ","
    return "\n".join([header, *(separator.join(map(str, row)) for row in rows)]) + "\n"


def text(rows=CURVE):
    return "".join(
        f"Epoch {epoch + 1}/30: train loss {train:.5f}, val loss {val:.5f}\n"
        for epoch, train, val in rows
    )


def lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def lengths(run):
    return tuple(len(run.get(split, "loss") or ()) for split in ("train", "val"))


# ---- which log is judged


def test_a_summary_never_wins_over_a_curve(tree):
    """One point in a structured file is less than fifty epochs in a text."""
    folder = tree({"metrics.json": '{"loss": 0.1, "val_loss": 0.2}', "output.log": text()})

    (run,) = read(folder)

    assert lengths(run) == (30, 30)
    assert run.notes[0] == "read output.log"


def test_the_structured_log_wins_when_it_says_enough(tree):
    """A table of the epochs is read, though the text beside it has more lines."""
    folder = tree({"metrics.csv": table(), "train.log": text(CURVE * 3)})

    (run,) = read(folder)

    assert run.notes[0] == "read metrics.csv"
    assert run.ignored == ["train.log: not opened"]


def test_a_log_with_both_curves_wins(tree):
    """Training alone is less than training and validation."""
    training = table("epoch,loss", [row[:2] for row in CURVE])
    folder = tree({"log.csv": training, "train.log": text()})

    (run,) = read(folder)

    assert lengths(run) == (30, 30)
    assert run.ignored == ["log.csv: another view of the run, 30 points"]


def test_a_broken_log_does_not_end_the_folder(tree):
    """The next log is read, and the broken one is named with its fault."""
    broken = (
        lines([{"epoch": 1, "loss": 0.5}])
        + "<<<<<<< HEAD\n=======\n"
        + lines([{"epoch": 2, "loss": 0.4}])
    )
    folder = tree({"scalars.json": broken, "train.log": text()})

    (run,) = read(folder)

    assert lengths(run) == (30, 30)
    assert run.notes[0] == "read train.log"


def test_a_broken_json_beside_a_good_table(tree):
    """A JSON document that breaks off is passed over, and named."""
    folder = tree({"log.json": '{"loss": [1, 2', "progress.csv": table()})

    (run,) = read(folder)

    assert lengths(run) == (30, 30)


def test_only_a_broken_log_is_told(tree):
    """Where nothing else holds a curve, the fault of the log is what the user hears."""
    folder = tree({"metrics.csv": "epoch,step,train_loss\n0,9,x\n", "a.txt": "epoch 1 loss: 0.5"})

    with pytest.raises(InputError, match=r'metrics\.csv:2: train_loss is "x"'):
        read(folder)


def test_event_files_beside_a_text_are_named(tree):
    """Nothing is passed over without a word."""
    folder = tree({"train.log": text(), "events.out.tfevents.123.host": b"\0" * 40})

    (run,) = read(folder)

    assert any("events.out.tfevents.123.host" in one for one in run.ignored)


def test_views_of_one_name_are_one_run(tree):
    """OpenMMLab writes each run as `<time>.log` and `<time>.log.json`."""
    rows = lines({"epoch": epoch, "loss": train, "val_loss": val} for epoch, train, val in CURVE)
    times = ("20240101_120000", "20240102_130000")
    folder = tree({
        name: content
        for time in times
        for name, content in ((f"{time}.log", text()), (f"{time}.log.json", rows))
    })  # fmt: skip

    assert [run.origin for run in read(folder)] == [
        str(folder / f"{one}.log.json") for one in times
    ]


# ---- files that belong together


@pytest.mark.parametrize(
    "train, val",
    [
        ("train.csv", "val.csv"),
        ("train_log.csv", "valid_log.csv"),
        ("log_train.csv", "log_test.csv"),
        ("train/log.csv", "val/log.csv"),
        ("train_loss.csv", "val_loss.csv"),
    ],
)
def test_tables_that_a_split_tells_apart_are_one_run(tree, train, val):
    """Each holds its split, whatever its columns are called."""
    folder = tree({
        train: table("epoch,loss", [(epoch, a) for epoch, a, _ in CURVE]),
        val: table("epoch,loss", [(epoch, b) for epoch, _, b in CURVE]),
    })  # fmt: skip

    (run,) = read(folder)

    losses = {one.split: one.value.tolist() for one in run.series if one.metric == "loss"}
    held_out = losses.get("val") or losses["test"]
    assert (losses["train"], held_out) == ([a for _, a, _ in CURVE], [b for _, _, b in CURVE])


def test_texts_that_a_split_tells_apart_are_one_run(tree):
    """`train.log` and `val.log` are two halves."""
    folder = tree({
        "train.log": "".join(f"epoch {epoch} loss: {train}\n" for epoch, train, _ in CURVE),
        "val.log": "".join(f"epoch {epoch} loss: {val}\n" for epoch, _, val in CURVE),
    })  # fmt: skip

    (run,) = read(folder)

    assert lengths(run) == (30, 30)


def test_exports_of_tensorboard_are_one_run(tree):
    """A table each tag, which stands in the name of its file."""
    folder = tree({
        f"run-exp1-tag-{tag}.csv": table(
            "Wall time,Step,Value", [(17e8, row[0], row[column]) for row in CURVE]
        )
        for tag, column in (("loss_train", 1), ("loss_val", 2))
    })  # fmt: skip

    (run,) = read(folder)

    assert lengths(run) == (30, 30)


def test_catboost_info(tree):
    """Errors of learning and of the test set are one run; that set is validation."""
    folder = tree({
        "catboost_info/learn_error.tsv": table("iter\tLogloss\tAUC", CURVE),
        "catboost_info/test_error.tsv": table("iter\tLogloss\tAUC", CURVE),
        "catboost_info/time_left.tsv": table("iter\tPassed\tRemaining", CURVE),
        "catboost_info/learn/events.out.tfevents": b"\x24\0\0",
    })  # fmt: skip

    (run,) = read(folder)

    assert lengths(run) == (30, 30)
    assert run.setup == {"framework": "catboost", "model_family": "boosting"}


def test_the_function_of_catboost_is_its_loss(tree):
    """Whatever the function is called, a metric that rises is none."""
    folder = tree({"learn_error.tsv": table("iter\tAUC\tMultiClass", CURVE),
                   "test_error.tsv": table("iter\tAUC\tMultiClass", CURVE)})  # fmt: skip

    (run,) = read(folder)

    assert [one.name for one in run.series if one.metric == "loss"] == ["MultiClass", "MultiClass"]


def test_metrics_of_dvclive(tree):
    """A file each metric, named by its path; the summary beside them is no curve."""
    folder = tree({
        "dvclive/metrics.json": '{"step": 29, "train": {"loss": 0.1}}',
        "dvclive/params.yaml": "lr: 0.1\n",
        "dvclive/plots/metrics/epoch.tsv": table(
            "step\tepoch", [(epoch, epoch) for epoch in EPOCHS]
        ),
        "dvclive/plots/metrics/train/loss.tsv": table("step\tloss", [row[:2] for row in CURVE]),
        "dvclive/plots/metrics/val/loss.tsv": table(
            "timestamp\tstep\tloss", [(17e11, epoch, val) for epoch, _, val in CURVE]
        ),
    })  # fmt: skip

    (run,) = read(folder)

    assert (lengths(run), run.setup) == ((30, 30), {"learning_rate": 0.1})
    assert run.get("val", "loss").epoch.tolist() == list(EPOCHS)


def test_a_file_each_epoch(tree):
    """AllenNLP writes the metrics of each epoch into a file of their own."""
    folder = tree({
        f"metrics_epoch_{epoch}.json": json.dumps(
            {"epoch": epoch, "training_loss": train, "validation_loss": val}
        )
        for epoch, train, val in CURVE
    })  # fmt: skip

    (run,) = read(folder)

    assert lengths(run) == (30, 30)
    assert run.get("val", "loss").epoch.tolist() == list(EPOCHS)


# ---- trackers and frameworks


def test_a_folder_of_weights_and_biases(tree):
    """The binary log is the run; its summary is none, its console is a view."""
    rows = [{"epoch": a, "train/loss": b, "val/loss": c, "_step": a} for a, b, c in CURVE]
    run_folder = "wandb/offline-run-20240101_120000-abc"
    folder = tree({
        f"{run_folder}/run-abc.wandb": wandb_log(rows),
        f"{run_folder}/files/output.log": text(),
        f"{run_folder}/files/wandb-summary.json": '{"train/loss": 0.1}',
        f"{run_folder}/files/config.yaml": "lr: {desc: null, value: 0.1}\n",
        f"{run_folder}/logs/debug-internal.log": "loss: 1\n" * 9,
        "wandb/debug.log": "loss: 1\n" * 9,
    })  # fmt: skip
    (folder / "wandb" / "latest-run").symlink_to(folder / run_folder)

    (run,) = read(folder)

    assert (run.format, lengths(run)) == ("Weights & Biases log", (30, 30))
    assert run.setup == {"learning_rate": 0.1}


def test_the_console_of_weights_and_biases(tree):
    """Where the binary log is not kept, `output.log` is read and not the summary."""
    folder = tree({
        "files/output.log": text(),
        "files/wandb-summary.json": '{"loss": 0.1, "_step": 49}',
        "files/config.yaml": "optimizer: {desc: null, value: adam}\n",
    })  # fmt: skip

    (run,) = read(folder)

    assert (lengths(run), run.setup["optimizer"]) == ((30, 30), "adam")


META = "run_id: {id}\nrun_name: {name}\nlifecycle_stage: {stage}\n"


def an_entry(id, name, stage="active"):
    """The files of a run of MLflow's store."""
    train, val = (
        "".join(f"17000000000{row[0]:02} {row[column]} {row[0]}\n" for row in CURVE)
        for column in (1, 2)
    )
    return {
        f"mlruns/1/{id}/meta.yaml": META.format(id=id, name=name, stage=stage),
        f"mlruns/1/{id}/metrics/train/loss": train,
        f"mlruns/1/{id}/metrics/val_loss": val,
        f"mlruns/1/{id}/params/lr": "0.1",
        f"mlruns/1/{id}/params/opt/batch_size": "32",
    }


STORE = {
    "mlruns/1/meta.yaml": "experiment_id: '1'\nname: digits\n",
    **an_entry("aaa", "fast"),
    **an_entry("bbb", "slow"),
    **an_entry("ccc", "thrown", "deleted"),
    "mlruns/1/models/m-1/meta.yaml": "model_id: m-1\n",
    "mlruns/1/models/m-1/params/lr": "0.1",
}


@pytest.mark.parametrize(
    "place, names",
    [("", ["fast", "slow"]), ("mlruns", ["fast", "slow"]), ("mlruns/1/bbb", ["slow"])],
)
def test_the_store_of_mlflow(tree, place, names):
    """The store, an experiment or a run: each run by its name, deleted ones left out."""
    runs = read(tree(STORE) / place)

    assert [run.name for run in runs] == names
    assert [lengths(run) for run in runs] == [(30, 30)] * len(names)
    assert runs[0].setup == {"learning_rate": 0.1, "batch_size": 32}


def test_runs_of_mlflow_without_a_loss_are_named(tree):
    """A run that logged only scores is none, beside one that logged its loss."""
    scores = {
        "mlruns/1/bbb/meta.yaml": META.format(id="bbb", name="scored", stage="active"),
        "mlruns/1/bbb/metrics/f1": "1700000000000 0.9 0\n",
    }

    (run,) = read(tree({**an_entry("aaa", "fast"), **scores}))

    assert run.ignored == ["run `scored`, which logged no loss"]


def test_a_store_without_a_loss_says_what_is_there(tree):
    """One error for all runs, which names the metrics."""
    folder = tree({
        name.format(id): content
        for id in "abc"
        for name, content in (
            ("mlruns/1/{}/meta.yaml", META.format(id=id, name=id, stage="active")),
            ("mlruns/1/{}/metrics/f1", "1700000000000 0.9 0\n"),
        )
    })  # fmt: skip

    (found,) = each_run(folder)

    assert "there is no loss in it; there are `f1`" in str(found.error)


def test_a_damaged_metric_of_mlflow_is_named(tree):
    """The others are read."""
    folder = tree({**an_entry("aaa", "fast"), "mlruns/1/aaa/metrics/acc": "x\ny\n"})

    (run,) = read(folder)

    assert run.ignored == ["`metrics/acc`: the line is no point of a metric."]


def test_hydra_with_mlflow(tree):
    """What Hydra was told is the setup of what MLflow tracked."""
    entry = {
        name: content for name, content in an_entry("aaa", "x").items() if "/params/" not in name
    }
    folder = tree({**entry, ".hydra/config.yaml": "optim: {lr: 0.2}\n", "main.log": "started\n"})

    (run,) = read(folder)

    assert run.setup == {"learning_rate": 0.2}


def test_a_run_of_hydra_is_one(tree):
    """The log of Lightning below it and the log of the program are views of one run."""
    folder = tree({
        "outputs/12-00-00/.hydra/config.yaml": "model: {lr: 0.2}\n",
        "outputs/12-00-00/train.log": text(CURVE[:5]),
        "outputs/12-00-00/lightning_logs/version_0/metrics.csv": table(),
    })  # fmt: skip

    (run,) = read(folder)

    assert (lengths(run), run.setup["learning_rate"]) == ((30, 30), 0.2)


def test_a_sweep_of_hydra_is_many(tree):
    """Each job has a folder and settings of its own."""
    folder = tree({
        f"multirun/0/{job}/{name}": content
        for job in range(3)
        for name, content in ((".hydra/config.yaml", f"lr: 0.{job + 1}\n"), ("main.log", text()))
    })  # fmt: skip

    assert [run.setup["learning_rate"] for run in read(folder)] == [0.1, 0.2, 0.3]


def test_a_work_folder_of_openmmlab(tree):
    """`scalars.json` is the run, the others are views; `config.py` is its setup."""
    rows = lines({"epoch": epoch, "loss": train, "val_loss": val} for epoch, train, val in CURVE)
    time = "work_dirs/net/20240101_120000"
    folder = tree({
        f"{time}/20240101_120000.log": text(CURVE[:9]),
        f"{time}/vis_data/20240101_120000.json": rows,
        f"{time}/vis_data/scalars.json": rows,
        f"{time}/vis_data/config.py": "optim_wrapper = dict(optimizer=dict(type='SGD', lr=0.02))\n",
    })  # fmt: skip

    (run,) = read(folder)

    assert run.origin == str(folder / time / "vis_data" / "scalars.json")
    assert (run.setup["optimizer"], run.setup["learning_rate"]) == ("SGD", 0.02)


def test_detectron2(tree):
    """Two classes, as the head in use says, and not the 54 of another."""
    config = (
        "MODEL:\n  META_ARCHITECTURE: GeneralizedRCNN\n  ROI_HEADS: {NUM_CLASSES: 2}\n"
        "  SEM_SEG_HEAD: {NUM_CLASSES: 54}\nSOLVER: {IMS_PER_BATCH: 4, MAX_ITER: 900}\n"
    )
    rows = lines({"iteration": 20 * epoch, "total_loss": train} for epoch, train, _ in CURVE)
    folder = tree({"metrics.json": rows, "config.yaml": config})

    (run,) = read(folder)

    assert run.setup == {"n_classes": 2, "batch_size": 4}
    assert "n_classes, batch_size from config.yaml" in run.notes
    assert "900 steps were planned (config.yaml)" in run.notes


def test_hugging_face(tree):
    """The batch is that of an update; the adapter says how it is tuned."""
    state = {
        "train_batch_size": 1,
        "log_history": [{"step": step, "loss": 1.0 / step} for step in range(1, 30)],
    }
    card = (
        "The following hyperparameters were used during training:\n- learning_rate: 0.0002\n"
        "- train_batch_size: 1\n- gradient_accumulation_steps: 16\n- total_train_batch_size: 16\n"
    )
    folder = tree({
        "checkpoint-29/trainer_state.json": json.dumps(state),
        "adapter_config.json": '{"peft_type": "LORA", "r": 8}',
        "README.md": card,
        "training_args.bin": b"\x80\x04",
    })  # fmt: skip

    (run,) = read(folder)

    assert (run.setup["batch_size"], run.setup["tuning"]) == (16, "lora")
    assert "training_args.bin is a pickle and was not opened" in run.notes


@pytest.mark.parametrize("name", ["lightning_logs/version_{}", "runs/detect/train{}", "exp{}"])
def test_numbered_folders_are_runs_in_their_order(tree, name):
    """`version_9` comes before `version_10`."""
    folder = tree({f"{name.format(place)}/metrics.csv": table() for place in (10, 9)})

    assert [run.origin for run in read(folder)] == [
        str(folder / name.format(place) / "metrics.csv") for place in (9, 10)
    ]


def test_trials_of_ray_tune_are_runs(tree):
    """Each trial has a folder with its result, twice, and its parameters."""
    rows = lines({"training_iteration": a + 1, "loss": b, "val_loss": c} for a, b, c in CURVE)
    folder = tree({
        "experiment_state-2024.json": "{}",
        **{
            f"train_{trial}/{name}": content
            for trial in (1, 2)
            for name, content in (
                ("result.json", rows),
                ("progress.csv", table("training_iteration,loss,val_loss", CURVE)),
                ("params.json", json.dumps({"lr": trial / 10})),
            )
        },
    })  # fmt: skip

    assert [run.setup["learning_rate"] for run in read(folder)] == [0.1, 0.2]


def test_continued_logs_of_nnunet_are_one_run(tree):
    """nnU-Net begins a file whenever its training goes on."""
    folder = tree({
        "fold_0/training_log_2024_1_1_12_00_00.txt": text(CURVE[:20]),
        "fold_0/training_log_2024_1_2_12_00_00.txt": text(CURVE[20:]),
        "fold_0/debug.json": '{"initial_lr": "0.01", "batch_size": "2", "lr_scheduler": "None"}',
    })  # fmt: skip

    (run,) = read(folder)

    assert lengths(run) == (30, 30)
    assert (run.setup["learning_rate"], run.setup["batch_size"]) == (0.01, 2)


def test_a_pickled_history_is_named_and_never_opened(tree):
    """The error says what it is, and what to do instead."""
    opened = []
    folder = tree({"trainHistoryDict": b"\x80\x04\x95"})

    with pytest.raises(UnreadableRun, match="trainHistoryDict is a pickle") as caught:
        read(folder, lambda path: opened.append(path) or True)

    assert opened == []
    assert "save it as JSON" in caught.value.faults[0].help


# ---- large and strange trees


def test_links_make_no_loop(tree):
    """A folder that links to the one above it is read once, and a linked log is one log."""
    folder = tree({"exp/metrics.csv": table()})
    (folder / "exp" / "again").symlink_to(folder)
    (folder / "exp" / "latest.csv").symlink_to(folder / "exp" / "metrics.csv")

    assert [found.name for found in each_run(folder)] == [str(folder / "exp")]


def test_a_data_set_beside_a_log_stays_closed(tree):
    """Of 3,000 small files that are no logs few are opened."""
    opened = []
    folder = tree({
        "metrics.csv": table(),
        **{f"labels/{number}.txt": "0 0.5 0.5 0.1 0.1\n" for number in range(1000)},
        **{f"labels/{number}.json": '{"box": [1, 2]}' for number in range(2000)},
    })  # fmt: skip

    runs = read(folder, lambda path: opened.append(path) or True)

    assert [lengths(run) for run in runs] == [(30, 30)]
    assert len(opened) < 200


def test_a_large_document_stays_closed(tree):
    """Detections of a whole data set lie beside a log, in a JSON document of many megabytes."""
    opened = []
    rows = lines({"iteration": epoch, "total_loss": train} for epoch, train, _ in CURVE)
    folder = tree({"metrics.json": rows, "inference/boxes.json": ""})
    with (folder / "inference" / "boxes.json").open("wb") as file:
        file.truncate(64 << 20)

    (run,) = read(folder, lambda path: opened.append(path.name) or True)

    assert (lengths(run), "boxes.json" in opened) == ((30, 0), False)


def test_logs_deep_below_are_found(tree):
    """Hydra, Lightning and dates nest folders in folders."""
    folder = tree({"a/2024-01-01/12-00-00/b/lightning_logs/version_0/csv/metrics.csv": table()})

    assert lengths(read(folder)[0]) == (30, 30)


def test_installed_code_is_not_looked_into(tree):
    """A log that a package ships is no run of the user."""
    folder = tree({"metrics.csv": table(), "venv/lib/tests/log.csv": table()})

    assert len(read(folder)) == 1


def test_a_run_of_sacred(tree):
    """Metrics, console and configuration lie side by side, in numbered folders."""
    metrics = {
        f"{split}.loss": {"steps": list(EPOCHS), "values": [row[column] for row in CURVE]}
        for split, column in (("train", 1), ("val", 2))
    }
    folder = tree({
        "runs/1/metrics.json": json.dumps(metrics),
        "runs/1/config.json": '{"lr": 0.1, "seed": 1}',
        "runs/1/run.json": '{"status": "COMPLETED"}',
        "runs/1/cout.txt": text(),
    })  # fmt: skip

    (run,) = read(folder)

    assert (lengths(run), run.setup) == ((30, 30), {"learning_rate": 0.1})


NAMES = """
    metrics.csv log.csv train.csv val.csv a.csv b.jsonl scalars.json trainer_state.json metrics.json
    history.json x.wandb run-a.wandb mlflow.db train.log train.txt val.txt nohup.out out.err a.yaml
    events.out.tfevents.1.h learn_error.tsv test_error.tsv metrics_epoch_1.json metrics_epoch_2.json
    training_log_1.txt training_log_2.txt run-x-tag-loss.csv config.yaml config.py README.md a.ipynb
    meta.yaml metrics params args.yaml adapter_config.json debug.json training_args.bin h.csv.gz
""".split()  # noqa: SIM905
FOLDERS = ["", "logs/", "train/", "a/", "a/b/", "checkpoint-5/", "plots/metrics/", ".hydra/", "m/"]
CONTENTS = [
    table(), text(), lines([{"step": 1, "loss": 0.5}]), "", "x", "{", "[", "\0\1", "\x80\x04",
    "---\n- a", "epoch,loss\n1,x\n2,y\n", "1700000000000 0.5 1\n", "run_id: a\n",
    '{"log_history": [{"loss": 1}]}', '{"epoch": 1, "loss": 0.5}', "a = dict(lr=0.1",
    "SQLite format 3\0", ":W&B\xe1\xbe\0abc", "step\tloss\n",
]  # fmt: skip


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map("".join),
        st.sampled_from(CONTENTS),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_folder_is_read_or_refused(tmp_path_factory, files):
    """Whatever lies together, there are runs, or errors that a person can read."""
    folder = tmp_path_factory.mktemp("any")
    for name, content in files.items():
        path = folder / name
        if any(one.is_file() for one in path.parents) or path.is_dir():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("latin-1"))

    with suppress(MldxError):
        for found in each_run(folder):
            assert (found.run is None) != (found.error is None)
