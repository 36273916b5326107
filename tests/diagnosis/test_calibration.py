"""From a posterior to what is stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldx.diagnosis.calibration import stated

SHARE = st.floats(0, 1)
MAP = {"intercept": -0.5, "slope": 0.7}


@given(SHARE)
def test_without_a_map_the_posterior_is_stated(share):
    """Where nothing was fitted, what is stated is the posterior."""
    assert stated(share, {}) == share


@given(SHARE, SHARE)
def test_the_map_is_monotone(one, other):
    """Of two causes the likelier one is not stated as less likely."""
    low, high = sorted((one, other))

    assert 0 < stated(low, MAP) <= stated(high, MAP) < 1


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_intercept_nought_and_slope_one_change_nothing(share):
    """The logistic map of the log-odds themselves is the identity."""
    assert stated(share, {"intercept": 0, "slope": 1}) == pytest.approx(share)


def test_a_slope_of_a_half_takes_the_root_of_the_odds():
    """Odds of 9 to 1 become 3 to 1."""
    assert stated(0.9, {"intercept": 0, "slope": 0.5}) == pytest.approx(0.75)
