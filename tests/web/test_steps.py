"""What is pressed on the page, and where it leads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.errors import InputError
from mldx.interview import Stop
from mldx.knowledge import load
from mldx.web.page_state import PageState
from mldx.web.steps import ActionInput, done
from tests.web.conftest import CURVE

START = PageState.start(load())


def walked(*actions):
    """The place after these actions."""
    place = START
    for action in actions:
        place = done(place, action, ActionInput(looked=("training", "validation")))
    return place


def test_a_complaint_in_ones_own_words_is_understood():
    """What is typed on the first page is heard as a complaint."""
    place = done(START, "say", ActionInput(words="my loss is nan after a few steps"))

    assert place.dialogue.complaints == ("loss_nan",)


def test_words_that_no_complaint_fits_are_told_so():
    """Nothing is guessed from words that mean nothing to the rules."""
    with pytest.raises(InputError):
        done(START, "complain", ActionInput(words="qwertz"))


def test_enter_answers_the_question_that_is_asked():
    """A number typed and sent with Enter is the answer to what is on the page."""
    place = walked("begin", "look", "change:train_size")

    assert done(place, "say", ActionInput(words="120")).dialogue.answers == {"train_size": 120}


def test_an_empty_answer_is_told_so():
    """Sending nothing answers nothing."""
    with pytest.raises(InputError):
        done(walked("begin", "look"), "answer", ActionInput(words="  "))


def test_a_measurement_can_be_overruled():
    """What the log shows can be picked and answered otherwise; the person's word is kept."""
    place = done(START, "read", ActionInput(logs=[("log.csv", CURVE.encode())]))
    place = done(place, "change:val_loss_turns_up", ActionInput())
    place = done(place, "answer:none", ActionInput())

    assert place.dialogue.symptoms.observed["val_loss_turns_up"] == "none"
    assert [one.symptom for one in place.dialogue.diagnosis.conflicts] == ["val_loss_turns_up"]


def test_answers_are_kept_when_a_log_comes_later():
    """A log that is dropped in the middle of an interview adds to the answers."""
    place = done(walked("begin", "look", "change:dropout"), "answer", ActionInput(words="0.5"))
    place = done(place, "read", ActionInput(logs=[("log.csv", CURVE.encode())]))

    assert place.dialogue.answers == {"dropout": 0.5}
    assert "val_loss_turns_up" in place.dialogue.symptoms.observed


def test_going_on_past_a_stop_asks_the_next_question():
    """A stop is advice: whoever goes on is asked."""
    place = walked("begin", "look")
    for _ in range(400):
        if isinstance(place.prompt, Stop):
            break
        place = done(place, "skip", ActionInput())
    stop = place.prompt
    assert isinstance(stop, Stop)
    assert stop.then is not None

    assert done(place, "go-on", ActionInput()).prompt == stop.then


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["look", "skip", "change:dropout", "change:loss_shape", "go-on"]),
        max_size=6,
    )
)
def test_every_step_can_be_undone(actions):
    """As often back as it takes leads to the beginning, from anywhere."""
    place = walked("begin", "look", *actions)
    for _ in range(2 * len(actions) + 4):
        place = done(place, "back", ActionInput())

    assert place == START


@given(st.text(max_size=30))
def test_what_is_no_button_does_nothing(action):
    """A action that no button of the page has is refused."""
    with pytest.raises(InputError):
        done(START, f"no-{action}", ActionInput())
