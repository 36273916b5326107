"""JSON of any shape, and Python literals: a loss is found wherever it stands, or the file is
refused.
"""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.errors import InputError, MldxError, UnreadableRun
from mldx.readers import read, read_text

TRAIN, VAL = [0.75, 0.5, 0.25], [0.875, 0.625, 0.5]
ROWS = [
    {"epoch": epoch, "train_loss": train, "val_loss": val}
    for epoch, (train, val) in enumerate(zip(TRAIN, VAL, strict=True), 1)
]


def runs(document):
    text = document if isinstance(document, str) else json.dumps(document)
    return read_text(text, "run.json")


def one(document):
    (run,) = runs(document)
    return run


def loss(run, split="train"):
    series = run.get(split, "loss")
    return None if series is None else series.value.tolist()


def refusal(document):
    with pytest.raises(UnreadableRun) as caught:
        runs(document)
    return str(caught.value)


def by_index(values):
    return {str(place): value for place, value in enumerate(values)}


def pandas_split():
    return {
        "columns": ["epoch", "train_loss", "val_loss"],
        "index": [0, 1, 2],
        "data": [list(row.values()) for row in ROWS],
    }


def points(values):
    return [{"step": step, "value": value} for step, value in enumerate(values, 1)]


BOTH = {
    "lists by split": {"train": {"loss": TRAIN}, "val": {"loss": VAL}},
    "lists by metric": {"loss": {"train": TRAIN, "val": VAL}},
    "lists below a key": {"history": {"train": {"loss": TRAIN}, "val": {"loss": VAL}}},
    "lists beside settings": {
        "config": {"lr": 0.1, "layers": [1, 2, 3]},
        "results": {"train_loss": TRAIN, "val_loss": VAL},
    },
    "a Keras dump": {
        "params": {"epochs": 3, "steps": 10},
        "epoch": [0, 1, 2],
        "history": {"loss": TRAIN, "val_loss": VAL},
    },
    "rows": ROWS,
    "rows below a key": {"epochs": ROWS},
    "rows deep below": {"run": {"log": {"rows": ROWS}}, "name": "x"},
    "nested rows": {
        "epochs": [
            {"epoch": epoch, "train": {"loss": train}, "val": {"loss": val}}
            for epoch, (train, val) in enumerate(zip(TRAIN, VAL, strict=True), 1)
        ]
    },
    "rows nested twice": [
        {"epoch": epoch, "metrics": {"train": {"loss": train}, "val": {"loss": val}}}
        for epoch, (train, val) in enumerate(zip(TRAIN, VAL, strict=True), 1)
    ],
    "rows by epoch": {
        str(epoch): {"train_loss": train, "val_loss": val}
        for epoch, (train, val) in enumerate(zip(TRAIN, VAL, strict=True), 1)
    },
    "rows by a word and an epoch": {f"epoch_{row['epoch']}": row for row in ROWS},
    "series with names": {
        "metrics": [{"name": "train_loss", "values": TRAIN}, {"name": "val_loss", "values": VAL}]
    },
    "series with steps": {
        "metrics": [
            {"name": "train_loss", "steps": [1, 2, 3], "values": TRAIN},
            {"name": "val_loss", "steps": [1, 2, 3], "values": VAL},
        ]
    },
    "points with names": [
        {"key": name, "value": value, "step": step, "timestamp": 1700000000 + step}
        for name, values in (("train_loss", TRAIN), ("val_loss", VAL))
        for step, value in enumerate(values, 1)
    ],
    "points by name": {"train_loss": points(TRAIN), "val_loss": points(VAL)},
    "x and y": {
        "train_loss": {"x": [1, 2, 3], "y": TRAIN},
        "val_loss": {"x": [1, 2, 3], "y": VAL},
    },
    "pairs": {
        "train_loss": [[step, value] for step, value in enumerate(TRAIN, 1)],
        "val_loss": [[step, value] for step, value in enumerate(VAL, 1)],
    },
    "pandas split": pandas_split(),
    "pandas columns": {"train_loss": by_index(TRAIN), "val_loss": by_index(VAL)},
    "pandas index": {str(place): row for place, row in enumerate(ROWS)},
    "pandas table": {"schema": {"fields": []}, "data": ROWS},
    "numbers as words": {"train_loss": [str(one) for one in TRAIN], "val_loss": VAL},
    "one object after the other": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "objects in lines": "\n".join(json.dumps(row) for row in ROWS),
    "a Python literal": str({"train_loss": TRAIN, "val_loss": VAL}),
    "a Python literal of arrays": f"{{'train_loss': array({TRAIN}, dtype=float32), "
    f"'val_loss': tensor({VAL})}}",
    "a Python literal over lines": "{'train_loss': [\n  0.75, 0.5, 0.25],\n 'val_loss': ["
    "0.875, 0.625, 0.5]}\n",
}  # fmt: skip


@pytest.mark.parametrize("shape", BOTH)
def test_any_shape_gives_both_losses(shape):
    """Both losses are read back exactly, however the document holds them."""
    run = one(BOTH[shape])

    assert (loss(run), loss(run, "val")) == (TRAIN, VAL)


SEVERAL = {
    "folds": {"fold_0": {"train_loss": TRAIN}, "fold_1": {"train_loss": VAL}},
    "models": {"resnet18": {"train": {"loss": TRAIN}}, "vgg": {"train": {"loss": VAL}}},
    "a list of objects": [
        {"name": "a", "history": {"train_loss": TRAIN}},
        {"name": "b", "history": {"train_loss": VAL}},
    ],
    "rows of each": {
        "a": [{"epoch": epoch, "loss": value} for epoch, value in enumerate(TRAIN)],
        "b": [{"epoch": epoch, "loss": value} for epoch, value in enumerate(VAL)],
    },
    "a row that says its fold": [
        {"fold": fold, "epoch": epoch, "train_loss": value}
        for fold, values in ((0, TRAIN), (1, VAL))
        for epoch, value in enumerate(values)
    ],
}
NAMES = {
    "folds": ["fold_0", "fold_1"],
    "models": ["resnet18", "vgg"],
    "a list of objects": ["a", "b"],
    "rows of each": ["a", "b"],
    "a row that says its fold": ["fold 0", "fold 1"],
}


@pytest.mark.parametrize("shape", SEVERAL)
def test_several_runs_stay_several(shape):
    """Keys that say neither a split nor a metric, with a loss in each, are runs with names."""
    found = runs(SEVERAL[shape])

    assert [(run.name, loss(run)) for run in found] == list(
        zip(NAMES[shape], (TRAIN, VAL), strict=True)
    )


def test_two_losses_of_a_pair_are_two_series():
    """A generator and a discriminator are one run with two losses."""
    run = one({"generator": {"loss": TRAIN}, "discriminator": {"loss": VAL}})

    assert {one.metric: one.value.tolist() for one in run.series} == {
        "generator_loss": TRAIN,
        "discriminator_loss": VAL,
    }


@pytest.mark.parametrize("rows", ["{} {}", "[]", '["a", "b"]', "[0.5, 0.25]", '{"loss": 0.5}'])
def test_json_without_a_curve_is_refused(rows):
    """A document in which no loss has several values is no log."""
    with pytest.raises(InputError):
        runs(rows)


TRIALS = {
    "trials of a study": {
        "trials": [
            {"number": number, "params": {"lr": lr}, "state": "COMPLETE", "loss": 0.5 / number}
            for number, lr in ((1, 0.1), (2, 0.01), (3, 0.001))
        ]
    },
    "results by configuration": [
        {"config": {"lr": 0.1, "seed": seed}, "val_loss": 0.5 + seed} for seed in range(4)
    ],
    "results of a grid": {
        "mean_fit_time": [1, 2], "mean_test_loss": [0.5, 0.25], "rank_test_loss": [2, 1],
        "params": [{"a": 1}, {"a": 2}],
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", TRIALS)
def test_finished_trials_are_no_curve(kind):
    """The results of a search have one row a run: nothing about a training is in them."""
    assert "finished runs, one row each" in refusal(TRIALS[kind])


def test_a_boosting_library_keeps_its_sets():
    """`evals_result` of LightGBM says the set, then the metric."""
    run = one(
        {"training": {"binary_logloss": TRAIN}, "valid_1": {"binary_logloss": VAL, "auc": VAL}}
    )

    assert (loss(run), loss(run, "val")) == (TRAIN, VAL)


def test_sets_of_a_boosting_library_may_be_only_numbered():
    """Of two numbered sets of XGBoost the one that fares better is the trained one."""
    run = one({"validation_0": {"logloss": TRAIN}, "validation_1": {"logloss": VAL}})

    assert (loss(run), loss(run, "val")) == (TRAIN, VAL)


def test_the_document_of_catboost_is_read():
    """CatBoost names the metrics once, and holds the values of each round as lists."""
    meta = {"learn_metrics": [{"name": "Logloss"}], "test_metrics": [{"name": "Logloss"}]}
    rounds = [
        {"learn": [train], "test": [val], "iteration": number, "passed_time": 0.1}
        for number, (train, val) in enumerate(zip(TRAIN, VAL, strict=True))
    ]
    run = one({"meta": meta, "iterations": rounds})

    assert (loss(run), loss(run, "val"), run.setup["framework"]) == (TRAIN, VAL, "catboost")


def test_lists_of_batches_and_epochs_share_an_axis():
    """With four values a batch for one a epoch, the epoch's value stands at its last batch."""
    run = one({"train_loss": [8, 7, 6, 5, 4, 3, 2, 1], "val_loss": [5, 2], "x": "y", "a": {"b": 1}})

    assert run.get("val", "loss").step.tolist() == [4, 8]


def test_lists_that_do_not_fit_are_refused():
    """Lists of lengths that have nothing to do with each other are told with their lengths."""
    assert "train/loss 3, val/loss 2" in refusal(
        {"train": {"loss": TRAIN}, "val": {"loss": [1, 2]}}
    )


def test_nan_and_infinity_are_values():
    """Python writes NaN and Infinity bare."""
    values = loss(one('{"train": {"loss": [1.0, NaN, Infinity]}}'))

    assert (values[0], math.isnan(values[1]), values[2]) == (1.0, True, math.inf)


def test_settings_beside_curves_are_facts():
    """What was configured stands beside the curves and is the setup."""
    run = one({"config": {"lr": 0.1, "optimizer": "adam"}, "log": {"train_loss": TRAIN}})

    assert run.setup == {"learning_rate": 0.1, "optimizer": "adam"}


def test_rows_are_read_through_keys_that_say_nothing():
    """RLlib nests what it reports, and repeats its configuration in each row."""
    rows = [
        {
            "training_iteration": number,
            "info": {"learner": {"default_policy": {"learner_stats": {"total_loss": value}}}},
            "config": {"lr": 0.1, "gamma": 0.9},
        }
        for number, value in enumerate(TRAIN, 1)
    ]
    run = one("\n".join(map(json.dumps, rows)))

    assert loss(run) == TRAIN


def test_a_log_that_begins_with_a_printed_dictionary_is_a_log():
    """What a script prints first, such as its parameters, does not make the log JSON."""
    printed = json.dumps({"objective": "binary", "num_leaves": 31}, indent=2)
    lines = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(TRAIN, 1))

    assert loss(one(printed + "\n" + lines)) == TRAIN


def test_a_log_that_begins_with_a_printed_literal_is_a_log():
    """The same of a Python dictionary over several lines."""
    lines = "".join(f"Epoch {epoch} loss: {value}\n" for epoch, value in enumerate(TRAIN, 1))

    assert loss(one("{'objective': 'binary',\n 'leaves': None}\n" + lines)) == TRAIN


def test_a_literal_is_never_run():
    """A call that is no array around numbers is not obeyed."""
    with pytest.raises(MldxError):
        runs("{'loss': __import__('os').getcwd()}")


KEYS = st.sampled_from(["history", "log", "results", "run", "data_1", "metrics", "out"])
WRAPPED = st.lists(KEYS, max_size=4)
SHAPES = st.sampled_from(["lists", "split", "metric", "rows", "nested", "numbered", "named"])
VALUES = st.lists(st.tuples(st.floats(0.001, 100), st.floats(0.001, 100)), min_size=2, max_size=20)


@given(VALUES, WRAPPED, SHAPES, st.booleans())
@settings(max_examples=300, deadline=None)
def test_a_history_is_read_back_from_any_nesting(values, wrapped, shape, beside):
    """A history below any keys, in any shape, is read back exactly."""
    train, val = map(list, zip(*values, strict=True))
    document = shaped(train, val, shape)
    for key in wrapped:
        document = {key: document}
        if beside:
            document |= {"seed": 3, "name": "x", "best_epoch": 2, "notes": ["a", "b"]}

    run = one(document)

    assert (loss(run), loss(run, "val")) == (train, val)


def shaped(train, val, shape):
    pairs = list(enumerate(zip(train, val, strict=True), 1))
    shapes = {
        "lists": {"train_loss": train, "val_loss": val},
        "split": {"train": {"loss": train}, "val": {"loss": val}},
        "metric": {"loss": {"training": train, "validation": val}},
        "rows": [{"epoch": n, "loss": a, "val_loss": b} for n, (a, b) in pairs],
        "nested": [{"epoch": n, "train": {"loss": a}, "eval": {"loss": b}} for n, (a, b) in pairs],
        "numbered": {str(n): {"train_loss": a, "val_loss": b} for n, (a, b) in pairs},
        "named": [{"name": "train_loss", "values": train}, {"name": "val_loss", "values": val}],
    }
    return shapes[shape]


def test_the_counter_of_an_evaluation_is_no_restart():
    """A row of validation counts its own batches; its epoch says where it stands."""
    rows = [
        {"mode": mode, "epoch": epoch, "iter": step, "loss": 4 - epoch - step / 100}
        for epoch in (1, 2)
        for mode, step in (("train", 50), ("train", 100), ("val", 20))
    ]
    run = one("\n".join(map(json.dumps, rows)))

    assert (len(run.get("train", "loss")), len(run.get("val", "loss")), run.others) == (4, 2, [])


def test_objects_at_the_ends_of_lines_are_rows():
    """A logger may write its prefix before each object, which says its split by its type."""
    kinds = (("train_iter", 3), ("train_iter", 2), ("train_epoch", 2.5), ("val_epoch", 4))
    lines = [
        f'[INFO: logging.py: 97]: json_stats: {{"_type": "{kind}", "epoch": "{epoch}/2", '
        f'"iter": "{place}/2", "loss": {value - epoch}, "eta": "0:01:00"}}'
        for epoch in (1, 2)
        for place, (kind, value) in enumerate(kinds, 1)
    ]
    run = one("\n".join(["starting", *lines, "done"]))
    found = {series.name: series.value.tolist() for series in run.series}

    assert found == {
        "train_iter/loss": [2, 1, 1, 0], "train_epoch/loss": [1.5, 0.5], "val_epoch/loss": [3, 2],
    }  # fmt: skip


def test_the_json_of_tensorboard_is_a_curve(tmp_path):
    """TensorBoard exports a tag as rows of time, step and value, and names it in the file."""
    path = tmp_path / "run-a-tag-val_loss.json"
    path.write_text("[[1700000000.1, 0, 0.5], [1700000001.1, 10, 0.25]]")

    assert read(path)[0].get("val", "loss").step.tolist() == [0, 10]
