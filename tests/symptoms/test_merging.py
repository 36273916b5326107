"""Observations compose: who wins, and what is kept of a disagreement."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms
from mldx.knowledge import load
from mldx.provenance import Source
from mldx.symptoms import Observation


def seen(source: Source, **values: object) -> Symptoms:
    """Symptoms of one source."""
    return Symptoms.gather([Observation(id, value) for id, value in values.items()], source)


def _values(id: str) -> st.SearchStrategy:
    spec = SPECS[id]
    if spec.kind == "flag":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(spec.words)
    return st.sampled_from(spec.words) | st.floats(spec.low, spec.high)


SPECS = load().specs
IDS = [id for id, spec in SPECS.items() if spec.kind != "fact"]
ANSWERS = st.lists(st.sampled_from(IDS), max_size=6, unique=True).flatmap(
    lambda ids: st.fixed_dictionaries({id: _values(id) for id in ids})
)
SYMPTOMS = st.builds(
    lambda source, answers: seen(source, **answers), st.sampled_from(Source), ANSWERS
)


@pytest.mark.parametrize(
    "first, second, kept",
    [
        (Source.ANSWERED, Source.MEASURED, "falling"),
        (Source.MEASURED, Source.ANSWERED, "flat"),
        (Source.MEASURED, Source.PROBED, "falling"),
        (Source.PROBED, Source.MEASURED, "flat"),
        (Source.ANSWERED, Source.ANSWERED, "falling"),
        (Source.PROBED, Source.PROBED, "falling"),
    ],
)
def test_the_higher_rank_wins_then_the_later(first, second, kept):
    """A measurement outranks an answer, a probe both; between equals the later wins."""
    both = seen(first, loss_shape="flat") | seen(second, loss_shape="falling")

    assert both.training.loss_shape == kept


def test_a_disagreement_is_kept():
    """Both sides of a conflict stay, with who said each."""
    [conflict] = (
        Symptoms.of(train_loss_flat=False) | seen(Source.MEASURED, train_loss_flat=True)
    ).conflicts

    assert (
        conflict.kept,
        conflict.kept_by.source,
        conflict.dropped,
        conflict.dropped_by.source,
    ) == (
        True,
        Source.MEASURED,
        False,
        Source.ANSWERED,
    )


def test_a_conflict_is_kept_once():
    """Merging the same two sources again adds no second conflict."""
    answer, measurement = (
        Symptoms.of(train_loss_flat=False),
        seen(Source.MEASURED, train_loss_flat=True),
    )

    assert len((answer | measurement | answer | measurement).conflicts) == 1


def test_agreement_is_no_conflict():
    """Two sources that say the same are one observation, by the one of higher rank."""
    both = seen(Source.PROBED, loss_shape="flat") | Symptoms.of(loss_shape="flat")

    assert (both.conflicts, both.provenances["loss_shape"].source) == ((), Source.PROBED)


def test_near_numbers_agree():
    """0.40 and 0.42 are within a tenth of each other and no conflict."""
    assert (
        Symptoms.of(generalization_gap=0.40) | Symptoms.of(generalization_gap=0.42)
    ).conflicts == ()


@pytest.mark.parametrize(
    "id, one, other",
    [("learning_rate", 1e-3, 1e-5), ("n_classes", 10, 11), ("input_nonfinite", 0.0, 0.009)],
)
def test_small_numbers_disagree_too(id, one, other):
    """A rate a hundred times another, another count of classes, and some bad cells against none are
    disagreements.
    """
    assert len((Symptoms.of(**{id: one}) | Symptoms.of(**{id: other})).conflicts) == 1


def test_without_takes_the_finding_too():
    """What is taken out is not observed, and nobody says it any more."""
    left = Symptoms.of(loss_shape="flat", train_loss_flat=True).without("loss_shape")

    assert (left.observed, set(left.provenances)) == (
        {"train_loss_flat": True},
        {"train_loss_flat"},
    )


@settings(max_examples=40, deadline=None)
@given(SYMPTOMS)
def test_merging_with_itself_changes_nothing(symptoms):
    """An observation made twice is one observation."""
    assert symptoms | symptoms == symptoms


@settings(max_examples=40, deadline=None)
@given(SYMPTOMS)
def test_nothing_observed_adds_nothing(symptoms):
    """Symptoms without any observation are neutral on both sides."""
    nothing = Symptoms.of()

    assert symptoms | nothing == nothing | symptoms == symptoms


@settings(max_examples=60, deadline=None)
@given(SYMPTOMS, SYMPTOMS)
def test_merging_loses_no_id(one, other):
    """Whatever either side observed is observed in both together, and somebody says it."""
    both = one | other

    assert set(both.observed) == set(both.provenances) == set(one.observed) | set(other.observed)


@settings(max_examples=40, deadline=None)
@given(SYMPTOMS, SYMPTOMS)
def test_every_value_comes_from_a_side(one, other):
    """Merging invents no value."""
    both = one | other

    assert all(
        value in (one.observed.get(id), other.observed.get(id))
        for id, value in both.observed.items()
    )


@settings(max_examples=60, deadline=None)
@given(SYMPTOMS, SYMPTOMS)
def test_json_brings_symptoms_back(one, other):
    """Symptoms written as JSON read back as the same symptoms, provenances and conflicts
    included.
    """
    both = one | other

    assert Symptoms.model_validate_json(both.model_dump_json()) == both


def test_json_brings_setup_facts_back():
    """Tuples of setup facts survive JSON."""
    symptoms = Symptoms.of(
        class_counts=[3, 4], inputs_range=(0, 255), pretrained="bert", dropout=0.5, shuffle=False
    )

    assert Symptoms.model_validate_json(symptoms.model_dump_json()) == symptoms


def test_an_observation_keeps_its_figure():
    """The figure and the place behind a measured value stay with it."""
    told = Symptoms.gather(
        [Observation("train_loss_flat", True, "2.31 to 2.30", 7.0)], Source.MEASURED, "run.csv"
    )

    provenance = told.provenances["train_loss_flat"]
    assert (provenance.figure, provenance.at, provenance.origin) == ("2.31 to 2.30", 7.0, "run.csv")


def test_without_takes_the_conflict_too():
    """About what is taken out nobody disagrees any more."""
    both = Symptoms.of(loss_shape="flat") | Symptoms.of(loss_shape="falling")

    assert both.without("loss_shape").conflicts == ()
