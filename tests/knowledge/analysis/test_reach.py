"""The witness of a cause is what it says: answers that raise it that far."""

from __future__ import annotations

import pytest

from mldx.cli.rules.judge import judge
from mldx.diagnosis import diagnose
from mldx.knowledge import load
from mldx.knowledge.analysis.reach import strongest_answers, witness, witnesses
from mldx.symptoms import Symptoms
from tests.kit.rules import write_files
from tests.kit.tiny import TINY


@pytest.fixture
def rules(tmp_path):
    """The tiny rules."""
    return load(write_files(tmp_path, TINY))


def test_the_strongest_answers_are_those_of_the_rows(rules):
    """Each family answers as it speaks for the cause most."""
    assert strongest_answers(rules, "rate_too_low") == {
        "train_loss_flat": True,
        "loss_shape": "other",
    }
    assert strongest_answers(rules, "too_little_data") == {
        "generalization_gap": "strong",
        "train_size": "few",
    }


def test_a_witness_is_true(rules):
    """A diagnosis of the answers of a witness gives its cause that probability."""
    found = witnesses(rules, judge(rules), 0.2)

    assert found.keys() == rules.causes.keys()
    label_noise = found["label_noise"]
    named = diagnose(Symptoms.of(bad_label_fraction="strong"), rules).causes[0]
    assert (named.id, named.probability) == (
        "label_noise",
        pytest.approx(label_noise.probability),
    )


def test_a_cause_that_nothing_supports_has_no_witness(rules):
    """Where no answer speaks for it there is nothing to try."""
    assert witness(rules, "unheard_of", judge(rules), 0.2).answers == {}


def test_every_shipped_cause_has_a_witness():
    """Some answers raise every cause to a tenth at least."""
    rules = load()
    found = witnesses(rules, judge(rules), 0.1)

    assert sorted(set(rules.causes) - found.keys()) == []
    assert [id for id, one in found.items() if one.probability < 0.1] == []
