"""Where a person stands, carried by the page and by links."""

import json
import zlib
from base64 import urlsafe_b64encode
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mldx.errors import InputError
from mldx.knowledge import load
from mldx.web.page_state import MOST, MOST_STEPS, PageState
from mldx.web.steps import ActionInput, done
from tests.web.conftest import CURVE

ANSWERS = {
    "loss_shape": "flat",
    "tiny_overfit_result": "pass",
    "train_size": 500,
    "dropout": 0.5,
    "batchnorm": True,
}


def read(name="secret-project.csv", text=CURVE):
    """The place after a log was dropped."""
    return done(PageState.start(load()), "read", ActionInput(logs=[(name, text.encode())]))


@given(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=6))
def test_a_place_comes_back_as_it_was_packed(ids):
    """What the page carries is the whole of it."""
    place = PageState.start(load())
    for id in ids:
        place = place.to(place.dialogue.answer(id, ANSWERS[id]))

    assert PageState.unpacked(place.packed(), load()) == place


def test_a_log_comes_back_with_its_curves_and_figures():
    """Nothing of what was seen in a log is lost between two requests."""
    place = read()
    again = PageState.unpacked(place.packed(), load())

    assert again.dialogue.symptoms.provenances == place.dialogue.symptoms.provenances
    assert [(one.metric, one.split, one.y) for one in again.dialogue.log.plot_series] == [
        (one.metric, one.split, one.y) for one in place.dialogue.log.plot_series
    ]


def test_a_link_holds_the_answers_and_not_the_data():
    """Whoever is given a link sees the same ranking, and neither curves nor figures nor the name of
    the file.
    """
    place = read()
    shared = PageState.unpacked(place.link(), load())
    log = shared.dialogue.log

    assert shared.dialogue.diagnosis.causes[0].id == place.dialogue.diagnosis.causes[0].id
    assert (log.plot_series, shared.reading, shared.dialogue.record) == ((), None, None)
    assert all(
        not provenance.figure and not provenance.origin for provenance in log.provenances.values()
    )


@given(st.text(max_size=200))
def test_any_other_text_is_no_place(text):
    """A damaged link is refused with an error that says so, whatever it is."""
    with pytest.raises(InputError):
        PageState.unpacked(text, load())


@given(st.integers(0, 10**6))
def test_a_link_that_was_cut_off_is_refused(cut):
    """A link copied in part is told to be damaged, and never read in part."""
    link = done(PageState.start(load()), "begin", ActionInput()).link()

    with pytest.raises(InputError):
        PageState.unpacked(link[: cut % len(link)], load())


def test_a_link_that_would_fill_the_memory_is_refused():
    """A few bytes that unpack to more than the limit are not unpacked."""
    bomb = urlsafe_b64encode(zlib.compress(b" " * (MOST + 1))).decode()

    with pytest.raises(InputError):
        PageState.unpacked(bomb, load())


def written(plain):
    """Pack plain data as a page would, whatever is in it."""
    return urlsafe_b64encode(zlib.compress(json.dumps(plain).encode())).decode()


def places(plain, before=()):
    """Every place in a document, as the keys that lead there."""
    yield before
    inner = (
        plain.items()
        if isinstance(plain, dict)
        else enumerate(plain[:3])
        if isinstance(plain, list)
        else ()
    )
    for key, part in inner:
        yield from places(part, (*before, key))


def changed(plain, keys, value):
    """The document with another value at a place."""
    if not keys:
        return value
    plain = deepcopy(plain)
    here = plain
    for key in keys[:-1]:
        here = here[key]
    here[keys[-1]] = value
    return plain


STATE = done(
    done(read(), "complain:loss_nan", ActionInput()), "change:dropout", ActionInput(words="0.5")
)._plain()
ODD = [
    None, True, -1, 1.5, 10**400, float("nan"), float("inf"), "", "\ud800", "<b>", "custom.x", [],
    {}, [[]], {"a": 1}, [None], {"\ud800": 1}, {"answers": {}}, {"skip": None}, "a" * 5000,
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(list(places(STATE))),
    st.sampled_from(ODD),
    st.sampled_from(["skip", "back", "change:dropout", "go-on"]),
)
def test_whatever_a_page_carries_is_shown_or_refused(app, keys, value, action):
    """Any value at any place of the state gives a page, or the reason why not; never an error of
    the server.
    """
    client, state = (
        TestClient(app, base_url="http://localhost"),
        written(changed(STATE, keys, value)),
    )
    answers = [
        client.post("/step", data={"state": state, "do": action}),
        client.post("/download/json", data={"state": state}),
        client.post("/download/record", data={"state": state}),
    ]

    assert {answer.status_code for answer in answers} <= {200, 422}


@pytest.mark.parametrize(
    "keys, value",
    [
        (("dialogue", "plot_series", 0, "y", 0), 10**400),
        (("dialogue", "record", "history", "train_loss", 0), float("nan")),
        (("dialogue", "reading", "origin"), "\ud800"),
        (("dialogue", "picked"), "no_question"),
        (("dialogue", "steps"), [{"skip": "dropout"}] * (MOST_STEPS + 1)),
    ],
)
def test_what_no_page_writes_is_refused(keys, value):
    """Endless numbers, half characters, unknown questions and more steps than anyone takes are
    damage.
    """
    with pytest.raises(InputError):
        PageState.unpacked(written(changed(STATE, keys, value)), load())


def test_an_interview_of_endless_unknown_names_is_refused_at_once():
    """Far more faults than anyone mistypes are counted and not told one by one."""
    steps = [{"answers": {f"loss_shap{i}": 1 for i in range(100_000)}}]
    with pytest.raises(InputError) as refused:
        PageState.unpacked(written(changed(STATE, ("dialogue", "steps"), steps)), load())

    assert "99950 more" in refused.value.faults[-1].what
