"""Which symptoms there are, and how each is declared."""

from __future__ import annotations

import json

import pytest

from mldx import Symptoms
from mldx.knowledge import load
from mldx.symptoms import SECTIONS
from mldx.symptoms.setup import Setup
from tests.kit import CATALOGUE

SPECS = load().specs
SETUP_KEYS = (
    "framework", "domain", "task", "n_classes", "train_size",
    "val_size", "class_counts", "batch_size", "optimizer", "learning_rate",
    "loss_fn", "output_activation", "output_units", "inputs_normalized", "inputs_range",
    "precision", "pretrained", "frozen_layers", "batchnorm", "dropout",
    "weight_decay", "augmentation", "shuffle", "split_method", "epochs_planned",
    "gradient_clipping",
)  # fmt: skip


@pytest.fixture
def seed() -> list[dict[str, str]]:
    """The symptoms of the catalogue, which is kept beside the repository and not in it."""
    if not CATALOGUE.is_file():
        pytest.skip("the catalogue is not here")
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))["symptoms"]


def test_the_whole_catalogue_is_there(seed):
    """Each of the 107 symptoms of the catalogue is a symptom of the product, under the same id."""
    ids = {entry["id"] for entry in seed}

    assert (len(ids), ids - set(SPECS)) == (107, set())


def test_choices_are_those_of_the_catalogue(seed):
    """A choice takes every word that the catalogue lists for it."""
    listed = {
        entry["id"]: entry["answer"] for entry in seed if entry["answer"].startswith("enum: ")
    }
    words = {
        id: {word.split(" (")[0].strip() for word in answer[6:].split(" / ")}
        for id, answer in listed.items()
    }

    assert {id: missing for id in words if (missing := words[id] - set(SPECS[id].words))} == {}


def test_every_symptom_stands_in_a_section():
    """A card names a section of the questionnaire."""
    assert [id for id, spec in SPECS.items() if spec.section not in SECTIONS] == []


def test_setup_has_every_key_of_the_design():
    """Each of the 26 setup keys of the design exists."""
    assert (len(SETUP_KEYS), [key for key in SETUP_KEYS if key not in Setup.model_fields]) == (
        26,
        [],
    )


def test_every_symptom_says_what_is_seen():
    """Each symptom and each setup fact carries a text for people."""
    assert [id for id, spec in SPECS.items() if not spec.text] == []


def test_a_symptom_of_the_rules_is_a_symptom_of_the_model():
    """Whatever a check of the rules asks may be observed, by its id alone."""
    made = {id: _any_value(spec) for id, spec in SPECS.items() if spec.kind != "fact"}

    assert set(Symptoms.of(**made).observed) == set(made)


def _any_value(spec):
    return True if spec.kind == "flag" else spec.words[0]


def test_a_section_holds_what_its_cards_say():
    """What was observed of validation is asked for by that name."""
    known = Symptoms.of(generalization_gap=0.4, loss_shape="falling")

    assert known.section("validation") == {"generalization_gap": 0.4}
