"""How the graph is walked, and what the walk leaves behind."""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose
from mldx.provenance import Source
from mldx.symptoms import Observation


def checks(diagnosis) -> list[str]:
    """The checks of the path."""
    return [step.check for step in diagnosis.path]


def asked(diagnosis) -> set[str]:
    """The open questions."""
    return {one.symptom for one in diagnosis.open_questions}


def test_every_answered_check_is_a_step(small):
    """Each step says what was seen, which answer that is, and what it points to."""
    [step] = diagnose(Symptoms.of(worst_class_recall=0.2), small).path

    assert (step.check, step.stage, step.saw, step.answer, step.says) == (
        "worst_class_recall", "drill_down", 0.2, "strong", "below a half",
    )  # fmt: skip
    assert step.points_to == {"healthy": -10, "banana": 7}  # 1 and 50 of 100 against 10


def test_an_unobserved_symptom_is_an_open_question(small):
    """What was reached and not answered is open, and the walk goes on behind it."""
    diagnosis = diagnose(Symptoms.of(loss_oscillation=False), small)

    assert checks(diagnosis) == ["loss_oscillation"]
    assert asked(diagnosis) == {
        "train_loss_flat", "loss_shape", "learning_rate", "worst_class_recall",
    }  # fmt: skip


def test_the_walk_goes_by_stage(small):
    """However it was answered, the path goes through the stages in order."""
    diagnosis = diagnose(
        Symptoms.of(worst_class_recall=0.9, loss_shape="falling", train_loss_flat=False), small
    )

    assert checks(diagnosis) == ["train_loss_flat", "loss_shape", "worst_class_recall"]


def test_a_gate_closes_later_stages(small):
    """What lies behind a closed gate is neither asked nor counted."""
    diagnosis = diagnose(
        Symptoms.of(loss_oscillation=True, learning_rate=2.0, worst_class_recall=0.1), small
    )

    assert checks(diagnosis) == ["loss_oscillation"]
    assert diagnosis.path[0].closes == ("generalization", "drill_down")
    assert not {"learning_rate", "worst_class_recall"} & asked(diagnosis)


def test_a_gate_stays_open_for_other_answers(small):
    """A no does not close what a yes would."""
    diagnosis = diagnose(Symptoms.of(loss_oscillation=False, worst_class_recall=0.1), small)

    assert "worst_class_recall" in checks(diagnosis)


def test_the_shipped_gate_holds():
    """A model that cannot overfit ten samples never reaches generalization."""
    diagnosis = diagnose(
        Symptoms.of(tiny_overfit_result="plateau", generalization_gap=3.0, val_loss_turns_up=0.3)
    )

    assert {step.stage for step in diagnosis.path} == {"learning"}


@pytest.mark.parametrize(
    "facts, decibans",
    [
        ({}, {"elder": 6}),  # 40 of 100 against 10
        ({"optimizer": "adam"}, {"elder": 10}),  # 50 against 5
        ({"optimizer": "sgd"}, {"elder": 6}),
        ({"batch_size": 8}, {"cherry": 3}),  # 20 against 10
        ({"batch_size": 512}, {"elder": 6}),
        ({"optimizer": "adam", "batch_size": 8}, {"elder": 10}),  # the first that holds
    ],
)
def test_circumstances_choose_the_table(small, facts, decibans):
    """A rate of 5 says what the table says that applies to optimizer and batch."""
    [step] = diagnose(Symptoms.of(learning_rate=5.0, **facts), small).path

    assert step.points_to == decibans


@pytest.mark.parametrize("rate, answer", [(1.0, "large"), (0.999, "usual"), (0.01, "usual")])
def test_the_border_belongs_to_the_answer_above(small, rate, answer):
    """`below: 1` ends before 1."""
    [step] = diagnose(Symptoms.of(learning_rate=rate), small).path

    assert step.answer == answer


def test_a_word_answers_a_number(small):
    """Whoever cannot give the figure names the answer."""
    [step] = diagnose(Symptoms.of(worst_class_recall="strong"), small).path

    assert (step.answer, step.points_to["banana"]) == ("strong", 7)


def test_the_rest_takes_every_other_name(small):
    """A name that no answer has is the one that takes the rest."""
    check = small.compiled.by_id["loss_shape"]

    assert check.answers[check.answer("oscillating")] == "other"


def test_what_is_answered_elsewhere_is_not_asked(write_rules):
    """Where `skip_if` holds the check is not asked; if it was observed all the same it counts."""
    rules = write_rules(("  minutes: 2\n", "  minutes: 2\n  skip_if: {loss_shape: {is: flat}}\n"))

    assert "loss_oscillation" not in asked(diagnose(Symptoms.of(loss_shape="flat"), rules))
    assert "loss_oscillation" in asked(diagnose(Symptoms.of(loss_shape="falling"), rules))
    assert "loss_oscillation" in asked(diagnose(Symptoms.of(), rules))
    seen = diagnose(Symptoms.of(loss_shape="flat", loss_oscillation=False), rules)
    assert "loss_oscillation" in checks(seen)


@pytest.mark.parametrize(
    "domain, counts, is_asked",
    [("vision", True, True), ("text", False, False), (None, True, False)],
)
def test_a_check_applies_where_it_says(write_rules, domain, counts, is_asked):
    """A check of images is not asked of text, and an answer to it says nothing there; where the
    domain is not known it is not asked, and counts.
    """
    rules = write_rules(("  minutes: 2\n", "  minutes: 2\n  only_for: {domain: [vision]}\n"))

    said = diagnose(Symptoms.of(loss_oscillation=False, domain=domain), rules)
    assert ("loss_oscillation" in checks(said)) is counts
    assert ("loss_oscillation" in asked(diagnose(Symptoms.of(domain=domain), rules))) is is_asked


def test_shipped_checks_apply_where_they_say():
    """Nobody is asked for boxes who trains on tables."""
    assert "boxes_misaligned" not in asked(
        diagnose(Symptoms.of(domain="tabular", task="regression"))
    )


def test_a_yes_to_dropout_is_not_a_rate():
    """Dropout of unknown rate is not an answer to how much."""
    assert "dropout" not in checks(diagnose(Symptoms.of(dropout=True)))


def test_named_weights_are_pretrained():
    """Whoever names the weights a model starts from has a pretrained model."""
    facts = {"optimizer": "adam", "learning_rate": 1e-3}
    named, yes = (
        diagnose(Symptoms.of(**facts, pretrained=one)) for one in ("bert-base-uncased", True)
    )

    assert [(one.id, one.probability) for one in named.causes] == [
        (one.id, one.probability) for one in yes.causes
    ]


def test_stages_say_how_far_they_were_judged(small):
    """One answered check in the first stage, and what is open in the others."""
    stages = diagnose(Symptoms.of(train_loss_flat=True), small).stages

    assert [(one.answered, one.open) for one in stages] == [(1, 0), (0, 1), (0, 1), (0, 1), (0, 1)]
    assert [bool(one.why) for one in stages] == [False, True, True, True, True]


def test_a_stage_behind_a_gate_says_which_answer_shut_it(small):
    """Generalization was not judged because the loss swings."""
    stages = {one.stage: one for one in diagnose(Symptoms.of(loss_oscillation=True), small).stages}

    assert "loss_oscillation is yes" in stages["generalization"].why


def seen(id: str, *shares: tuple[object, float], **certain: object) -> Symptoms:
    """Symptoms of which one was measured with these shares, and the others are certain."""
    value = max(shares, key=lambda one: one[1])[0]
    doubtful = Observation(id, value, basis="shape", shares=shares)
    return Symptoms.gather([doubtful], Source.MEASURED) | Symptoms.of(**certain)


def test_answers_in_doubt_count_each_by_its_share(small):
    """Three quarters of strong (7 dB) and a quarter of none (-2.6 dB) are 4.6 dB."""
    [step] = diagnose(seen("worst_class_recall", (0.2, 0.75), (0.9, 0.25)), small).path

    assert step.points_to["banana"] == pytest.approx(0.75 * 7 - 0.25 * 2.6, abs=0.1)


def test_doubt_speaks_for_nothing(small):
    """Of a reading that is settled by half, half of the evidence is left."""
    [step] = diagnose(seen("worst_class_recall", (0.2, 0.5)), small).path

    assert step.points_to["banana"] == pytest.approx(7 / 2, abs=0.05)


def test_a_gate_closes_by_the_share_of_its_answer(small):
    """Behind a gate that is shut by a quarter, three quarters of the evidence count."""
    open_gate, *_ = diagnose(Symptoms.of(worst_class_recall=0.2), small).path
    symptoms = seen("loss_oscillation", (False, 0.75), (True, 0.25), worst_class_recall=0.2)
    [_, step] = diagnose(symptoms, small).path

    assert step.points_to["banana"] == pytest.approx(0.75 * open_gate.points_to["banana"], abs=0.1)


@pytest.mark.parametrize("answer", [True, False])
def test_a_person_is_certain(answer):
    """Whoever looks at a curve that is in doubt settles it, whether the reading agrees or not."""
    doubtful = seen("loss_oscillation", (False, 0.6), (True, 0.4))
    told = doubtful | Symptoms.of(loss_oscillation=answer)

    assert told.observed["loss_oscillation"] is answer
    assert told.provenances["loss_oscillation"].shares == ()
