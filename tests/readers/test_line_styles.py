"""A history, however it is printed, is read back exactly or refused; never otherwise."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldx.errors import MldxError
from mldx.readers import read_text
from tests.kit.line_styles import COLUMNS, DRESSES, STYLES, dressed, written

_LOSSES = st.integers(1, 40_000).map(lambda n: n / 10_000)
_SHARES = st.integers(1, 9_999).map(lambda n: n / 10_000)
_HISTORIES = st.integers(3, 40).flatmap(
    lambda size: st.lists(
        st.tuples(_LOSSES, _LOSSES, _SHARES, _SHARES), min_size=size, max_size=size
    )
)
_LEAST_READ = 0.97
_EXAMPLE = [
    (round(2 / e, 4), round(2.2 / e + 0.1, 4), round(0.9 - 0.5 / e, 4), round(0.8 - 0.4 / e, 4))
    for e in range(1, 13)
]


def read_back(style, history, text):
    """What of a history is not read back as it was written; None when the text is refused."""
    try:
        runs = read_text(text, "log")
    except MldxError:
        return None
    if len(runs) != 1 or runs[0].others:
        return [f"{len(runs)} runs, {runs[0].others}"]
    return [wrong for key in style.holds if (wrong := _wrong(style, key, history, runs[0]))]


def _wrong(style, key, history, run):
    split, metric = key.split("/")
    series = run.get(split, metric)
    column = COLUMNS.index(key.replace("test/", "val/"))
    expected = [epoch[column] for epoch in history]
    if series is None or [round(value, 4) for value in series.value.tolist()] != expected:
        return f"{key} is {None if series is None else series.value.tolist()}, not {expected}"
    if not style.epochs:
        return None
    steps = [] if series.epoch is None else (series.epoch - series.epoch[0]).tolist()
    return None if steps == list(range(len(history))) else f"{key} is at {series.epoch}"


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(STYLES), st.sampled_from(sorted(DRESSES)), _HISTORIES)
def test_a_history_is_read_back_exactly_or_refused(style, dress, history):
    """In any style and dress each series has its values, its split, its epochs and no others."""
    assert not read_back(style, history, dressed(dress, written(style, history)))


def test_nearly_every_style_is_read():
    """Of all styles in all dresses at least 97 % are read and not refused."""
    told = [
        read_back(style, _EXAMPLE, dressed(dress, written(style, _EXAMPLE)))
        for style in STYLES
        for dress in DRESSES
    ]

    assert len(STYLES) >= 40
    assert sum(wrong == [] for wrong in told) >= _LEAST_READ * len(told)


_COUNTED = [style for style in STYLES if style.epochs and not style.header]


@pytest.mark.parametrize("style", _COUNTED, ids=lambda style: style.name)
def test_a_restart_is_another_run(style):
    """A history printed twice over is two runs of which the second is judged, or it is refused."""
    first, second = _EXAMPLE[:8], _EXAMPLE[4:]
    lines = [*written(style, first), *written(style, second)]
    try:
        (run,) = read_text("\n".join(lines) + "\n", "log")
    except MldxError:
        return

    assert [_wrong(style, key, second, run) for key in style.holds] == [None] * len(style.holds)
    assert len(run.others) == 1
