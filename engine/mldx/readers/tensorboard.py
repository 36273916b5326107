"""TensorBoard event files, without TensorFlow: TFRecord frames around protobuf messages.

    frame  uint64 length, its masked CRC-32C, the message, the message's CRC
    Event  1 wall_time, 2 step, 5 Summary {
           1 Value { 1 tag, 2 simple_value, 8 tensor, 9 metadata } }

A scalar is a `simple_value` (PyTorch, Lightning) or a tensor with one element (Keras). Where the
tag does not say the split, the run folder does (`train/`, `validation/`). A frame that breaks off
is the end: the writer was killed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.run import Array, Run, Split
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

FORMAT = "TensorBoard events"
_DTYPES = {
    1: "<f4",
    2: "<f8",
    3: "<i4",
    4: "u1",
    5: "<i2",
    6: "i1",
    9: "<i8",
    19: "<f2",
    22: "<u4",
    23: "<u8",
}
_FIELDS = {5: "<f4", 6: "<f8", 7: "varint", 10: "varint"}


def recognises(source: LogSource) -> bool:
    """Is the first frame sound, and does it hold the greeting of an event file?"""
    return b"brain.Event:" in source.head[:64] and _sound(source.head[:12])


def read(source: LogSource) -> list[Run]:
    """Return the run in one event file."""
    return [read_all([source], source.origin)]


def read_all(sources: Iterable[LogSource], origin: str) -> Run:
    """Return the run in event files that belong together: one after the other, or one a split."""
    tags: dict[tuple[str, str], _Tag] = {}
    notes: list[str] = []
    for source in sources:
        _read_into(tags, source, notes)
    epochs = _epochs(tags)
    tables = [
        table
        for (folder, tag), points in tags.items()
        if (table := _table(folder, tag, points, epochs))
    ]
    run = assembled(origin, FORMAT, tables)
    run.notes = [*notes, *run.notes]
    return run


@dataclass(slots=True)
class _Tag:
    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


def _read_into(tags: dict[tuple[str, str], _Tag], source: LogSource, notes: list[str]) -> None:
    folder = source.path.parent.name if source.path else ""
    for message in _frames(source, notes):
        try:
            found = list(_scalars(message))
        except (ValueError, struct.error, IndexError):
            notes.append(f"{source.origin}: a damaged record was left out")
            continue
        for step, tag, value in found:
            points = tags.setdefault((folder, tag), _Tag())
            points.steps.append(step)
            points.values.append(value)


def _table(folder: str, tag: str, points: _Tag, epochs: dict[int, float]) -> Table | None:
    if names.axis(tag) or tag.startswith("_hparams_") or tag == "hp_metric":
        return None
    step, value = np.array(points.steps, np.float64), np.array(points.values, np.float64)
    column = Column.of(tag, value, np.ones(len(value), np.bool_))
    column.split = column.split or _split(folder)
    if column.grain == "epoch" and tag.startswith("epoch_"):
        return Table(len(value), [column], epoch=step)
    return Table(len(value), [column], epoch=_looked_up(epochs, points.steps), step=step)


def _split(folder: str) -> Split | None:
    return names.SPLITS.get(folder.lower())


def _epochs(tags: dict[tuple[str, str], _Tag]) -> dict[int, float]:
    """Lightning and Hugging Face log the epoch as a scalar of its own, at the others' steps."""
    logged = [points for (_, tag), points in tags.items() if names.axis(tag) == "epoch"]
    return {
        step: value
        for points in logged
        for step, value in zip(points.steps, points.values, strict=True)
    }


def _looked_up(epochs: dict[int, float], steps: list[int]) -> Array | None:
    return (
        np.array([epochs[step] for step in steps])
        if epochs and all(step in epochs for step in steps)
        else None
    )


def _frames(source: LogSource, notes: list[str]) -> Iterator[bytes]:
    """Yield the messages up to the first frame that is damaged or breaks off."""
    content, at = source.content, 0
    while at < len(content):
        header = content[at : at + 12]
        size = struct.unpack("<Q", header[:8])[0] if _sound(header) else None
        if size is None or at + 16 + size > len(content):
            notes.append(f"{source.origin}: the last record breaks off and was left out")
            return
        yield content[at + 12 : at + 12 + size]
        at += 16 + size


def _sound(header: bytes) -> bool:
    return len(header) == 12 and struct.unpack("<I", header[8:])[0] == masked_crc(header[:8])


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        rest = byte
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)
        table.append(rest)
    return table


_CRC = _crc_table()


def masked_crc(content: bytes) -> int:
    """CRC-32C as TFRecord stores it: rotated right by 15 and shifted by a constant."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = _CRC[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def _scalars(message: bytes) -> Iterator[tuple[int, str, float]]:
    """Yield step, tag and value of the scalars in an Event."""
    event = list(_fields(message))
    steps = (value for number, value in event if number == 2 and isinstance(value, int))
    step = _signed(next(steps, 0))
    for summary in _messages(event, 5):
        for value in _messages(_fields(summary), 1):
            scalar = _scalar(dict(_fields(value)))
            if scalar is not None:
                yield step, *scalar


def _messages(fields: Iterable[tuple[int, int | bytes]], wanted: int) -> Iterator[bytes]:
    return (value for number, value in fields if number == wanted and isinstance(value, bytes))


def _scalar(value: dict[int, Any]) -> tuple[str, float] | None:
    tag = value.get(1, b"")
    if not isinstance(tag, bytes):
        return None
    if isinstance(simple := value.get(2), bytes) and len(simple) == 4:
        return tag.decode("utf-8", "replace"), struct.unpack("<f", simple)[0]
    tensor = _element(list(_fields(value[8]))) if isinstance(value.get(8), bytes) else None
    return None if tensor is None else (tag.decode("utf-8", "replace"), tensor)


def _element(tensor: list[tuple[int, int | bytes]]) -> float | None:
    """Return the only element of a TensorProto, None when it has none or several."""
    dtype = next((value for number, value in tensor if number == 1), 0)
    found: list[float] = []
    formats = {**_FIELDS, 4: _DTYPES[dtype]} if dtype in _DTYPES else _FIELDS
    for number, value in tensor:
        if number not in formats:
            continue
        if isinstance(value, bytes):
            found += _unpacked(value, formats[number])
        elif number in _FIELDS:  # packed is the only form of field 4
            found.append(float(_signed(value)))
    return found[0] if len(found) == 1 else None


def _unpacked(content: bytes, dtype: str) -> list[float]:
    if dtype == "varint":
        value, end = _varint(content, 0)
        return [float(_signed(value))] if end == len(content) else []
    return [float(one) for one in np.frombuffer(content, dtype)[:2]]


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field: an int for a varint, else the bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        if key & 7 == 0:
            value, at = _varint(message, at)
            yield key >> 3, value
            continue
        size, at = _size(message, at, key & 7)
        if at + size > len(message):
            raise ValueError("the field breaks off")
        yield key >> 3, message[at : at + size]
        at += size


def _size(message: bytes, at: int, wire: int) -> tuple[int, int]:
    if wire == 2:
        return _varint(message, at)
    if wire in (1, 5):
        return (8 if wire == 1 else 4), at
    raise ValueError(f"wire type {wire}")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("the number has no end")


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


__all__ = ["FORMAT", "read", "read_all", "recognises"]
