"""Boosting libraries: what they print and save, against the evaluations that they hold."""

from __future__ import annotations

import json

import pytest

from mldx.readers import read
from tests.frameworks.kit import CLASSES, assert_one_run, data, near

ROUNDS = 30


def written(folder, capfd):
    """Return the path of what was printed."""
    path = folder / "train.log"
    path.write_text(capfd.readouterr().out, encoding="utf-8")
    return path


def assert_losses(run, train, val, digits=6, split="val"):
    assert run.get("train", "loss").value.tolist() == near(train, digits)
    assert run.get(split, "loss").value.tolist() == near(val, digits)
    assert_one_run(run)


def xgboosted(names=("train", "eval"), **options):
    xgboost = pytest.importorskip("xgboost")
    parameters = {"objective": "multi:softprob", "num_class": CLASSES, "max_depth": 2, "nthread": 1}
    parameters |= {"eval_metric": ["mlogloss", "merror"]}
    sets = [xgboost.DMatrix(*data()), xgboost.DMatrix(*data(60, 1))]
    found = {}
    xgboost.train(parameters, sets[0], ROUNDS, evals=list(zip(sets, names, strict=True)),
                  evals_result=found, **options)  # fmt: skip
    return [found[name] for name in names]


@pytest.mark.parametrize("names", [("train", "eval"), ("train", "valid"), ("dtrain", "dval")])
def test_xgboost_prints(tmp_path, capfd, names):
    """A line a round, every metric of every set on it."""
    train, val = xgboosted(names)

    (run,) = read(written(tmp_path, capfd))

    assert_losses(run, train["mlogloss"], val["mlogloss"], 5)
    assert run.get("val", "error").value.tolist() == near(val["merror"], 5)


def test_xgboost_prints_some_rounds(tmp_path, capfd):
    """With `verbose_eval=10` every tenth round and the last."""
    train, val = xgboosted(verbose_eval=10)

    (run,) = read(written(tmp_path, capfd))

    rounds = [0, 10, 20, 29]
    assert_losses(run, *([one["mlogloss"][place] for place in rounds] for one in (train, val)), 5)
    assert run.get("train", "loss").step.tolist() == rounds


def test_xgboost_evaluations_as_json(tmp_path):
    """`evals_result` is a dictionary by set and metric."""
    train, val = xgboosted(verbose_eval=False)
    path = tmp_path / "evals_result.json"
    path.write_text(json.dumps({"train": train, "eval": val}), encoding="utf-8")

    assert_losses(read(path)[0], train["mlogloss"], val["mlogloss"])


def lightgbmed(**options):
    lightgbm = pytest.importorskip("lightgbm")
    train = lightgbm.Dataset(*data())
    val = lightgbm.Dataset(*data(60, 1), reference=train)
    parameters = {"objective": "multiclass", "num_class": CLASSES, "num_leaves": 4,
                  "min_data_in_leaf": 3, "num_threads": 1} | options  # fmt: skip
    found = {}
    callbacks = [lightgbm.log_evaluation(1), lightgbm.record_evaluation(found)]
    callbacks.append(lightgbm.early_stopping(ROUNDS))
    lightgbm.train(parameters, train, ROUNDS, valid_sets=[train, val], callbacks=callbacks)
    return found["training"]["multi_logloss"], found["valid_1"]["multi_logloss"]


def test_lightgbm_prints(tmp_path, capfd):
    """Warnings and the closing line of early stopping are no rounds."""
    losses = lightgbmed()

    assert_losses(read(written(tmp_path, capfd))[0], *losses, 5)


def test_lightgbm_evaluations_as_json(tmp_path):
    """What `record_evaluation` recorded."""
    train, val = lightgbmed()
    path = tmp_path / "evals.json"
    record = {"training": {"multi_logloss": train}, "valid_1": {"multi_logloss": val}}
    path.write_text(json.dumps(record), encoding="utf-8")

    assert_losses(read(path)[0], train, val)


def catboosted(folder, verbose=False, **options):
    catboost = pytest.importorskip("catboost")
    model = catboost.CatBoostClassifier(
        iterations=ROUNDS, depth=2, train_dir=str(folder / "catboost_info"), thread_count=1,
        random_seed=0, **options,
    )  # fmt: skip
    model.fit(*data(), eval_set=data(60, 1), verbose=verbose)
    return model.get_evals_result()


def test_catboost_prints(tmp_path, capfd):
    """The losses of each round; the best so far stands on the same line."""
    found = catboosted(tmp_path, verbose=1)

    (run,) = read(written(tmp_path, capfd))

    assert_losses(run, found["learn"]["MultiClass"], found["validation"]["MultiClass"], 5)


@pytest.mark.parametrize(
    "name", ["", "catboost_training.json", "learn", "learn_error.tsv", "test_error.tsv"]
)
def test_catboost_info(tmp_path, name):
    """The folder, and each of its files by itself."""
    found = catboosted(tmp_path, loss_function="MultiClass")

    (run,) = read(tmp_path / "catboost_info" / name)

    losses = found["learn"]["MultiClass"], found["validation"]["MultiClass"]
    if name in ("", "catboost_training.json"):
        assert_losses(run, *losses, 5)
    else:
        split = "val" if name.startswith("test") else "train"
        series = run.get(split, "loss")
        assert series.value.tolist() == near(losses[split == "val"], 5)


def test_catboost_info_with_two_metrics(tmp_path):
    """The metric to judge models by is no loss."""
    found = catboosted(tmp_path, loss_function="MultiClass", eval_metric="Accuracy")

    (run,) = read(tmp_path / "catboost_info")

    assert_losses(run, found["learn"]["MultiClass"], found["validation"]["MultiClass"], 5)
    held = found["validation"]["Accuracy"]
    assert run.get("val", "accuracy").value.tolist() == near(held, 5)
