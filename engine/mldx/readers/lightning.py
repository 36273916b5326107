"""Lightning `metrics.csv`: one row a log call, so each row holds some of the columns and leaves the
others empty.

An empty cell is not a NaN. Steps and epochs count from 0; `self.log(on_step=True, on_epoch=True)`
writes `train_loss_step` and `train_loss_epoch`, of which the mean over the epoch is the one to
compare with validation.
"""

from __future__ import annotations

import re

from mldx.readers.assemble import assembled
from mldx.readers.delimited import dialect, table
from mldx.readers.run import Run
from mldx.readers.source import LogSource

FORMAT = "Lightning metrics.csv"


def recognises(source: LogSource) -> bool:
    """Are there both an `epoch` and a `step` column, as its logger always writes?"""
    how = dialect(source)
    return how is not None and {"epoch", "step"} <= set(how.header) and how.separator == ","


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    how = dialect(source)
    assert how is not None
    return [
        assembled(
            source.origin,
            FORMAT,
            table(source, how),
            {"framework": "lightning", **_optimizer(how.header)},
        )
    ]


def _optimizer(header: list[str]) -> dict[str, str]:
    """`lr-AdamW/pg1` is how LearningRateMonitor calls the rate of AdamW."""
    found = (re.match(r"lr-([A-Za-z]+)", name) for name in header)
    return next(({"optimizer": match[1]} for match in found if match), {})
