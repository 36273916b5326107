"""What data shows before any training: planted faults are seen, and sound twins show none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mldx import Symptoms, diagnose, observe
from mldx.errors import ObservationError

N = 600


@pytest.fixture
def sound():
    """Five standardized features, of which two decide between two classes; training, validation."""
    dice = np.random.default_rng(0)
    x = dice.normal(size=(N, 5))
    y = (x[:, 0] + x[:, 1] + dice.normal(0, 0.7, N) > 0).astype(int)
    return x[:400], y[:400], x[400:], y[400:]


def seen(*given, **how) -> dict:
    return observe.data(*given, **how).observed


def test_sound_data_shows_nothing(sound):
    """Sound data gives no copies, no drift, no leak, and standardized inputs."""
    found = seen(*sound)

    assert found["input_scale_class"] == "standardised"
    for id in ("dup_train_fraction", "dup_train_val_fraction", "input_nonfinite"):
        assert found[id] == 0
    assert found["covariate_drift_auc"] < 0.6
    assert found["label_drift"] < 0.05
    assert found["single_feature_score"] < 0.9
    assert found["simple_model_skill"] > 0.25
    assert found["simple_model_drop"] < 0.15


def test_facts_of_the_data(sound):
    """Sizes and the number of classes are stated as setup facts."""
    facts = observe.data(*sound).facts

    assert facts == {"train_size": 400, "val_size": 200, "n_classes": 2}


def test_raw_pixels(sound):
    """Whole numbers of 0 to 255 are told as unscaled."""
    dice = np.random.default_rng(0)
    pictures = dice.integers(0, 256, (100, 8, 8, 3), dtype=np.uint8)

    assert seen(pictures)["input_scale_class"] == "0-255"
    assert seen(pictures / 255)["input_scale_class"] == "unit"


def test_mixed_scales(sound):
    """Columns whose spread differs a thousandfold are mixed."""
    x, y, *_ = sound

    assert seen(x * [1, 1, 1, 1, 50_000], y)["input_scale_class"] == "mixed"


def test_missing_and_stand_in_cells(sound):
    """NaN and a stand-in such as -999 are counted as cells without a value."""
    x, y, *_ = sound
    x[:40, 0], x[:40, 1] = np.nan, -999

    assert seen(x, y)["input_nonfinite"] == pytest.approx(80 / x.size)


def test_constant_features(sound):
    """Features that never change are counted."""
    x, y, *_ = sound
    x[:, 3:] = 0

    assert seen(x, y)["input_constant_fraction"] == pytest.approx(2 / 5)


def test_copies_across_the_split(sound):
    """Validation rows that are in training are found, in any order, as float32 or float64."""
    x, y, val, y_val = sound
    val[:50] = x[100:150]

    assert seen(x, y, val, y_val)["dup_train_val_fraction"] == pytest.approx(50 / 200, abs=0.01)


def test_coarse_columns_repeat_by_nature():
    """Rows of two binary columns are all copies of one another, and none beyond chance."""
    dice = np.random.default_rng(1)
    x = dice.integers(0, 2, (500, 2)).astype(float)

    found = seen(x[:400], None, x[400:])
    assert found["dup_train_fraction"] < 0.01
    assert found["dup_train_val_fraction"] < 0.01


def test_conflicting_labels(sound):
    """Equal rows with different labels are counted."""
    x, y, *_ = sound
    x[:20], y[:20], y[20:40] = x[20:40], 0, 1

    assert seen(x, y)["conflicting_label_fraction"] == pytest.approx(40 / 400, abs=0.01)


@pytest.mark.parametrize(
    "labels,loss,classes,expected",
    [
        ([0, 1, 2], "cross_entropy", 3, "ok"),
        ([1, 2, 3], "cross_entropy", 3, "off_by_one"),
        ([0, 1, 7], "cross_entropy", 3, "out_of_range"),
        ([0.0, 1.0, 2.0], "cross_entropy", 3, "float_ints"),
        ([[1, 0], [0, 1], [1, 0]], "sparse_cross_entropy", 2, "wrong_form"),
    ],
)
def test_labels_against_the_loss(labels, loss, classes, expected):
    """Labels are judged by what the loss wants."""
    x = np.random.default_rng(0).normal(size=(30, 3))
    y = np.asarray(labels * 10)

    found = seen(x, y, loss=loss, n_classes=classes)
    assert found["label_encoding_invalid"] == expected


def test_labels_without_a_loss_are_not_judged(sound):
    """Which form is right is not known without the loss, and unknown is not "ok"."""
    assert "label_encoding_invalid" not in seen(*sound)


def test_drift_of_inputs_and_labels(sound):
    """A shifted column and a skewed split are seen."""
    x, y, val, y_val = sound
    val[:, 2] += 2
    y_val[:120] = 1

    found = seen(x, y, val, y_val)
    assert found["covariate_drift_auc"] > 0.8
    assert found["label_drift"] > 0.1


def test_a_leak(sound):
    """A feature that gives the target away scores alone, and is named."""
    x, y, *_ = sound
    x[:, 4] = y + np.random.default_rng(0).normal(0, 0.1, len(y))

    symptoms = observe.data(x, y)
    assert symptoms.observed["single_feature_score"] > 0.95
    assert "`feature 4`" in symptoms.provenances["single_feature_score"].figure


def test_labels_of_other_samples(sound):
    """Where labels belong to other samples no simple model finds anything."""
    x, y, *_ = sound
    shuffled = np.random.default_rng(5).permutation(y)

    assert seen(x, shuffled)["simple_model_skill"] < 0.05


def test_labels_numbered_otherwise_in_validation():
    """A validation set whose classes are numbered from 1 loses what simple trees know."""
    dice = np.random.default_rng(0)
    y = dice.integers(0, 4, 800)
    x = dice.normal(size=(800, 4)) + 2 * np.eye(4)[y]
    val = (y[500:] + 1) % 4

    found = seen(x[:500], y[:500], x[500:], val)
    assert found["simple_model_drop"] == pytest.approx(1)


def test_targets_far_out():
    """A target a thousand quartile distances away is told, as is the size of raw prices."""
    dice = np.random.default_rng(0)
    x, y = dice.normal(size=(300, 3)), dice.normal(size=300)
    y[0] = 5000

    assert seen(x, y)["target_outlier_distance"] > 100
    assert seen(x, y * 1e4)["target_scale_ratio"] > 1000


def test_groups_and_time(sound):
    """Patients on both sides, and a validation day between training days, are seen."""
    x, y, val, y_val = sound
    patients = np.arange(N) // 5
    mixed = np.random.default_rng(0).permutation(N)
    days = np.arange(N)

    clean = seen(x, y, val, y_val, groups=(patients[:400], patients[400:]))
    leaky = seen(x, y, val, y_val, groups=(patients[mixed[:400]], patients[mixed[400:]]))
    assert clean["group_overlap"] == 0
    assert leaky["group_overlap"] > 0.8
    assert seen(x, y, val, y_val, time=(days[:400], days[400:]))["time_order_broken"] is False
    assert (
        seen(x, y, val, y_val, time=(days[mixed[:400]], days[mixed[400:]]))["time_order_broken"]
        is True
    )


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, pl.DataFrame, dict], ids=["pandas", "polars", "dict"]
)
def test_tables(sound, frame):
    """A table gives what its array gives; words are compared as words, in any kind of table."""
    x, y, val, y_val = sound
    train = {f"c{at}": x[:, at] for at in range(5)} | {"town": ["Rome", "Oslo"] * 200, "y": y}
    other = {f"c{at}": val[:, at] for at in range(5)} | {"town": ["Rome", "Bonn"] * 100, "y": y_val}

    found = seen(frame(train), "y", frame(other), "y")
    assert found["missing_value_gap"] == pytest.approx(0.5)
    assert found["input_scale_class"] == "standardised"
    assert found["dup_train_val_fraction"] == 0


def test_columns_by_name():
    """Label, group, time and id columns are no features."""
    dice = np.random.default_rng(0)
    table = pd.DataFrame(dice.normal(size=(200, 2)), columns=["a", "b"]).assign(
        y=dice.integers(0, 2, 200), id=np.arange(200) * 1e6, who=np.arange(200) // 10
    )
    found = seen(table[:150], "y", table[150:], groups="who", ids="id")

    assert found["input_scale_class"] == "standardised"
    assert found["group_overlap"] == 0


@pytest.mark.parametrize(
    "given,part",
    [
        ((np.zeros((3, 2)), [1, 2]), "2 labels"),
        ((np.zeros((0, 2)),), "empty"),
        ((np.zeros((3, 2)), None, np.zeros((3, 4))), "4 features"),
        ((np.array(["a", object()], object),), "x_train"),
        (([[1, 2], [3]],), "different lengths"),
        ((pd.DataFrame({"a": [1.0]}), "price"), "no column `price`"),
    ],
)
def test_what_does_not_fit_is_refused(given, part):
    """Data that does not fit is refused in words."""
    with pytest.raises(ObservationError, match=part):
        observe.data(*given)


def test_the_same_data_gives_the_same_symptoms(sound):
    """What is drawn at random is drawn with a seed."""
    assert observe.data(*sound) == observe.data(*sound)


def test_data_beside_a_history(sound):
    """Data joins what a history shows, and the leak is concluded from both."""
    x, y, val, y_val = sound
    val[:] = x[:200]
    y_val[:] = y[:200]
    history = observe.history({"loss": [0.6, 0.4, 0.3, 0.25], "val_loss": [0.5, 0.38, 0.29, 0.24]})

    diagnosis = diagnose(history | observe.data(x, y, val, y_val) | Symptoms.of(domain="tabular"))
    assert diagnosis.causes[0].id == "train_val_duplicates"
