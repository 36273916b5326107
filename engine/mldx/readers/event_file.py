"""The scalars in a TensorBoard event file, without TensorFlow: TFRecord frames around protobuf
messages.

    frame  uint64 length, its masked CRC-32C, the message, the message's CRC
    Event  1 wall_time, 2 step, 5 Summary {
           1 Value { 1 tag, 2 simple_value, 8 tensor, 9 metadata } }

A scalar is a `simple_value` (PyTorch, Lightning) or a tensor with one element (TensorFlow). A frame
that breaks off is the end: the writer was killed.

Events of one tag are alike but for their time, step and value. Once a message was taken apart with
care, and it was seen that it says the same of every value put in its place, messages with the same
other bytes are not taken apart again; all others are.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mldx.readers.protobuf import fields, messages, varint
from mldx.readers.run import Array

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
_HEADER = 12  # bytes: a length and its checksum
_LONGEST = 512  # bytes of a message worth remembering: a scalar's is short
_PROBES = (b"\0\0\0\0", struct.pack("<f", -1.5))


@dataclass(frozen=True, slots=True)
class Scalar:
    """One tag, its points in the order of the file: (N,) each; the time in seconds."""

    wall: Array
    step: Array
    value: Array


@dataclass(slots=True)
class _Growing:
    """The points of one tag so far.

    place    where the message begins and where in it the value stands; -1 for a value that was
             taken out with care, which then is in `careful` with its time
    """

    step: array[int] = field(default_factory=lambda: array("q"))
    start: array[int] = field(default_factory=lambda: array("q"))
    place: array[int] = field(default_factory=lambda: array("q"))
    careful: array[float] = field(default_factory=lambda: array("d"))

    def add(self, step: int, wall: float, value: float) -> None:
        """Add a point that was taken out with care."""
        self.step.append(step)
        self.start.append(-1)
        self.place.append(-1)
        self.careful.extend((wall, value))

    def points(self, content: bytes) -> Scalar:
        """Return them all."""
        start, place = np.asarray(self.start), np.asarray(self.place)
        wall, value = np.empty(len(start)), np.empty(len(start))
        whole = np.frombuffer(content, np.uint8)
        alike, careful = start >= 0, np.asarray(self.careful).reshape(-1, 2)
        wall[alike], value[alike] = (
            _taken(whole, start[alike] + 1, 8).view("<f8")[:, 0],
            _taken(whole, place[alike], 4).view("<f4")[:, 0],
        )
        wall[~alike], value[~alike] = careful.T
        return Scalar(wall, np.asarray(self.step, np.float64), value)


def _taken(whole: np.ndarray[Any, Any], place: np.ndarray[Any, Any], size: int) -> Any:
    """Return the bytes (N, size) that stand at some places."""
    found = np.empty((len(place), size), np.uint8)
    for number in range(size):
        found[:, number] = whole[place + number]
    return found


def is_event_file(head: bytes) -> bool:
    """Is the first frame sound, and is its message an event? Most writers begin with a greeting,
    some with the first scalar.
    """
    if not sound(head[:_HEADER]):
        return False
    (size,) = struct.unpack("<Q", head[:8])
    message = head[_HEADER : _HEADER + size]
    try:
        return all(_is_of_event(number, value) for number, value in fields(message)) and size > 0
    except (ValueError, IndexError):
        return False


def _is_of_event(number: int, value: int | bytes) -> bool:
    """Is it a field of an event: a time, a step, or one of its eight messages?"""
    if isinstance(value, int):
        return number == 2
    return len(value) == 8 if number == 1 else 3 <= number <= 10


def scalars(content: bytes, notes: list[str], origin: str) -> dict[str, Scalar]:
    """Return the points of each tag in the order in which the tags come up.

    What breaks off or is damaged is left out, and noted.
    """
    events, damaged = _Events(), 0
    for start, end in _frames(content, notes, origin):
        try:
            events.add(content, start, end)
        except (ValueError, struct.error, IndexError):
            damaged += 1
    if damaged:
        records = "a damaged record was" if damaged == 1 else f"{damaged} damaged records were"
        notes.append(f"{origin}: {records} left out")
    return {tag: growing.points(content) for tag, growing in events.tags.items()}


@dataclass(slots=True)
class _Events:
    """What was read so far, and which messages are known.

    alike  what stands in a message beside time, step and value -> its tag
    tails  how long that and the value are -> how many of its bytes stand behind the value
    """

    tags: dict[str, _Growing] = field(default_factory=dict)
    alike: dict[bytes, _Growing] = field(default_factory=dict)
    tails: dict[int, int] = field(default_factory=dict)

    def add(self, content: bytes, start: int, end: int) -> None:
        """Add the scalars of a message."""
        step, rest = _head(content, start, end)
        if rest:
            tail = self.tails.get(end - rest, 0)
            known = self.alike.get(content[rest : end - tail - 4] + content[end - tail : end])
            if known is not None:
                known.step.append(step)
                known.start.append(start)
                known.place.append(end - tail - 4)
                return
        message = content[start:end]
        found = list(_scalars(message))
        for tag, at, wall, value in found:
            self.tags.setdefault(tag, _Growing()).add(at, wall, value)
        if rest and len(found) == 1 and found[0][1] == step:
            self._remember(message, rest - start, found[0][0])

    def _remember(self, message: bytes, rest: int, tag: str) -> None:
        """Remember a message whose value is 4 bytes with nothing else in them.

        The proof: whatever 4 bytes are put there, one scalar of this tag with that value is read.
        """
        places = (place for place in _places(message, rest) if _holds_any(message, place, tag))
        place = next(places, None)
        if place is not None:
            self.tails[len(message) - rest] = len(message) - place - 4
            self.alike[message[rest:place] + message[place + 4 :]] = self.tags[tag]


def _frames(content: bytes, notes: list[str], origin: str) -> Iterator[tuple[int, int]]:
    """Yield where the messages begin and end, up to the first frame that is damaged or breaks off.

    A checksum is worked out once for each length: it is of the length alone.
    """
    at = 0
    checksums: dict[int, bytes] = {}
    length = struct.Struct("<Q").unpack_from
    while at < len(content):
        header = content[at : at + _HEADER]
        checksum = header[8:]
        size = length(header)[0] if len(header) == _HEADER else -1
        if checksums.get(size) != checksum:
            if not sound(header):
                size = -1
            checksums[size] = checksum
        start = at + _HEADER
        end = start + size
        at = end + 4
        if size < 0 or at > len(content):
            notes.append(f"{origin}: the last record breaks off and was left out")
            return
        yield start, end


def _head(content: bytes, start: int, end: int) -> tuple[int, int]:
    """Return the step, and where the rest of the message begins after time and step; 0 for the
    latter where they do not stand first or the message is long.
    """
    if not 20 < end - start < _LONGEST or content[start] != 9:
        return 0, 0
    at = start + 9
    if content[at] != 16:
        return 0, at
    step = shift = 0
    while shift < 56:  # a step of more bytes is negative and has none of our haste
        at += 1
        byte = content[at]
        step |= (byte & 127) << shift
        if byte < 128:
            return step, at + 1
        shift += 7
    return 0, 0


def _places(message: bytes, rest: int) -> Iterator[int]:
    """Yield where the value may stand: at the end, or after one of the keys that it has."""
    yield len(message) - 4
    for key in (b"\x15", b"\x2d", b"\x2a\x04", b"\x22\x04"):
        at = message.find(key, rest)
        while at >= 0:
            yield at + len(key)
            at = message.find(key, at + 1)


def _holds_any(message: bytes, place: int, tag: str) -> bool:
    if place + 4 > len(message):
        return False
    for probe in _PROBES:
        try:
            found = list(_scalars(message[:place] + probe + message[place + 4 :]))
        except (ValueError, struct.error, IndexError):
            return False
        if [(name, value) for name, _, _, value in found] != [(tag, *struct.unpack("<f", probe))]:
            return False
    return True


def sound(header: bytes) -> bool:
    """Is the checksum of a frame's length right?"""
    if len(header) != _HEADER:
        return False
    return bool(struct.unpack("<I", header[8:])[0] == masked_crc(header[:8]))


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


def _scalars(message: bytes) -> Iterator[tuple[str, int, float, float]]:
    """Yield tag, step, time and value of the scalars in an Event."""
    steps = (one for key, one in fields(message) if key == 2 and isinstance(one, int))
    step = _signed(next(steps, 0))
    (wall,) = struct.unpack("<d", next(messages(message, 1), bytes(8)))
    for summary in messages(message, 5):
        for value in messages(summary, 1):
            scalar = _scalar(dict(fields(value)))
            if scalar is not None:
                yield scalar[0], step, wall, scalar[1]


def _scalar(value: dict[int, Any]) -> tuple[str, float] | None:
    tag = value.get(1, b"")
    if not isinstance(tag, bytes):
        return None
    if isinstance(simple := value.get(2), bytes) and len(simple) == 4:
        return tag.decode("utf-8", "replace"), struct.unpack("<f", simple)[0]
    tensor = _element(list(fields(value[8]))) if isinstance(value.get(8), bytes) else None
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
        value, end = varint(content, 0)
        return [float(_signed(value))] if end == len(content) else []
    return [float(one) for one in np.frombuffer(content, dtype)[:2]]


def _signed(value: int) -> int:
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


__all__ = ["Scalar", "is_event_file", "masked_crc", "scalars"]
