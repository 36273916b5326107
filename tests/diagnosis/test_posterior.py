"""The competing hypotheses weighed, in numbers that a reader can check on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldx.diagnosis.posterior import Limits, posterior

EVEN = {"healthy": 0.3, "something_else": 0.1, "apple": 0.3, "cherry": 0.3}
LIMITS = Limits(candidates=8, explains=3.0, together=3.0)
FOR = {"one": (10.0, 0.0)}
ALSO_FOR = {"other": (10.0, 0.0)}


def test_ten_decibans_on_even_odds():
    """10 dB multiply odds of 1 to 1 by ten: 10/11 of what both have."""
    weighed = posterior(EVEN, {"apple": FOR}, LIMITS)

    apple, cherry = weighed.of("apple"), weighed.of("cherry")
    assert apple / (apple + cherry) == pytest.approx(10 / 11)
    assert apple == pytest.approx(3 / (3 + 0.3 + 0.3 + 0.1))


def test_without_evidence_the_priors_stand():
    """Nothing seen changes nothing."""
    weighed = posterior(EVEN, {}, LIMITS)

    assert {held[0]: share for held, share in weighed.hypotheses.items()} == pytest.approx(EVEN)


def test_independent_families_add():
    """Two families of 10 dB each are 100 to 1."""
    weighed = posterior(EVEN, {"apple": {"one": (10.0, 0.0), "other": (10.0, 0.0)}}, LIMITS)

    assert weighed.of("apple") / weighed.of("cherry") == pytest.approx(100)


def test_a_family_counts_its_strongest_on_each_side():
    """8 dB against and 10 dB for in one family leave 2 dB."""
    weighed = posterior(EVEN, {"apple": {"one": (10.0, -8.0)}}, LIMITS)

    assert weighed.of("apple") / weighed.of("cherry") == pytest.approx(10**0.2)


def test_something_else_takes_what_nobody_explains():
    """10 dB against all else leave 0.09 of 0.9, beside the 0.1 of what no cause explains."""
    against = {"one": (0.0, -10.0)}
    weighed = posterior(EVEN, dict.fromkeys(("healthy", "apple", "cherry"), against), LIMITS)

    assert weighed.hypotheses["something_else",] == pytest.approx(0.1 / (0.1 + 0.09))


def test_a_pair_is_weighed_where_each_explains_what_the_other_does_not():
    """Two families, each explained by one cause only: both together are 0.3 * 0.3 * 3 = 0.27 at
    20 dB.
    """
    weighed = posterior(EVEN, {"apple": FOR, "cherry": ALSO_FOR}, LIMITS)

    whole = 3 + 3 + 0.3 + 0.1 + 27
    assert weighed.hypotheses["apple", "cherry"] == pytest.approx(27 / whole)
    assert weighed.of("apple") == pytest.approx(30 / whole)


@pytest.mark.parametrize(
    "cherry",
    [
        {"one": (10.0, 0.0)},  # explains nothing that apple does not
        {"other": (2.0, 0.0)},  # not alarming
        {"one": (5.0, 0.0), "other": (10.0, 0.0)},  # explains all that apple does
        {},
    ],
)
def test_no_pair_without_need(cherry):
    """A second fault that explains nothing new is not assumed."""
    weighed = posterior(EVEN, {"apple": FOR, "cherry": cherry}, LIMITS)

    assert all(len(held) == 1 for held in weighed.hypotheses)


def test_a_pair_answers_as_the_member_that_explains_better():
    """What speaks 20 dB against one member and not against the other costs the pair nothing."""
    weighed = posterior(
        EVEN,
        {"apple": {"one": (10.0, 0.0), "other": (0.0, -20.0)}, "cherry": {"other": (10.0, 0.0)}},
        LIMITS,
    )

    pair, cherry = weighed.hypotheses["apple", "cherry"], weighed.hypotheses["cherry",]
    assert pair / cherry == pytest.approx(0.3 * 3 * 10)


def test_only_the_likeliest_are_paired():
    """With one candidate there is no pair."""
    weighed = posterior(EVEN, {"apple": FOR, "cherry": ALSO_FOR}, Limits(1, 3.0, 3.0))

    assert ("apple", "cherry") not in weighed.hypotheses


DECIBANS = st.floats(0, 25)
FAMILIES = st.dictionaries(
    st.sampled_from("abc"), st.tuples(DECIBANS, DECIBANS.map(lambda one: -one))
)


@given(st.dictionaries(st.sampled_from(sorted(set(EVEN) - {"something_else"})), FAMILIES))
def test_all_hypotheses_add_up_to_one(tally):
    """Whatever speaks for and against, the posterior is a distribution."""
    assert sum(posterior(EVEN, tally, LIMITS).hypotheses.values()) == pytest.approx(1)


@given(FAMILIES, DECIBANS)
def test_more_evidence_for_a_cause_never_lowers_it(families, more):
    """A further family that speaks for a cause raises it, or leaves it."""
    before = posterior(EVEN, {"apple": families}, LIMITS).of("apple")
    after = posterior(EVEN, {"apple": {**families, "more": (more, 0.0)}}, LIMITS).of("apple")

    assert after >= before - 1e-12
