"""Worked cases are read with every fault of every file, each with its line and what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.errors import RulesError
from mldx.lab.loading import load

FILE = "1-data/cases.yaml"


def told(folder: Path, text: str) -> str:
    """Return the faults of a case file with this text."""
    (folder / FILE).write_text(text)
    with pytest.raises(RulesError) as caught:
        load(folder)
    return str(caught.value)


def test_cases_are_read_in_file_order(folder: Path):
    """Both cases of the folder arrive, with their line."""
    assert [case.id for case in load(folder)] == ["burns", "crawls"]
    assert load(folder)[1].where.line == 8


def test_an_unknown_cause_is_told_with_its_line_and_the_nearest_name(folder: Path):
    """A misspelled cause is a fault of the case file."""
    fault = told(folder, "one:\n  run: {}\n  concludes: [too_hott]\n")

    assert "cases.yaml:3: `one` names `too_hott` in concludes, which is no cause" in fault
    assert "help: write `too_hot`" in fault


def test_an_unknown_syndrome_is_told(folder: Path):
    """`shows` names syndromes and not causes."""
    fault = told(folder, "one:\n  run: {}\n  shows: [climb]\n")

    assert "`one` names `climb` in shows, which is no syndrome" in fault
    assert "help: write `climbs`" in fault


def test_odds_of_an_unknown_cause_are_told(folder: Path):
    """A band stands for a cause that exists."""
    fault = told(folder, "one:\n  run: {}\n  odds: {too_hott: {above: 0.3}}\n")

    assert "`one` names `too_hott` in odds" in fault


@pytest.mark.parametrize("band", ["{}", "{above: 0.8, below: 0.3}", "{above: 2}"])
def test_a_band_that_nothing_can_lie_in_is_refused(folder: Path, band: str):
    """A band has an end, its ends are probabilities, and the lower one is lower."""
    assert "one.odds.too_hot" in told(folder, f"one:\n  run: {{}}\n  odds: {{too_hot: {band}}}\n")


def test_a_bad_record_is_told_with_its_line(folder: Path):
    """A symptom that does not exist is found at its own line of the case file."""
    fault = told(folder, "one:\n  run:\n    answers:\n      loss_shpae: slow\n  never: [too_hot]\n")

    assert "cases.yaml:4: `one.run.answers.loss_shpae`" in fault
    assert "write `loss_shape`" in fault


def test_an_unknown_field_is_told_with_the_nearest(folder: Path):
    """`conclude` is `concludes`."""
    assert "write `concludes`" in told(folder, "one:\n  run: {}\n  conclude: [too_hot]\n")


def test_a_case_must_claim_something(folder: Path):
    """A run without a claim can never fail, so it is refused."""
    assert "`one` claims nothing" in told(folder, "one:\n  run: {}\n")


def test_a_case_is_told_once(folder: Path):
    """Two cases with one id, in two stages, are a fault of the second."""
    (folder / "2-learning/cases.yaml").write_text("burns:\n  run: {}\n  verdict: undecided\n")

    with pytest.raises(RulesError, match="`burns` is told a second time"):
        load(folder)


def test_all_faults_of_a_file_arrive_together(folder: Path):
    """Two wrong cases are two faults, in file order."""
    faults = told(folder, "one:\n  run: {}\n  never: [x]\ntwo:\n  run: {}\n  never: [y]\n")

    assert faults.index("`x`") < faults.index("`y`")


def test_bytes_that_are_not_text(folder: Path):
    """A case file that is not UTF-8 is told with the line of the wrong byte."""
    (folder / FILE).write_bytes(b"one:\n  tells: caf\xe9\n")

    with pytest.raises(RulesError, match=r"cases.yaml:2: this is not UTF-8 text"):
        load(folder)
