"""Keras `History.history` saved as JSON: equally long lists by name, one number an epoch."""

from __future__ import annotations

import numpy as np

from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.numbers import Mask, has_unit, plain
from mldx.readers.run import Array, Run
from mldx.readers.several import is_search
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "Keras History"


def recognises(source: LogSource) -> bool:
    """Is it a dictionary of equally long lists of numbers, one of them called by a metric?"""
    document = source.document
    if not isinstance(document, dict) or is_search(document):
        return False
    lists = _lists(document)
    return len(set(map(len, lists.values()))) == 1 and any(
        names.named(str(key)).known for key in lists
    )


def _lists(document: dict[str, object]) -> dict[str, list[object]]:
    return {
        key: value
        for key, value in document.items()
        if isinstance(value, list)
        and value
        and all(one is None or plain(one) is not None for one in value)
    }


def read(source: LogSource) -> list[Run]:
    """Return the run; without an `epoch` list the epochs are counted from 1."""
    lists = _lists(source.document)
    size = len(next(iter(lists.values())))
    table = Table.of({key: _column(value) for key, value in lists.items()}, size)
    table.mark_shares({key for key, value in lists.items() if any(map(has_unit, value))})
    table.count_epochs()
    table.ignored += [f"`{key}`" for key in source.document if key not in lists]
    return [assembled(source.origin, FORMAT, table)]


def _column(values: list[object]) -> tuple[Array, Mask]:
    numbers = [plain(value) for value in values]
    there = np.array([value is not None for value in numbers], np.bool_)
    return np.array([np.nan if value is None else value for value in numbers], np.float64), there
