"""When a condition holds, and when it cannot be said."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.knowledge import load
from mldx.knowledge.base import SPECS_BY_PATH
from mldx.knowledge.compiled import decider
from mldx.knowledge.conditions import ConditionError, Otherwise, Scales, compiled, parse, symptoms
from mldx.knowledge.conditions import tests as comparisons
from mldx.knowledge.regions import cuts, samples
from mldx.symptoms import LEVELS
from mldx.symptoms.model import SPECS

GAP = "validation.generalization_gap"
SHAPE = "training.loss_shape"
FLAT = "training.train_loss_flat"
RECALL = "predictions.worst_class_recall"
SCALES = Scales(
    {
        SPECS["generalization_gap"]: {"none": 0, "mild": 0.1, "moderate": 0.5, "strong": 2},
        SPECS["worst_class_recall"]: {"none": 0.9, "mild": 0.5, "moderate": 0.3, "strong": 0.1},
    }
)


def holds(when: object, asked: str = GAP, **values: object) -> bool | None:
    """Whether a condition about the asked symptom holds for these values, given by id."""
    return compiled(parse(when, asked), SCALES)(
        {SPECS[id].path: value for id, value in values.items()}
    )


@pytest.mark.parametrize(
    "when, number, verdict",
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
def test_numbers_are_compared_exactly(when, number, verdict):
    """A bound belongs to `le` and `ge`, and not to `lt` and `gt`."""
    assert holds(when, generalization_gap=number) is verdict


@pytest.mark.parametrize(
    "when, number, verdict",
    [
        ({"is": "mild"}, 0.1, True),
        ({"is": "mild"}, 0.4999, True),
        ({"is": "mild"}, 0.5, False),
        ({"is": "none"}, 0.0999, True),
        ({"is": "none"}, -1.0, True),
        ({"ge": "moderate"}, 0.5, True),
        ({"ge": "moderate"}, 1e9, True),
        ({"gt": "moderate"}, 1.9, False),
        ({"gt": "moderate"}, 2.0, True),
        ({"lt": "strong"}, 1.99, True),
        ({"le": "mild"}, 0.5, False),
        ({"in": ["none", "strong"]}, 2.0, True),
    ],
)
def test_a_level_stands_for_its_range(when, number, verdict):
    """With mild from 0.1, moderate from 0.5 and strong from 2, each number has one level."""
    assert holds(when, generalization_gap=number) is verdict


@pytest.mark.parametrize(
    "number, level",
    [
        (0.95, "none"),
        (0.51, "none"),
        (0.5, "mild"),
        (0.3, "moderate"),
        (0.1, "strong"),
        (0.0, "strong"),
    ],
)
def test_levels_may_fall(number, level):
    """Where less is worse, a recall of 0.1 is strong and one of 0.95 none."""
    assert SCALES.level(RECALL, number) == level


@pytest.mark.parametrize(
    "when, verdict",
    [
        ({"is": "flat"}, None),
        ({"not": {"is": "flat"}}, None),
        ({"all": [{"is": "flat"}, {FLAT: {"is": True}}]}, None),
        ({"all": [{"is": "flat"}, {FLAT: {"is": False}}]}, False),
        ({"any": [{"is": "flat"}, {FLAT: {"is": True}}]}, True),
        ({"any": [{"is": "flat"}, {FLAT: {"is": False}}]}, None),
        ({"not": {FLAT: {"is": True}}}, False),
        ({"not": [{"is": "flat"}, {FLAT: {"is": False}}]}, True),
    ],
)
def test_unknown_is_neither_true_nor_false(when, verdict):
    """Of an unobserved loss shape nothing can be said, unless the observed rest decides (Kleene's
    three values).
    """
    assert holds(when, SHAPE, train_loss_flat=True) is verdict


@pytest.mark.parametrize("one", [True, False, None])
@pytest.mark.parametrize("other", [True, False, None])
def test_not_all_is_any_not(one, other):
    """De Morgan's law holds with the unknown as well."""
    values = {"train_loss_flat": one, "train_loss_slow": other}
    parts = [{FLAT: {"is": True}}, {"training.train_loss_slow": {"is": True}}]

    assert holds({"not": parts}, **values) is holds(
        {"any": [{"not": part} for part in parts]}, **values
    )


def test_a_yes_is_no_number():
    """`is: true` does not hold for the number 1."""
    assert holds({"is": True}, "setup.dropout", dropout=1.0) is False


@pytest.mark.parametrize("operator, bound", [("gt", 0.5), ("ge", 1), ("lt", 2)])
def test_a_yes_is_not_compared_with_a_number(operator, bound):
    """Dropout of unknown rate (true) is not more than 0.5."""
    assert holds({operator: bound}, "setup.dropout", dropout=True) is False


def test_a_word_of_a_number_is_not_compared():
    """A number's own word lies in no range of numbers."""
    assert holds({"gt": 0.8}, "data.top_feature_share", top_feature_share="id_or_date") is False


@pytest.mark.parametrize(
    "when",
    [
        None,
        5,
        "flat",
        [],
        {},
        {"equals": 1},
        {"in": "flat"},
        {"in": []},
        {"is": None},
        {"is": [1]},
        {"lt": {"a": 1}},
        {"all": {}},
        {"all": []},
        {"any": {"is": 1}},
        {"not": []},
        {"not": 3},
        {SHAPE: 3},
        {SHAPE: {"about": 1}},
    ],
)
def test_what_is_no_condition_is_refused(when):
    """A condition is an operator with its operand, a joint with its parts, or otherwise."""
    with pytest.raises(ConditionError):
        parse(when, GAP)


def test_otherwise_names_no_symptom():
    """`otherwise` compares nothing."""
    assert (parse("otherwise", GAP), symptoms(Otherwise())) == (Otherwise(), set())


def test_a_condition_knows_its_symptoms():
    """Bare operators are about the asked symptom, named ones about their own."""
    when = {
        "all": [{"is": "flat"}, {"not": {FLAT: {"is": True}}}, {"any": [{GAP: {"ge": 1, "lt": 2}}]}]
    }

    assert symptoms(parse(when, SHAPE)) == {SHAPE, FLAT, GAP}


def branches(conditions: list, scales: Scales, values: dict) -> tuple[int, ...]:
    """The branches that hold, condition by condition; `otherwise` when no other does."""
    plain = [index for index, one in enumerate(conditions) if not isinstance(one, Otherwise)]
    held = [index for index in plain if compiled(conditions[index], scales)(values)]
    return tuple(held) or tuple(index for index in range(len(conditions)) if index not in plain)


NUMBERS = [
    id
    for id, check in load().content["checks"].items()
    if SPECS_BY_PATH[check["asks"]].kind == "number"
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_table_of_a_check_equals_its_conditions(data):
    """For any number, and at every bound, the look-up takes the branches that the conditions
    say.
    """
    rules = load()
    check = rules.content["checks"][data.draw(st.sampled_from(NUMBERS))]
    spec = SPECS_BY_PATH[check["asks"]]
    conditions = [parse(branch["when"], spec.path) for branch in check["branches"]]
    breaks = cuts(
        spec.path,
        [test for one in conditions if not isinstance(one, Otherwise) for test in comparisons(one)],
        rules.scales,
    )
    near = [
        step
        for cut in breaks
        for step in (cut, math.nextafter(cut, -math.inf), math.nextafter(cut, math.inf))
    ]
    value = data.draw(
        st.floats(spec.low, spec.high)
        | st.sampled_from([one for one in near if spec.low <= one <= spec.high])
    )

    assert decider(spec, conditions, rules.scales)({spec.path: value}) == branches(
        conditions, rules.scales, {spec.path: value}
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=4), st.floats(0, 1))
def test_one_sample_speaks_for_its_cell(bounds, value):
    """Between two neighbouring cuts every comparison says the same, so that the samples of the
    cells tell all.
    """
    spec = SPECS["bad_label_fraction"]
    condition = parse(
        {"any": [{"lt": bounds[0]}, *({"ge": bound} for bound in bounds[1:])]}, spec.path
    )
    breaks = cuts(spec.path, comparisons(condition), SCALES)
    below = [cut for cut in breaks if cut <= value]
    cell = (max(below, default=None), value in breaks)
    alike = [
        one
        for one in samples(spec, breaks)
        if (max((c for c in breaks if c <= one), default=None), one in breaks) == cell
    ]

    verdict = compiled(condition, SCALES)
    assert alike and {verdict({spec.path: one}) for one in alike} == {verdict({spec.path: value})}


@pytest.mark.parametrize("id", load().content["levels"])
def test_the_number_of_a_level_has_that_level(id):
    """The number that stands for a level lies in the range of that level."""
    path = SPECS[id].path
    scales = load().scales

    assert [scales.level(path, scales.number(path, level)) for level in LEVELS] == list(LEVELS)
