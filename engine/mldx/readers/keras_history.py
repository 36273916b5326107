"""Keras `History.history` saved as JSON: a dictionary of equally long lists, one number an epoch."""

from __future__ import annotations

import numpy as np

from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.faults import unreadable
from mldx.readers.numbers import Mask, has_unit, plain
from mldx.readers.run import Array, Run
from mldx.readers.source import Source
from mldx.readers.table import Table

FORMAT = "Keras History"


def recognises(source: Source) -> bool:
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


def read(source: Source) -> Run:
    """Return the run; without an `epoch` list the epochs are counted from 1.

    raises   UnreadableRun when the lists are of different lengths
    """
    lists = _lists(source.document)
    sizes = {key: len(value) for key, value in lists.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{key} {size}" for key, size in list(sizes.items())[:8])
        raise unreadable(
            source.origin,
            f"the lists are of different lengths: {told}.",
            "one number an epoch in each list",
        )
    size = next(iter(sizes.values()))
    table = Table.of({key: _column(value) for key, value in lists.items()}, size)
    table.mark_shares({key for key, value in lists.items() if any(map(has_unit, value))})
    if table.epoch is None and table.step is None:
        table.epoch = np.arange(1.0, size + 1)
    table.ignored += [f"`{key}`" for key in source.document if key not in lists]
    return assembled(source.origin, FORMAT, table)


def _column(values: list[object]) -> tuple[Array, Mask]:
    numbers = [plain(value) for value in values]
    there = np.array([value is not None for value in numbers], np.bool_)
    return np.array([np.nan if value is None else value for value in numbers], np.float64), there
