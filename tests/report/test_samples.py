"""Sheets of samples: the surest mistakes first, and samples as the model gets them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mldx.errors import ObservationError
from mldx.report import fifty_samples, wrong_cases
from mldx.report.samples import _png


def test_the_surest_mistakes_come_first():
    """Mistakes come in the order of their probability; right answers are left out."""
    proba = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.01, 0.99]])
    sheet = wrong_cases([1, 1, 1, 0], proba, ids=["a", "b", "c", "d"], names=["cat", "dog"])

    assert [one.id for one in sheet.samples] == ["d", "a", "b"]
    assert (sheet.samples[0].truth, sheet.samples[0].answer) == ("cat", "dog")
    assert "3 of 4 are wrong" in sheet.title


def test_the_largest_errors_of_numbers_come_first():
    """Of a regression the farthest answers come first."""
    sheet = wrong_cases([1.0, 2.0, 3.0], [1.1, 5.0, 3.0])

    assert [one.place for one in sheet.samples] == [1, 0]


def test_as_many_as_are_asked_for():
    """A sheet holds at most what fits one look."""
    assert len(wrong_cases(np.zeros(200, int), np.ones(200, int), most=20)) == 20
    assert len(fifty_samples(np.zeros((200, 4)))) == 50
    assert len(fifty_samples(["only one"])) == 1


def test_samples_are_drawn_with_a_seed():
    """The same data gives the same sheet, and another seed another one."""
    places = [[one.place for one in fifty_samples(range(500), seed=s).samples] for s in (0, 0, 1)]

    assert places[0] == places[1] != places[2]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_rows_of_a_table(frame):
    """A row of a table is shown by column."""
    table = frame({"age": [30, 40], "town": ["Rome", "<Oslo>"]})

    page = fifty_samples(table, ["yes", "no"]).to_html()
    assert "<td>town</td><td>&lt;Oslo&gt;</td>" in page
    assert "age=30, town=Rome" in str(fifty_samples(table))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 3), (3, 28, 28), (28, 28, 1), (600, 400, 3)])
def test_pictures(shape):
    """Pictures of any layout become pictures on the page."""
    pictures = np.random.default_rng(0).random((3, *shape))

    assert fifty_samples(pictures).to_html().count("data:image/png;base64,") == 3


def test_a_png_holds_the_pixels():
    """What is unpacked of a picture is its rows of pixels, each behind the byte of its filter."""
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 6)
    packed = _png(pixels)
    at = packed.index(b"IDAT")
    (size,) = struct.unpack(">I", packed[at - 4 : at])

    assert zlib.decompress(packed[at + 4 : at + 4 + size]) == b"\0" + bytes(
        range(6)
    ) + b"\0" + bytes(range(6, 12))


def test_series_and_texts():
    """A series is drawn as a line, with its gaps left out; a text is escaped."""
    page = fifty_samples([np.array([1.0, 2.0, np.nan] * 5), "<b>bold</b>"]).to_html()

    assert "<polyline" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "nan" not in page


def test_lengths_that_differ():
    """Labels that are not one for each sample are refused."""
    with pytest.raises(ObservationError, match="y_pred has 1 entries"):
        wrong_cases([0, 1], [0])
    with pytest.raises(ObservationError, match="labels has 1 entries"):
        fifty_samples([1, 2], [0])
