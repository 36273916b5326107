"""The curves that symptoms carry: thinned for drawing, and nothing that an eye would look for is
lost.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms, observe
from mldx.observe.intake import answered
from mldx.observe.plot_series import MOST_POINTS, plot_series
from mldx.readers.record import of_mapping
from mldx.readers.run import Run, Series
from mldx.symptoms.plot_series import PlotSeries

ANYTHING = st.floats() | st.floats(-1e3, 1e3)


@st.composite
def logs(draw) -> np.ndarray:
    """A wave of a few thousand points, with anything at some places and in one stretch."""
    size = draw(st.integers(1, 5000))
    y = np.sin(np.arange(size) / 50)
    start = draw(st.integers(0, size))
    y[start : start + draw(st.integers(0, size))] = draw(ANYTHING)
    for place, value in draw(
        st.dictionaries(st.integers(0, size - 1), ANYTHING, max_size=8)
    ).items():
        y[place] = value
    return y


def with_plot_series(y: np.ndarray, split: str = "train", metric: str = "loss") -> PlotSeries:
    """The one trace of one series that was logged by step."""
    step = np.arange(len(y), dtype=float)
    [trace] = plot_series(
        Run("a.csv", "CSV", [Series(split, metric, metric, np.asarray(y, dtype=float), step=step)])
    )
    return trace


def drawn(**history: object) -> list[tuple[str, str]]:
    """The metric and split of every curve of a history."""
    return [
        (one.metric, one.split) for one in plot_series(of_mapping({"history": history}, "a.json"))
    ]


@settings(max_examples=60, deadline=None)
@given(logs())
def test_least_and_greatest_are_drawn(y):
    """However long a log, its least and its greatest finite value are in the trace."""
    trace = with_plot_series(y)

    finite = y[np.isfinite(y)]
    kept = [value for value in trace.y if math.isfinite(value)]
    assert not len(finite) or (min(kept), max(kept)) == (finite.min(), finite.max())


@settings(max_examples=60, deadline=None)
@given(logs())
def test_a_trace_is_small_and_in_order(y):
    """A trace has no more points than a page needs, in the order of the log, from its first to its
    last.
    """
    trace = with_plot_series(y)

    assert len(trace.x) <= MOST_POINTS
    assert list(trace.x) == sorted(set(trace.x))
    assert (trace.x[0], trace.x[-1]) == (0, len(y) - 1)


@settings(max_examples=60, deadline=None)
@given(logs())
def test_a_point_of_a_trace_was_logged(y):
    """Nothing is averaged: each point of a trace is a point of the log."""
    trace = with_plot_series(y)

    assert np.array_equal(np.array(trace.y), y[np.array(trace.x, dtype=int)], equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(logs())
def test_a_loss_of_numbers_is_drawn(y):
    """A log with a value that is no number has one in its trace, at the place of the first."""
    trace = with_plot_series(y)

    lost = np.flatnonzero(~np.isfinite(y))
    shown = [x for x, value in zip(trace.x, trace.y, strict=True) if not math.isfinite(value)]
    assert shown[:1] == lost[:1].tolist()


@pytest.mark.parametrize("place", [1, 60_105, 99_998])
def test_a_spike_of_one_step_is_drawn(place):
    """A spike one step wide in a hundred thousand steps is in the trace, at its place."""
    y = 2 + 0.01 * np.sin(np.arange(100_000))
    y[place] = 900

    trace = with_plot_series(y)

    assert trace.x[trace.y.index(900)] == place


def test_a_short_log_is_drawn_whole():
    """A log that a page can hold is not thinned."""
    assert with_plot_series(np.arange(MOST_POINTS)).y == tuple(range(MOST_POINTS))


def test_the_loss_comes_first():
    """Losses are drawn first, then scores, then the rate and the gradient norm."""
    told = drawn(
        grad_norm=[1, 2], lr=[0.1, 0.1], val_acc=[0.5, 0.6], train_loss=[2, 1], val_loss=[2, 1]
    )

    assert told == [
        ("loss", "train"),
        ("loss", "val"),
        ("accuracy", "val"),
        ("lr", "train"),
        ("grad_norm", "train"),
    ]


def test_two_scores_are_drawn():
    """Of many scores the two that tell most are drawn."""
    told = drawn(
        val_recall=[0.1, 0.2], val_f1=[0.1, 0.2], val_precision=[0.1, 0.2], val_acc=[0.1, 0.2]
    )

    assert told == [("accuracy", "val"), ("f1", "val")]


def test_the_finest_series_is_drawn():
    """Of a loss that was logged by step and by epoch, the log of steps is drawn."""
    coarse, fine = (np.linspace(2, 1, size) for size in (3, 30))
    series = [
        Series("train", "loss", "loss", y, step=np.linspace(0, 29, len(y))) for y in (coarse, fine)
    ]

    [trace] = plot_series(Run("a.csv", "CSV", series))

    assert len(trace.y) == 30


def test_no_series_no_trace():
    """A run without numbers has no curve."""
    assert plot_series(Run("a.csv", "CSV")) == ()


def test_a_trace_is_plain_data():
    """A trace goes through JSON and back, values that are no numbers included."""
    trace = PlotSeries(
        "train", "loss", "epoch", (1.0, 2.0, 3.0, 4.0), (0.5, math.inf, -math.inf, 2.0)
    )

    assert PlotSeries.of_plain(json.loads(json.dumps(trace.to_plain(), allow_nan=False))) == trace


@pytest.mark.parametrize(
    "change",
    [
        {"x": [1.0]},
        {"x": [1.0, math.nan]},
        {"y": [1.0, "much"]},
        {"y": [1.0, None]},
        {"y": 3},
        {"x": [10**400, 1]},
    ],
)
def test_what_is_no_trace_is_refused(change):
    """Places without values, values that are none, and places that are no numbers make no trace."""
    plain = {**PlotSeries("train", "loss", "epoch", (1.0, 2.0), (0.5, 0.4)).to_plain(), **change}

    with pytest.raises((KeyError, TypeError, ValueError, OverflowError)):
        PlotSeries.of_plain(plain)


HISTORY = {
    "epoch": [1, 2, 3, 4],
    "train_loss": [2.0, 1.5, 1.2, 1.1],
    "val_loss": [2.1, 1.6, 1.3, 1.2],
}


@pytest.mark.parametrize(
    "told",
    [
        lambda seen: seen | Symptoms.of(tiny_overfit_result="pass"),
        lambda seen: Symptoms.of(tiny_overfit_result="pass") | seen,
        lambda seen: seen.without("loss_shape"),
        lambda seen: answered(seen, {"optimizer": "adam"}),
        lambda seen: seen | seen,
    ],
    ids=[
        "answered",
        "added to answers",
        "without a symptom",
        "with a fact",
        "seen twice",
    ],
)
def test_symptoms_keep_their_curves(told):
    """What is added to symptoms or taken from them leaves their curves as they were."""
    seen = observe.history(HISTORY)

    assert [one.split for one in seen.plot_series] == ["train", "val"]
    assert told(seen).plot_series == seen.plot_series


def test_curves_are_no_observation():
    """Symptoms are equal whether or not the curves they were seen in are at hand."""
    seen = observe.history(HISTORY)

    assert seen.with_plot_series(()) == seen


def place(symptom: str, **history: object) -> float | None:
    """Where on the axis a symptom was seen."""
    return observe.history(history).provenances[symptom].at


def test_the_place_of_the_first_nan():
    """A loss that is NaN from epoch 30 on was lost at 30."""
    assert (
        place("loss_nonfinite", epoch=[10, 20, 30, 40], train_loss=[2.0, 1.5, math.nan, math.nan])
        == 30
    )


def test_the_place_of_the_least_loss():
    """A loss that climbs did so from its least value on."""
    losses = [2.3, 1.9, 1.5, 1.2, 1.6, 2.4, 3.3, 4.6, 6.0, 8.0]

    assert place("train_loss_rising", epoch=list(range(1, 11)), train_loss=losses) == 4


def test_the_place_of_the_first_spike():
    """Of two spikes the first is the place."""
    losses = [
        20.0 if step in (430, 650) else 2 + 0.01 * math.sin(step * 7.1) for step in range(1000)
    ]

    assert place("loss_spikes", step=list(range(1000)), train_loss=losses) == 430


def test_spikes_behind_a_nan_keep_their_place():
    """Points that are no numbers move no place."""
    losses = [20.0 if step == 430 else 2 + 0.01 * math.sin(step * 7.1) for step in range(1000)]
    losses[100:110] = [math.nan] * 10

    assert place("loss_spikes", step=list(range(1000)), train_loss=losses) == 430


def test_the_place_of_the_greatest_gradient():
    """The greatest gradient norm is where it was logged."""
    norms = [1.0, 1.2, 0.9, 30.0, 1.0, 1.0]

    assert (
        place("grad_norm_high", epoch=[1, 2, 3, 4, 5, 6], train_loss=[2.0] * 6, grad_norm=norms)
        == 4
    )


@pytest.mark.parametrize("symptom", ["train_loss_rising", "loss_spikes", "loss_nonfinite"])
def test_what_was_not_seen_has_no_place(symptom):
    """A loss that falls without a jump has no place where it did otherwise."""
    losses = [2 * 0.999**step + 0.01 * math.sin(step * 7.1) for step in range(1000)]

    assert place(symptom, step=list(range(1000)), train_loss=losses) is None
