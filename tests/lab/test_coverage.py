"""What of the rules the cases reach is counted, and what they do not is named."""

from __future__ import annotations

from pathlib import Path

from mldx.knowledge import KnowledgeBase, load
from mldx.lab.coverage import Coverage
from mldx.lab.loading import load as load_cases
from mldx.lab.running import run_all


def covered(folder: Path) -> Coverage:
    """Return what the cases of a folder reach."""
    rules = load(folder)
    return Coverage.of(run_all(load_cases(folder, rules), rules), rules)


def test_what_no_case_reaches_is_named(folder: Path):
    """Two cases answer one check of two, give two answers of five, and leave `bad_batch` alone."""
    coverage = covered(folder)

    assert coverage.checks.missing == ("loss_spikes",)
    assert coverage.answers.missing == ("loss_shape falling", "loss_spikes few", "loss_spikes many")
    assert coverage.concluded.missing == coverage.near_missed.missing == ("bad_batch",)
    assert coverage.shown.missing == coverage.not_shown.missing == ()


def test_a_failed_case_concludes_and_shows_nothing(folder: Path):
    """A cause counts as concluded, and a syndrome as shown, only by a case that passed."""
    text = (
        "one:\n  run: {answers: {loss_shape: diverging}}\n"
        "  concludes: [too_cold]\n  shows: [climbs]\n"
    )
    (folder / "1-data/cases.yaml").write_text(text)
    coverage = covered(folder)

    assert coverage.concluded.reached == coverage.shown.reached == 0


def test_a_share_is_told_with_what_is_missing(rules: KnowledgeBase):
    """Without cases nothing is reached."""
    told = str(Coverage.of([], rules)).splitlines()

    assert told[0] == "checks       0/2 (missing: loss_shape; loss_spikes)"
    assert told[-1] == "not-shown    0/1 (missing: climbs)"
