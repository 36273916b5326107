"""The shipped cases hold the shipped rules from both sides."""

from __future__ import annotations

import pytest

from mldx.knowledge import load
from mldx.lab import loading, running
from mldx.lab.coverage import Coverage

RULES = load()
CASES = {case.id: case for case in loading.load(None, RULES)}
RESULTS = {id: running.run(case, RULES) for id, case in CASES.items()}

HARD_PAIRS = """
learning_rate_too_high exploding_gradient
learning_rate_too_high nonfinite_input
learning_rate_too_high numerical_instability
learning_rate_too_high fp16_overflow
learning_rate_too_low vanishing_gradient
learning_rate_too_low frozen_or_unregistered_params
learning_rate_too_low undertrained
wrong_output_layer wrong_loss_for_task
input_target_misaligned missing_signal
label_noise too_little_data
model_too_large too_little_data
under_regularized group_leak
model_too_small missing_signal
over_regularized train_metric_artifact
preproc_mismatch distribution_shift
batchnorm_eval_statistics preproc_mismatch
eval_mode_missing batchnorm_small_batch
group_leak train_val_duplicates
temporal_leak_split target_leak_feature
persistence_collapse window_overlap_leak
class_imbalance constant_output_collapse
metric_wrong class_imbalance
ignore_index_everything fp16_overflow
eos_not_learned template_mismatch
gan_mode_collapse gan_discriminator_wins
"""


def sides() -> list[tuple[str, str]]:
    """Every hard pair, both ways round."""
    pairs = [tuple(line.split()) for line in HARD_PAIRS.split("\n") if line]
    return [(one, other) for pair in pairs for one, other in (pair, pair[::-1])]


@pytest.mark.parametrize("id", CASES)
def test_a_shipped_case_passes(id: str):
    """The rules conclude what the case says, and never what it forbids."""
    assert RESULTS[id].misses == (), str(RESULTS[id])


def test_every_answer_is_given_by_some_case():
    """No answer is there without a run that shows it."""
    assert Coverage.of(RESULTS.values(), RULES).answers.missing == ()


def test_every_cause_has_a_case_and_a_near_miss():
    """For every run that must be named there is a neighbor that must not be."""
    coverage = Coverage.of(RESULTS.values(), RULES)

    assert coverage.concluded.missing == ()
    assert coverage.near_missed.missing == ()


def test_every_syndrome_has_a_case_and_a_near_miss():
    """For every syndrome a run shows it, and a neighbor does not."""
    coverage = Coverage.of(RESULTS.values(), RULES)

    assert coverage.shown.missing == ()
    assert coverage.not_shown.missing == ()


@pytest.mark.parametrize("cause, other", sides())
def test_a_hard_pair_has_a_case_for_each_side(cause: str, other: str):
    """Where experts mistake one cause for another, a case names the one and refuses the other."""
    cards = [case.card for case in CASES.values()]

    assert any(card.concludes[:1] == (cause,) and other in card.never for card in cards)
