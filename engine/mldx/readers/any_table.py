"""Any CSV or TSV with a loss: the names of its columns tell the rest.

Also the chart exports: TensorBoard (`Wall time,Step,Value`, the tag stands in the file's name) and
Weights & Biases (`Step`, then `<run> - <metric>`, with `__MIN` and `__MAX` beside it).
"""

from __future__ import annotations

import re
from dataclasses import replace

from mldx.errors import UnreadableRun
from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.delimited import table
from mldx.readers.dialects import dialect
from mldx.readers.run import Run
from mldx.readers.several import runs_of
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

FORMAT = "a table"
WITHOUT_TAG = "the file's name does not tell the tag; the values are taken as a loss"
CHART = "a chart exported from Weights & Biases"
_OF_A_CHART = " - "
_BOUND = re.compile(r"__(?:MIN|MAX)$")
_TENSORBOARD = ["Wall time", "Step", "Value"]


def recognises(source: LogSource) -> bool:
    """Is it delimited, with a header?"""
    return dialect(source) is not None


def read(source: LogSource) -> list[Run]:
    """Return the run.

    raises   UnreadableRun, listing the columns, when none is a loss
    """
    how = dialect(source)
    assert how is not None
    rows = table(source, how)
    if how.header == _TENSORBOARD:
        _take_tag(rows, source)
    elif charts := _charts(rows, how.header):
        return [run for name, table in charts for run in _named(source.origin, name, table)]
    elif how.header[0] == "iter" and source.path and source.path.name == "test_error.tsv":
        for one in rows.columns:  # of CatBoost, whose test set is its validation
            one.split = "val"
    return runs_of(source.origin, FORMAT, rows)


def _take_tag(rows: Table, source: LogSource) -> None:
    tag = source.tag
    for one in rows.columns:
        told = names.named(tag or "loss")
        one.name, one.metric, one.split, one.grain = (
            tag or "Value",
            told.metric,
            told.split,
            told.grain,
        )
    if not tag:
        rows.notes.append(WITHOUT_TAG)


def _charts(rows: Table, header: list[str]) -> list[tuple[str, Table]]:
    """Return the runs of a chart that Weights & Biases exported, none when the table is no such
    chart.

    Its columns are `<run> - <metric>`; the bounds of what was smoothed stand beside them.
    """
    bounded = any(_BOUND.search(name) for name in header)
    if not bounded and not all(_OF_A_CHART in name for name in header[1:]):
        return []
    columns: dict[str, list[Column]] = {}
    for one in rows.columns:
        run, separated, metric = one.name.rpartition(_OF_A_CHART)
        if separated and not _BOUND.search(metric):
            told = names.named(metric)
            one.metric, one.split, one.grain = told.metric, told.split, told.grain
            columns.setdefault(run, []).append(one)
    return [(run, replace(rows, columns=some)) for run, some in columns.items()]


def _named(origin: str, name: str, table: Table) -> list[Run]:
    try:
        run = assembled(origin, CHART, table)
    except UnreadableRun:
        return []
    run.name = name
    return [run]
