"""Which symptoms there are, and how each is declared."""

from __future__ import annotations

import json

import pytest

from mldx.symptoms import LEVELS, SECTIONS
from mldx.symptoms.model import SPECS
from mldx.symptoms.setup import Setup
from tests.kit import CATALOGUE

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


def test_ids_are_unique_over_sections():
    """An id stands in one section only, so that a flat mapping of answers is enough."""
    fields = [id for section in SECTIONS.values() for id in section.model_fields]

    assert len(fields) == len(set(fields))


def test_setup_has_every_key_of_the_design():
    """Each of the 26 setup keys of the design exists."""
    assert (len(SETUP_KEYS), [key for key in SETUP_KEYS if key not in Setup.model_fields]) == (
        26,
        [],
    )


@pytest.mark.parametrize("section", [name for name in SECTIONS if name != "setup"])
def test_every_symptom_is_optional(section):
    """A section with nothing observed can be made, and all of it is None."""
    assert set(SECTIONS[section]().__dict__.values()) == {None}


def test_a_path_is_section_and_id():
    """In rules a symptom goes by section and id."""
    assert SPECS["loss_shape"].path == "training.loss_shape"


def test_every_symptom_says_what_is_seen():
    """Each symptom and each setup fact carries a text for people."""
    assert [id for id, spec in SPECS.items() if not spec.text] == []


def test_the_levels_are_four():
    """A person sees none, mild, moderate or strong."""
    assert LEVELS == ("none", "mild", "moderate", "strong")


def test_the_first_questions_are_marked():
    """The shape of the loss is among the first twenty questions, the word for generated text is
    not.
    """
    assert (SPECS["loss_shape"].tier, SPECS["generation_symptom"].tier) == (1, 3)
