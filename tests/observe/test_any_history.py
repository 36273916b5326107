"""Whatever is in a history, observing it is safe, valid and deterministic."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms, observe
from mldx.errors import InputError

NAMES = [
    "train_loss",
    "val_loss",
    "train_acc",
    "val_acc",
    "lr",
    "grad_norm",
    "val_f1",
    "val_rmse",
    "val_map50",
    "test_loss",
]
CALM = st.floats(0, 1e6)
WILD = st.one_of(
    CALM,
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-300, -1e9, 1e30, None]),
    st.floats(-1e30, 1e30),
)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "n_classes": st.sampled_from([1, 2, 10, 50_000]),
        "class_counts": st.sampled_from([[], [0], [0, 0], [99, 1], [5, 5, 5]]),
        "loss_fn": st.sampled_from(["mse", "cross_entropy", "nn.BCELoss()", "nobody knows"]),
        "task": st.sampled_from(["binary", "multiclass", "regression", "detection"]),
        "framework": st.sampled_from(["keras", "torch", "xgboost"]),
        "epochs_planned": st.sampled_from([0, 0.5, 100]),
    },
)


@st.composite
def histories(draw, values=WILD, longest=40):
    """Histories of some series, of few or many points, with an axis or without, in order or not."""
    size = draw(st.integers(0, longest))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    kind = st.one_of(
        st.lists(values, min_size=size, max_size=size), values.map(lambda value: [value] * size)
    )
    history = {name: draw(kind) for name in names}
    axis = draw(st.sampled_from([None, "epoch", "step"]))
    if axis:
        history[axis] = draw(st.permutations(range(size)) | st.just(list(range(size))))
    return history


def quietly(history: dict, facts: dict) -> Symptoms:
    """Observe without numpy's warnings about values that overflow."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return observe.history(history, **facts)


@settings(max_examples=80, deadline=None)
@given(histories(), FACTS)
def test_any_history_is_observed(history, facts):
    """NaN, infinities, gaps, constants and single points raise nothing, and every value is a legal
    one.
    """
    seen = quietly(history, facts)

    assert Symptoms.of(**seen.observed).observed == seen.observed


@settings(max_examples=40, deadline=None)
@given(histories(), FACTS)
def test_the_same_history_shows_the_same(history, facts):
    """Observing is deterministic to the byte."""
    assert quietly(history, facts).model_dump_json() == quietly(history, facts).model_dump_json()


@settings(max_examples=40, deadline=None)
@given(histories(), FACTS)
def test_what_was_observed_reads_back(history, facts):
    """What was measured survives JSON, with its provenances."""
    seen = quietly(history, facts)
    back = Symptoms.model_validate_json(seen.model_dump_json())

    assert (back.observed, back.provenances, back.conflicts) == (
        seen.observed,
        seen.provenances,
        seen.conflicts,
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.01, 10), min_size=8, max_size=30), st.data(), st.sampled_from([2, 7, 1000])
)
def test_the_unit_of_the_axis_does_not_matter(losses, data, factor):
    """A log of every `factor`-th step has the shape of a log of every step."""
    val = data.draw(st.lists(st.floats(0.01, 10), min_size=len(losses), max_size=len(losses)))
    plain, scaled = (
        observe.history(
            {
                "step": [50 * each * step for step in range(1, len(losses) + 1)],
                "train_loss": losses,
                "val_loss": val,
            }
        )
        for each in (1, factor)
    )

    assert plain.observed == scaled.observed


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.01, 10), min_size=3, max_size=30))
def test_epochs_may_be_counted_from_nought(losses):
    """Epochs 0, 1, 2 and epochs 1, 2, 3 tell the same of the training loss."""
    from_nought, from_one = (
        observe.history(
            {"epoch": [first + place for place in range(len(losses))], "train_loss": losses}
        )
        for first in (0, 1)
    )

    assert from_nought.observed == from_one.observed


def test_series_of_different_lengths_are_refused():
    """Two series that do not match are an error that names both, and no guess."""
    with pytest.raises(observe_error(), match="different lengths"):
        observe.history({"train_loss": [1.0, 2.0, 3.0], "val_loss": [1.0]})


def observe_error() -> type[Exception]:
    """The error of a run that cannot be used."""
    from mldx.errors import InputError

    return InputError


def test_validation_may_be_measured_more_rarely():
    """A validation of every second epoch is written with gaps, and compared where it stands."""
    told = observe.history(
        {
            "train_loss": [2.0, 1.5, 1.1, 0.8, 0.6, 0.5],
            "val_loss": [None, 1.6, None, 0.9, None, 0.6],
        }
    )

    assert told.validation.generalization_gap == pytest.approx(0.2)  # 0.6 against 0.5


def test_arrays_are_histories_too():
    """A numpy array, and a list of numpy scalars, are as good as a list of floats."""
    losses = np.array([2.0, 1.5, 1.2], dtype=np.float32)

    assert (
        observe.history({"train_loss": losses}).observed
        == observe.history({"train_loss": list(losses)}).observed
    )


@pytest.mark.parametrize(
    "history, facts",
    [
        ({"train_loss": [1e308] * 6, "val_loss": [1e308] * 6}, {}),
        ({"train_acc": [1e-308] * 8, "train_loss": [0.7, 0.69, 0.7, 0.69] * 2}, {"n_classes": 2}),
    ],
)
def test_what_overflows_is_not_observed(history, facts):
    """A figure that leaves the range of numbers is left out, and the rest is told."""
    assert quietly(history, facts).observed


def test_classes_beyond_all_counting():
    """An absurd number of classes is refused with the field's name."""
    with pytest.raises(InputError, match="n_classes"):
        observe.history({"train_loss": [3.0, 2.0, 1.0]}, n_classes=10**400)


def test_measured_symptoms_equal_themselves_after_json():
    """Symptoms that were measured and stored are equal to what was stored."""
    seen = observe.history({"train_loss": [3.0, 2.0, 1.0]}, n_classes=3)

    assert Symptoms.model_validate_json(seen.model_dump_json()) == seen


@pytest.mark.parametrize(
    "history",
    [
        {"train_loss": [2.0, 1.5, 1.1], "val_loss": [math.nan] * 3, "val_acc": [0.5, 0.6, 0.7]},
        {"train_loss": [2.0, 2.0, 2.0, 2.0], "train_acc": [1e-300] * 4},
    ],
    ids=["a validation loss that is never a number", "an accuracy of almost nothing"],
)
def test_what_chance_found_is_observed(history):
    """A validation loss that is never a number, and a tiny accuracy, raise nothing."""
    assert quietly(history, {}).observed
