"""Whatever the input, the reader answers with a run or with an error that a person can read."""

from __future__ import annotations

import math
from contextlib import suppress
from time import process_time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mldx.errors import MldxError
from mldx.knowledge import load
from mldx.observe import observed
from mldx.readers import read, read_text
from mldx.readers.duration import minutes
from mldx.readers.record import of_mapping
from tests.kit import LOGS

_WORDS = """
    epoch step loss val_loss accuracy , ; | " ' { } [ ] : - nan inf NA 1e400 0.5 1 2 3/5 history:
    setup: answers: 100% %|
    train val metrics/ train/box_loss !!python/object:x &a *a null phase best
"""
_PIECES = [
    " ", "\t", "\n", "\r", "\r\n", "\b", "\x1b[0m", "Epoch 1/2\n",
    "- loss: 0.5", "{'loss': 0.5, 'epoch': 1}",
    "[0]\ttrain-logloss:0.5\n", '{"history": {"train_loss": [1, ', '"log_history": [',
    "iter 3: loss ",
    "epoch,loss,val_loss\n", "1,0.5,0.5\n",
]  # fmt: skip
_FRAGMENTS = st.sampled_from([*_WORDS.split(), *_PIECES])
_MARKED = st.sampled_from(
    [b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x80\x04", b"PK\x03\x04", b"epoch,loss\n0,"]
)


@given(st.one_of(st.text(), st.lists(_FRAGMENTS, max_size=40).map("".join)))
@example("epoch,loss\n1,1" + "0" * 400)
@example('{"history": {"train_loss": [1e999, ' + "9" * 5000 + "]}}")
@example("[" * 100_000)
@example('{"a":' * 100_000)
@example("setup: " + "[" * 5000)
@example('epoch,loss\n1,"0.5\n2,0.4')
@example("loss\n\n\n1\n")
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_text_is_read_or_refused(text):
    """No text, however strange, ends in anything but runs or an MldxError."""
    with suppress(MldxError):
        assert all(len(series) for run in read_text(text, "log") for series in run.series)


@given(st.tuples(_MARKED, st.binary()).map(b"".join))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_read_or_refused(tmp_path_factory, content):
    """No file, however damaged, ends in anything but runs or an MldxError."""
    path = tmp_path_factory.mktemp("any") / "log"
    path.write_bytes(content)

    with suppress(MldxError):
        read(path)


_CELLS = st.one_of(st.none(), st.floats())


@given(st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=50))
@settings(max_examples=200, deadline=None)
def test_a_history_written_as_csv_is_read_back_exactly(rows):
    """Every float survives the file, NaN and infinities included, and an empty cell is no point."""
    rows = [(0.5, 0.5), *rows]
    lines = [f"{epoch},{_cell(train)},{_cell(val)}" for epoch, (train, val) in enumerate(rows)]

    (run,) = read_text("epoch,loss,val_loss\n" + "\n".join(lines) + "\n", "log")

    for split, column in (("train", 0), ("val", 1)):
        written = [
            (epoch, row[column]) for epoch, row in enumerate(rows) if row[column] is not None
        ]
        series = run.get(split, "loss")
        assert series.x.tolist() == [epoch for epoch, _ in written]
        assert all(map(_same, series.value.tolist(), [value for _, value in written]))


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@pytest.mark.parametrize("cut", range(0, 1600, 7))
def test_an_event_file_cut_anywhere_is_read_or_refused(tmp_path, cut):
    """A killed writer leaves an event file that ends in the middle of a record."""
    path = tmp_path / "events.out.tfevents.1"
    path.write_bytes((LOGS / "lightning_tensorboard_rate_too_low.tfevents").read_bytes()[:cut])

    with suppress(MldxError):
        assert read(path)[0].format == "TensorBoard events"


@pytest.mark.parametrize("run", ["\r", "1", "loss", "loss_", "\r1", "out of memory ", "["])
def test_no_log_takes_long_because_one_thing_repeats(run):
    """A megabyte of one thing, in one line, is read in the time of a megabyte of log, whatever the
    thing is.
    """
    text = "epoch 1 loss: 0.5\nepoch 2 loss: 0.4\r" + run * ((1 << 20) // len(run)) + "\n"
    begun = process_time()
    read_text(text, "log")

    assert process_time() - begun < 10


def test_a_wide_record_is_observed_in_proportion_to_its_width():
    """Twenty thousand series take seconds and not hours."""
    run = of_mapping(
        {"history": {"epoch": [1, 2, 3], **{f"train_m{i}": [1, 2, 3] for i in range(20_000)}}},
        "record",
    )
    begun = process_time()
    observed(run, knowledge=load())

    assert process_time() - begun < 10


ODD = {
    "falls from infinity": "".join(f"step {n} loss: {v}\n" for n, v in enumerate(["inf", 1, 2])),
    "counts to infinity": "step,loss\n1,0.5\ninf,0.4\n2,0.3\n-inf,0.2\ninf,0.1\n",
    "epochs too large": "epoch,loss\n-1e308,0.5\n1e308,0.4\n1e308,0.3\n-1e308,1e308\n",
    "seconds without end": "Epoch 1/2\n10/10 - " + "9" * 400 + "s 3ms/step - loss: 0.5\n",
    "looks like Python": "{'loss': 0x1for, 'epoch': 1if 2 else 3}\n{'loss': '\\d', 'epoch': 2}\n",
    "a bar within a bar": "".join(
        f"Train: |          | {n}/? [00:00<?Epoch {n}/9 ?it/s]\nEpoch {n}/9 loss: 0.5\n"
        for n in range(9)
    ),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_numbers_raise_nothing_and_warn_of_nothing(text):
    """Infinities, numbers past every limit and text like Python reach no one as a warning."""
    with suppress(MldxError):
        read_text(text, "log")
    minutes(text)
