"""What Keras prints: `Epoch 3/50`, then `- loss: 0.41 - accuracy: 0.8 - val_loss: 0.52`, one line
or a progress bar.

Of the states of a bar the last one counts. A line that comes after the epoch is complete
(`evaluate()` prints the same bar) belongs to no epoch.
"""

from __future__ import annotations

import re

from mldx.readers.assemble import assembled
from mldx.readers.messages import messages
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "Keras output"
_EPOCH = re.compile(r"^[ \t]*Epoch (\d+)/(\d+)[ \t]*$", re.MULTILINE)
_PAIR = re.compile(rf"([A-Za-z][\w/]*): ({PATTERN})(?![\w.])", re.IGNORECASE)
# A state of the bar, or its names alone; `Train - loss: 0.5` is a line of somebody's own.
_LOSS = re.compile(
    r"^[ \t]*(?:\d+/\d+\b.{0,200}?[ \t])?(?:- )?(?:[\w@/]+: \S+ - )*[\w/]*loss: ", re.MULTILINE
)
_UNDERLINED = re.compile(r"[ \t]*\n-{3,}")  # the PyTorch tutorial draws a line under `Epoch 0/24`


def recognises(source: LogSource) -> bool:
    """Does a line `Epoch 1/50` stand alone, with `loss: ` somewhere after it?"""
    header = _EPOCH.search(source.text)
    return bool(
        header
        and _LOSS.search(source.text, header.end())
        and not _UNDERLINED.match(source.text, header.end())
    )


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    rows: list[dict[str, float]] = []
    planned, complete = 0.0, False
    for line in source.text.split("\n"):
        if header := _EPOCH.match(line):
            rows.append({"epoch": float(header[1])})
            planned, complete = float(header[2]), False
        elif rows and (pairs := _pairs(line)) and not (complete and not _adds(pairs, rows[-1])):
            rows[-1].update(pairs)
            complete = complete or _is_last(line)
    table = _table([row for row in rows if len(row) > 1])
    return [
        assembled(
            source.origin,
            FORMAT,
            table,
            {"framework": "keras", "epochs_planned": planned},
            messages(source.text),
        )
    ]


def _table(rows: list[dict[str, float]]) -> Table:
    table = Table.of_rows(rows)
    table.breaks = _begun_again([row["epoch"] for row in rows])
    return table


def _begun_again(epochs: list[float]) -> list[int]:
    """The rows at which a fit of one epoch is followed by another fit; when all are of one epoch,
    a loop around `fit` counts the epochs and none of them begins anew.
    """
    if len(set(epochs)) < 2:
        return []
    return [row for row in range(1, len(epochs)) if epochs[row] == epochs[row - 1]]


def _pairs(line: str) -> dict[str, float]:
    if "loss: " not in line:
        return {}
    return {
        name: float(value) for name, value in _PAIR.findall(line) if name not in ("ETA", "step")
    }


def _adds(pairs: dict[str, float], row: dict[str, float]) -> bool:
    """Does a later state of the same bar add the validation?"""
    return row.keys() - {"epoch"} < pairs.keys()


def _is_last(line: str) -> bool:
    """`19/19 - 12s - loss: ...` ends the epoch, and so does a line without a counter (verbose=2 of
    old).
    """
    counter = re.match(r"\s*(\d+)/(\d+)\b", line)
    return "ETA: " not in line and (counter is None or counter[1] == counter[2])
