"""What predictions show, checked on answers one can count by hand."""

import numpy as np
import pytest

from mldx import Symptoms, diagnose, observe
from mldx.errors import ObservationError


def test_one_answer_for_all():
    """A model that answers one class for every input is told as such, with the share."""
    truth = [0] * 60 + [1] * 40

    assert observe.predictions(truth, [0] * 100).predictions.predicts_single_class == 1.0


def test_one_answer_where_one_class_is_nearly_all():
    """Where one class is nearly all of the truth, one answer is no sign."""
    truth = [0] * 95 + [1] * 5

    assert observe.predictions(truth, [0] * 100).predictions.predicts_single_class is None


def test_worst_class():
    """The worst class is found by its recall; a class of fewer than 20 samples is left out."""
    truth = ["cat"] * 50 + ["dog"] * 50 + ["yak"] * 5
    given = ["cat"] * 50 + ["dog"] * 20 + ["cat"] * 30 + ["dog"] * 5

    assert observe.predictions(truth, given).predictions.worst_class_recall == 0.4


def test_confused_pair():
    """Errors between two of four classes are counted in both directions."""
    truth = [0] * 30 + [1] * 30 + [2] * 30 + [3] * 30
    given = [1] * 10 + [0] * 20 + [0] * 10 + [1] * 20 + [2] * 25 + [3] * 5 + [3] * 30

    assert observe.predictions(truth, given).predictions.confusion_pair_share == pytest.approx(
        20 / 25
    )


def test_collapsed_regression():
    """Predictions with a hundredth of the targets' spread are told by the ratio."""
    truth = np.linspace(-1, 1, 101)

    assert observe.predictions(truth, truth / 100).predictions.pred_std_ratio == pytest.approx(0.01)


def test_calibration():
    """Answers that are always 90 % sure and right in half of the cases are off by 40 points."""
    sure = np.tile([0.9, 0.1], (100, 1))
    truth = [0, 1] * 50

    assert observe.predictions(truth, sure).predictions.calibration_ece == pytest.approx(0.4)


def test_they_compose_with_the_rest():
    """Predictions join what else was observed, and the diagnosis uses both."""
    seen = observe.predictions([0] * 88 + [1] * 12, [0] * 100) | Symptoms.of(task="binary")

    assert diagnose(seen).causes[0].id == "class_imbalance"


@pytest.mark.parametrize(
    "pair", [([1, 2], [1]), ([], []), ([1.0, float("nan")], [1.0, 2.0]), ([[1]], [1])]
)
def test_impossible_arrays(pair):
    """Arrays that cannot be answers to one another are refused with what was expected."""
    with pytest.raises(ObservationError, match="expected:"):
        observe.predictions(*pair)


def test_the_worst_subgroup():
    """A subgroup with many times the overall error is found by name; small ones are left out."""
    truth = np.zeros(1000, int)
    given = np.zeros(1000, int)
    groups = np.array(["a"] * 900 + ["b"] * 80 + ["c"] * 20)
    given[900:980:2] = 1
    given[980:] = 1

    symptoms = observe.predictions(truth, given, groups=groups)
    assert symptoms.predictions.error_slice_ratio > 3
    assert "error of b" in symptoms.provenances["error_slice_ratio"].figure


def test_subgroups_that_differ_by_chance():
    """The worst of twenty equal subgroups is no sign."""
    dice = np.random.default_rng(0)
    truth = dice.integers(0, 2, 2000)
    given = np.where(dice.random(2000) < 0.8, truth, 1 - truth)

    found = observe.predictions(truth, given, groups=dice.integers(0, 20, 2000))
    assert found.predictions.error_slice_ratio < 1.5


def test_a_better_threshold():
    """Where good scores lie below one half, F1 gains by another threshold."""
    dice = np.random.default_rng(0)
    truth = (dice.random(1000) < 0.1).astype(int)
    positive = np.clip(0.1 + 0.25 * truth + dice.normal(0, 0.05, 1000), 0, 1)

    found = observe.predictions(truth, np.column_stack([1 - positive, positive]))
    assert found.predictions.f1_gain_by_threshold > 50


def test_a_forecast_that_repeats_the_last_value():
    """A forecast that is the series shifted by a step is told, and is no better than naive."""
    series = np.cumsum(np.random.default_rng(0).normal(size=400))
    truth, shifted = series[1:], series[:-1]

    found = observe.predictions(truth, shifted, task="forecasting")
    assert found.predictions.pred_lag_copy is True
    assert found.observed["mase"] == pytest.approx(1, abs=0.01)


def test_a_forecast_that_knows_something():
    """A forecast close to the truth is no copy of the past, and beats the naive one."""
    dice = np.random.default_rng(0)
    truth = np.cumsum(dice.normal(size=400))

    found = observe.predictions(truth, truth + dice.normal(0, 0.3, 400), task="forecasting")
    assert found.predictions.pred_lag_copy is False
    assert 0.2 < found.observed["mase"] < 0.6


def test_groups_of_another_length():
    """Subgroups that are not one for each answer are refused."""
    with pytest.raises(ObservationError, match="groups has shape"):
        observe.predictions([0, 1], [0, 1], groups=["a"])
