"""A case is judged by the diagnosis that a user sees, and tells what did not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.diagnosis import diagnose
from mldx.knowledge import KnowledgeBase, load
from mldx.lab import loading, running
from mldx.lab.running import CaseResult


def judged(folder: Path, claim: str, answers: str = "loss_shape: diverging") -> CaseResult:
    """Return what came of one claim about one run."""
    text = f"one:\n  run: {{answers: {{{answers}}}}}\n  {claim}\n"
    (folder / "1-data/cases.yaml").write_text(text)
    rules = load(folder)
    return running.run(loading.load(folder, rules)[0], rules)


@pytest.mark.parametrize(
    "claim",
    [
        "concludes: [too_hot]",
        "never: [too_cold, bad_batch]",
        "verdict: faulty",
        "shows: [climbs]",
        "odds: {too_hot: {above: 0.5, below: 0.9}}",
        "odds: {bad_batch: {below: 0.1}}",
        "odds: {healthy: {below: 0.1}}",
    ],
)
def test_a_case_passes_when_its_claim_holds(folder: Path, claim: str):
    """Divergence speaks for `too_hot`, and is the syndrome `climbs`."""
    assert judged(folder, claim).misses == ()


@pytest.mark.parametrize(
    "claim, missed",
    [
        ("concludes: [too_cold]", "expected `too_cold` first; it is not listed"),
        (
            "concludes: [too_hot, bad_batch]",
            "expected `bad_batch` among the first 5 and above 0.02; it is not listed",
        ),
        ("never: [too_hot]", "expected never `too_hot`; it is number 1 with 0."),
        ("verdict: healthy", "expected the verdict healthy; it is faulty"),
        ("shows_not: [climbs]", "expected not to show `climbs`; it does"),
        ("odds: {too_hot: {below: 0.3}}", "expected `too_hot` below 0.3; it is number 1 with 0."),
        ("odds: {healthy: {above: 0.5}}", "expected `healthy` above 0.5; it is 0.0"),
        ("odds: {too_cold: {above: 0.1}}", "expected `too_cold` above 0.1; it is not listed"),
    ],
)
def test_a_case_tells_what_came_instead(folder: Path, claim: str, missed: str):
    """What was expected and what came are both told."""
    assert judged(folder, claim).misses[0].startswith(missed)


def test_a_syndrome_that_is_not_shown_is_told(folder: Path):
    """A slow loss does not climb."""
    missed = judged(folder, "shows: [climbs]", "loss_shape: slow").misses

    assert missed == ("expected to show `climbs`; it shows none",)


def test_an_account_of_a_failure_names_the_first_three(folder: Path):
    """The account of a failed case ends with what came first."""
    account = str(judged(folder, "never: [too_hot]"))

    assert account.splitlines()[-1].startswith("  the first three: too_hot 0.")


def test_the_ranking_is_that_of_the_diagnosis(knowledge: KnowledgeBase):
    """A case is judged by the very ranking and syndromes that a user sees."""
    sight = running.observed(loading.load(None, knowledge)[0], knowledge)
    result = running.judged(sight, knowledge)
    diagnosis = diagnose(sight.symptoms, knowledge)

    assert result.ranking == tuple((one.id, one.probability) for one in diagnosis.causes)
    assert result.shown == tuple(one.id for one in diagnosis.syndromes)
