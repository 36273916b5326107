"""Event files, written here record by record."""

from __future__ import annotations

import struct

import pytest

from mldx.errors import UnreadableRun
from mldx.readers import read
from mldx.readers.event_file import masked_crc


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


def write(folder, points, kind=simple, name="events.out.tfevents.1", greeting=True, since=None):
    """Write points of (step, tag, value) as an event file."""
    folder.mkdir(parents=True, exist_ok=True)
    hello = (
        frame(b"\x09" + struct.pack("<d", 1.0) + block(3, b"brain.Event:2")) if greeting else b""
    )
    events = (
        (b"" if since is None else b"\x09" + struct.pack("<d", since + place))
        + (b"\x10" + varint(step) + block(5, block(1, kind(tag, value))))
        for place, (step, tag, value) in enumerate(points)
    )
    path = folder / name
    path.write_bytes(hello + b"".join(map(frame, events)))
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


def test_a_file_without_a_greeting(tmp_path):
    """CatBoost begins with the first scalar, and its files have no number in their names."""
    for split, loss in (("learn", 1.0), ("test", 2.0)):
        points = [(step, "Logloss", loss / (step + 1)) for step in range(4)]
        name = "events.out.tfevents"
        write(tmp_path / split, points, name=name, greeting=False, since=1.0)

    (run,) = read(tmp_path)

    assert (run.get("train", "loss").value[0], run.get("val", "loss").value[0]) == (1.0, 2.0)


def test_records_that_are_no_events_are_refused(tmp_path):
    """A data set in TFRecord frames is no log."""
    path = tmp_path / "train.tfrecord"
    path.write_bytes(frame(block(1, block(1, b"\x0a\x05image"))) * 3)

    with pytest.raises(UnreadableRun, match="binary"):
        read(path)


def test_a_line_of_a_chart_lies_in_a_folder_named_for_its_tag(tmp_path):
    """`add_scalars("Loss", ...)` writes `Loss` into `Loss_train/` and `Loss_val/`."""
    write(tmp_path / "Loss_train", [(0, "Loss", 2.0), (1, "Loss", 1.0)])
    write(tmp_path / "Loss_val", [(0, "Loss", 3.0), (1, "Loss", 4.0)])

    (run,) = read(tmp_path)

    assert (run.get("train", "loss").value.tolist(), run.get("val", "loss").value.tolist()) == (
        [2, 1],
        [3, 4],
    )


def test_a_restart_cuts_all_tags_at_one_time(tmp_path):
    """The last run has two validations; those of the run before are not taken for its own."""
    first = [(step, tag, 9.0) for step in range(6) for tag in ("train/loss", "val/loss")]
    write(tmp_path, first, since=100.0)
    last = [(step, "train/loss", 1.0) for step in range(6)]
    last += [(2, "val/loss", 2.0), (4, "val/loss", 2.0)]
    write(tmp_path, last, since=200.0, name="events.out.tfevents.2")

    (run,) = read(tmp_path)

    assert (len(run.others), run.get("val", "loss").value.tolist()) == (1, [2.0, 2.0])


def test_the_parts_of_a_detectors_loss_are_summed(tmp_path):
    """YOLO logs the parts only, its scores under `metrics/`, and the epoch as step."""
    tags = {"train/box_loss": 1, "train/cls_loss": 2, "val/box_loss": 3, "val/cls_loss": 4}
    tags |= {"metrics/precision(B)": 0.5, "metrics/recall(B)": 0.25}
    write(tmp_path, [(epoch, tag, value) for epoch in range(3) for tag, value in tags.items()])

    (run,) = read(tmp_path)

    found = {(one.split, one.metric): one.value[0] for one in run.series}
    assert found["train", "loss"] == 3
    assert found["val", "loss"] == 7
    assert found["val", "precision"] == 0.5
    assert run.get("train", "loss").axis == "epoch"


def test_the_closing_mean_of_the_trainer_is_no_point(tmp_path):
    """Hugging Face closes with `train/train_loss`, the mean over the whole run."""
    points = [(step, "train/loss", 1.0) for step in (10, 20)] + [(20, "train/train_loss", 1.0)]

    (run,) = read(write(tmp_path, points))

    assert ([one.name for one in run.series], run.ignored) == (
        ["train/loss"],
        ["tag `train/train_loss`"],
    )
