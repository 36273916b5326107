"""JSON rows: one object a line (JSONL); Detectron2, MMEngine, LLaMA-Factory, RLlib, own loggers.

A row that names its part (`"mode": "val"`, `"phase": "train"`, `"split": ...`) says the split of
its metrics.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from mldx.errors import Fault
from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.faults import FaultList, unreadable
from mldx.readers.numbers import has_unit, plain
from mldx.readers.plain_rows import is_large, json_columns
from mldx.readers.run import Run
from mldx.readers.several import runs_of
from mldx.readers.source import LogSource
from mldx.readers.table import Labels, Table
from mldx.readers.trainer_state import is_summary, sums_up

FORMAT = "JSON rows"
_DEEPEST = 8
_MOST_WORDS = 5_000  # different ones under a name that says which run a row belongs to
SETTINGS = re.compile(
    r"(?:hyper[_ ]?)?(?:param(?:eter)?s?|config(?:uration)?|cfg|args|settings|options|hparams)",
    re.IGNORECASE,
)


def recognises(source: LogSource) -> bool:
    """Are nearly all of the first lines objects?"""
    if source.document is not None:
        return False
    lines = [line for line in source.sample.split("\n")[:50] if line.strip()]
    first = lines[: max(1, len(lines) - 1)]
    return bool(lines) and sum(_object(line) is not None for line in first) > 0.8 * len(first)


def read(source: LogSource) -> list[Run]:
    """Return the runs.

    raises   InputError, naming each line that is no object; the last may break off, for the writer
             may still run
    """
    if is_large(source) and (plain := json_columns(source)) and not sums_up(plain):
        return runs_of(source.origin, FORMAT, Table.of_columns(plain))
    notes: list[str] = []
    table = table_of(_lines(source, notes))
    table.notes += notes
    return runs_of(source.origin, FORMAT, table)


def is_object_list(items: Sequence[object]) -> TypeGuard[list[dict[str, Any]]]:
    """Is it a list of JSON objects?"""
    return bool(items) and all(isinstance(one, dict) for one in items)


def of_rows(
    rows: Sequence[Mapping[str, Any]], origin: str, format: str, notes: Sequence[str] = ()
) -> Run:
    """Return the run of rows that are parsed already, and are of one run.

    raises   UnreadableRun, naming what is there, when there is no loss in them
    """
    table = table_of(rows)
    table.notes += notes
    return assembled(origin, format, table)


def table_of(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Return the table of rows that are parsed already, those that sum up the run left out."""
    rows = [row for row in rows if not is_summary(row)]
    shares: set[str] = set()
    flat = [_flat(row) for row in rows]
    table = Table.of_rows([_numbers(row, shares) for row in flat])
    table.mark_shares(shares)
    table.header = list(dict.fromkeys(name for row in flat for name in row))
    table.labels = _labels(flat)
    splits = [names.split_of_word(_part(row)) for row in flat]
    table.count_no_evaluations(np.array([split in ("val", "test") for split in splits], np.bool_))
    return table


def _lines(source: LogSource, notes: list[str]) -> list[dict[str, Any]]:
    faults, rows = FaultList(), []
    lines = [(place, line) for place, line in enumerate(source.text.split("\n"), 1) if line.strip()]
    for place, line in lines:
        row = _object(line)
        if row is not None:
            rows.append(row)
        elif place == lines[-1][0]:
            notes.append(f"the last row (line {place}) breaks off")
        else:
            faults.add(
                Fault(
                    f"{source.origin}:{place}", "the line is no JSON object.", "one object a line"
                ),
                place,
            )
    faults.check()
    if not rows:
        raise unreadable(source.origin, "no line is a JSON object.", "one object a line")
    return rows


def _object(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _numbers(row: Mapping[str, Any], shares: set[str]) -> dict[str, float]:
    """Return the numbers of a row under the split that the row says.

    Those written with their unit (`"98 %"`) are shares already; their names are added to `shares`.
    """
    part = _part(row)
    found: dict[str, float] = {}
    for key, cell in row.items():
        value = plain(_without_total(key, cell))
        if value is not None:
            name = _under(key, part)
            found[name] = value
            if has_unit(cell):
                shares.add(name)
    return found


def _part(row: Mapping[str, Any]) -> str:
    """Return the word by which a row says its split."""
    said = (value for key, value in row.items() if key in names.PARTS)
    return next((value for value in said if isinstance(value, str)), "")


def _without_total(name: str, cell: object) -> object:
    """Return an axis that is written with its end, `1/30`, without it."""
    if isinstance(cell, str) and "/" in cell and _is_axis(name):
        return cell.partition("/")[0]
    return cell


def _flat(row: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Return what a row holds at any depth, by its path.

    A key that says nothing, alone among those with something under it, is no part of the path:
    `{"metrics": {"loss": 1}}`. What was set before the training is one word, for it may say which
    run the row is of.
    """
    flat, below = dict[str, Any](), dict[str, dict[str, Any]]()
    for key, value in row.items():
        if not isinstance(value, dict):
            flat[str(key)] = value
        elif SETTINGS.fullmatch(str(key)):
            flat[str(key)] = str(value)
        elif depth < _DEEPEST:
            below[str(key)] = _flat(value, depth + 1)
    unsaid = [key for key in below if not names.says_part(key)]
    for key, values in below.items():
        above = "" if unsaid == [key] and not flat.keys() & values.keys() else f"{key}/"
        flat |= _renamed(values, above)
    return flat


def _renamed(values: Mapping[str, Any], above: str) -> dict[str, Any]:
    """Return values under the key above them; the axis stays one."""
    return {name if _is_axis(name) else above + name: one for name, one in values.items()}


def _is_axis(name: str) -> bool:
    return names.axis(name) in ("epoch", "step")


def _labels(rows: Sequence[Mapping[str, Any]]) -> list[Labels]:
    """Return the words that rows hold, by their names."""
    words: dict[str, dict[str, int]] = {}
    codes: dict[str, NDArray[np.float64]] = {}
    for place, row in enumerate(rows):
        for name, value in row.items():
            if isinstance(value, str) and _is_label(name) and plain(value) is None:
                known = words.setdefault(name, {})
                column = codes.setdefault(name, np.full(len(rows), np.nan))
                column[place] = known.setdefault(value, len(known))
    return [
        Labels(name, codes[name], list(known))
        for name, known in words.items()
        if len(known) <= _MOST_WORDS
    ]


def _is_label(name: str) -> bool:
    return name not in names.PARTS and not _is_axis(name) and not names.is_clock(name)


@lru_cache(maxsize=1024)
def _under(name: str, part: str) -> str:
    split = names.split_of_word(part)
    told = names.named(name)
    if not split or told.split or names.axis(name) or told.metric in names.PROCESS:
        return name
    is_plain = part.strip().lower() in names.SPLITS
    return f"{split if is_plain else part}/{name}"
