"""How the graph is walked, and what the walk leaves behind."""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose
from mldx.knowledge import load


def checks(diagnosis) -> list[str]:
    """The checks of the path."""
    return [step.check for step in diagnosis.path]


def test_every_answered_check_is_a_step(small):
    """Each step says what was seen, which branch it took, what that points to and where it
    leads.
    """
    [step] = diagnose(Symptoms.of(train_loss_flat=True), small).path

    assert (step.check, step.stage, step.symptom, step.saw, step.branch, step.leads_to) == (
        "first", "data", "train_loss_flat", True, {"is": True}, ("second",),
    )  # fmt: skip
    assert step.points_to == {"apple": 10, "cherry": -8, "healthy": -10}


def test_an_unobserved_symptom_is_an_open_question(small):
    """What was reached and not answered is open, and the walk goes on behind it."""
    diagnosis = diagnose(Symptoms.of(loss_oscillation=False), small)

    assert checks(diagnosis) == ["third"]
    assert {one.symptom for one in diagnosis.open_questions} == {
        "train_loss_flat", "loss_shape", "learning_rate", "worst_class_recall",
    }  # fmt: skip


def test_a_gate_stops_the_walk(small):
    """A branch that does not lead on: what lies behind is neither asked nor counted."""
    diagnosis = diagnose(
        Symptoms.of(loss_oscillation=True, learning_rate=2.0, worst_class_recall=0.1), small
    )

    assert checks(diagnosis) == ["third"]
    assert not {"learning_rate", "worst_class_recall"} & {
        one.symptom for one in diagnosis.open_questions
    }


def test_the_shipped_gate_holds():
    """A model that cannot overfit ten samples never reaches generalization."""
    diagnosis = diagnose(
        Symptoms.of(
            tiny_overfit_result="plateau", generalization_gap="strong", val_loss_turns_up=0.3
        )
    )

    assert {"gap", "val_turns"}.isdisjoint(checks(diagnosis))


@pytest.mark.parametrize("answers", [{"loss_nonfinite": "early"}, {"train_loss_flat": True}])
def test_the_other_gates_hold(answers):
    """Where the loss is no number, or never moved, overfitting is no topic."""
    assert "gap" not in checks(diagnose(Symptoms.of(**answers, generalization_gap="strong")))


def test_several_branches_may_hold(small):
    """A rate of 2 with SGD and a batch of 8 meets both conditions: both branches are taken, each a
    step.
    """
    diagnosis = diagnose(Symptoms.of(learning_rate=2.0, optimizer="sgd", batch_size=8), small)

    assert [dict(step.points_to) for step in diagnosis.path] == [{"elder": 5}, {"cherry": 5}]


@pytest.mark.parametrize("rate, cause", [(0.1, {"cherry": 5}), (0.0999, {})])
def test_the_bound_belongs_to_its_branch(small, rate, cause):
    """At the very bound the branch with `ge` holds; below it `otherwise`."""
    assert (
        diagnose(Symptoms.of(learning_rate=rate, batch_size=64), small).path[0].points_to == cause
    )


def test_a_condition_that_cannot_be_said_decides_nothing(small):
    """Where the optimizer is not known, neither the branch that needs it is taken nor
    `otherwise`.
    """
    assert diagnose(Symptoms.of(learning_rate=2.0, batch_size=512), small).path == ()


def test_a_level_is_its_range(small):
    """A recall of the level strong (0.1 and less) is below 0.5."""
    assert diagnose(Symptoms.of(worst_class_recall="strong"), small).path[0].branch == {"lt": 0.5}


def test_a_check_is_visited_once():
    """However many ways lead to a check, it is one step for each branch it takes."""
    diagnosis = diagnose(
        Symptoms.of(train_loss_flat=False, loss_shape="falling", loss_nonfinite="never")
    )
    steps = [(step.check, str(step.branch)) for step in diagnosis.path]

    assert len(steps) == len(set(steps))


def test_checks_apply_where_they_say():
    """Nobody is asked for boxes who trains on tables."""
    asked = {
        one.check
        for one in diagnose(Symptoms.of(domain="tabular", task="regression")).open_questions
    }

    assert "boxes_on_objects" not in asked


def test_an_answer_out_of_scope_is_passed_over():
    """What was answered where it does not apply speaks for nothing."""
    assert "boxes_on_objects" not in checks(
        diagnose(Symptoms.of(task="regression", boxes_misaligned=True))
    )


def test_a_yes_to_dropout_is_no_rate():
    """Dropout of unknown rate is not dropout above one half."""
    [step] = diagnose(Symptoms.of(dropout=True)).path

    assert step.branch == "otherwise"


@pytest.mark.parametrize("facts", [{"dropout": 0.0}, {"gradient_clipping": 0.0}])
def test_none_of_it_is_a_no(facts):
    """Dropout 0 and clipping 0 are no dropout and no clipping."""
    [step] = diagnose(Symptoms.of(**facts)).path

    assert step.branch == {"is": False}


def test_named_weights_are_pretrained():
    """Who names the weights a model starts from has a pretrained model."""
    facts = {"optimizer": "adam", "learning_rate": 1e-3}
    named, yes = (
        diagnose(Symptoms.of(**facts, pretrained=one)) for one in ("bert-base-uncased", True)
    )

    assert [cause.id for cause in named.causes] == [cause.id for cause in yes.causes]


def test_stages_say_how_far_they_were_judged(small):
    """One answered check in the first stage, and what is open in the others."""
    stages = diagnose(Symptoms.of(train_loss_flat=True), small).stages

    assert [(one.answered, one.open) for one in stages] == [(1, 0), (0, 1), (0, 1), (0, 1), (0, 1)]
    assert [bool(one.why) for one in stages] == [False, True, True, True, True]


def test_a_stage_behind_a_gate_says_which_answer_shut_it():
    """Generalization was not judged because ten samples could not be learned."""
    stages = {
        one.stage: one
        for one in diagnose(Symptoms.of(loss_nonfinite="early", tiny_overfit_result="pass")).stages
    }

    assert "loss_nonfinite is early" in stages["drill_down"].why


def test_the_order_of_walking_is_written_down():
    """Every check comes after all checks that lead to it."""
    graph = load().compiled

    assert [
        node.id
        for node in graph.checks
        for way in node.branches
        for other in way.then
        if other <= node.number
    ] == []
