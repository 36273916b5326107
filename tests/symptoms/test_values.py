"""What a symptom takes, and how it refuses the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mldx import Symptoms
from mldx.errors import InputError
from mldx.symptoms.setup import Setup


def faults_of(**answers: object) -> tuple:
    """The faults with which these answers are refused."""
    with pytest.raises(InputError) as caught:
        Symptoms.of(**answers)
    return caught.value.faults


@pytest.mark.parametrize("answer", ["none", "mild", "moderate", "strong"])
def test_a_number_takes_the_names_of_its_answers(answer):
    """Where a number is asked, the words of the card are answers too."""
    assert Symptoms.of(generalization_gap=answer).observed["generalization_gap"] == answer


@pytest.mark.parametrize(
    "id, written, kept",
    [
        ("train_loss_flat", "yes", True),
        ("train_loss_flat", "No", False),
        ("train_loss_flat", "true", True),
        ("loss_shape", " Flat ", "flat"),
        ("generalization_gap", "Strong", "strong"),
        ("generalization_gap", 1, 1.0),
        ("top_feature_share", "id_or_date", "id_or_date"),
    ],
)
def test_an_answer_is_read_as_a_person_means_it(id, written, kept):
    """Case, spaces, and yes or no for a flag make no difference."""
    assert Symptoms.of(**{id: written}).observed[id] == kept


@pytest.mark.parametrize(
    "id, value",
    [
        ("train_loss_flat", 1),
        ("train_loss_flat", "perhaps"),
        ("loss_shape", True),
        ("loss_shape", "flatt"),
        ("generalization_gap", True),
        ("generalization_gap", "0.4"),
        ("generalization_gap", "much"),
        ("generalization_gap", [0.4]),
        ("generalization_gap", math.nan),
        ("generalization_gap", math.inf),
        ("generalization_gap", -1.5),
        ("bad_label_fraction", 1.01),
        ("class_imbalance_ratio", 0.99),
        ("update_ratio", 7),
        ("n_classes", 0),
        ("n_classes", 2.5),
        ("epochs_planned", -1),
        ("learning_rate", math.nan),
        ("learning_rate", math.inf),
        ("dropout", 1.0),
        ("class_counts", [5, -1]),
        ("inputs_range", (1, 0)),
        ("inputs_range", (1,)),
        ("batchnorm", "perhaps"),
        ("optimizer", 3),
    ],
)
def test_an_impossible_value_is_refused_by_name(id, value):
    """A wrong type, a value out of range and NaN are refused, and the fault names the field and
    what was expected.
    """
    [fault] = faults_of(**{id: value})
    where = f"setup.{id}" if id in Setup.model_fields else id

    assert (fault.where, bool(fault.expected)) == (where, True)


@pytest.mark.parametrize(
    "id, bound", [("bad_label_fraction", 0), ("bad_label_fraction", 1), ("generalization_gap", -1)]
)
def test_the_ends_of_a_range_belong_to_it(id, bound):
    """A share may be exactly 0 or 1."""
    assert Symptoms.of(**{id: bound}).observed[id] == bound


@pytest.mark.parametrize(
    "key, value",
    [("weight_decay", math.nan), ("gradient_clipping", math.nan), ("inputs_range", (math.nan, 1))],
)
def test_a_setup_fact_is_never_nan(key, value):
    """NaN is no setup fact."""
    assert faults_of(**{key: value})


@pytest.mark.parametrize(
    "key, value",
    [
        ("weight_decay", -1.0),
        ("gradient_clipping", -1.0),
        ("n_classes", True),
        ("learning_rate", True),
    ],
)
def test_an_impossible_setup_fact_is_refused(key, value):
    """A negative decay, and yes where a number is asked, are refused."""
    assert faults_of(**{key: value})


def test_the_nearest_symptom_is_offered():
    """A misspelled id is answered with the right one."""
    assert faults_of(train_los_flat=True)[0].help == "write `train_loss_flat`"


def test_the_nearest_word_is_offered():
    """A misspelled word is answered with the right one."""
    assert faults_of(loss_shape="oscilating")[0].help == "write `oscillating`"


def test_the_words_are_listed():
    """A refused choice lists the words it takes."""
    assert faults_of(residual_pattern="odd")[0].expected == "one of none, time, magnitude, order"


def test_all_faults_are_told_together():
    """Three wrong answers of one call are three faults."""
    told = {
        fault.where
        for fault in faults_of(loss_shape="flatt", bad_label_fraction=2, n_classes=0, nonsense=1)
    }

    assert told == {
        "loss_shape",
        "bad_label_fraction",
        "setup.n_classes",
        "nonsense",
    }


def test_none_is_not_observed():
    """An answer of None is no answer, and never "no"."""
    symptoms = Symptoms.of(train_loss_flat=None, loss_shape="flat")

    assert (symptoms.observed, set(symptoms.provenances)) == (
        {"loss_shape": "flat"},
        {"loss_shape"},
    )


def test_no_is_observed():
    """No is an answer."""
    assert Symptoms.of(train_loss_flat=False).observed == {"train_loss_flat": False}


@pytest.mark.parametrize(
    "id, value, kept",
    [
        ("train_loss_flat", np.bool_(True), True),
        ("generalization_gap", np.float32(0.5), 0.5),
        ("generalization_gap", np.array(0.5), 0.5),
        ("generalization_gap", np.int64(2), 2.0),
        ("loss_shape", np.str_("flat"), "flat"),
        ("n_classes", np.int64(10), 10),
        ("learning_rate", np.float32(0.5), 0.5),
        ("batchnorm", np.bool_(True), True),
        ("dropout", np.float32(0.5), 0.5),
        ("class_counts", np.array([3, 4]), (3, 4)),
        ("class_counts", [np.int64(3), np.int64(4)], (3, 4)),
        ("inputs_range", np.array([0.0, 255.0]), (0.0, 255.0)),
    ],
)
def test_numpy_values_are_values(id, value, kept):
    """A numpy scalar counts as the Python value it stands for."""
    assert Symptoms.of(**{id: value}).observed[id] == kept


def test_class_counts_may_be_a_mapping():
    """Counts by class name are counts."""
    assert Symptoms.of(class_counts={"cat": 3, "dog": 4}).setup.class_counts == (3, 4)


def test_a_symptom_cannot_be_changed_afterwards():
    """Symptoms are values; no field can be set."""
    with pytest.raises(ValueError, match="frozen"):
        Symptoms.of(loss_shape="flat").values = {}


def test_an_infinite_value_is_refused():
    """No symptom is infinite, for JSON could not hold it."""
    assert faults_of(update_ratio=math.inf)[0].where == "update_ratio"
