"""JSON rows: one object a line (JSONL), or a list of objects; Detectron2, MMEngine, LLaMA-Factory,
own loggers.

A row that names its part (`"mode": "val"`, `"phase": "train"`, `"split": ...`) says the split of
its metrics.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from mldx.errors import Fault
from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.faults import FaultList, unreadable
from mldx.readers.numbers import has_unit, plain
from mldx.readers.plain_rows import is_large, json_columns
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table
from mldx.readers.trainer_state import is_summary, sums_up

FORMAT = "JSON rows"


def recognises(source: LogSource) -> bool:
    """Is it a list of objects, or are nearly all of the first lines objects?"""
    document = source.document
    if isinstance(document, list):
        return bool(document) and all(isinstance(row, dict) for row in document)
    lines = [line for line in source.sample.split("\n")[:50] if line.strip()]
    first = lines[: max(1, len(lines) - 1)]
    return (
        document is None
        and bool(lines)
        and sum(_object(line) is not None for line in first) > 0.8 * len(first)
    )


def read(source: LogSource) -> list[Run]:
    """Return the run.

    raises   InputError, naming each line that is no object; the last may break off, for the writer
             may still run
    """
    if is_large(source) and (plain := json_columns(source)) and not sums_up(plain):
        return [assembled(source.origin, FORMAT, Table.of_columns(plain))]
    notes: list[str] = []
    rows = source.document if isinstance(source.document, list) else _lines(source, notes)
    return [of_rows(rows, source.origin, FORMAT, notes)]


def of_rows(
    rows: Sequence[Mapping[str, Any]], origin: str, format: str, notes: Sequence[str] = ()
) -> Run:
    """Return the run of rows that are parsed already.

    raises   UnreadableRun, naming what is there, when there is no loss in them
    """
    shares: set[str] = set()
    table = Table.of_rows([_row(row, shares) for row in rows if not is_summary(row)])
    table.mark_shares(shares)
    table.notes += notes
    return assembled(origin, format, table)


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


def _row(row: Mapping[str, Any], shares: set[str]) -> dict[str, float]:
    """Return the numbers of a row, nested ones by their path, under the split that the row says.

    Those written with their unit (`"98 %"`) are shares already; their names are added to `shares`.
    """
    part = next(
        (value for key, value in row.items() if key in names.PARTS and isinstance(value, str)), ""
    )
    found: dict[str, float] = {}
    for key, cell in _flat(row).items():
        value = plain(cell)
        if value is not None:
            name = _under(key, part)
            found[name] = value
            if has_unit(cell):
                shares.add(name)
    return found


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    nested = {
        f"{key}/{name}": one
        for key, value in row.items()
        if isinstance(value, dict)
        for name, one in value.items()
    }
    return {**{key: value for key, value in row.items() if not isinstance(value, dict)}, **nested}


@lru_cache(maxsize=1024)
def _under(name: str, part: str) -> str:
    split = names.SPLITS.get(part.strip().lower())
    told = names.named(name)
    return (
        name
        if not split or told.split or names.axis(name) or told.metric in names.PROCESS
        else f"{split}/{name}"
    )
