"""Event files, written here record by record."""

from __future__ import annotations

import struct

import pytest

from mldx.readers import read
from mldx.readers.tensorboard import masked_crc


def varint(value):
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def block(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def frame(message):
    header = struct.pack("<Q", len(message))
    return (
        header
        + struct.pack("<I", masked_crc(header))
        + message
        + struct.pack("<I", masked_crc(message))
    )


def simple(tag, value):
    return block(1, tag.encode()) + b"\x15" + struct.pack("<f", value)


def float_tensor(tag, value):
    return block(1, tag.encode()) + block(8, b"\x08\x01" + b"\x2d" + struct.pack("<f", value))


def packed_double_tensor(tag, value):
    return block(1, tag.encode()) + block(8, b"\x08\x02" + block(6, struct.pack("<d", value)))


def content_tensor(tag, value):
    return block(1, tag.encode()) + block(8, b"\x08\x01" + block(4, struct.pack("<f", value)))


def write(folder, points, kind=simple, name="events.out.tfevents.1"):
    """Write points of (step, tag, value) as an event file."""
    folder.mkdir(parents=True, exist_ok=True)
    greeting = frame(b"\x09" + struct.pack("<d", 1.0) + block(3, b"brain.Event:2"))
    events = (
        b"\x10" + varint(step) + block(5, block(1, kind(tag, value))) for step, tag, value in points
    )
    path = folder / name
    path.write_bytes(greeting + b"".join(map(frame, events)))
    return path


POINTS = [(0, "Loss/train", 2.0), (100, "Loss/train", 1.0), (100, "Loss/val", 1.5)]


@pytest.mark.parametrize("kind", [simple, float_tensor, packed_double_tensor, content_tensor])
def test_every_way_to_store_a_scalar(tmp_path, kind):
    """A scalar is a simple value, or a tensor with one element in any of its three places."""
    (run,) = read(write(tmp_path, POINTS, kind))

    assert (run.get("train", "loss").value.tolist(), run.get("val", "loss").step.tolist()) == (
        [2.0, 1.0],
        [100],
    )


def test_the_folder_gives_the_split(tmp_path):
    """Keras writes the same tag into train/ and validation/."""
    write(tmp_path / "train", [(0, "epoch_loss", 2.0), (1, "epoch_loss", 1.0)])
    write(tmp_path / "validation", [(0, "epoch_loss", 3.0), (1, "epoch_loss", 4.0)])

    (run,) = read(tmp_path)

    assert (run.get("train", "loss").value.tolist(), run.get("val", "loss").value.tolist()) == (
        [2, 1],
        [3, 4],
    )


def test_keras_epochs(tmp_path):
    """The step of `epoch_loss` is an epoch."""
    assert (
        read(write(tmp_path, [(0, "epoch_loss", 2.0), (1, "epoch_loss", 1.0)]))[0]
        .get("train", "loss")
        .axis
        == "epoch"
    )


def test_logged_epochs_are_an_axis(tmp_path):
    """An `epoch` scalar at the same steps gives the series their epochs."""
    points = [
        (100, "val_loss", 2.0),
        (100, "epoch", 0.0),
        (200, "val_loss", 1.0),
        (200, "epoch", 1.0),
    ]

    assert read(write(tmp_path, points))[0].get("val", "loss").epoch.tolist() == [0, 1]


def test_a_resumed_run_is_one_run(tmp_path):
    """Several event files in a folder are one run; of what was written twice the second counts."""
    write(tmp_path, [(step, "train/loss", 1.0) for step in range(10)])
    write(
        tmp_path, [(step, "train/loss", 2.0) for step in range(8, 12)], name="events.out.tfevents.2"
    )

    assert read(tmp_path)[0].get("train", "loss").value.tolist() == [1.0] * 8 + [2.0] * 4


def test_a_record_that_breaks_off_is_left_out(tmp_path):
    """A killed writer leaves half a record; the rest is read and the loss is told."""
    path = write(tmp_path, POINTS)
    path.write_bytes(path.read_bytes()[:-5])

    (run,) = read(path)

    assert (run.get("val", "loss"), run.notes) == (
        None,
        [f"{path}: the last record breaks off and was left out"],
    )
