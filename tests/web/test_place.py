"""Where a person stands, carried by the page and by links."""

import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldx.errors import InputError
from mldx.knowledge import load
from mldx.web.place import MOST, Place
from mldx.web.steps import Given, done
from tests.web.conftest import CURVE

ANSWERS = {"loss_shape": "flat", "tiny_overfit_result": "pass", "train_size": 500, "dropout": 0.5, "batchnorm": True}


def read(name="secret-project.csv", text=CURVE):
    """The place after a log was dropped."""
    return done(Place.start(load()), "read", Given(logs=[(name, text.encode())]), load())


@given(st.lists(st.sampled_from(sorted(ANSWERS)), max_size=6))
def test_a_place_comes_back_as_it_was_packed(ids):
    """What the page carries is the whole of it."""
    place = Place.start(load())
    for id in ids:
        place = place.to(place.session.answer(id, ANSWERS[id]))

    assert Place.unpacked(place.packed(), load()) == place


def test_a_log_comes_back_with_its_curves_and_figures():
    """Nothing of what was seen in a log is lost between two requests."""
    place = read()
    again = Place.unpacked(place.packed(), load())

    assert again.session.symptoms().findings == place.session.symptoms().findings
    assert [(one.metric, one.split, one.y) for one in again.session.log.traces] == [
        (one.metric, one.split, one.y) for one in place.session.log.traces
    ]


def test_a_link_holds_the_answers_and_not_the_data():
    """Whoever is given a link sees the same ranking, and neither curves nor figures nor the name of the file."""
    place = read()
    shared = Place.unpacked(place.link(), load())
    log = shared.session.log

    assert shared.session.diagnosis().causes[0].id == place.session.diagnosis().causes[0].id
    assert (log.traces, shared.reading, shared.session.record) == ((), None, None)
    assert all(not finding.figure and not finding.origin for finding in log.findings.values())


@given(st.text(max_size=200))
def test_any_other_text_is_no_place(text):
    """A damaged link is refused with an error that says so, whatever it is."""
    with pytest.raises(InputError):
        Place.unpacked(text, load())


@given(st.integers(0, 10**6))
def test_a_link_that_was_cut_off_is_refused(cut):
    """A link copied in part is told to be damaged, and never read in part."""
    link = replace(Place.start(load()), begun=True).link()

    with pytest.raises(InputError):
        Place.unpacked(link[: cut % len(link)], load())


def test_a_link_that_would_fill_the_memory_is_refused():
    """A few bytes that unpack to more than the limit are not unpacked."""
    bomb = urlsafe_b64encode(zlib.compress(b" " * (MOST + 1))).decode()

    with pytest.raises(InputError):
        Place.unpacked(bomb, load())
