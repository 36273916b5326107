"""What follows from the setup alone."""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.observe.pairs import output_loss_pair

SOFT, SIGMOID, LINEAR = "softmax", "sigmoid", "linear"


def drawn(**facts: object) -> dict:
    """What a diagnosis observes of these setup facts."""
    return diagnose(Symptoms.of(**facts)).symptoms.observed


@pytest.mark.parametrize(
    "verdict, task, activation, loss, units, framework",
    [
        ("standard", "binary", "sigmoid", "binary_crossentropy", 1, "keras"),
        ("standard", "binary", "linear", "BCEWithLogitsLoss", 1, "torch"),
        ("standard", "binary", "softmax", "sparse_categorical_crossentropy", 2, "keras"),
        ("standard", "binary", "none", "nn.CrossEntropyLoss()", 2, "torch"),
        ("wrong_activation", "binary", "softmax", "binary_crossentropy", 1, "keras"),
        ("wrong_activation", "binary", "relu", "binary_crossentropy", 1, "keras"),
        ("wrong_activation", "binary", "linear", "binary_crossentropy", 1, "keras"),
        ("wrong_units", "binary", "sigmoid", "binary_crossentropy", 2, "keras"),
        ("wrong_loss", "binary", "sigmoid", "mse", 1, "keras"),
        ("double_softmax", "binary", "sigmoid", "BCEWithLogitsLoss", 1, "torch"),
        ("standard", "multiclass", "softmax", "categorical_crossentropy", 10, "keras"),
        (
            "standard",
            "multiclass",
            "none",
            "CategoricalCrossentropy(from_logits=True)",
            10,
            "keras",
        ),
        ("standard", "multiclass", "none", "nn.CrossEntropyLoss()", 10, "torch"),
        ("standard", "multiclass", "log_softmax", "nn.NLLLoss()", 10, "torch"),
        ("wrong_activation", "multiclass", "sigmoid", "categorical_crossentropy", 10, "keras"),
        ("wrong_activation", "multiclass", "none", "categorical_crossentropy", 10, "keras"),
        ("wrong_activation", "multiclass", "relu", "categorical_crossentropy", 10, "keras"),
        ("wrong_loss", "multiclass", "softmax", "mse", 10, "keras"),
        ("wrong_units", "multiclass", "softmax", "categorical_crossentropy", 9, "keras"),
        ("double_softmax", "multiclass", "softmax", "nn.CrossEntropyLoss()", 10, "torch"),
        ("double_softmax", "multiclass", "log_softmax", "nn.CrossEntropyLoss()", 10, "torch"),
        (
            "double_softmax",
            "multiclass",
            "softmax",
            "SparseCategoricalCrossentropy(from_logits=True)",
            10,
            "keras",
        ),
        ("standard", "multilabel", "sigmoid", "binary_crossentropy", 10, "keras"),
        ("wrong_activation", "multilabel", "softmax", "binary_crossentropy", 10, "keras"),
        ("standard", "regression", "none", "mse", 1, "keras"),
        ("standard", "regression", "linear", "Huber", 1, "torch"),
        ("standard", "regression", "softplus", "poisson", 1, "torch"),
        ("wrong_activation", "regression", "softmax", "mse", 1, "keras"),
        ("wrong_loss", "regression", "linear", "cross_entropy", 1, "keras"),
        ("standard", "forecasting", "linear", "mae", 24, "torch"),
    ],
)
def test_output_and_loss_are_a_pair_or_not(verdict, task, activation, loss, units, framework):
    """What departs from the standard pairs is named: activation, loss, units, or a softmax applied
    twice.
    """
    classes = {"binary": 2, "multiclass": 10, "multilabel": 10}.get(task)
    told = drawn(
        task=task,
        output_activation=activation,
        loss_fn=loss,
        output_units=units,
        framework=framework,
        n_classes=classes,
    )

    assert told["output_loss_pair"] == verdict


@pytest.mark.parametrize(
    "verdict, activation, targets",
    [
        ("standard", "sigmoid", (0, 1)),
        ("standard", "tanh", (-0.9, 0.7)),
        ("standard", "relu", (0, 500_000)),
        ("wrong_activation", "sigmoid", (0, 500_000)),
        ("wrong_activation", "relu", (-3, 3)),
        (None, "sigmoid", None),
        (None, "relu", None),
    ],
)
def test_an_activation_of_limited_reach_is_judged_by_the_targets(verdict, activation, targets):
    """A sigmoid or a ReLU at the end of a regression is right for targets that it can reach, wrong
    for others, and not judged where the targets are not known.
    """
    known = {} if targets is None else {"target_range": targets}
    told = drawn(task="regression", output_activation=activation, loss_fn="mse", **known)

    assert told.get("output_loss_pair") == verdict


@pytest.mark.parametrize(
    "facts",
    [
        {"task": "multiclass", "output_activation": "my_own", "loss_fn": "cross_entropy"},
        {"task": "multiclass", "output_activation": "softmax", "loss_fn": "SecretLoss"},
        {"task": "multiclass", "loss_fn": "cross_entropy"},
        {"task": "cooking", "output_activation": "softmax", "loss_fn": "cross_entropy"},
        {"output_activation": "softmax"},
        {},
    ],
)
def test_unknown_names_tell_nothing(facts):
    """Where a name is unknown or missing, no pair is judged."""
    assert "output_loss_pair" not in drawn(**facts)


def test_the_task_is_told_by_loss_and_classes():
    """Cross-entropy over ten classes is a multiclass task, though nobody said so."""
    facts = {
        "output_activation": SIGMOID,
        "loss_fn": "cross_entropy",
        "n_classes": 10,
        "output_units": 10,
    }

    assert output_loss_pair(facts, load().pairs)[0] == "wrong_activation"


@pytest.mark.parametrize(
    "span, found",
    [
        ((0, 255), "0-255"),
        ((0, 200), "0-255"),
        ((0, 1), "unit"),
        ((-1, 1), "unit"),
        ((-2.1, 2.6), "standardised"),
        ((0, 50_000), "huge"),
        ((-5000, 1), "huge"),
        ((3, 3), "constant"),
        ((0, 20), None),
    ],
)
def test_the_class_of_an_input_range(span, found):
    """The bounds of the catalogue: unit within -1..1, bytes up to 255, huge beyond a thousand."""
    assert drawn(inputs_range=span).get("input_scale_class") == found


@pytest.mark.parametrize(
    "counts, ratio", [([900, 100], 9), ([5, 5, 5], 1), ([10, 0], None), ([10], None)]
)
def test_the_imbalance_of_class_counts(counts, ratio):
    """The largest class over the smallest; a class of none has no ratio."""
    assert drawn(class_counts=counts).get("class_imbalance_ratio") == ratio


def test_class_counts_count_the_classes():
    """Three counts are three classes."""
    assert drawn(class_counts=[5, 6, 7])["n_classes"] == 3


@pytest.mark.parametrize("size, seen", [(40, 40.0), (5000, None)])
def test_a_small_validation_set(size, seen):
    """Forty rows are at most forty units; five thousand rows may be few patients, and say
    nothing.
    """
    assert drawn(val_size=size).get("val_size_effective") == seen


def test_drawn_symptoms_are_measured():
    """What follows from the setup says so, with its figure."""
    provenance = diagnose(Symptoms.of(inputs_range=(0, 255))).symptoms.provenances[
        "input_scale_class"
    ]

    assert (provenance.source, provenance.figure) == ("measured", "inputs span 0..255")


def test_completing_twice_is_completing_once():
    """Symptoms of a diagnosis may be diagnosed again, with the same outcome to the byte."""
    once = diagnose(
        Symptoms.of(
            loss_fn="nn.CrossEntropyLoss()",
            n_classes=10,
            output_activation=SOFT,
            optimizer="Adam(lr=1.0)",
        )
    )

    assert diagnose(once.symptoms).model_dump_json() == once.model_dump_json()


def test_two_spellings_of_one_name_are_no_conflict():
    """`Adam` and `adam` say the same."""
    assert diagnose(Symptoms.of(optimizer="adam") | Symptoms.of(optimizer="Adam")).conflicts == ()


def test_counts_beyond_all_data_are_refused():
    """Absurd class counts are refused with the field's name."""
    with pytest.raises(InputError, match="class_counts"):
        Symptoms.of(class_counts=[10**400, 1])


def test_huge_counts_end_in_a_diagnosis():
    """A ratio beyond the symptom's range is brought to its end."""
    assert diagnose(Symptoms.of(class_counts=[10**13, 1])).verdict


@pytest.mark.parametrize(
    "verdict, losses",
    [
        ("wrong_activation", [16771.46, 16771.44, 16771.44]),
        (None, [0.9, 0.4, 0.2]),
    ],
)
def test_a_loss_above_the_reach_of_the_output_lies_with_the_output(verdict, losses):
    """Behind a tanh, targets in -1..1 cost a squared error of 4 at most; 16771 is out of reach."""
    run = {
        "setup": {"task": "regression", "output_activation": "tanh", "loss_fn": "mse"},
        "history": {"epoch": [1, 2, 3], "train_loss": losses},
    }

    assert diagnose(run).symptoms.observed.get("output_loss_pair") == verdict
