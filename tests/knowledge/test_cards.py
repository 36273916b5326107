"""Cards as they are used in memory, and the shapes that YAML is checked against."""

from dataclasses import fields

import pytest

from mldx.knowledge import cards, load, schema

PAIRS = [
    (cards.Cause, schema.CauseShape),
    (cards.Answer, schema.AnswerShape),
    (cards.Gate, schema.GateShape),
    (cards.Syndrome, schema.SyndromeShape),
    (cards.Fact, schema.FactShape),
    (cards.Stage, schema.StageShape),
    (cards.Complaint, schema.ComplaintShape),
    (cards.Prior, schema.PriorShape),
    (cards.Task, schema.TaskShape),
    (cards.Confirmation, schema.ConfirmationShape),
    (cards.Scope, schema.ScopeShape),
    (cards.Threshold, schema.ThresholdShape),
    (cards.Pair, schema.PairShape),
    (cards.Citation, schema.CitationShape),
]
GIVEN_BY_PLACE = {"id", "stage"}  # the file and the key say it


@pytest.mark.parametrize("card, shape", PAIRS)
def test_a_card_has_the_fields_of_its_shape(card, shape):
    """What YAML may hold is what the engine reads, field by field."""
    renamed = cards.RENAMED.get(card, {})
    written = {renamed.get(name, name) for name in shape.model_fields}

    assert {field.name for field in fields(card)} - GIVEN_BY_PLACE == written


def test_a_check_has_the_fields_of_its_shape():
    """A check's rows are its table, and its number is unit and range."""
    written = set(schema.CheckShape.model_fields) - {"usual", "with_", "number"}
    held = {field.name for field in fields(cards.Check)}

    assert held - GIVEN_BY_PLACE == written | {"kind", "table", "unit", "low", "high"}


def test_a_card_is_typed():
    """A check, a cause and a complaint are read by attribute, nested parts too."""
    rules = load()

    assert rules.checks["loss_shape"].kind == "choice"
    assert rules.checks["train_loss_flat"].table.usual
    assert rules.causes["label_noise"].stage == "data"
    assert rules.causes["label_noise"].confirm.minutes > 0
    assert rules.syndromes["not_learning"].first_aid
    assert rules.complaints["not_learning"].first_questions


def test_a_card_does_not_change():
    """A card is made once and cannot be assigned to."""
    rules = load()

    assert rules.checks["loss_shape"] is rules.checks["loss_shape"]
    with pytest.raises(AttributeError):
        rules.checks["loss_shape"].asks = "another"


@pytest.mark.parametrize(
    "card, kind",
    [
        ({}, "flag"),
        ({"answers": {"a": {"say": "A"}, "b": {"say": "B"}}}, "choice"),
        ({"answers": {"a": {"below": 1.0, "say": "A"}, "b": {"say": "B"}}, "number": {}}, "number"),
    ],
)
def test_the_answers_say_what_kind_a_check_is(card, kind):
    """No answers: yes or no; words: a choice; borders: a number."""
    plain = {"section": "training", "asks": "?", "help": "", "minutes": 1, "basis": "own"}

    assert cards.check("one", {**plain, **card, "stage": "data"}).kind == kind


def test_one_number_is_the_share_of_yes():
    """20 of 100 say yes, so 80 say no."""
    assert cards.table({"usual": 20}, ()).usual == (0.2, 0.8)
