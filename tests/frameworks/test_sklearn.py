"""scikit-learn: verbose output against the attributes of the fitted model."""

from __future__ import annotations

import re

import pytest

from mldx.readers import read
from tests.frameworks.kit import assert_one_run, data, near

pytest.importorskip("sklearn")

from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier


def read_printed(folder, capfd):
    path = folder / "train.log"
    path.write_text(capfd.readouterr().out, encoding="utf-8")
    (run,) = read(path)
    return run


@pytest.mark.parametrize("early", [False, True])
def test_mlp(tmp_path, capfd, early):
    """The loss curve, and the validation scores when it stops early."""
    model = MLPClassifier((8,), max_iter=30, verbose=True, early_stopping=early, random_state=0)
    model.fit(*data())

    run = read_printed(tmp_path, capfd)

    assert run.get("train", "loss").value.tolist() == near(model.loss_curve_, 6)
    if early:
        scores = next(one for one in run.series if one.split == "val")
        assert scores.value.tolist() == near(model.validation_scores_, 6)
    assert_one_run(run)


@pytest.mark.parametrize("verbose, rounds", [(1, [*range(10), 19, 29]), (2, range(30))])
def test_gradient_boosting(tmp_path, capfd, verbose, rounds):
    """A table: iteration, training loss, remaining time."""
    model = GradientBoostingClassifier(n_estimators=30, verbose=verbose, random_state=0)
    model.fit(*data())

    run = read_printed(tmp_path, capfd)

    losses = run.get("train", "loss")
    assert losses.value.tolist() == near([model.train_score_[one] for one in rounds], 4)
    assert losses.step.tolist() == [one + 1 for one in rounds]
    assert_one_run(run)


def test_subsampled_gradient_boosting(tmp_path, capfd):
    """The out-of-bag improvement stands beside the loss."""
    model = GradientBoostingClassifier(
        n_estimators=20, verbose=2, subsample=0.7, random_state=0
    ).fit(*data())

    run = read_printed(tmp_path, capfd)

    assert run.get("train", "loss").value.tolist() == near(model.train_score_, 4)


def test_histogram_gradient_boosting(tmp_path, capfd):
    """Scores are negative losses there, their first before the first tree."""
    model = HistGradientBoostingClassifier(
        max_iter=20, early_stopping=True, n_iter_no_change=20, scoring="loss", verbose=2,
        min_samples_leaf=5, random_state=0,
    )  # fmt: skip
    model.fit(*data())

    run = read_printed(tmp_path, capfd)

    assert run.get("train", "loss").value.tolist() == near(-model.train_score_[1:], 4)
    assert run.get("val", "loss").value.tolist() == near(-model.validation_score_[1:], 4)


def test_stochastic_gradient_descent(tmp_path, capfd):
    """Each class has a training of its own, of which the last is judged."""
    inputs, labels = data()
    model = SGDClassifier(max_iter=15, tol=None, verbose=1, random_state=0)
    model.fit(inputs, labels > 0)
    printed = capfd.readouterr().out
    path = tmp_path / "train.log"
    path.write_text(printed, encoding="utf-8")

    (run,) = read(path)

    held = [float(loss) for loss in re.findall(r"Avg. loss: ([\d.]+)", printed)]
    assert run.get("train", "loss").value.tolist() == held
    assert len(held) == model.n_iter_
    assert_one_run(run)
