"""A run record holds what was read: read back, the same is observed and the same is concluded."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import diagnose
from mldx.errors import InputError
from mldx.interview.run_record import record_text, same_seen
from mldx.observe import observed
from mldx.readers import Run, Series, read, read_text
from mldx.readers.record import of_mapping
from mldx.readers.run import Event
from mldx.readers.to_record import to_mapping
from tests.kit import NOT_READ, made_logs

END = {"as json": ".json", "as yaml": ".yaml"}


def back(run, end=".json"):
    """The run in the record that was written of a run."""
    (again,) = read_text(record_text(run, end), run.origin)
    return again


def concluded(symptoms):
    """Verdict and causes, apart from the figures in words."""
    found = diagnose(symptoms)
    return found.verdict, [(cause.id, cause.probability) for cause in found.causes]


@pytest.mark.parametrize("end", END.values(), ids=END)
@pytest.mark.parametrize(
    "log", [log for log in made_logs() if log.name not in NOT_READ], ids=lambda log: log.name
)
def test_a_record_of_a_log_is_diagnosed_as_the_log(log, end):
    """Every made log, written as a record and read back, gives the same symptoms and causes."""
    (run,) = read(log)
    one, other = observed(run), observed(back(run, end))

    assert same_seen(one, other)
    assert concluded(one) == concluded(other)


figures = st.one_of(st.floats(0, 10), st.sampled_from([float("nan"), float("inf"), 0.0]))


@st.composite
def simulated(draw):
    """A run of epochs or steps: training and validation, several losses, a rate, a resume."""
    size = draw(st.integers(3, 30))
    epoch = np.arange(size, dtype=float) + draw(st.sampled_from([0, 1]))
    step = (epoch + 1) * draw(st.integers(1, 500)) if draw(st.booleans()) else None
    names = draw(
        st.sets(
            st.sampled_from(
                ["train_loss", "loss_epoch", "total_loss", "val_loss", "val_acc", "train_acc",
                 "lr", "grad_norm", "val_f1", "mystery"]
            ),
            min_size=1,
        )
    )  # fmt: skip
    run = Run("simulated", "simulated")
    from mldx.readers.choice import settle
    from mldx.readers.names import named

    for name in sorted(names):
        told = named(name)
        split = told.split or ("other" if name == "mystery" else "train")
        value = np.array(draw(st.lists(figures, min_size=size, max_size=size)))
        if told.metric in ("accuracy", "f1"):
            value = value / 10
        run.series.append(Series(split, told.metric, name, value, epoch, step))
    if draw(st.booleans()):
        run.events.append(Event("resume", "the log goes on at 3 after 5", 3.0, 0.5, None))
    settle(run)
    return run


@settings(max_examples=60, deadline=None)
@given(simulated())
def test_a_record_of_any_run_is_judged_as_the_run(run):
    """Epochs or steps, NaN, several losses, events: read back, the same is observed."""
    again = of_mapping(json.loads(json.dumps(to_mapping(run))), run.origin)

    assert same_seen(observed(run), observed(again))
    assert again.events == run.events


def test_two_points_in_one_place_are_two_rows():
    """A log that writes a step twice keeps both values."""
    x = np.array([1.0, 2.0, 2.0, 3.0])
    run = Run("log", "a log", [Series("train", "loss", "loss", np.array([4.0, 3, 2, 1]), step=x)])

    assert to_mapping(run)["history"] == {"step": [1, 2, 2, 3], "train_loss": [4, 3, 2, 1]}


def test_series_on_two_axes_are_refused():
    """Epochs here and steps there cannot be one table; it is told, and nothing is written."""
    ones = np.ones(3)
    x = np.arange(3.0)
    parts = [
        Series("train", "loss", "loss", ones, step=x),
        Series("val", "loss", "val_loss", ones, epoch=x),
    ]

    with pytest.raises(InputError, match="two axes"):
        record_text(Run("log", "a log", parts), ".json")


def test_an_unsure_reading_is_not_written():
    """A record is a person's word; a log that may be misread does not become one."""
    run = Run("log", "a log", [Series("train", "loss", "loss", np.ones(3), np.arange(3.0))])
    run.doubts = ["27 runs in one log"]

    with pytest.raises(InputError, match="not read surely"):
        record_text(run, ".json")


@pytest.mark.parametrize(
    "events",
    [3, [3], [{"kind": "party", "text": "x"}], [{"kind": "resume"}],
     [{"kind": "resume", "text": "x", "at": "soon"}], [{"kind": "resume", "text": "x", "who": 1}]],
)  # fmt: skip
def test_odd_events_of_a_record_are_refused(events):
    """An event has a kind, a text and figures; anything else is a fault with its place."""
    with pytest.raises(InputError, match="events"):
        of_mapping({"events": events}, "run.json")
