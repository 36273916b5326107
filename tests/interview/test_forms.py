"""Several questions on one screen: facts that judge a check, setup facts, and looks."""

import pytest

from mldx.errors import InputError
from mldx.interview import Dialogue, Question, Stop
from mldx.interview.encoding import of_json, to_json
from mldx.knowledge import load

OPENED = Dialogue.of().complain("not_learning").look("training")


def at_form(dialogue, form, known=()):
    """The dialogue where a form is asked, when nothing else is known."""
    for _ in range(40):
        prompt = dialogue.prompt
        if isinstance(prompt, Stop):
            dialogue = dialogue.dismiss()
        elif prompt.form is not None and prompt.form.id == form:
            return dialogue
        elif prompt.form is not None:
            dialogue = dialogue.fill(
                prompt.form.id, {one.symptom: None for one in prompt.form.fields}
            )
        else:
            id = prompt.symptom
            dialogue = dialogue.answer(id, known[id]) if id in known else dialogue.skip(id)
    raise AssertionError(f"{form} was never asked")


def test_the_facts_behind_a_pair_are_asked_and_not_the_pair():
    """Whoever made the fault holds the pair for standard: last layer and loss are asked."""
    dialogue = at_form(OPENED, "last_layer")

    ids = [field.symptom for field in dialogue.prompt.form.fields]
    assert {"output_units", "output_activation", "loss_fn"} <= set(ids)
    assert "output_loss_pair" not in dialogue.skipped | dialogue.answered.keys()


def test_what_is_left_blank_is_not_known():
    """A blank field is skipped, and a filled one is answered; both are one step."""
    dialogue = at_form(OPENED, "last_layer")
    filled = dialogue.fill("last_layer", {"output_units": "1", "loss_fn": " ", "task": None})

    assert filled.answered["output_units"] == 1
    assert {"loss_fn", "task"} <= filled.skipped
    assert filled.back() == dialogue


def test_every_fault_of_a_form_is_told():
    """Two fields that cannot stand are two faults."""
    with pytest.raises(InputError) as error:
        OPENED.fill("last_layer", {"output_units": "many", "loss_fn": "blub", "task": "binary"})

    assert [str(fault.where) for fault in error.value.faults] == ["setup.output_units", "loss_fn"]


def test_a_form_that_is_none_is_refused():
    """Only forms of the rules can be filled in."""
    with pytest.raises(InputError, match="no such form"):
        OPENED.fill("blub", {})


def test_a_filled_form_is_saved():
    """A dialogue with a form is the same after it was saved."""
    dialogue = OPENED.fill("last_layer", {"output_units": "1", "loss_fn": None})
    again = of_json(to_json(dialogue))

    assert again == dialogue
    assert (again.answered, again.skipped) == (dialogue.answered, dialogue.skipped)


def test_setup_facts_are_asked_together():
    """Where one fact is asked, those that are nearly worth as much stand beside it."""
    prompt = Dialogue.of().complain("too_good").look().prompt

    assert isinstance(prompt, Question)
    assert prompt.form.id == "setup"
    assert [one.symptom for one in prompt.form.fields] == ["split_method", "domain"]


def test_a_look_is_offered_when_ten_questions_led_nowhere():
    """After ten questions without an answer one look is offered, which asks again what nobody
    could say without it.
    """
    looks = [card.id for card in load().forms.values() if not card.judges]
    dialogue = Dialogue.of().complain("underfits").look("training")
    while dialogue.prompt.form is None or dialogue.prompt.form.id not in looks:
        form = dialogue.prompt.form
        blank = {one.symptom: None for one in form.fields} if form else {}
        dialogue = dialogue.fill(form.id, blank) if form else dialogue.skip(dialogue.prompt.symptom)

    assert len(dialogue.skipped) <= 16
    assert dialogue.skip(dialogue.prompt.form.id).prompt != dialogue.prompt


def test_a_look_is_offered_once():
    """A look that told nothing does not come back."""
    dialogue = Dialogue.of().complain("underfits").look("training")
    seen = []
    while not isinstance(dialogue.prompt, Stop) and len(seen) < 60:
        form = dialogue.prompt.form
        seen += [form.id] if form and form.id != "setup" else []
        blank = {one.symptom: None for one in form.fields} if form else {}
        dialogue = dialogue.fill(form.id, blank) if form else dialogue.skip(dialogue.prompt.symptom)

    assert len(seen) == len(set(seen))


def test_a_script_is_asked_line_by_line():
    """Where forms cannot be shown, their questions come one at a time."""
    from dataclasses import replace

    prompt = replace(Dialogue.of().complain("too_good").look(), forms=False).prompt

    assert prompt.form is None
    assert prompt.symptom == "split_method"
