"""What an answer is worth, in bits that can be checked on paper."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from mldx import Symptoms
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import (
    LikelihoodTable,
    conditional,
    entropy,
    information_gain,
    likelihood_table,
)
from mldx.knowledge import load
from mldx.knowledge.frequencies import FrequencyTable
from tests.diagnosis.answers import ANSWERS

EVEN = {"apple": 0.5, "cherry": 0.5}


def gain(usual, **rows):
    """The bits of a question with these rows, between two causes at even odds."""
    return information_gain(LikelihoodTable(None, FrequencyTable(usual, rows)), EVEN, {})


def test_two_even_answers_are_one_bit():
    """The entropy of a coin."""
    assert entropy((0.5, 0.5)) == 1
    assert entropy((1.0, 0.0)) == 0


def test_an_answer_that_decides_settles_all():
    """One cause always says yes, the other always no: the whole bit."""
    assert gain((0.5, 0.5), apple=(1.0, 0.0), cherry=(0.0, 1.0)) == pytest.approx(1)


def test_an_answer_that_is_the_same_for_all_settles_nothing():
    """Rows that are alike distinguish nothing."""
    assert gain((0.3, 0.7), apple=(0.3, 0.7)) == pytest.approx(0)


def test_a_cause_without_a_row_answers_as_usual():
    """Writing the usual row out changes nothing."""
    rows = {"apple": (0.9, 0.1)}

    assert gain((0.3, 0.7), **rows) == pytest.approx(gain((0.3, 0.7), **rows, cherry=(0.3, 0.7)))


def test_what_its_family_has_said_is_not_learned_again(small):
    """Once a flat loss is known, that its shape is flat adds nothing for apple: ten counts, and not
    ten times four.
    """
    check = small.compiled.by_id["loss_shape"]
    known = Inference(Symptoms.of(train_loss_flat=True), small)
    row = conditional(likelihood_table(check, {}), "apple", known.tally)

    usual = check.card.table.usual
    assert row[0] / usual[0] == pytest.approx(row[1] / usual[1])


@settings(max_examples=30, deadline=None)
@given(ANSWERS)
def test_no_answer_is_worth_less_than_nothing_or_more_than_is_open(answers):
    """The gain of a question lies between 0 and the entropy of the hypotheses."""
    inference = Inference(Symptoms.of(**answers), load())
    alternatives = inference.alternatives
    most = entropy(alternatives.values())

    for check in inference.trail.open:
        table = likelihood_table(check, inference.values)
        assert 0 <= information_gain(table, alternatives, inference.tally) <= most + 1e-9
