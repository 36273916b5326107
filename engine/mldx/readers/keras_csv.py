"""Keras CSVLogger: `epoch`, then the logs in alphabetical order; epochs count from 0, `NA` where
there is no validation.

With `append=True` a second run continues in the same file and the epoch falls back to 0.
"""

from __future__ import annotations

from mldx.readers.assemble import assembled
from mldx.readers.delimited import table
from mldx.readers.dialects import dialect
from mldx.readers.run import Run
from mldx.readers.source import LogSource

FORMAT = "Keras CSVLogger"
_CERTAIN = 4  # columns: people write `epoch,loss,val_loss` by hand as well


def recognises(source: LogSource) -> bool:
    """Does the header begin with `epoch` and go on alphabetically, with a loss and nothing called
    training?
    """
    how = dialect(source)
    if how is None or how.header[0] != "epoch" or "loss" not in how.header:
        return False
    return list(how.header[1:]) == sorted(how.header[1:]) and "step" not in how.header


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    how = dialect(source)
    assert how is not None
    setup = {"framework": "keras"} if len(how.header) >= _CERTAIN else {}
    return [assembled(source.origin, FORMAT, table(source, how), setup)]
