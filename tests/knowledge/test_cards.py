"""Cards as they are used in memory, and the shapes that YAML is checked against."""

from dataclasses import fields

import pytest

from mldx.knowledge import cards, load, schema

PAIRS = [
    (cards.Cause, schema.CauseShape),
    (cards.Check, schema.CheckShape),
    (cards.Branch, schema.BranchShape),
    (cards.Stage, schema.StageShape),
    (cards.Complaint, schema.ComplaintShape),
    (cards.Prior, schema.PriorShape),
    (cards.Task, schema.TaskShape),
    (cards.Confirmation, schema.ConfirmationShape),
    (cards.Scope, schema.ScopeShape),
    (cards.Threshold, schema.ThresholdShape),
    (cards.Levels, schema.LevelsShape),
    (cards.Pair, schema.PairShape),
    (cards.Citation, schema.CitationShape),
    (cards.DeclaredSymptom, schema.DeclaredSymptomShape),
]
GIVEN_BY_PLACE = {"id", "stage"}  # the file and the key say it
USED_AT_LOAD = {"leads_from"}  # it is turned into the `then` of other checks


@pytest.mark.parametrize("card, shape", PAIRS)
def test_a_card_has_the_fields_of_its_shape(card, shape):
    """What YAML may hold is what the engine reads, field by field."""
    renamed = cards.RENAMED.get(card, {})
    written = {renamed.get(name, name) for name in shape.model_fields} - USED_AT_LOAD

    assert {field.name for field in fields(card)} - GIVEN_BY_PLACE == written


def test_a_card_is_typed():
    """A check, a cause and a complaint are read by attribute, nested parts too."""
    rules = load()

    assert rules.checks["input_range"].asks == "sanity.input_scale_class"
    assert rules.causes["label_noise"].stage == "data"
    assert rules.causes["label_noise"].confirm.minutes > 0
    assert rules.complaints["not_learning"].first_questions


def test_a_card_does_not_change():
    """A card is made once and cannot be assigned to."""
    rules = load()

    assert rules.checks["input_range"] is rules.checks["input_range"]
    with pytest.raises(AttributeError):
        rules.checks["input_range"].question = "another"
