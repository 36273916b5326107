"""Labels of any kind are judged or refused; nothing else comes out."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import diagnose, observe
from mldx.errors import ObservationError

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.dates(),
    st.complex_numbers(),
    st.binary(max_size=2),
    st.lists(st.integers(0, 1), max_size=2),
)
LABELS = st.lists(ODD, max_size=6)


@settings(max_examples=150, deadline=None)
@given(LABELS, LABELS)
def test_odd_labels_are_judged_or_refused(truth, answers):
    """Whatever stands in the labels, an observation comes of it or a refusal that says why."""
    try:
        symptoms = observe.predictions(truth, answers)
    except ObservationError:
        return
    json.dumps(diagnose(symptoms).model_dump(mode="json"), allow_nan=False)


@pytest.mark.parametrize(
    "truth, told",
    [
        ([None, "a"], "NoneType and str"),
        (["a", 1, "a"], "str and int"),
        ([dt.date(2026, 1, 1)] * 2, "date"),
        ([1j, 2j], "complex"),
    ],
)
def test_labels_of_mixed_types_are_named(truth, told):
    """The refusal names the types that it met."""
    with pytest.raises(ObservationError, match=told):
        observe.predictions(np.array(truth, object), ["a"] * len(truth))


def test_text_is_not_compared_with_numbers():
    """A truth in words and answers in numbers are refused, not counted as all wrong."""
    with pytest.raises(ObservationError, match="y_true holds text, y_pred numbers"):
        observe.predictions(["cat", "dog"], [0, 1])
