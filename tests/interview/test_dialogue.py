"""One person's interview: back, change, overrule, save, resume, reproduce."""

import json
from dataclasses import replace
from io import StringIO
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import diagnose, observe
from mldx.cli.ask_plain import PlainUI
from mldx.errors import InputError
from mldx.interview import Dialogue, Stop
from mldx.interview.encoding import of_json, to_json
from mldx.interview.parse_answer import parse_answer
from mldx.interview.run_record import record_of
from mldx.knowledge import load
from mldx.observe import observed
from mldx.readers.record import of_mapping

SAID = {
    "loss_shape": "flat",
    "train_loss_at_prior": True,
    "optimizer": "Adam",
    "learning_rate": 0.1,
    "domain": "vision",
    "task": "multiclass",
    "input_scale_class": "0-255",
    "generalization_gap": "mild",
    "val_noisy": 3.0,
}
RISING = {"train_loss": [2.31, 4.9, 80.0, 900.0]}


def begun_with(history):
    run = of_mapping({"history": history}, "log")
    return Dialogue.of(seen := observed(run), record_of(run, seen, load()))


def ranked(diagnosis):
    return [(cause.id, cause.probability) for cause in diagnosis.causes]


def reproduced(session):
    return ranked(diagnose(observed(of_mapping(session.to_record(), "record"))))


def settled(seen):
    """The same observations, none of them in doubt."""
    sure = {id: replace(one, shares=()) for id, one in seen.provenances.items()}
    return seen.model_copy(update={"provenances": sure})


def test_back_undoes_exactly():
    """Going back gives the session before, answers, skips and looks alike."""
    session = Dialogue.of().answer("loss_shape", "flat")

    assert [
        session.skip("task").back(),
        session.look("data").back(),
        session.answer("loss_shape", "slow").back(),
    ] == [session] * 3


def test_answer_can_be_changed():
    """The later answer to a question counts."""
    assert Dialogue.of().answer("loss_shape", "flat").answer("loss_shape", "slow").answers == {
        "loss_shape": "slow"
    }


def test_do_not_know_takes_an_answer_back():
    """Saying "don't know" after an answer withdraws it."""
    session = Dialogue.of().answer("loss_shape", "flat").skip("loss_shape")

    assert (session.answers, session.skipped) == ({}, {"loss_shape"})


def test_impossible_answer_is_refused():
    """A value that the symptom does not take is refused with what was expected."""
    with pytest.raises(InputError, match="one of falling"):
        Dialogue.of().answer("loss_shape", "wavy")


@pytest.mark.parametrize("id", ["loss_shpae", "no_such_thing"])
def test_unknown_symptom_is_refused(id):
    """An id that is no symptom can be neither answered nor skipped."""
    with pytest.raises(InputError, match=id):
        Dialogue.of().skip(id)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(sorted(SAID)))
def test_order_of_answers_does_not_matter(order):
    """The ranking depends on what was said and not on when."""
    said = Dialogue.of()
    for id in order:
        said = said.answer(id, SAID[id])

    assert ranked(said.diagnosis) == ranked(Dialogue.of().state(SAID).diagnosis)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(["first", "last", "skip", "back"]), min_size=10, max_size=60))
def test_every_interview_ends(actions):
    """However it is answered, skipped and taken back, going on ends with everything asked."""
    session, rounds = Dialogue.of(), 0
    while not (isinstance(step := session.next_question, Stop) and step.then is None):
        question = step.then if isinstance(step, Stop) else step
        action = actions[rounds] if rounds < len(actions) else "skip"
        if action == "back":
            session = session.back()
        elif action == "skip" or not question.choices:
            session = session.skip(question.symptom)
        else:
            session = session.answer(
                question.symptom, question.choices[0 if action == "first" else -1].value
            )
        rounds += 1

    assert rounds < 300


def test_log_is_not_asked_about():
    """What the log shows is not asked."""
    session = begun_with(RISING)
    ids = set()
    for _ in range(30):
        step = session.next_question
        question = step.then if isinstance(step, Stop) else step
        ids.add(question.symptom)
        session = session.skip(question.symptom)

    assert not ids & session.log.observed.keys()


def test_overruling_keeps_the_word_and_reports_the_conflict():
    """Against the log, a person's word stands, and the diagnosis tells both."""
    session = begun_with(RISING)
    other = session.answer("loss_shape", "flat").diagnosis

    assert other.symptoms.observed["loss_shape"] == "flat"
    assert [
        (one.symptom, one.kept, one.kept_by.source, one.dropped_by.source)
        for one in other.conflicts
    ] == [("loss_shape", "flat", "answered", "measured")]


def test_record_reproduces_the_ranking():
    """The run record gives the same causes with the same probabilities; from nothing, from a log,
    and overruled.
    """
    told, log = Dialogue.of().state(SAID), begun_with(RISING)

    for session in (told, log.state({"optimizer": "adam"}), log.answer("loss_shape", "flat")):
        assert reproduced(session) == ranked(session.diagnosis)


LOGS = {
    "rising": RISING,
    "flat": {"train_loss": [2.303, 2.302, 2.304, 2.303] * 4, "val_loss": [2.303] * 16},
    "overfitting": {
        "train_loss": [2.0, 1.4, 1.0, 0.7, 0.5, 0.3, 0.2, 0.1],
        "val_loss": [2.0, 1.5, 1.2, 1.2, 1.3, 1.5, 1.8, 2.1],
        "train_accuracy": [0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99],
        "val_accuracy": [0.3, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6, 0.5],
    },
    "broken off": {"train_loss": [2.3, 1.9, 1.7, "nan", "nan"], "lr": [0.1, 0.1, 0.1, 0.1, 0.1]},
}
WORDS = {
    "loss_shape": ["flat", "falling"],
    "train_loss_flat": [True, False],
    "loss_nonfinite": ["never", "late"],
    "generalization_gap": ["none", 3.0],
    "val_loss_turns_up": ["strong", 1.0],
    "val_at_chance": [True],
    "output_loss_pair": ["standard", "wrong_loss"],
    "val_size_effective": [50, 5000],
    "train_loss_at_prior": [True, False],
    "n_classes": [2, 10],
    "task": ["multiclass", "regression"],
    "loss_fn": ["nn.CrossEntropyLoss", "mse"],
    "output_activation": ["softmax", "linear"],
    "val_size": [50, 5000],
    "optimizer": ["Adam(lr=0.1)", "sgd"],
    "learning_rate": [0.001, 10.0],
    "class_counts": [[900, 100], [500, 500]],
    "inputs_range": [[0, 255], [-1, 1]],
}
SPOKEN = st.sets(st.tuples(st.sampled_from(sorted(WORDS)), st.booleans()), max_size=8)


@settings(max_examples=60, deadline=None)
@given(
    log=st.sampled_from(sorted(LOGS)),
    said=st.sets(st.tuples(st.sampled_from(sorted(WORDS)), st.booleans()), max_size=8),
)
def test_record_tells_what_the_session_tells(log, said):
    """Whatever is answered to whatever log, the record keeps the curves and leads to the very same
    causes.
    """
    session = begun_with(LOGS[log])
    for id, last in sorted(said):
        session = session.answer(id, WORDS[id][-1 if last else 0])

    assert session.to_record()["history"] == session.record["history"]
    assert reproduced(session) == ranked(session.diagnosis)


@settings(max_examples=20, deadline=None)
@given(said=SPOKEN)
def test_record_of_answers_tells_what_the_session_tells(said):
    """A log that cannot be written as a record stands there as answers, with the very same
    causes as where each reading is taken as it is.
    """
    seen = settled(observe.history(LOGS["overfitting"], n_classes=10, val_size=50))
    session = Dialogue.of(seen)
    for id, last in sorted(said):
        session = session.answer(id, WORDS[id][-1 if last else 0])

    assert "history" not in session.to_record()
    assert reproduced(session) == ranked(session.diagnosis)


def test_overruled_record_can_be_overruled_again():
    """A record in which an answer stands against a count is gone on with like any log; an answer
    against a curve's shape stands anyway, and is not listed.
    """
    record = begun_with(RISING).answer("loss_nonfinite", "late").to_record()
    run = of_mapping(record, "record")
    again = Dialogue.of(seen := observed(run), record_of(run, seen, load())).answer(
        "train_loss_flat", True
    )

    assert again.to_record()["overruled"] == ["loss_nonfinite"]
    assert reproduced(again) == ranked(again.diagnosis)


def test_answered_fact_lets_the_curve_be_read():
    """Once the number of classes is answered, a flat loss is known to rest at the value of
    guessing.
    """
    session = begun_with(LOGS["flat"]).state({"task": "multiclass", "n_classes": 10})

    assert session.symptoms.observed["train_loss_at_prior"] is True


def test_session_survives_json():
    """A saved session is the same session: steps, skips, log with its figures."""
    session = begun_with(RISING).state(SAID).skip("batch_size").look("data", "training")
    again = of_json(to_json(session))

    assert to_json(again) == to_json(session)
    assert again.diagnosis.model_dump_json() == session.diagnosis.model_dump_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "no json",
        "[" * 200_000,
        '{"mldx_interview": 99}',
        '{"mldx_interview": 1, "steps": [{"answers": 3}]}',
    ],
)
def test_damaged_session_is_refused(text):
    """What is no saved interview is refused with a message."""
    with pytest.raises(InputError):
        of_json(text)


@pytest.mark.parametrize("record", [[1], "x", {"setup": [1]}])
def test_record_of_another_shape_is_refused(record):
    """A saved record must be a mapping of mappings, for answers are added to it."""
    with pytest.raises(InputError, match="not a run record"):
        of_json(json.dumps({"mldx_interview": 1, "record": record}))


def test_saved_answers_are_checked_again():
    """A saved value that no symptom takes is refused like an answer."""
    text = json.dumps({"mldx_interview": 1, "steps": [{"answers": {"loss_shape": "wavy"}}]})

    with pytest.raises(InputError, match="loss_shape"):
        of_json(text)


@pytest.mark.parametrize(
    "id, text, expected",
    [
        ("train_loss_flat", "y", True),
        ("train_loss_flat", "No", False),
        ("loss_shape", "falls then flat", "falls_then_flat"),
        ("bad_label_fraction", "12 %", 0.12),
        ("bad_label_fraction", "mild", "mild"),
        ("batch_size", "32", 32),
        ("optimizer", "Adam(lr=3e-4)", "Adam(lr=3e-4)"),
        ("dropout", "0.5", 0.5),
        ("dropout", "yes", True),
    ],
)
def test_typed_answers_are_understood(id, text, expected):
    """Words, numbers and percentages are taken as people type them."""
    assert parse_answer(text, id, load()) == expected


@pytest.mark.parametrize("text", ["inf", "-inf", "nan", "nan %"])
def test_number_that_is_not_finite_is_refused(text):
    """No setup has such a number."""
    with pytest.raises(InputError, match="learning_rate"):
        parse_answer(text, "learning_rate", load())


def test_only_decimal_digits_number_a_choice():
    """A superscript is no number of a choice."""
    plain = PlainUI(interactive=False)

    with pytest.raises(InputError):
        parse_answer("²", "train_loss_flat", load(), numbered=True)
    with patch("sys.stdin", StringIO("²\n")):
        assert plain.sections({"data": "Data"}) == "skip"


@pytest.mark.parametrize("id", ["loss_shpae", "custom.no_such_thing"])
def test_answer_to_an_unknown_symptom_is_refused(id):
    """A typed answer to what is no symptom of these rules is refused, one's own symptoms
    included.
    """
    with pytest.raises(InputError, match=id):
        parse_answer("yes", id, load())


def test_name_that_nobody_knows_is_refused():
    """A name outside the vocabulary would tell nothing, so it is refused and not kept silently."""
    with pytest.raises(InputError, match="model_family"):
        parse_answer("vision", "model_family", load())


def test_observed_log_has_figures():
    """A question shows what the log says about the same causes, with its figure."""
    session = Dialogue.of(observe.history(RISING)).state(
        {"domain": "vision", "task": "multiclass", "model_family": "cnn"}
    )
    step = session.next_question
    question = step.then if isinstance(step, Stop) else step

    assert any(one.figure for one in question.related)
