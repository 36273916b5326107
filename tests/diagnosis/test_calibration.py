"""From a posterior to what is stated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldx.diagnosis.calibration import stated

SHARE = st.floats(0, 1)
MAP = {"intercept": -0.5, "slope": 0.7}


@given(SHARE, SHARE)
def test_without_a_map_the_posterior_is_stated(share, healthy):
    """Where nothing was fitted, what is stated is the posterior."""
    assert stated(share, healthy, {}) == share


@given(SHARE, SHARE, SHARE)
def test_the_map_is_monotone(one, other, healthy):
    """Of two causes the likelier one is not stated as less likely, and no cause as likelier than a
    fault.
    """
    low, high = sorted((one, other))

    assert 0 < stated(low, healthy, MAP) <= stated(high, healthy, MAP) <= max(1 - healthy, 1e-6)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.4])
def test_intercept_nought_and_slope_one_change_nothing(share):
    """The logistic map of the log-odds themselves is the identity."""
    assert stated(share, 0.5, {"intercept": 0, "slope": 1}) == pytest.approx(share)


@pytest.mark.parametrize("share, healthy, said", [(0.9, 0.0, 0.75), (0.45, 0.5, 0.375)])
def test_a_slope_of_a_half_takes_the_root_of_the_odds(share, healthy, said):
    """Odds of 9 to 1, given that something is wrong, become 3 to 1."""
    assert stated(share, healthy, {"intercept": 0, "slope": 0.5}) == pytest.approx(said)
