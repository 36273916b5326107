"""Write the binary log of Weights & Biases as `readers/wandb_log.py` describes it."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

BLOCK, HEADER = 32768, 7


def wandb_log(
    rows: Iterable[Mapping[str, Any]],
    config: Mapping[str, Any] | None = None,
    name: str = "calm-river-1",
    exit_code: int | None = 0,
) -> bytes:
    """Return a log of a run: its configuration, a record a row, and its end unless it is None."""
    update = b"".join(field(1, item(key, value)) for key, value in (config or {}).items())
    records = [field(17, field(8, name.encode()) + field(4, update))]
    for row in rows:
        items = b"".join(field(1, item(key, value)) for key, value in row.items())
        records.append(varint(1 << 3) + varint(7) + field(2, items))
    if exit_code is not None:
        records.append(field(18, varint(1 << 3) + varint(exit_code)))
    return framed(records)


def framed(records: Iterable[bytes]) -> bytes:
    """Return records in blocks of 32 KB, cut where they do not fit."""
    written = bytearray(b":W&B\xe1\xbe\x00")
    for record in records:
        rest, begun = record, False
        while rest or not begun:
            left = BLOCK - len(written) % BLOCK
            if left < HEADER:
                written += bytes(left)
                continue
            part, rest = rest[: left - HEADER], rest[left - HEADER :]
            written += _part(part, begun, bool(rest))
            begun = True
    return bytes(written)


def _part(data: bytes, begun: bool, goes_on: bool) -> bytes:
    kinds = {(False, False): 1, (False, True): 2, (True, True): 3, (True, False): 4}
    kind = bytes([kinds[begun, goes_on]])
    return struct.pack("<IH", zlib.crc32(data, zlib.crc32(kind)), len(data)) + kind + data


def item(key: str, value: object) -> bytes:
    """Return an item; a key with `/` after a colon is nested: `:train/acc`."""
    keys = key[1:].split("/") if key.startswith(":") else [key]
    nested = b"".join(field(2, one.encode()) for one in keys)
    return nested + field(16, json.dumps(value).encode())


def field(number: int, content: bytes) -> bytes:
    """Return a field of bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """Return a number as protocol buffers write it."""
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    return bytes([*written, value])
