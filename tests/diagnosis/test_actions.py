"""What to do next: a cheap test before an uncertain fix, the fix of a settled cause first."""

import pytest

from mldx import Symptoms, diagnose
from mldx.diagnosis.actions import ordered, rerun_minutes
from mldx.diagnosis.results import Action
from mldx.knowledge import load

LIMIT = load().threshold


def action(kind, about, minutes, gain):
    """An action that is worth so much in so many minutes."""
    return Action(
        kind=kind, about=about, do="", expect="", minutes=minutes, gain=gain, worth=gain / minutes
    )


FIX = action("fix", "label_noise", 31, 0.9)
CHECK = action("check", "bad_label_fraction", 10, 0.2)
DEAR = action("test", "label_noise", 60, 0.5)


@pytest.mark.parametrize("probability, told", [(0.3, [CHECK]), (0.6, [CHECK, FIX]), (0.9, [FIX])])
def test_a_cheap_test_stands_before_an_uncertain_fix(probability, told):
    """The fix comes first only where its cause is settled."""
    leading = [("label_noise", probability)]

    found = ordered([FIX, CHECK, DEAR], leading, ["bad_label_fraction"], LIMIT)
    assert list(found[: len(told)]) == told
    assert sorted(one.worth for one in found) == sorted(one.worth for one in (FIX, CHECK, DEAR))


def test_the_minutes_of_a_fix_hold_the_run_after_it():
    """A fix of a minute costs the run of its field as well."""
    found = diagnose(Symptoms.of(loss_shape="diverging", domain="tabular"))

    fixes = [one for one in found.actions if one.kind == "fix"]
    rerun = rerun_minutes({"domain": "tabular"}, LIMIT)
    cards = {one.about: found.card(one.about).fix[0].minutes for one in fixes}
    assert all(one.minutes == cards[one.about] + rerun for one in fixes)


def test_an_observation_that_the_leader_explains_is_explained():
    """A loss that is not a number is what its causes lead one to see."""
    assert diagnose(Symptoms.of(loss_nonfinite="early")).unexplained == ()
