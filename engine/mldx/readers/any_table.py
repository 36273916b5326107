"""Any CSV or TSV with a loss: the names of its columns tell the rest.

Also the chart exports: TensorBoard (`Wall time,Step,Value`, the tag stands in the file's name) and
Weights & Biases (`Step`, then `<run> - <metric>`, with `__MIN` and `__MAX` beside it).
"""

from __future__ import annotations

import re

from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.delimited import dialect, table
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "a table"
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
    elif any(name.endswith("__MIN") for name in how.header):
        _take_charts(rows)
    return [assembled(source.origin, FORMAT, rows)]


def _take_tag(rows: Table, source: LogSource) -> None:
    tag = re.search(r"tag-(.+)$", source.path.stem) if source.path else None
    for one in rows.columns:
        told = names.named(tag[1] if tag else "loss")
        one.name, one.metric, one.split, one.grain = (
            tag[1] if tag else "Value",
            told.metric,
            told.split,
            told.grain,
        )
    if not tag:
        rows.notes.append("the file's name does not tell the tag; the values are taken as a loss")


def _take_charts(rows: Table) -> None:
    rows.columns = [one for one in rows.columns if not re.search(r"__(?:MIN|MAX)$", one.name)]
    for one in rows.columns:
        told = names.named(one.name.rpartition(" - ")[2])
        one.metric, one.split, one.grain = told.metric, told.split, told.grain
