"""The binary log of Weights & Biases, `run-<id>.wandb`: all that a run sent or would have sent.

    file    ":W&B", uint16 0xBEE1, a version; then blocks of 32 KB (as LevelDB's log)
    block   records, none of which begins in its last six bytes
    record  uint32 CRC-32 of type and data, uint16 length, uint8 type: full, first, middle, last
    data    the message Record of wandb_internal.proto {
            2 history { 1 item }, 5 config { 1 update }, 17 run { 4 config, 8 display_name },
            18 exit { 1 code } }; an item is { 1 key, 2 nested_key..., 16 value as JSON }

Each call of `log` is a row of history. A log that breaks off is that of a run which was killed, or
goes on.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import setup_of
from mldx.readers.json_rows import of_rows
from mldx.readers.protobuf import fields, messages
from mldx.readers.run import Run
from mldx.readers.source import LogSource

FORMAT = "Weights & Biases log"
_MAGIC = b":W&B\xe1\xbe"
_START, _BLOCK, _HEADER = 7, 32768, 7
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4
_HISTORY, _CONFIG, _RUN, _EXIT = 2, 5, 17, 18
_ITEM, _KEYS, _VALUE, _ONE_BYTE = 0x0A, b"\x0a\x12", b"\x82\x01", 127
_FRACTION = re.compile(rb"-?\d+\.\d+(?:[eE][-+]?\d+)?")
_COUNTER = "_step"  # counts the calls of `log`; a step that the run logs itself is better
_DAMAGED = (ValueError, IndexError, RecursionError)


def recognises(source: LogSource) -> bool:
    """Does it begin as such a log?"""
    return source.head.startswith(_MAGIC)


def read(source: LogSource) -> list[Run]:
    """Return the run.

    raises   UnreadableRun when nothing was logged, naming what there is when there is no loss
    """
    found = _Found()
    for data in _records(source.content, found.notes):
        try:
            found.take(data)
        except _DAMAGED:
            found.notes.append("a damaged record was left out")
    if not found.rows:
        raise unreadable(
            source.origin,
            "the log holds no history: `wandb.log` was never called.",
            "a run that logs its loss",
        )
    run = of_rows(found.rows, source.origin, FORMAT, list(dict.fromkeys(found.notes)))
    run.setup |= setup_of(found.config)
    run.notes += found.end()
    run.name = found.name
    return [run]


@dataclass(slots=True)
class _Found:
    """What the records hold.

    exit  the code that the process ended with; None while it runs, or when it was killed
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    exit: int | None = None
    notes: list[str] = field(default_factory=list)

    def take(self, data: bytes) -> None:
        """Take one record."""
        for number, value in fields(data):
            if not isinstance(value, bytes):
                continue
            if number == _HISTORY:
                self.rows.append(_row(_items(value)))
            elif number == _CONFIG:
                self.config |= _items(value)
            elif number == _RUN:
                self._begin(value)
            elif number == _EXIT:
                codes = (code for at, code in fields(value) if at == 1 and isinstance(code, int))
                self.exit = next(codes, 0)

    def _begin(self, run: bytes) -> None:
        for config in messages(run, 4):
            self.config |= _items(config)
        self.name = next((name.decode("utf-8", "replace") for name in messages(run, 8)), self.name)

    def end(self) -> list[str]:
        """Say how the run ended, where that is no ordinary end."""
        if self.exit is None:
            return ["the log has no end: the run was killed, or still goes on"]
        return [f"the process ended with code {self.exit}"] if self.exit else []


def _records(content: bytes, notes: list[str]) -> Iterator[bytes]:
    """Yield the data of each record that is whole and sound."""
    at, parts = _START, list[bytes]()
    while (at := _skipped(at)) + _HEADER <= len(content):
        crc, size, kind = struct.unpack_from("<IHB", content, at)
        data = content[at + _HEADER : at + _HEADER + size]
        at += _HEADER + size
        if len(data) < size:
            break
        if kind == 0 and size == 0:
            continue  # a file that was allocated ahead ends in zeros
        if zlib.crc32(data, zlib.crc32(bytes([kind]))) != crc:
            notes.append("a damaged record was left out")
            parts.clear()
            continue
        if kind in (_FULL, _FIRST):
            parts.clear()
        parts.append(data)
        if kind in (_FULL, _LAST):
            yield b"".join(parts)
            parts.clear()
    if at > len(content) or parts:
        notes.append("the last record breaks off and was left out")


def _skipped(at: int) -> int:
    """Return where the next record begins: not in the last six bytes of a block."""
    left = _BLOCK - at % _BLOCK
    return at + left if left < _HEADER else at


def _items(message: bytes) -> dict[str, Any]:
    """Return the items of a history or a configuration, nested keys joined by `/`."""
    found = {}
    for item in _each_item(message):
        usual = _usual(item)
        key, value = _item(item) if usual is None else (_name(usual[0]), _value(usual[1]))
        if key and value is not None:
            found[key] = value
    return found


def _each_item(message: bytes) -> Iterator[bytes]:
    """Yield the items; their tag and length are mostly a byte each."""
    at = 0
    while at < len(message):
        size = message[at + 1]
        if message[at] != _ITEM or size > _ONE_BYTE:
            yield from messages(message[at:], 1)
            return
        yield message[at + 2 : at + 2 + size]
        at += 2 + size


def _usual(item: bytes) -> tuple[bytes, bytes] | None:
    """Return key and value of an item with one key, both short; None when it is another."""
    size = item[1]
    value = size + 5
    if item[0] not in _KEYS or size > _ONE_BYTE or item[size + 2 : size + 4] != _VALUE:
        return None
    fits = len(item) > value and item[size + 4] == len(item) - value <= _ONE_BYTE
    return (item[2 : size + 2], item[value:]) if fits else None


@lru_cache(maxsize=4096)
def _name(key: bytes) -> str:
    return key.decode("utf-8", "replace")


def _value(written: bytes) -> Any:
    """Return a JSON value; most are numbers, for which the general parser is slow."""
    return float(written) if _FRACTION.fullmatch(written) else json.loads(written)


def _item(item: bytes) -> tuple[str, Any]:
    keys, value = list[str](), None
    for number, content in fields(item):
        if not isinstance(content, bytes):
            continue
        if number in (1, 2):
            keys.append(_name(content))
        elif number == 16:
            value = _value(content)
    return "/".join(filter(None, keys)), value


def _row(items: dict[str, Any]) -> dict[str, Any]:
    """Return the scalars of a call of `log`, the counter of calls last."""
    counter = items.pop(_COUNTER, None)
    row = {
        key: value
        for key, value in items.items()
        if not (isinstance(value, dict) and "_type" in value) and not isinstance(value, list)
    }
    return row if counter is None else {**row, _COUNTER: counter}
