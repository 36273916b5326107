"""The wire format of protocol buffers: numbered fields, without the schema that names them.

field  varint (number << 3 | wire type), then the value:
       0 a varint, 1 eight bytes, 2 a length and so many bytes, 5 four bytes
"""

from __future__ import annotations

from collections.abc import Iterator


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Yield number and value of each field: an int for a varint, else the bytes.

    raises   ValueError or IndexError when the message breaks off
    """
    at = 0
    while at < len(message):
        key, at = varint(message, at)
        if key & 7 == 0:
            value, at = varint(message, at)
            yield key >> 3, value
            continue
        size, at = _size(message, at, key & 7)
        if at + size > len(message):
            raise ValueError("the field breaks off")
        yield key >> 3, message[at : at + size]
        at += size


def messages(message: bytes, wanted: int) -> Iterator[bytes]:
    """Yield the bytes of each field of one number."""
    for number, value in fields(message):
        if number == wanted and isinstance(value, bytes):
            yield value


def _size(message: bytes, at: int, wire: int) -> tuple[int, int]:
    if wire == 2:
        return varint(message, at)
    if wire in (1, 5):
        return (8 if wire == 1 else 4), at
    raise ValueError(f"wire type {wire}")


def varint(message: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at a place, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("the number has no end")
