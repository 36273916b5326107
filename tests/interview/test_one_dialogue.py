"""One dialogue behind every face: whichever way it is driven or carried, the state is the same."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mldx.errors import InputError
from mldx.interview import Dialogue, Question
from mldx.interview.encoding import bare, of_json, of_plain, to_json, to_plain
from mldx.interview.run_record import record_of
from mldx.knowledge import load
from mldx.mcp.context import ServerContext
from mldx.mcp.folders import Folders
from mldx.mcp.tools import called
from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.web.app import create
from mldx.web.page_state import PageState
from mldx.web.steps import ActionInput, done

HISTORY = {"train_loss": [2.3, 1.2, 0.6, 0.3, 0.1], "val_loss": [2.3, 1.6, 1.5, 1.9, 2.4]}
MOVES = {
    "complain": lambda one: one.complain("val_loss_rises"),
    "look": lambda one: one.look("training", "data"),
    "flat": lambda one: one.answer("loss_shape", "flat"),
    "typed": lambda one: one.reply("lr: 1e-3"),
    "thousands": lambda one: one.reply("5k", "train_size"),
    "unknown": lambda one: one.reply("n/a", "dropout"),
    "change": lambda one: one.change("loss_shape"),
    "dismiss": lambda one: one.dismissing("spent"),
    "whole": lambda one: one.in_order(not one.whole),
    "back": lambda one: one.back(),
}
PATHS = st.lists(st.sampled_from(sorted(MOVES)), max_size=8)


def begun(*, with_log):
    """A dialogue from nothing, or from a log."""
    if not with_log:
        return Dialogue.of()
    run = of_mapping({"history": HISTORY}, "log")
    seen = observed(run)
    return Dialogue.of(seen, record_of(run, seen, load()))


def walked(names, *, with_log):
    """The dialogue after these moves."""
    dialogue = begun(with_log=with_log)
    for name in names:
        dialogue = MOVES[name](dialogue)
    return dialogue


def ranking(diagnosis):
    """Cause and probability, as far as every face rounds."""
    return [(cause.id, round(cause.probability, 3)) for cause in diagnosis.causes]


@settings(max_examples=40, deadline=None)
@given(PATHS, st.booleans())
def test_any_dialogue_is_the_same_after_json(names, with_log):
    """Whatever was done, a saved dialogue asks the same and ranks the same."""
    dialogue = walked(names, with_log=with_log)
    again = of_json(to_json(dialogue))

    assert to_plain(again) == to_plain(dialogue)
    assert (again.prompt, again.turn) == (dialogue.prompt, dialogue.turn)
    assert ranking(again.diagnosis) == ranking(dialogue.diagnosis)


@settings(max_examples=25, deadline=None)
@given(PATHS, st.booleans())
def test_any_dialogue_is_the_same_on_the_page(names, with_log):
    """The page carries a dialogue from request to request without losing anything."""
    state = PageState(walked(names, with_log=with_log))

    assert PageState.unpacked(state.packed(), load()) == state


@settings(max_examples=25, deadline=None)
@given(PATHS)
def test_a_link_holds_the_whole_dialogue_without_a_log(names):
    """Where no log was read, a link leads to the very same answers and question."""
    dialogue = replace(walked(names, with_log=False), picked="")
    again = PageState.unpacked(PageState(dialogue).link(), load()).dialogue

    assert again == dialogue
    assert again == of_plain(to_plain(bare(dialogue)))


ANSWERS = {
    "nothing seen but the setup": {"optimizer": "adam", "learning_rate": 0.5, "domain": "vision"},
    "a flat loss": {"loss_shape": "flat", "train_loss_at_prior": True, "task": "multiclass"},
    "overfitting": {"val_loss_turns_up": "strong", "train_size": 5000, "loss_shape": "falling"},
    "nan": {"loss_nonfinite": "late", "precision": "fp16"},
}


def by_script(answers, mldx):
    """The ranking of `mldx ask` when the answers come through a pipe."""
    lines = "".join(f"{id}: {str(value).lower()}\n" for id, value in answers.items())
    return json.loads(mldx("ask", "--json", stdin=lines).stdout)["causes"]


def by_file(answers, mldx, folder):
    """The ranking of `mldx ask --answers`."""
    (folder / "answers.json").write_text(json.dumps(answers))
    told = mldx("ask", "--json", "--answers", str(folder / "answers.json"))
    return json.loads(told.stdout)["causes"]


def by_interface(answers):
    """The ranking of the interface for programs."""
    client = TestClient(create(load()), base_url="http://localhost")
    return client.post("/api/diagnose", json={"answers": answers}).json()["causes"]


def by_agent(answers):
    """The ranking of the tool for agents."""
    given = {"answers": answers, "most": 20}
    return called("diagnose", given, ServerContext(Folders(()), load()))["causes"]


def by_page(answers):
    """The ranking of the page, each answer pressed or typed."""
    state = PageState.start(load())
    for id, value in answers.items():
        state = done(state, f"change:{id}", ActionInput())
        state = done(state, "answer", ActionInput(words=str(value)))
    return state.dialogue.diagnosis.model_dump(mode="json")["causes"]


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("face", ["script", "file", "interface", "agent", "page"])
def test_every_face_ranks_the_same(name, face, mldx, tmp_path):
    """The same answers lead to the same ranking, by whichever way they are given."""
    answers = ANSWERS[name]
    causes = {
        "script": lambda: by_script(answers, mldx),
        "file": lambda: by_file(answers, mldx, tmp_path),
        "interface": lambda: by_interface(answers),
        "agent": lambda: by_agent(answers),
        "page": lambda: by_page(answers),
    }[face]()
    found = [(cause["id"], round(cause["probability"], 3)) for cause in causes]

    expected = ranking(Dialogue.of().state(answers).diagnosis)
    assert found == expected[: len(found)]
    assert len(found) == min(len(expected), 20) or face != "agent"


def test_one_inference_serves_diagnosis_and_question():
    """What is ranked and what is asked next come from the same walk."""
    dialogue = Dialogue.of().skip("complaint").skip("sections").answer("loss_shape", "flat")

    assert isinstance(dialogue.prompt, Question)
    assert ranking(dialogue.diagnosis)[0][0] == dialogue.inference.listed[0][0]


def test_a_changed_question_keeps_its_number():
    """Changing the first answer is not a third question."""
    dialogue = Dialogue.of().answer("loss_shape", "flat").skip("task")

    assert (dialogue.turn, dialogue.change("loss_shape").turn) == (3, 1)
    assert dialogue.answer("loss_shape", "slow").turn == 3


def test_a_dismissed_stop_is_taken_back_like_an_answer():
    """Going on past a stop is a step."""
    dialogue = Dialogue.of().answer("loss_shape", "flat")

    assert dialogue.dismissing("spent").back() == dialogue


@pytest.mark.parametrize("reason", ["", "tired", "spent "])
def test_an_unknown_reason_to_stop_is_refused(reason):
    """Only a stop that exists can be dismissed."""
    with pytest.raises(InputError, match="not a reason"):
        Dialogue.of().dismissing(reason)


def test_two_complaints_in_one_sentence_are_both_taken():
    """Who names two troubles is asked about both."""
    said = "my loss is stuck at 0.693 and it only predicts class 1"

    assert Dialogue.of().hear(said).complaints == ("not_learning", "one_class_only")
