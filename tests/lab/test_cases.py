"""Worked cases: how they are read, run, and what of the rules they reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.errors import RulesError
from mldx.knowledge import KnowledgeBase, load
from mldx.lab import cases


@pytest.fixture
def rules(folder: Path) -> KnowledgeBase:
    return load(folder)


def told(folder: Path, text: str) -> str:
    """Return the faults of a case file with this text."""
    (folder / "cases" / "data.yaml").write_text(text)
    with pytest.raises(RulesError) as caught:
        cases.load(folder)
    return str(caught.value)


def failures(folder: Path, claim: str, answers: str = "loss_shape: diverging") -> tuple[str, ...]:
    """Return what did not hold of one claim about one run."""
    (folder / "cases" / "data.yaml").write_text(
        f"one:\n  run: {{answers: {{{answers}}}}}\n  {claim}\n"
    )
    rules = load(folder)
    return cases.run(cases.load(folder, rules)[0], rules).misses


def test_a_case_passes_when_its_cause_comes_first(folder: Path):
    """Divergence concludes `too_hot`, and nothing is missed."""
    assert failures(folder, "concludes: [too_hot]") == ()


def test_a_case_fails_when_another_cause_comes_first(folder: Path):
    """What was expected and where it stands instead are both told."""
    assert failures(folder, "concludes: [too_cold]") == (
        "expected `too_cold` first; it is not listed",
    )


def test_a_second_cause_must_be_listed(folder: Path):
    """`concludes: [a, b]` fails when b has no support."""
    missed = failures(folder, "concludes: [too_hot, bad_batch]")

    assert missed == ("expected `bad_batch` among the first 5 and above 0.02; it is not listed",)


def test_a_cause_that_must_never_be_named_may_not_be_first(folder: Path):
    """12 dB on a prior of 1 in 20 are 0.45: above the line of 0.2, and first."""
    assert failures(folder, "never: [too_hot]") == (
        "expected never `too_hot`; it is number 1 with 0.45",
    )


def test_a_case_may_claim_the_verdict_alone(folder: Path):
    """Without any evidence `healthy` keeps its prior of 0.3, which decides nothing."""
    assert failures(folder, "verdict: undecided", "loss_shape: falling") == ()


def test_an_account_of_a_failure_names_the_first_three(folder: Path, rules: KnowledgeBase):
    """The account of a failed case ends with what came first."""
    text = "one:\n  run: {answers: {loss_shape: diverging}}\n  never: [too_hot]\n"
    (folder / "cases" / "data.yaml").write_text(text)

    account = str(cases.run(cases.load(folder, rules)[0], rules))

    assert account.endswith("the first three: too_hot 0.45")


def test_the_ranking_is_that_of_the_diagnosis():
    """A case is judged by the very ranking a user sees."""
    from mldx.diagnosis import diagnose

    rules = load()
    sight = cases.observed(cases.load(None, rules)[0], rules)

    seen = [(cause.id, cause.probability) for cause in diagnose(sight.symptoms, rules).causes]

    assert list(cases.settled(sight, rules).ranking) == seen


def test_an_unknown_cause_is_told_with_its_line_and_the_nearest_name(folder: Path):
    """A misspelled cause is a fault of the case file."""
    fault = told(folder, "one:\n  run: {}\n  concludes: [too_hott]\n")

    assert "data.yaml:3: `one` names `too_hott` in concludes" in fault
    assert "help: write `too_hot`" in fault


def test_a_bad_record_is_told_with_its_line(folder: Path):
    """A symptom that does not exist is found at its own line of the case file."""
    fault = told(folder, "one:\n  run:\n    answers:\n      loss_shpae: flat\n  never: [too_hot]\n")

    assert "data.yaml:4: `one.run.answers.loss_shpae`" in fault
    assert "write `loss_shape`" in fault


def test_an_unknown_field_is_told_with_the_nearest(folder: Path):
    """`conclude` is `concludes`."""
    assert "write `concludes`" in told(folder, "one:\n  run: {}\n  conclude: [too_hot]\n")


def test_a_case_must_claim_something(folder: Path):
    """A run without a claim can never fail, so it is refused."""
    assert "`one` claims nothing" in told(folder, "one:\n  run: {}\n")


def test_a_case_is_told_once(folder: Path):
    """Two cases with one id, in two files, are a fault of the second."""
    (folder / "cases" / "more.yaml").write_text("burns:\n  run: {}\n  verdict: undecided\n")

    with pytest.raises(RulesError, match="`burns` is told a second time"):
        cases.load(folder)


def test_all_faults_of_a_file_arrive_together(folder: Path):
    """Two wrong cases are two faults, in file order."""
    faults = told(folder, "one:\n  run: {}\n  never: [x]\ntwo:\n  run: {}\n  never: [y]\n")

    assert faults.index("`x`") < faults.index("`y`")


def test_coverage_names_what_no_case_reaches(folder: Path, rules: KnowledgeBase):
    """Two cases answer one check of two, take two branches of five, and leave `bad_batch` alone."""
    results = cases.run_all(cases.load(folder, rules), rules)

    coverage = cases.Coverage.of(results, rules)

    assert coverage.checks.missing == ("spikes",)
    assert (coverage.branches.reached, coverage.branches.total) == (2, 5)
    assert coverage.concluded.missing == coverage.near_missed.missing == ("bad_batch",)


def test_bytes_that_are_no_text(folder: Path):
    """A case file that is not UTF-8 is told with the line of the wrong byte."""
    (folder / "cases" / "data.yaml").write_bytes(b"one:\n  tells: caf\xe9\n")

    with pytest.raises(RulesError, match=r"data.yaml:2: this is not UTF-8 text"):
        cases.load(folder)


def test_a_failed_case_concludes_nothing(folder: Path):
    """The coverage counts a cause as concluded only by a case that passed."""
    text = "one:\n  run: {answers: {loss_shape: diverging}}\n  concludes: [too_cold]\n"
    (folder / "cases" / "data.yaml").write_text(text)
    rules = load(folder)

    assert (
        cases.Coverage.of(cases.run_all(cases.load(folder, rules), rules), rules).concluded.reached
        == 0
    )
