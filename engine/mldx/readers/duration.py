"""How many minutes a run took, by the clocks in its log.

    minutes("epoch,loss,time\n1,2.3,60\n2,1.1,120\n")        2.0

A total that is stated comes first, then a column of a clock, then what progress bars count, then
the stamps of the lines. What starts and what ends a log is nearly the run; a fix needs no more.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from itertools import pairwise

from mldx.readers.normalise import clean
from mldx.readers.numbers import plain
from mldx.readers.source import LogSource

_LARGEST = 4 << 20  # bytes; in a longer log a search of all lines would take seconds
_TOTAL = re.compile(r"""["']?train_runtime["']?\s*[:=]\s*["']?(\d{1,12}(?:\.\d+)?)(?!\d)""")
_STAMP = re.compile(
    r"\b(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)|(?<![\d:.<\[])\[?(\d\d):(\d\d):(\d\d)\]"
)
_STAMPED = re.compile(r"^\W{0,2}\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|^\[\d\d:\d\d:\d\d\]")
_KERAS = re.compile(r"\b(\d+)/\1\b.*?\s(\d{1,9})s\b.*?/(?:step|epoch|sample)")
_BAR = re.compile(
    r"^(.*?)100%\|[^|]*\|\s*(\d+)/\2 \[(?:(\d{1,6}):)?(\d{1,6}):(\d{1,6})<", re.MULTILINE
)
_SINCE_START = frozenset(
    {"time", "wall_time", "walltime", "runtime", "_runtime", "elapsed", "elapsed_time"}
    | {"time_elapsed", "total_time"}
)
_OF_DAY = frozenset(["wall_time", "walltime", "timestamp", "_timestamp", "time"])
_EACH_ROW = frozenset(["epoch_time", "time_per_epoch"])
_DAY_SECONDS = 86_400
_SINCE_1970 = 1e8  # seconds: a clock above this counts since 1970, no run lasts three years


def minutes_of(source: LogSource) -> float | None:
    """Return the minutes that the run of a log took; None where no clock in it says so."""
    with source.open() as stream:
        content = stream.read(_LARGEST + 1)
    if len(content) > _LARGEST or b"\0" in content[:4096]:
        return None
    return minutes(clean(content.decode("utf-8", "replace")))


def minutes(text: str) -> float | None:
    """Return the minutes that the run of a text took; None where no clock in it says so."""
    for way in _WAYS:
        seconds = way(text)
        if seconds and math.isfinite(seconds):
            return round(seconds / 60, 2)
    return None


def _total(text: str) -> float | None:
    found = _TOTAL.search(text)
    return float(found[1]) if found else None


def _column(text: str) -> float | None:
    """Return the seconds by a column of a clock, in a table or in rows of JSON."""
    first = text.lstrip()[:1]
    rows = _json_rows(text) if first == "{" else _table_rows(text)
    for name, values in rows:
        seconds = _by_clock(re.sub(r"[\s/]+", "_", name.strip().lower()), values)
        if seconds is not None:
            return seconds
    return None


def _json_rows(text: str) -> Iterator[tuple[str, list[float]]]:
    """Yield the clocks of a log with one mapping a line."""
    rows = []
    for line in text.splitlines():
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return
        rows.append(row if isinstance(row, dict) else {})
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row[name] for row in rows if isinstance(row.get(name), int | float)]
        yield str(name), _known(map(plain, values))


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _table_rows(text: str) -> Iterator[tuple[str, list[float]]]:
    """Yield the columns of numbers of a table with a header."""
    header = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=header.count)
    if delimiter not in header:
        return
    rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    for place, name in enumerate(rows[0]):
        cells = [plain(row[place].strip()) for row in rows[1:] if place < len(row)]
        yield name, [cell for cell in cells if cell is not None]


def _by_clock(name: str, values: Sequence[float]) -> float | None:
    """Return the seconds that a clock went on: the interval before its first row is as long as the
    others.
    """
    if len(values) < 2 or min(values) < 0:
        return None
    if name in _EACH_ROW:
        return sum(values)
    if values[-1] == values[0] or not all(a <= b for a, b in pairwise(values)):
        return None
    return _by_steady_clock(name, values)


def _by_steady_clock(name: str, values: Sequence[float]) -> float | None:
    if name in _OF_DAY and values[0] > _SINCE_1970:
        return (values[-1] - values[0]) * len(values) / (len(values) - 1)
    return values[-1] if name in _SINCE_START and values[-1] < _SINCE_1970 else None


def _keras(text: str) -> float | None:
    """Return the seconds of all epochs that Keras prints to their last batch."""
    return float(sum(int(found[2]) for found in map(_KERAS.search, text.splitlines()) if found))


def _bars(text: str) -> float | None:
    """Return the seconds of all bars that came to their end; one that is drawn again counts
    once.
    """
    found: dict[str, float] = {}
    for label, _, hours, mins, seconds in _BAR.findall(text):
        length = 3600 * int(hours or 0) + 60 * int(mins) + int(seconds)
        found[label.strip()] = max(found.get(label.strip(), 0.0), length)
    return sum(found.values())


def _stamps(text: str) -> float | None:
    """Return the seconds between the first stamped line and the last."""
    lines = [line for line in text.splitlines() if _STAMPED.match(line)]
    if len(lines) < 3:
        return None
    first, last = (_time(line) for line in (lines[0], lines[-1]))
    if first is None or last is None:
        return None
    between = last - first
    return between + _DAY_SECONDS if between < 0 and lines[0].startswith("[") else max(between, 0)


def _time(line: str) -> float | None:
    """Return the seconds at which a line was written, of the day where no date stands there."""
    found = _STAMP.search(line)
    if found is None:
        return None
    if found[1] is None:
        hours, mins, seconds = (int(part) for part in found.groups()[6:])
        return float(3600 * hours + 60 * mins + seconds)
    try:
        return datetime.fromisoformat(
            "{}-{}-{}T{}:{}:{}+00:00".format(*found.groups()[:6])
        ).timestamp()
    except ValueError:
        return None


_WAYS: tuple[Callable[[str], float | None], ...] = (_total, _column, _keras, _bars, _stamps)
