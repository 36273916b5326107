"""The next question: which one, why, and when to stop asking."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms, interview
from mldx.diagnosis.inference import Inference
from mldx.interview import Question, Stop
from mldx.interview.choose import candidates, open_questions
from mldx.knowledge import load

SPECS = load().specs
LOOKED_FOR = {id for card in load().forms.values() if not card.judges for id in card.fields}


def asked(step):
    """The question of a step, gone on past a stop."""
    return step.then if isinstance(step, Stop) else step


def test_question_carries_what_a_person_needs():
    """A question says what is asked, where to look, what may be said, and which causes the answer
    would part.
    """
    question = asked(
        interview.next_question(Symptoms.of(domain="vision", task="multiclass", model_family="cnn"))
    )

    assert question.question and question.help and question.choices and question.separates
    assert all(one.title for one in question.separates)


def test_observed_is_not_asked():
    """What is known is not asked, whoever said it."""
    first = asked(interview.next_question(Symptoms()))

    assert (
        asked(
            interview.next_question(Symptoms.of(**{first.symptom: first.choices[0].value}))
        ).symptom
        != first.symptom
    )


def test_skipped_is_not_asked_again():
    """What a person could not say is not asked a second time."""
    first = asked(interview.next_question(Symptoms()))

    assert (
        asked(interview.next_question(Symptoms(), skipped={first.symptom})).symptom != first.symptom
    )


def test_do_not_know_is_not_no():
    """Skipping a question leaves the ranking as it was."""
    session = interview.Dialogue.of().answer("loss_shape", "flat")

    assert session.skip("train_loss_flat").inference.listed == session.inference.listed


def test_do_not_know_moves_the_questions_on():
    """Whoever could not say what the inputs look like is asked a little less about their scaling
    than before.
    """
    position = Inference(Symptoms(), load())
    before, after = (
        position.interview_posterior(),
        position.interview_posterior({"input_scale_class"}),
    )

    assert after["wrong_normalization"] < before["wrong_normalization"]
    assert after["seed_luck"] > before["seed_luck"]


def test_setup_fact_counts_for_less_than_what_was_seen():
    """Of two questions that settle as much, the one about the setup is worth half."""
    position = Inference(Symptoms(), load())
    worth = {one.id: one.worth / one.bits for one in candidates(position, sections_seen={"sanity"})}

    assert worth["inputs_normalized"] == pytest.approx(worth["input_scale_class"] / 2)


def test_answers_of_a_number_are_told_in_numbers():
    """Each answer says in words where it begins and ends, in the order of the card."""
    card = load().checks["class_imbalance_ratio"]
    choices = interview.Dialogue.of().question_about("class_imbalance_ratio").choices

    assert [choice.meaning for choice in choices] == [answer.say for answer in card.answers]


def test_answers_say_what_they_mean():
    """What the check says of an answer is told beside the word."""
    card = load().checks["nonfinite_onset"]
    choices = interview.Dialogue.of().question_about("nonfinite_onset").choices

    assert {choice.value: choice.meaning for choice in choices} == {
        answer.id: answer.say for answer in card.answers
    }


def test_what_another_answer_settles_is_not_asked():
    """Of a loss that is said to fall all the way nobody asks whether it stays where it started."""
    asked = open_questions(Inference(Symptoms.of(loss_shape="falling"), load()))

    assert not {"train_loss_flat", "train_loss_at_prior", "train_loss_rising"} & set(asked)


def test_what_takes_long_is_asked_later():
    """Of who has looked at validation, what needs labels from real use is worth less a bit than
    what a curve shows.
    """
    position = Inference(Symptoms(), load())
    worth = {
        one.id: one.worth / one.bits for one in candidates(position, sections_seen={"validation"})
    }

    assert worth["deploy_gap"] < worth["val_loss_turns_up"] / 10


def test_pack_is_asked_only_where_it_applies():
    """A question about generated text is asked of a language model, and not of an image
    classifier.
    """
    base = load()
    told = {
        domain: {one.id for one in candidates(Inference(Symptoms.of(domain=domain), base))}
        for domain in ("llm", "vision")
    }

    assert ("generation_symptom" in told["llm"], "generation_symptom" in told["vision"]) == (
        True,
        False,
    )


def test_rate_without_optimizer_asks_for_it():
    """A learning rate cannot be judged without its optimizer, so the optimizer is asked."""
    known = Symptoms.of(learning_rate=0.05)
    ids = {one.id for one in candidates(Inference(known, load()))}

    assert "optimizer" in ids


def test_confirmed_cause_stops():
    """A cause that was seen directly ends the questions, and the person may go on."""
    step = interview.next_question(Symptoms.of(loss_nonfinite="early", input_nonfinite=0.1))

    assert (step.reason, step.leading[0]) == ("confirmed", "nonfinite_input")
    assert step.then is not None


def test_everything_skipped_stops():
    """When nothing is left to ask the interview ends."""
    step = interview.next_question(Symptoms(), skipped=set(SPECS))

    assert (step.reason, step.then) == ("asked", None)


def test_whole_checklist_goes_in_its_order():
    """The whole checklist asks the data stage before the others, and stops only at its end."""
    skipped, stages = set(), []
    while isinstance(
        step := interview.next_question(Symptoms(), whole=True, skipped=skipped), Question
    ):
        skipped.add(step.symptom)
        stages.append(step.stage if step.section != "setup" else "")

    order = [stage for stage in dict.fromkeys(stages) if stage]
    assert order == ["data", "learning", "stability", "generalization", "drill_down"]


def test_looked_at_comes_first():
    """What a person has looked at is asked before what nobody looked at."""
    known = Symptoms.of(domain="vision", task="multiclass", model_family="cnn", framework="torch")

    assert asked(interview.next_question(known, sections_seen={"internals"})).section in (
        "internals",
        "setup",
    )


@settings(max_examples=15, deadline=None)
@given(picks=st.lists(st.integers(0, 9), min_size=5, max_size=25))
def test_same_answers_same_questions(picks):
    """The interview is deterministic: the same answers meet the same questions."""
    assert walked(picks) == walked(picks)


@settings(max_examples=15, deadline=None)
@given(picks=st.lists(st.integers(0, 9), min_size=5, max_size=40))
def test_nothing_is_asked_twice(picks):
    """No question comes back once it was answered; one that could not be said comes back once, for
    a look.
    """
    times = Counter(walked(picks))

    assert all(count == 1 + (id in LOOKED_FOR) for id, count in times.items() if count > 1)
    assert max(times.values()) <= 2


def walked(picks):
    """The ids asked when each question is answered by the pick-th choice, or skipped."""
    session, ids = interview.Dialogue.of(), []
    for pick in picks:
        question = asked(session.next_question)
        if question is None:
            break
        ids.append(question.symptom)
        choice = question.choices[pick] if pick < len(question.choices) else None
        session = (
            session.answer(question.symptom, choice.value)
            if choice
            else session.skip(question.symptom)
        )
    return ids


@pytest.mark.parametrize("id", sorted(SPECS))
def test_every_symptom_can_be_asked(id):
    """For every symptom and setup fact a question can be worded, and each offered choice is a value
    it takes.
    """
    question = interview.Dialogue.of().question_about(id)

    assert question.question
    assert all(Symptoms.of(**{id: one.value}).observed[id] is not None for one in question.choices)
