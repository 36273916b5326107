"""Conditions in words."""

import pytest

from mldx.knowledge.wording import listed, phrase, words

ASKED = "training.loss_shape"


@pytest.mark.parametrize(
    "when, said",
    [
        ({"is": True}, "yes"),
        ({"is": False}, "no"),
        ({"is": "falls_then_flat"}, "falls then flat"),
        ({"in": ["early", "mid"]}, "early or mid"),
        ({"lt": 0.5}, "below 0.5"),
        ({"le": 1e-6}, "at most 1e-06"),
        ({"gt": 4096}, "above 4096"),
        ({"ge": "strong"}, "at least strong"),
        ({"ge": 2, "lt": 5}, "2 to 5"),
        ("otherwise", "otherwise"),
        ({"setup.optimizer": {"is": "adam"}}, "optimizer is adam"),
        ({"setup.learning_rate": {"ge": 0.1}}, "learning rate at least 0.1"),
        ({"setup.learning_rate": {"ge": 0.1, "lt": 1}}, "learning rate 0.1 to 1"),
        ({"setup.pretrained": {"is": True}}, "pretrained"),
        ({"not": {"setup.pretrained": {"is": True}}}, "not pretrained"),
        ({"all": [{"is": "flat"}, {"setup.pretrained": {"is": False}}]}, "flat and not pretrained"),
        (
            {
                "all": [
                    {"is": "flat"},
                    {"any": [{"setup.pretrained": {"is": True}}, {"setup.dropout": {"gt": 0.5}}]},
                ]
            },
            "flat and (pretrained or dropout above 0.5)",
        ),
    ],
)
def test_condition_reads_aloud(when, said):
    """Every kind of condition has a phrase that a person reads without knowing the YAML."""
    assert phrase(when, ASKED) == said


def test_long_list_is_cut():
    """Of more than four words the first three are named."""
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c …"


@pytest.mark.parametrize(
    "value, said",
    [(0.05, "0.05"), (3.35707, "3.357"), (100000.0, "100000"), (float("inf"), "inf")],
)
def test_number_is_short(value, said):
    """A number shows four figures at most, a whole one all of them."""
    assert words(value) == said


def test_every_branch_of_the_rules_has_a_phrase(knowledge):
    """No branch of the shipped rules is left without words, and none shows YAML."""
    said = [
        phrase(way.when, node.path) for node in knowledge.compiled.checks for way in node.branches
    ]

    assert all(one and not set(one) & set("{}[]_") for one in said)
