"""When a condition holds, and when it cannot be said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldx.knowledge.conditions import ConditionError, compiled, parse, symptoms

GROUPS = {"adaptive": ["adam", "adamw"]}
BORDER = 0.5


def named(symptom: str, value: Any) -> Any:
    """The answer that a value is: a gap of a half or more is `strong`."""
    if symptom == "gap" and isinstance(value, float):
        return "strong" if value >= BORDER else "none"
    return value


def holds(when: object, **values: object) -> bool | None:
    """Whether a condition holds for these values."""
    return compiled(parse(when), named, GROUPS)(values)


@pytest.mark.parametrize(
    "test, number, verdict",
    [
        ({"lt": 0.5}, 0.5, False),
        ({"le": 0.5}, 0.5, True),
        ({"gt": 0.5}, 0.5, False),
        ({"ge": 0.5}, 0.5, True),
        ({"is": 0.5}, 0.5, True),
        ({"is": 0}, 0.0, True),
        ({"in": [0, 0.5]}, 0.5, True),
        ({"in": [0, 0.5]}, 0.4, False),
        ({"ge": 0.1, "lt": 0.5}, 0.1, True),
        ({"ge": 0.1, "lt": 0.5}, 0.5, False),
    ],
)
def test_numbers_are_compared_exactly(test, number, verdict):
    """A bound belongs to `le` and `ge`, and not to `lt` and `gt`."""
    assert holds({"rate": test}, rate=number) is verdict


@pytest.mark.parametrize(
    "test, value, verdict",
    [
        ({"is": "strong"}, 0.5, True),
        ({"is": "strong"}, 0.49, False),
        ({"is": "none"}, 0.0, True),
        ({"is": "strong"}, "strong", True),
        ({"in": ["none", "strong"]}, 3.0, True),
        ({"in": ["none"]}, 3.0, False),
    ],
)
def test_a_number_is_compared_by_the_answer_it_is(test, value, verdict):
    """With `strong` from a half, a gap of 0.5 is strong, and so is the word."""
    assert holds({"gap": test}, gap=value) is verdict


@pytest.mark.parametrize(
    "optimizer, verdict", [("adam", True), ("adamw", True), ("sgd", False), (None, None)]
)
def test_a_group_stands_for_its_names(optimizer, verdict):
    """`in: adaptive` is the list of `vocabulary.yaml`."""
    assert holds({"optimizer": {"in": "adaptive"}}, optimizer=optimizer) is verdict


@pytest.mark.parametrize(
    "when, verdict",
    [
        ({"shape": {"is": "flat"}}, None),
        ({"not": {"shape": {"is": "flat"}}}, None),
        ({"shape": {"is": "flat"}, "flat": {"is": True}}, None),
        ({"shape": {"is": "flat"}, "flat": {"is": False}}, False),
        ({"all": [{"shape": {"is": "flat"}}, {"flat": {"is": False}}]}, False),
        ({"any": [{"shape": {"is": "flat"}}, {"flat": {"is": True}}]}, True),
        ({"any": [{"shape": {"is": "flat"}}, {"flat": {"is": False}}]}, None),
        ({"not": {"flat": {"is": True}}}, False),
        ({"not": {"shape": {"is": "flat"}, "flat": {"is": False}}}, True),
    ],
)
def test_unknown_is_neither_true_nor_false(when, verdict):
    """Of an unobserved shape nothing can be said, unless the observed rest decides (Kleene's three
    values).
    """
    assert holds(when, flat=True) is verdict


TRUTH = st.sampled_from([True, False, None])


@given(TRUTH, TRUTH)
def test_not_all_is_any_not(one, other):
    """De Morgan's law holds with the unknown as well."""
    parts = [{"one": {"is": True}}, {"other": {"is": True}}]

    assert holds({"not": {"all": parts}}, one=one, other=other) is holds(
        {"any": [{"not": part} for part in parts]}, one=one, other=other
    )


@pytest.mark.parametrize("operator", ["lt", "le", "gt", "ge"])
@pytest.mark.parametrize("value", [True, "strong"])
def test_what_is_not_a_number_is_not_compared(operator, value):
    """Dropout of unknown rate is neither more nor less than a half, and a word is not either."""
    assert holds({"dropout": {operator: 0.5}}, dropout=value) is None


@pytest.mark.parametrize(
    "when",
    [
        None,
        5,
        "flat",
        [],
        {},
        {"is": "flat"},
        {"shape": {}},
        {"shape": "flat"},
        {"shape": {"equals": 1}},
        {"shape": {"in": []}},
        {"shape": {"in": 3}},
        {"gap": {"lt": "strong"}},
        {"gap": {"ge": True}},
        {"all": {}},
        {"all": []},
        {"any": {"shape": {"is": 1}}},
        {"not": []},
        {"not": 3},
    ],
)
def test_what_is_not_a_condition_is_refused(when):
    """A condition names what it compares, by what and with what; answers have no order."""
    with pytest.raises(ConditionError):
        parse(when)


def test_a_condition_knows_its_symptoms():
    """Whatever it compares, however deep."""
    when = {"any": [{"a": {"is": 1}}, {"not": {"b": {"is": 1}, "c": {"ge": 1, "lt": 2}}}]}

    assert symptoms(parse(when)) == {"a", "b", "c"}
