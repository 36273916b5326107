"""What is read in haste is what is read with care, and where it may not be, care reads it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.errors import InputError
from mldx.readers import plain_rows, read_text
from mldx.readers.delimited import table
from mldx.readers.dialects import dialect
from mldx.readers.source import LogSource

PLAIN = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats().map(repr),
    st.floats(-10, 10).map(lambda one: f"{one:.5f}"),
    st.floats(0, 1).map(lambda one: f"{one:.3E}"),
)
ODD = st.sampled_from(
    ["NaN", "nan", "-nan", "inf", "Infinity", "NA", "na", "", "", " 1", "1 ", '"1"', "1_0", "1e400",
     "+1", ".5", "5.", "-", "1-2", "1.2.3", "0x1F", "1e", "98%", "text", "True", "an", "\r"]
)  # fmt: skip
MESSY = st.one_of(PLAIN, PLAIN, PLAIN, ODD)


def source_of(text):
    return LogSource.of_bytes(text.encode(), "log")


def bits(values):
    """The values bit by bit, whatever the sign of a NaN."""
    return np.where(np.isnan(values), np.nan, values).tobytes()


def told(read):
    """What a reader says, bit by bit; or how it refuses."""
    try:
        rows = read()
    except InputError as error:
        return str(error)
    columns = {one.name: (bits(one.value[one.there]), one.there.tobytes())
               for one in rows.columns}  # fmt: skip
    axes = [None if axis is None else axis.tobytes() for axis in (rows.epoch, rows.step)]
    return columns, axes, rows.size, rows.ignored, rows.notes


def hasty_and_careful(read, text):
    """Return what is read in blocks of 50 bytes, and what is read without the fast path."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mldx.readers.delimited.is_large", lambda _: True)
        patch.setattr("mldx.readers.json_rows.is_large", lambda _: True)
        patch.setattr(plain_rows, "_BLOCK", 50)
        hasty = read(text)
    return hasty, read(text)


def table_of(text):
    source = source_of(text)
    how = dialect(source)
    return None if how is None else told(lambda: table(source, how))


def cells(element):
    return st.integers(2, 4).flatmap(
        lambda width: st.lists(st.lists(element, min_size=width, max_size=width), max_size=12)
    )


@settings(max_examples=300, deadline=None)
@given(cells(PLAIN) | cells(MESSY), st.sampled_from(["", "\n", "\n\n", "\n1", "\n1,2"]))
def test_a_csv_file_in_haste_and_with_care(rows, end):
    """Whatever stands in the cells, whole rows or not."""
    header = ["step", "loss", "val_loss", "lr"][: len(rows[0]) if rows else 3]
    text = "\n".join(",".join(row) for row in [header, *rows]) + end

    hasty, careful = hasty_and_careful(table_of, text)

    assert hasty == careful


def series_of(text):
    try:
        runs = read_text(text, "log")
    except InputError as error:
        return str(error)
    return [
        [(one.name, one.split, bits(one.value), one.x.tobytes()) for one in run.series]
        for run in runs
    ]


VALUES = st.one_of(
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.sampled_from([None, True, "98 %", "text", 10**400, {"a": 1}, [1]]),
)
OBJECTS = st.lists(
    st.dictionaries(st.sampled_from(["step", "loss", "val_loss", "acc"]), st.floats(), min_size=1)
    | st.dictionaries(st.sampled_from(["step", "loss", "mode", "total_flos"]), VALUES),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(OBJECTS, st.sampled_from(["", "\n", "\n{", '\n{"a": 1},{"a": 2}', "\n\n", "\nx"]))
def test_json_lines_in_haste_and_with_care(rows, end):
    """Whatever the objects hold, and whatever stands behind them."""
    text = "\n".join(json.dumps(row) for row in rows) + end

    hasty, careful = hasty_and_careful(series_of, text)

    assert hasty == careful


@pytest.mark.parametrize("name", ["csv", "json"])
def test_plain_numbers_are_read_in_haste(name):
    """Steps and losses, some of them without a validation, are read in blocks."""
    rows = [
        {"step": step, "loss": 1 / step} | ({"val_loss": 2 / step} if step % 10 == 0 else {})
        for step in range(1, 101)
    ]
    if name == "csv":
        lines = (f"{row['step']},{row['loss']},{row.get('val_loss', '')}" for row in rows)
        text = "\n".join(["step,loss,val_loss", *lines])
        found = plain_rows.csv_columns(source_of(text), ["step", "loss", "val_loss"])
    else:
        found = plain_rows.json_columns(source_of("\n".join(map(json.dumps, rows))))

    values, there = found["val_loss"]
    assert np.array_equal(values[there], 2 / np.arange(10.0, 101, 10))
    assert np.flatnonzero(there).tolist() == list(range(9, 100, 10))
