"""Facts that need no conversion are what pydantic makes of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mldx.errors import InputError
from mldx.symptoms.exact import exact
from mldx.symptoms.setup import Setup

NUMBERS = st.integers(-3, 10**16) | st.floats() | st.sampled_from([0, 1, 0.0, 1.0, 10**400])
SCALARS = st.booleans() | NUMBERS | st.text(max_size=4) | st.sampled_from(["yes", "10", "0.5"])
VALUES = SCALARS | st.lists(NUMBERS, max_size=3) | st.tuples(st.floats(), st.floats())


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(Setup.model_fields)), VALUES)
def test_a_fact_that_stands_is_what_pydantic_makes_of_it(id, value):
    """Where the short way takes a value, the long way takes the same value in the same type."""
    taken = exact({id: value})
    try:
        checked = getattr(Setup(**{id: value}), id)
    except (InputError, ValidationError):
        checked = None

    assert taken is None or (type(taken[id]), taken[id]) == (type(checked), checked)


@pytest.mark.parametrize(
    "facts",
    [
        {"optimizer": "adam", "learning_rate": 0.001, "n_classes": 10, "batchnorm": True},
        {"learning_rate": 1, "dropout": 0.5, "weight_decay": False, "class_counts": [3, 4]},
        {"pretrained": "bert", "frozen_layers": 3, "inputs_range": [0.0, 255.0]},
    ],
)
def test_facts_as_a_log_gives_them_need_no_pydantic(facts):
    """Names, numbers and flags of their own types are taken as they are."""
    assert exact(facts) is not None


@pytest.mark.parametrize(
    "facts",
    [{"n_classes": "10"}, {"dropout": 1}, {"learning_rate": math.nan}, {"batchnorm": "yes"}],
)
def test_what_has_to_be_converted_is_left_to_pydantic(facts):
    """Text for a number and the like go the long way, which also says what is wrong."""
    assert exact(facts) is None
