"""What holds of every diagnosis, whatever was answered."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from mldx import Symptoms, diagnose
from mldx.diagnosis.inference import Inference
from mldx.knowledge import load
from mldx.knowledge.cards import STAGES
from tests.diagnosis.answers import ANSWERS, FACTS, IDS


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_the_hypotheses_add_up_to_one(answers, facts):
    """Whatever is seen, the posterior is a distribution, also with pairs counted half and half."""
    inference = Inference(Symptoms.of(**answers, **facts), load())

    assert sum(inference.posterior.hypotheses.values()) == pytest.approx(1)
    assert sum(inference.alternatives.values()) == pytest.approx(1)
    assert all(0 <= share <= 1 + 1e-9 for share in inference.probabilities.values())


@settings(max_examples=20, deadline=None)
@given(ANSWERS, FACTS)
def test_the_same_answers_give_the_same_bytes(answers, facts):
    """A diagnosis is a function of symptoms and rules, to the byte; in which order one answered is
    nothing to it.
    """
    backwards = dict(reversed([*answers.items(), *facts.items()]))

    assert (
        diagnose(Symptoms.of(**answers, **facts)).model_dump_json()
        == diagnose(Symptoms.of(**backwards)).model_dump_json()
    )


@settings(max_examples=20, deadline=None)
@given(ANSWERS, FACTS)
def test_what_went_through_json_is_diagnosed_alike(answers, facts):
    """Symptoms that were stored and read back give the same diagnosis."""
    symptoms = Symptoms.of(**answers, **facts)

    assert (
        diagnose(Symptoms.model_validate_json(symptoms.model_dump_json())).model_dump_json()
        == diagnose(symptoms).model_dump_json()
    )


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_the_path_goes_through_the_stages_in_order(answers, facts):
    """No step is of an earlier stage than the one before it, and each check is one step."""
    path = diagnose(Symptoms.of(**answers, **facts)).path
    stages = [STAGES.index(step.stage) for step in path]

    assert stages == sorted(stages)
    assert len({step.check for step in path}) == len(path)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_every_listed_cause_is_supported(answers, facts):
    """Each cause that is named has something observed that speaks for it and counts."""
    for cause in diagnose(Symptoms.of(**answers, **facts)).causes:
        assert any(item.db > 0 and item.counted for item in cause.evidence)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_no_observed_symptom_is_asked(answers, facts):
    """What is known is not an open question."""
    diagnosis = diagnose(Symptoms.of(**answers, **facts))

    assert not {one.symptom for one in diagnosis.open_questions} & set(diagnosis.symptoms.observed)


@settings(max_examples=30, deadline=None)
@given(ANSWERS)
def test_everything_to_do_takes_time_and_gains_something(answers):
    """An action takes some minutes, and what is gained by it is never negative."""
    actions = diagnose(Symptoms.of(**answers)).actions

    assert all(action.minutes > 0 and action.gain >= 0 for action in actions)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_a_named_root_stands_before_its_consequence(answers, facts):
    """Where a cause is told as a consequence, its root is listed above it."""
    causes = diagnose(Symptoms.of(**answers, **facts)).causes
    ids = [cause.id for cause in causes]

    assert all(
        ids.index(one.consequence_of) < ids.index(one.id) for one in causes if one.consequence_of
    )


@settings(max_examples=10, deadline=None)
@given(ANSWERS)
def test_answering_what_is_asked_never_raises(answers):
    """A person may answer question after question."""
    given = dict(answers)
    for _ in range(6):
        open_questions = diagnose(Symptoms.of(**given)).open_questions
        asked = [one.symptom for one in open_questions if one.symptom in IDS]
        flags = [id for id in asked if load().specs[id].kind == "flag"]
        if not flags:
            break
        given[flags[0]] = True

    assert diagnose(Symptoms.of(**given)).verdict


@settings(max_examples=10, deadline=None)
@given(ANSWERS)
def test_a_change_really_puts_its_cause_on_top(answers):
    """What is told to put another cause on top is another cause than the one on top now."""
    diagnosis = diagnose(Symptoms.of(**dict(list(answers.items())[:4])))
    leader = diagnosis.causes[0].id if diagnosis.causes else None

    for change in diagnosis.what_if():
        assert change.top != leader
        assert change.symptom in diagnosis.symptoms.observed
