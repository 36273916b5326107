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


def test_a_healthy_run_needs_nothing(mldx):
    """Where the second run is healthy nothing is to be done about it."""
    told = mldx("compare", BAD, GOOD).stdout

    assert "nothing to do about the second run" in " ".join(told.split())
    assert "Do first" not in told


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


TWO = "run,epoch,train_loss\n" + "".join(
    f"{name},{epoch},{loss}\n"
    for name, losses in {"slow": (2.3, 2.29, 2.28, 2.27), "fast": (2.3, 1.2, 0.6, 0.3)}.items()
    for epoch, loss in enumerate(losses, 1)
)


def test_swapped_runs_speak_for_other_causes(mldx, census):
    """Taken the other way round, scaled inputs are not what the difference speaks for."""
    swapped = json.loads(mldx("compare", BAD, GOOD, "--json").stdout)

    assert swapped["facts"] == [{"id": "inputs_normalized", "good": False, "bad": True}]
    assert "wrong_normalization" not in {one["id"] for one in swapped["causes"]}


def test_runs_without_facts_say_so(mldx, tmp_path):
    """Of two logs that say nothing of the setup it is told how to add it."""
    paths = []
    for name, losses in {"good": (2.3, 1.2, 0.6, 0.3), "bad": (2.3, 2.3, 2.3, 2.3)}.items():
        paths.append(str(tmp_path / f"{name}.json"))
        record = {"history": {"epoch": [1, 2, 3, 4], "train_loss": losses}}
        (tmp_path / f"{name}.json").write_text(json.dumps(record))
    told = mldx("compare", *paths)

    assert (told.exit_code, "--set-good" in told.stdout) == (0, True)
    assert ["train", "loss:", "last", "0.3", "2.3"] in [
        line.split() for line in told.stdout.splitlines()
    ]


def test_facts_of_each_run_can_be_set(mldx):
    """A fact that a log lacks is given for the run that it belongs to."""
    told = mldx(
        "compare", GOOD, BAD, "--set-good", "dropout=0.1", "--set-bad", "dropout=0.9", "--json"
    )

    assert {"id": "dropout", "good": 0.1, "bad": 0.9} in json.loads(told.stdout)["facts"]


@pytest.fixture
def two(tmp_path):
    """A log that holds two runs."""
    path = tmp_path / "runs.csv"
    path.write_text(TWO)
    return str(path)


def test_one_of_several_runs_is_picked(mldx, two):
    """Of a log with several runs one is picked by its number or its name."""
    told = mldx("compare", two, two, "--run-good", "2", "--run-bad", "1", "--json")

    assert told.exit_code == 0
    assert json.loads(told.stdout)["curves"][0]["last"] == [0.3, 2.27]


def test_an_open_choice_lists_the_runs(mldx, two):
    """Where it is open which run is meant, they are listed, with the option that picks one."""
    told = mldx("compare", two, two)

    assert (told.exit_code, "--run-good" in told.stderr) == (2, True)
    assert mldx("compare", two, two, "--run-good", "blub", "--run-bad", "1").exit_code == 2


def test_versions_that_differ_are_named(mldx, tmp_path):
    """A library of which another version was installed is named with both."""
    for name, version in {"old": "2.1.0", "new": "2.4.1"}.items():
        files = tmp_path / name / "files"
        files.mkdir(parents=True)
        (files / "requirements.txt").write_text(f"numpy==1.26\ntorch=={version}\n")
        rows = "\n".join(f"{epoch},{2.3 / epoch:.3f}" for epoch in range(1, 6))
        (tmp_path / name / "metrics.csv").write_text(f"epoch,train_loss\n{rows}\n")
    told = mldx("compare", str(tmp_path / "old"), str(tmp_path / "new"), "--json")

    assert json.loads(told.stdout)["versions"] == [{"id": "torch", "good": "2.1.0", "bad": "2.4.1"}]
