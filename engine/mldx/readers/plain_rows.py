"""Rows of nothing but numbers, read in large blocks: the fast path of CSV and JSONL.

A file is read here only where it is proved that the careful reader would say the same; where a
block holds anything else (text, quotes, `NA`, a row that is too short, a nested object) the answer
is None, and the careful reader starts from the beginning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mldx.readers.numbers import Mask
from mldx.readers.run import Array
from mldx.readers.source import LogSource

Columns = dict[str, tuple[Array, Mask]]
_BLOCK = 1 << 21  # bytes: larger ones are no faster, and are held several times
_OF_NUMBERS = b"0123456789.,-+eEnNaAiIfFtTyY\n"  # also `nan` and `infinity`
_NEWLINE, _COMMA, _BRACE = 10, 44, 123
# A key's byte is its number above one of these; what is above neither is ASCII.
_OPENING, _WITHIN, _NUMBER = 0x80, 0xC0, 0x3F
_CODED = b"0123456789.-+eE\n" + bytes(range(_OPENING, 256))
_AS_COMMAS = bytes(range(_OPENING)) + b"," * (256 - _OPENING)
_KEY = re.compile(rb'(\{|, ?)"([^"\\\x80-\xff]*)"(: ?)')


def csv_columns(source: LogSource, header: list[str]) -> Columns | None:
    """Return the columns under a header, with which of their cells are there; None where a cell is
    neither a plain number nor empty.
    """
    if len(set(header)) < len(header) or len(header) < 2:
        return None
    blocks = _blocks(source)
    first = next(blocks, b"")
    head, _, rest = first.partition(b"\n")
    if head.count(b",") != len(header) - 1:
        return None
    parts: list[list[tuple[Array, Mask]]] = [[] for _ in header]
    for block in _with_first(rest, blocks):
        found = _cells(block, len(header))
        if found is None:
            return None
        for part, values, there in zip(parts, *found, strict=True):
            part.append((values.copy(), there.copy()))
    if not parts[0]:
        return None
    return {name: _joined(part) for name, part in zip(header, parts, strict=True)}


def json_columns(source: LogSource) -> Columns | None:
    """Return the columns of objects, one a line, all of whose values are numbers; None where
    anything else is among them.
    """
    size = 0
    parts: dict[str, list[tuple[int, Array, Mask]]] = {}
    keys: list[_Key] = []
    for block in _blocks(source):
        found = _by_keys(block, keys) or _by_objects(block)
        if not found:
            return None
        for name, (values, there) in found.items():
            parts.setdefault(name, []).append((size, values, there))
        size += len(values)
    return {name: _spread(chunks, size) for name, chunks in parts.items()} or None


def _blocks(source: LogSource) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time; the last may end without a line end."""
    rest = b""
    with source.open() as stream:
        while block := stream.read(_BLOCK):
            whole, end, new = block.rpartition(b"\n")
            if end:
                yield rest + whole + end
                rest = new
            else:
                rest += block
    if rest:
        yield rest


def _with_first(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from others


def _cells(block: bytes, width: int) -> tuple[Array, Mask] | None:
    """Return values and which of them are there, (width, rows) each; None where a row is not
    `width` cells of plain numbers or nothing.
    """
    if block.translate(None, _OF_NUMBERS):
        return None
    block = block if block.endswith(b"\n") else block + b"\n"
    raw = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero((raw == _COMMA) | (raw == _NEWLINE))
    is_line = raw[ends] == _NEWLINE
    if len(ends) % width or not (np.flatnonzero(is_line) % width == width - 1).all():
        return None
    if np.count_nonzero(is_line) * width != len(ends):
        return None
    there = np.diff(ends, prepend=-1) > 1
    values = _parsed(block, there)
    return None if values is None else (values.reshape(-1, width).T, there.reshape(-1, width).T)


def _parsed(block: bytes, there: Mask) -> Array | None:
    """Return the values of cells, nan where one is empty; None when the others are not all
    numbers: then there are fewer numbers than cells.
    """
    text = block.replace(b"\n", b",").strip(b",")
    while b",," in text:
        text = text.replace(b",,", b",")
    try:
        found = np.fromstring(text.decode("ascii"), np.float64, sep=",")
    except (ValueError, DeprecationWarning):  # what numpy says of a cell that is no number
        return None
    if len(found) != np.count_nonzero(there):
        return None
    values = np.full(len(there), np.nan)
    values[there] = found
    return values


def _joined(chunks: list[tuple[Array, Mask]]) -> tuple[Array, Mask]:
    """Return the chunks as one, and let go of them."""
    values, there = (np.concatenate([chunk[place] for chunk in chunks]) for place in (0, 1))
    chunks.clear()
    return values, there


@dataclass(frozen=True, slots=True)
class _Key:
    """A key as it is written: `{"step": ` where an object begins, `, "step": ` within."""

    name: str
    opening: bytes
    within: bytes

    @classmethod
    def first_in(cls, text: bytes) -> _Key | None:
        """Return the first key that stands in a text, None when a quote there begins no key."""
        at = text.find(b'"')
        found = _KEY.match(text, at - 1 if text[at - 1 : at] in (b"{", b",") else at - 2)
        if found is None:
            return None
        quoted = b'"' + found[2] + b'"' + found[3]
        within = found[1]
        if within == b"{":
            within = b", " if found[3] == b": " else b","
        return cls(found[2].decode("ascii"), b"{" + quoted, within + quoted)


def _by_keys(block: bytes, keys: list[_Key]) -> Columns | None:
    """Return the columns of objects by putting a byte in place of each key; None where something
    is left beside these bytes and finite numbers.

    The proof: a line is an opening key, a number, and keys and numbers in turn, up to its brace.
    """
    text = block if block.endswith(b"\n") else block + b"\n"
    lines = text.count(b"\n")
    if text.count(b"}\n") != lines:
        return None
    coded = _coded(text.replace(b"}\n", b"\n"), keys)
    if coded is None or coded.translate(None, _CODED):
        return None
    raw = np.frombuffer(coded, np.uint8)
    codes = raw[raw >= _OPENING]
    values = _numbers(coded, raw, len(codes)) if _opens_each_line(raw) else None
    if values is None:
        return None
    line = np.cumsum(codes < _WITHIN) - 1
    return {
        key.name: _of_key(codes & _NUMBER == number, line, values, lines)
        for number, key in enumerate(keys)
        if (codes & _NUMBER == number).any()
    }


def _opens_each_line(raw: NDArray[np.uint8]) -> bool:
    """Do opening keys stand where lines begin, and nowhere else?"""
    begins = np.flatnonzero((raw >= _OPENING) & (raw < _WITHIN))
    ends = np.flatnonzero(raw == _NEWLINE)
    return np.array_equal(begins, np.concatenate([[0], ends[:-1] + 1]))


def _coded(text: bytes, keys: list[_Key]) -> bytes | None:
    """Put a byte in place of each key, and learn the keys that were not met before."""
    for number, key in enumerate(keys):
        text = _replaced(text, key, number)
    while b'"' in text:
        new = _Key.first_in(text)
        if new is None or len(keys) > _NUMBER or new in keys:
            return None
        text = _replaced(text, new, len(keys))
        keys.append(new)
    return text


def _replaced(text: bytes, key: _Key, number: int) -> bytes:
    text = text.replace(key.opening, bytes([_OPENING + number]))
    return text.replace(key.within, bytes([_WITHIN + number]))


def _numbers(coded: bytes, raw: NDArray[np.uint8], count: int) -> Array | None:
    """Return the numbers behind the keys; None where one is written as JSON does not allow."""
    is_digit = raw - 48 < 10
    dots = np.flatnonzero(raw == ord("."))
    if not (is_digit[dots - 1] & is_digit[dots + 1]).all():
        return None
    plus = np.flatnonzero(raw == ord("+"))
    if not (raw[plus - 1] | 32 == ord("e")).all():
        return None
    zeros = np.flatnonzero(raw == ord("0"))
    minus = raw[zeros - 1] == ord("-")
    leading = raw[zeros - 1 - minus] >= _OPENING
    if (leading & is_digit[zeros + 1]).any():
        return None
    text = coded.translate(_AS_COMMAS, b"\n").removeprefix(b",")
    try:
        values = np.fromstring(text.decode("ascii"), np.float64, sep=",")
    except (ValueError, DeprecationWarning):  # what numpy says of what is no number
        return None
    return values if len(values) == count and np.isfinite(values).all() else None


def _of_key(chosen: Mask, line: NDArray[np.intp], values: Array, lines: int) -> tuple[Array, Mask]:
    value, there = np.full(lines, np.nan), np.zeros(lines, np.bool_)
    value[line[chosen]], there[line[chosen]] = values[chosen], True
    return value, there


def _by_objects(block: bytes) -> Columns | None:
    """Return the columns of objects by reading all lines as one array."""
    rows = _objects(block)
    if rows is None:
        return None
    found = {name: _column(rows, name) for name in dict.fromkeys(chain.from_iterable(rows))}
    return {name: one for name, one in found.items() if one} if all(found.values()) else None


def _objects(block: bytes) -> list[dict[str, Any]] | None:
    """Return the objects of lines, by reading them all as one array.

    The proof that one line is one object: each begins and ends as one, and there are as many.
    """
    block = block.rstrip(b"\n")
    lines = block.count(b"\n") + 1
    if block.count(b"}\n{") != lines - 1 or block[:1] + block[-1:] != b"{}":
        return None
    try:
        rows = json.loads(b"[" + block.replace(b"\n", b",") + b"]")
    except (ValueError, RecursionError):
        return None
    return rows if len(rows) == lines else None


def _column(rows: list[dict[str, Any]], name: str) -> tuple[Array, Mask] | None:
    """Return the values under a name; None when one of them is no number."""
    try:
        values, there = [row[name] for row in rows], np.ones(len(rows), np.bool_)
    except KeyError:
        there = np.array([name in row for row in rows], np.bool_)
        values = [row.get(name, np.nan) for row in rows]
    if not set(map(type, values)) <= {int, float}:
        return None
    try:
        return np.array(values, np.float64), there
    except OverflowError:
        return None


def _spread(chunks: list[tuple[int, Array, Mask]], size: int) -> tuple[Array, Mask]:
    values, there = np.full(size, np.nan), np.zeros(size, np.bool_)
    for start, value, mask in chunks:
        values[start : start + len(value)], there[start : start + len(value)] = value, mask
    chunks.clear()
    return values, there


def is_large(source: LogSource) -> bool:
    """Is the file long enough for a fast path to matter?"""
    return len(source.head) >= 1 << 16


__all__ = ["Columns", "csv_columns", "is_large", "json_columns"]
