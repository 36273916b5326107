"""Keras `History.history` saved as JSON: equally long lists by name, one number an epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.faults import unreadable
from mldx.readers.numbers import Mask, has_unit, plain
from mldx.readers.run import Array, Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "Keras History"


def recognises(source: LogSource) -> bool:
    """Is it a dictionary with at least one list of numbers whose name is a metric?"""
    document = source.document
    return isinstance(document, dict) and any(
        names.named(str(key)).known for key in _lists(document)
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
    """Return the run; without an `epoch` list the epochs are counted from 1.

    raises   UnreadableRun when the lists are of different lengths
    """
    lists = _lists(source.document)
    size = _common_size(lists, source.origin)
    table = Table.of({key: _column(value) for key, value in lists.items()}, size)
    table.mark_shares({key for key, value in lists.items() if any(map(has_unit, value))})
    table.count_epochs()
    table.ignored += [f"`{key}`" for key in source.document if key not in lists]
    return [assembled(source.origin, FORMAT, table)]


def _common_size(lists: Mapping[str, Sequence[Any]], origin: str) -> int:
    sizes = {key: len(value) for key, value in lists.items()}
    if len(set(sizes.values())) > 1:
        named = ", ".join(f"{key} {size}" for key, size in list(sizes.items())[:8])
        what = f"the lists are of different lengths: {named}."
        raise unreadable(origin, what, "one number an epoch in each list")
    return next(iter(sizes.values()))


def _column(values: list[object]) -> tuple[Array, Mask]:
    numbers = [plain(value) for value in values]
    there = np.array([value is not None for value in numbers], np.bool_)
    return np.array([np.nan if value is None else value for value in numbers], np.float64), there
