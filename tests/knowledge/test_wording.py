"""Conditions in words."""

import pytest

from mldx.knowledge.wording import listed, phrase, words


@pytest.mark.parametrize(
    "when, said",
    [
        ({"pretrained": {"is": True}}, "pretrained"),
        ({"pretrained": {"is": False}}, "not pretrained"),
        ({"loss_shape": {"is": "falls_then_flat"}}, "loss shape is falls then flat"),
        ({"loss_nonfinite": {"in": ["early", "mid"]}}, "loss nonfinite is early or mid"),
        ({"optimizer": {"in": "adaptive"}}, "optimizer is adaptive"),
        ({"dropout": {"lt": 0.5}}, "dropout below 0.5"),
        ({"learning_rate": {"le": 1e-6}}, "learning rate at most 1e-06"),
        ({"batch_size": {"gt": 4096}}, "batch size above 4096"),
        ({"not": {"pretrained": {"is": True}}}, "not (pretrained)"),
        ({"any": [{"a": {"is": True}}, {"b": {"gt": 0.5}}]}, "a or b above 0.5"),
        ({"a": {"is": "adam"}, "b": {"is": False}}, "a is adam and not b"),
    ],
)
def test_condition_reads_aloud(when, said):
    """Every kind of condition has a phrase that a person reads without knowing the YAML."""
    assert phrase(when) == said


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


def test_every_condition_of_the_rules_has_a_phrase(knowledge):
    """No circumstance of the shipped rules is left without words, and none shows YAML."""
    cards = knowledge.checks.values()
    whens = [given.when for card in cards for given in card.given]
    whens += [card.skip_if for card in cards if card.skip_if]
    said = [phrase(when) for when in whens]

    assert all(one and not set(one) & set("{}[]_") for one in said)
