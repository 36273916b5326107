"""Event files read in haste and with care say the same."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.readers import event_file
from tests.readers.test_tensorboard import (
    block,
    content_tensor,
    float_tensor,
    frame,
    packed_double_tensor,
    simple,
    varint,
)


def with_metadata(tag, value):
    return float_tensor(tag, value) + block(9, block(1, b"\x0a\x07scalars"))


def two_values(tag, value):
    return simple(tag, value) + simple(tag, -value)


def wrapped(summary, step, wall):
    """An event as most writers put its fields."""
    counted = b"\x10" + varint(step) if step else b""
    return b"\x09" + struct.pack("<d", wall) + counted + block(5, summary)


def turned(summary, step, wall):
    """The fields in another order, which is allowed."""
    return block(5, summary) + b"\x10" + varint(step) + b"\x09" + struct.pack("<d", wall)


def stepped_last(summary, step, wall):
    return b"\x09" + struct.pack("<d", wall) + block(5, summary) + b"\x10" + varint(step)


def in_one_event(summary, step, wall):
    return wrapped(summary + summary, step, wall)


def damaged(summary, step, wall):
    return wrapped(summary, step, wall)[:-3]


KINDS = [simple, float_tensor, packed_double_tensor, content_tensor, with_metadata, two_values]
FORMS = [wrapped, wrapped, wrapped, turned, stepped_last, in_one_event, damaged]
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(FORMS),
        st.sampled_from(["loss", "acc", "Loss/train", "\x15\x15\x15\x15\x15"]),
        st.integers(0, 2**63 - 1) | st.integers(0, 300),
        st.floats(width=32),
    ),
    max_size=30,
)


def file_of(events):
    greeting = frame(b"\x09" + struct.pack("<d", 1.0) + block(3, b"brain.Event:2"))
    frames = (
        frame(form(block(1, kind(tag, value)), step, 1000.0 + number))
        for number, (kind, form, tag, step, value) in enumerate(events)
    )
    return greeting + b"".join(frames)


def read(content):
    notes: list[str] = []
    found = event_file.scalars(content, notes, "events")
    return {
        tag: [one.wall.tobytes(), one.step.tobytes(), one.value.tobytes()]
        for tag, one in found.items()
    }, notes


@settings(max_examples=150, deadline=None)
@given(EVENTS, st.integers(0, 40))
def test_haste_and_care_say_the_same(events, cut):
    """Whatever the writer, the order of the fields and where the file breaks off."""
    content = file_of(events * 2)
    content = content[: len(content) - cut]
    hasty = read(content)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(event_file, "_LONGEST", 0)
        careful = read(content)

    assert hasty == careful


@pytest.mark.parametrize("kind", [simple, float_tensor, content_tensor, with_metadata])
def test_messages_that_are_alike_are_taken_apart_once(kind, monkeypatch):
    """Of a thousand points of one tag a few are taken apart with care, and all are read."""
    events = [(kind, wrapped, "loss", step, step / 8) for step in range(1, 1001)]
    content, seen, careful = file_of(events), [], event_file._scalars
    monkeypatch.setattr(
        event_file, "_scalars", lambda message: seen.append(message) or careful(message)
    )

    found = event_file.scalars(content, [], "events")["loss"]

    assert len(seen) < 20
    assert np.array_equal(found.value, found.step / 8)
    assert np.array_equal(found.wall, found.step + 999)
