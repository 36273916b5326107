"""Several runs in one table, tables of finished runs, and the odd forms in which people keep a
table.
"""

from __future__ import annotations

import pytest

from mldx.errors import UnreadableRun
from mldx.readers import read_text

A, B = [0.75, 0.5, 0.25], [0.875, 0.625, 0.5]


def found(text):
    return read_text(text, "log.csv")


def one(text):
    (run,) = found(text)
    return run


def loss(run, split="train"):
    return run.get(split, "loss").value.tolist()


def rows(*lines):
    return "".join(",".join(map(str, line)) + "\n" for line in lines)


def told(text):
    return [(run.name, loss(run)) for run in found(text)]


@pytest.mark.parametrize(
    "column, first, second, names",
    [
        ("fold", 0, 1, ["fold 0", "fold 1"]),
        ("seed", 42, 43, ["seed 42", "seed 43"]),
        ("trial_id", "a1", "b2", ["a1", "b2"]),
        ("run", "base", "big", ["base", "big"]),
        ("model", "resnet18", "vgg16", ["resnet18", "vgg16"]),
        ("Model Name", "CNN", "LSTM", ["CNN", "LSTM"]),
        ("rank", 0, 1, ["rank 0", "rank 1"]),
        ("k_fold", 1, 2, ["k fold 1", "k fold 2"]),
    ],
)
def test_a_column_parts_the_runs(column, first, second, names):
    """A fold, a seed, a trial, a model or a rank in each row says which run the row belongs to."""
    blocks = [(column, "epoch", "loss")]
    blocks += [(first, epoch, value) for epoch, value in enumerate(A)]
    blocks += [(second, epoch, value) for epoch, value in enumerate(B)]

    assert told(rows(*blocks)) == list(zip(names, (A, B), strict=True))


def test_runs_may_take_turns():
    """Ranks write in turns; each is a run."""
    pairs = enumerate(zip(A, B, strict=True))
    lines = [row for step, (a, b) in pairs for row in ((step, 0, a), (step, 1, b))]

    assert told(rows(("step", "rank", "loss"), *lines)) == [("rank 0", A), ("rank 1", B)]


def test_two_columns_part_the_runs_together():
    """A model and a fold together name a run."""
    lines = [
        (model, fold, epoch, value)
        for model, fold, values in (("cnn", 1, A), ("cnn", 2, B), ("mlp", 1, B))
        for epoch, value in enumerate(values)
    ]

    assert [name for name, _ in told(rows(("model", "fold", "epoch", "loss"), *lines))] == [
        "cnn, fold 1", "cnn, fold 2", "mlp, fold 1",
    ]  # fmt: skip


def test_a_setting_that_is_constant_within_a_run_names_it():
    """In the output of a search each run has its own learning rate."""
    lines = [(lr, epoch, a) for lr, s in ((0.1, A), (0.01, B)) for epoch, a in enumerate(s)]

    assert told(rows(("lr", "epoch", "loss"), *lines)) == [("lr 0.1", A), ("lr 0.01", B)]


def test_a_learning_rate_that_falls_is_no_name_of_a_run():
    """A schedule changes the rate within the run."""
    text = rows(("lr", "epoch", "loss"), (0.1, 0, 3), (0.1, 1, 2), (0.01, 2, 1))

    assert told(text) == [("", [3, 2, 1])]


def test_one_fold_is_one_run():
    """A column with one value parts nothing, and is no series either."""
    run = one(rows(("fold", "epoch", "loss"), (1, 0, 3), (1, 1, 2)))

    assert (run.name, [one.metric for one in run.series]) == ("", ["loss"])


def test_each_run_of_a_chart_is_a_run():
    """A chart exported from Weights & Biases has a column for each run, and its bounds."""
    header = ["Step"] + [
        f"{run} - val/loss{end}" for run in ("a - b", "c") for end in ("", "__MIN", "__MAX")
    ]
    lines = [[step, a, a, a, b, b, b] for step, (a, b) in enumerate(zip(A, B, strict=True))]

    assert [(run.name, loss(run, "val")) for run in found(rows(header, *lines))] == [
        ("a - b", A), ("c", B),
    ]  # fmt: skip


def test_the_runs_of_a_chart_may_end_at_different_steps():
    """Where a run of a chart has no value the cell is empty, and is no point of it."""
    text = 'Step,"a - loss","b - loss"\n1,3,\n2,2,5\n3,1,\n4,,4\n'

    assert told(text) == [("a", [3, 2, 1]), ("b", [5, 4])]


FINISHED = {
    "runs of Weights & Biases": rows(
        ("Name", "State", "Runtime", "lr", "epoch", "val_loss"),
        ("brave-cat-1", "finished", 100, 0.1, 50, 0.5),
        ("calm-dog-2", "crashed", 90, 0.1, 12, 0.7),
        ("wild-owl-3", "finished", 80, 0.01, 50, 0.4),
    ),
    "runs of MLflow": rows(
        ("Start Time", "Duration", "Run ID", "Name", "params.lr", "metrics.val_loss"),
        ("2024-01-01 10:00:00", "1.2min", "0af3", "a", 0.1, 0.5),
        ("2024-01-01 11:00:00", "1.2min", "1bf3", "b", 0.2, 0.4),
    ),
    "search of MLflow": rows(
        ("run_id", "experiment_id", "status", "metrics.loss", "params.epochs"),
        ("0af3", 0, "FINISHED", 0.5, 10),
        ("1bf3", 0, "FINISHED", 0.4, 10),
    ),
    "trials of Optuna": rows(
        ("number", "value", "datetime_start", "params_lr", "state", "user_attrs_loss"),
        (0, 0.5, "2024-01-01 10:00:00", 0.1, "COMPLETE", 0.5),
        (1, 0.4, "2024-01-01 10:01:00", 0.2, "COMPLETE", 0.4),
    ),
    "a grid search": rows(
        ("", "mean_fit_time", "param_C", "params", "mean_test_neg_log_loss", "rank_test_score"),
        (0, 0.1, 1, "{'C': 1}", -0.5, 2),
        (1, 0.1, 10, "{'C': 10}", -0.4, 1),
    ),
    "a leaderboard": rows(
        ("", "Model", "MAE", "MSE", "RMSE", "R2", "TT (Sec)"),
        ("lr", "Linear Regression", 0.5, 0.4, 0.6, 0.7, 0.1),
        ("rf", "Random Forest", 0.4, 0.3, 0.5, 0.8, 0.2),
    ),
    "models compared by hand": rows(
        ("model", "val_loss", "accuracy"), ("cnn", 0.5, 0.8), ("rnn", 0.6, 0.7), ("mlp", 0.7, 0.6)
    ),
    "settings compared by hand": rows(
        ("batch_size", "dropout", "val_loss"), (32, 0.1, 0.5), (32, 0.2, 0.4), (64, 0.1, 0.6)
    ),
    "one run": rows(("Name", "State", "val_loss"), ("brave-cat-1", "finished", 0.5)),
}


@pytest.mark.parametrize("kind", FINISHED)
def test_finished_runs_are_no_curve(kind):
    """A table with one row a run has no axis, and says nothing about a training."""
    with pytest.raises(UnreadableRun, match=r"a table of \d finished runs, one row each"):
        found(FINISHED[kind])


def test_a_column_of_words_does_not_make_runs_finished():
    """A log may name a checkpoint in each row: its epoch goes on."""
    run = one(rows(("epoch", "loss", "checkpoint"), (1, 3, "a.pt"), (2, 2, "b.pt"), (3, 1, "c.pt")))

    assert loss(run) == [3, 2, 1]


def test_words_that_are_all_splits_say_the_split():
    """Whatever the column is called, `train` and `val` in it are splits."""
    lines = [(e, part, v) for e in (1, 2) for part, v in (("train", 3 - e), ("val", 4 - e))]
    run = one(rows(("epoch", "what", "loss"), *lines))

    assert (loss(run), loss(run, "val")) == ([2, 1], [3, 2])


@pytest.mark.parametrize(
    "name", ["alpha=0.5", "note: x", "0", "foo 1", "x" * 90, "a: b=c", "1.5", "p(x | y)"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_an_odd_column_does_not_hide_the_loss(name, separator):
    """An extra column may be called anything."""
    table = [("epoch", "loss", "val_loss", name), *((n, v, v, 7) for n, v in enumerate(A))]
    text = "".join(separator.join(map(str, row)) + "\n" for row in table)

    assert loss(one(text), "val") == A


@pytest.mark.parametrize(
    "text",
    [
        "# run 7\nepoch,loss\n0,0.75\n1,0.5\n2,0.25\n",
        "# epoch,loss\n0,0.75\n1,0.5\n2,0.25\n",
        "#epoch,loss\n# a note\n0,0.75\n# another, with a comma\n1,0.5\n2,0.25\n",
        "Results of run 7\nepoch,loss\n0,0.75\n1,0.5\n2,0.25\n",
        "epoch;loss\n0;0,75\n1;0,5\n2;0,25\n",
        'epoch,loss\n0,"0,75"\n1,"0,5"\n2,"0,25"\n',
        '"epoch","loss"\n"0","0.75"\n"1","0.5"\n"2","0.25"\n',
        "epoch,loss,\n0,0.75,\n1,0.5,\n2,0.25,\n",
        ",epoch,loss\n0,0,0.75\n1,1,0.5\n2,2,0.25\n",
        "epoch , loss\n0 , 0.75\n1 , 0.5\n2 , 0.25\n",
        "epoch,loss\n0,0.75\n\n1,0.5\n\n2,0.25\n\n",
    ],
)
def test_the_form_of_a_table_does_not_matter(text):
    """Comments, titles, quotes, decimal commas, empty columns and an index change nothing."""
    run = one(text)

    assert (loss(run), run.get("train", "loss").epoch.tolist()) == (A, [0, 1, 2])


def test_thousands_may_be_set_apart():
    """A quoted step with a comma is one number."""
    run = one('step,loss\n"1,000",0.75\n"2,000",0.5\n"1,234,000",0.25\n')

    assert run.get("train", "loss").step.tolist() == [1000, 2000, 1234000]


def test_rows_as_short_as_others_do_not_break_off():
    """A writer that leaves out what is empty at the end of a row leaves it out in the last too."""
    text = "epoch,loss,val_loss,test_loss\n0,3,,\n0,,5\n1,2,,\n1,,4\n"

    assert loss(one(text), "val") == [5, 4]


def test_a_header_again_among_lines_begins_another_run():
    """A table printed twice among other lines is two runs, of which the second is judged."""
    table = "epoch\ttrain_loss\tvalid_loss\n0\t3\t3\n1\t2\t2\n2\t1\t1\n"
    run = one(f"starting ...\n{table}frozen\n{table.replace('3', '5')}done\n")

    assert (loss(run), len(run.others)) == ([5, 2, 1], 1)


EXPORTS = {
    "history of Weights & Biases": "_step,_runtime,_timestamp,train/loss,val/loss\n"
    "0,1,1700000000,0.75,\n1,2,1700000001,0.5,0.875\n2,3,1700000002,0.25,\n",
    "CatBoost": "iter\tLogloss\n0\t0.75\n1\t0.5\n2\t0.25\n",
    "DVCLive": "step\tloss\n0\t0.75\n1\t0.5\n2\t0.25\n",
    "fastai": "epoch,train_loss,valid_loss,accuracy,time\n"
    "0,0.75,0.9,0.5,00:12\n1,0.5,0.8,0.6,00:12\n2,0.25,0.7,0.7,00:11\n",
    "Stable-Baselines": "rollout/ep_rew_mean,time/total_timesteps,train/loss,train/value_loss\n"
    "10,2048,0.75,3\n12,4096,0.5,2\n14,6144,0.25,1\n",
    "RLlib": "training_iteration,timesteps_total,date,trial_id,done,total_loss\n"
    "1,1000,2024-01-01_10-00-00,a1,False,0.75\n2,2000,2024-01-01_10-01-00,a1,False,0.5\n"
    "3,3000,2024-01-01_10-02-00,a1,True,0.25\n",
    "TensorBoard": "Wall time,Step,Value\n1700000000,0,0.75\n1700000001,1,0.5\n1700000002,2,0.25\n",
}


@pytest.mark.parametrize("tool", EXPORTS)
def test_the_export_of_a_tool_is_read(tool):
    """What trackers and libraries write as a table is one run."""
    assert loss(one(EXPORTS[tool])) == A
