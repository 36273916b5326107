"""What an answer says, from how often it is given."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mldx.knowledge import load
from mldx.knowledge.frequencies import FrequencyTable, between, ratio_decibans, soft_widths

ROW = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(
    lambda row: tuple(one / sum(row) for one in row)
)
BORDERS = (1.0, 10.0)
WIDTHS = (0.1, 1.0)


@pytest.mark.parametrize(
    "share, usual, decibans", [(0.5, 0.05, 10), (0.05, 0.5, -10), (0.3, 0.3, 0), (0.8, 0.2, 6.02)]
)
def test_ten_decibans_are_ten_times(share, usual, decibans):
    """Ten times as often as usual is 10 dB, four times is 6."""
    assert ratio_decibans(share, usual) == pytest.approx(decibans, abs=0.01)


@pytest.mark.parametrize(
    "share, usual, decibans", [(1.0, 0.001, 25), (0.001, 1.0, -25), (0.5, 0.0, 25), (0.0, 0.5, -25)]
)
def test_nothing_is_certain(share, usual, decibans):
    """Evidence is cut at 25 dB, 300 times; a 0 in a row means "hardly ever"."""
    assert ratio_decibans(share, usual) == decibans


def test_never_with_and_never_without_says_nothing():
    """An answer that is not given either way does not speak."""
    assert ratio_decibans(0.0, 0.0) == 0


def test_a_cause_without_a_row_is_answered_as_usual():
    """Only causes with a row are spoken of."""
    table = FrequencyTable((0.5, 0.5), {"apple": (0.9, 0.1)})

    assert table.decibans(((0, 1.0),)).keys() == {"apple"}
    assert table.row("cherry") == (0.5, 0.5)


@given(ROW, ROW)
def test_an_answer_for_a_cause_implies_one_against_it(row, usual):
    """Rows add up, so that no cause is spoken for by every answer."""
    assume(max(abs(one - often) for one, often in zip(row, usual, strict=True)) > 1e-6)
    table = FrequencyTable(usual, {"apple": row})
    said = [table.decibans(((answer, 1.0),))["apple"] for answer in range(3)]

    assert min(said) < 0 < max(said)


@pytest.mark.parametrize(
    "value, answers",
    [
        (0.5, ((0, 1.0),)),
        (1.0, ((0, 0.5), (1, 0.5))),
        (0.95, ((0, 0.75), (1, 0.25))),
        (1.2, ((1, 1.0),)),
        (10.5, ((1, 0.25), (2, 0.75))),
        (100.0, ((2, 1.0),)),
    ],
)
def test_a_number_near_a_border_is_two_answers(value, answers):
    """Within a tenth of the border of 1 or 10, in proportion; at the border one half each."""
    found = between(value, BORDERS, WIDTHS)

    assert [answer for answer, _ in found] == [answer for answer, _ in answers]
    assert [share for _, share in found] == pytest.approx([share for _, share in answers])


@given(st.floats(-5, 20))
def test_a_mixture_adds_up_to_one(value):
    """Wherever a number lies, its answers are a distribution over neighbours."""
    found = between(value, BORDERS, WIDTHS)

    assert sum(share for _, share in found) == pytest.approx(1)
    assert all(0 <= share <= 1 for _, share in found)


@given(st.floats(0, 20), ROW, ROW)
def test_evidence_is_continuous(value, row, usual):
    """No verdict hangs on a third digit: a millionth more changes what is said by hardly
    anything.
    """
    table = FrequencyTable(usual, {"apple": row})
    here, there = (
        table.decibans(between(one, BORDERS, WIDTHS))["apple"] for one in (value, value + 1e-6)
    )

    assert math.isclose(here, there, abs_tol=0.05)


@given(st.floats(0, 20), st.floats(0, 20))
def test_more_is_never_a_lower_answer(one, other):
    """The answer that a number is on average rises with the number."""
    low, high = (
        sum(answer * share for answer, share in between(value, BORDERS, WIDTHS))
        for value in sorted((one, other))
    )

    assert low <= high + 1e-9


def test_every_row_of_the_rules_is_a_distribution():
    """Whatever check, circumstance and cause: the shares add up to 1."""
    for check in load().compiled.checks:
        for _, table in check.tables:
            for row in (table.usual, *table.rows.values()):
                assert sum(row) == pytest.approx(1)
                assert len(row) == len(check.answers)


def test_zones_do_not_meet():
    """The soft zone of a border ends half-way to the next border and to the end of the range."""
    assert soft_widths((1.0, 10.0), 0.1, 0, 100) == pytest.approx((0.1, 1.0))
    assert soft_widths((0.9, 0.95), 0.1, 0, 1) == pytest.approx((0.025, 0.025))
    assert soft_widths((0.99,), 0.1, 0, 1) == pytest.approx((0.005,))
