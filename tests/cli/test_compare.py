"""`mldx compare`: what differs between two runs, and what that speaks for."""

import json

import pytest

from mldx import Symptoms, diagnose
from mldx.diagnosis.compare import compare
from tests.conftest import ROOT

GOOD, BAD = (
    str(ROOT / "tests" / "runs" / f"census_{name}.json") for name in ("scaled", "unscaled")
)


@pytest.fixture
def census(mldx):
    """The comparison of the census classifier with scaled inputs and the one without."""
    return json.loads(mldx("compare", GOOD, BAD, "--json").stdout)


def test_setup_fact_that_differs_is_named(census):
    """The two census runs differ in one setup fact: only the first has its inputs normalized."""
    assert census["facts"] == [{"id": "inputs_normalized", "good": True, "bad": False}]


def test_true_cause_gains_most(census):
    """Inputs that are not scaled gain most by the difference, and are what the bad run has."""
    assert census["causes"][0]["id"] == "wrong_normalization"


def test_causes_are_ordered_by_gain(census):
    """The three causes for which the difference speaks most are named, the strongest first."""
    gains = [cause["gain"] for cause in census["causes"]]

    assert (len(gains), gains) == (3, sorted(gains, reverse=True))


def test_syndromes_of_one_run_only_are_listed(census):
    """The run that does not learn shows syndromes that the other is without."""
    assert "not_learning" in {one["id"] for one in census["only_bad"]}
    assert census["only_good"] == []


def test_answers_come_with_the_figures_of_both(census):
    """An answer that differs is told in words, with the numbers of both runs behind it."""
    flat = next(one for one in census["answers"] if one["check"] == "train_loss_flat")

    assert ("40.6 %" in flat["good"]["figure"], "12.2" in flat["bad"]["figure"]) == (True, True)


def test_difference_is_no_fault_of_the_command(mldx):
    """A comparison ends with exit code 0 and the first action for the bad run."""
    told = mldx("compare", GOOD, BAD)

    assert (told.exit_code, "Standardize with the mean" in told.stdout) == (0, True)


def test_table_has_both_answers(mldx):
    """A row of the table has what differs, the good run's answer and the bad run's."""
    rows = [line.split() for line in mldx("compare", GOOD, BAD).stdout.splitlines()]

    assert ["inputs", "normalized", "yes", "no"] in rows


def test_same_run_twice_has_no_difference(mldx):
    """Of a run and itself one sentence says that nothing differs."""
    told = mldx("compare", BAD, BAD)

    assert (told.exit_code, "Nothing differs" in told.stdout) == (0, True)


@pytest.mark.parametrize("paths", [(GOOD, "no_such.csv"), ("no_such.csv", BAD)])
def test_missing_file_is_exit_code_two(mldx, paths):
    """A file that is not there is bad input, whichever of the two it is."""
    assert mldx("compare", *paths).exit_code == 2


def test_fact_of_one_run_only_comes_last():
    """A fact that one run alone says stands behind those that both say, and is not known of the
    other.
    """
    good = diagnose(Symptoms.of(batch_size=32, optimizer="adam"))
    bad = diagnose(Symptoms.of(optimizer="sgd"))

    assert [(one.id, one.good, one.bad) for one in compare(good, bad).facts] == [
        ("optimizer", "adam", "sgd"),
        ("batch_size", 32, None),
    ]


def test_numbers_that_are_one_answer_do_not_differ():
    """Two gaps that the check calls the same are no difference, whatever the numbers."""
    good, bad = (diagnose(Symptoms.of(generalization_gap=gap)) for gap in (0.001, 0.002))

    assert compare(good, bad).answers == ()


def test_answer_both_share_speaks_for_no_cause():
    """A flat loss in both runs is evidence in each and no gain."""
    flat = diagnose(Symptoms.of(train_loss_flat=True))

    assert (flat.causes != (), compare(flat, flat).causes) == (True, ())
