"""The register of observers: names, preconditions, what each declares."""

from __future__ import annotations

import pytest

from mldx import observe
from mldx.knowledge import load
from mldx.observe.register import marks, registered

MOVING = ("loss_nonfinite", "train_loss_rising", "val_loss_turns_up", "loss_spikes")


def test_an_observer_bears_the_name_of_its_symptom():
    """Whoever knows a symptom's id finds the function that measures it."""
    assert [one.symptom for one in registered() if one.symptom not in load().specs] == []


@pytest.mark.parametrize("one", registered(), ids=lambda one: one.symptom)
def test_an_observer_says_what_it_looks_for(one):
    """Each has a sentence, and a threshold that it names for its length exists."""
    names = [points for points in one.points.values() if isinstance(points, str)]

    assert one.observe.__doc__
    assert all(load().threshold(name) > 0 for name in names)


def test_too_short_is_not_no():
    """Two points are too few to call a loss flat, and nothing is said of it."""
    assert "train_loss_flat" not in observe.history({"train_loss": [2.3, 2.3]}).observed


def test_what_has_a_place_is_marked():
    """The symptoms that are seen at one place of a curve say in which curve, and in which words."""
    declared = marks()

    assert set(MOVING) <= set(declared)
    assert declared["val_loss_turns_up"].words == "validation turns up"


def test_a_loss_lost_from_the_first_point_is_marked_there():
    """A loss that never was a number became one at its first epoch."""
    symptoms = observe.history({"epoch": [1, 2, 3], "train_loss": ["nan", "nan", "nan"]})

    assert symptoms.provenances["loss_nonfinite"].at == 1.0


def test_one_class_leaves_nothing_to_guess():
    """With all samples in one class the loss of guessing is 0, and no loss is compared with it."""
    history = {"train_loss": [0.7, 0.7, 0.7, 0.7]}
    symptoms = observe.history(history, class_counts=[10], loss_fn="cross_entropy")

    assert "init_loss_ratio" not in symptoms.observed
