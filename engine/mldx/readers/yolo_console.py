"""What YOLOv5 to v12 print: a header and a row for each epoch, and the scores of `all` below it.

          Epoch   gpu_mem       box       obj       cls    labels  img_size
           0/99     3.53G    0.1035   0.02968   0.01757       162       640: 100%|███| 8/8
                     Class     Images     Labels          P          R     mAP@.5 mAP@.5:.95
                       all        128        929      0.632      0.508      0.572      0.369

A row is printed again and again while its bar moves; the last state of an epoch is its mean. The
first line of `all` after a row is of that epoch; the one after the training scores the best weights
once more. Validation losses are not printed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mldx.readers import ultralytics
from mldx.readers.assemble import assembled
from mldx.readers.messages import messages, missing_labels
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "YOLO output"
_HEADER = re.compile(r"^[ \t]*Epoch[ \t]+gpu_mem[ \t]+(\w.*)$", re.IGNORECASE | re.MULTILINE)
_ROW = re.compile(r"^[ \t]*(\d+)/(\d+)[ \t]+\d[\d.]*[GMK]?B?[ \t]+(\S.*)$")
_NUMBER = re.compile(rf"{PATTERN}(?=[\s:]|$)", re.IGNORECASE)
_SCORES = re.compile(rf"^[ \t]*all((?:[ \t]+{PATTERN}){{6,}})[ \t]*$", re.IGNORECASE)
_NAMES = ("precision", "recall", "mAP_0.5", "mAP_0.5:0.95")
_COUNTS = frozenset({"labels", "instances", "img_size", "size", "targets"})


def recognises(source: LogSource) -> bool:
    """Is there the header of an epoch?"""
    return bool(_HEADER.search(source.text))


def read(source: LogSource) -> list[Run]:
    """Return the run, its losses summed."""
    text = source.text
    console = _Console()
    for line in text.split("\n"):
        console.take(line)
    found = Table.of_rows(console.rows)
    ultralytics.settle(found)
    names = [one.name for one in found.columns]
    run = assembled(
        source.origin,
        FORMAT,
        found,
        {**ultralytics.setup(names), **console.planned},
        messages(text),
    )
    run.answers = missing_labels(text)
    return [run]


@dataclass(slots=True)
class _Console:
    """Where the output is while its lines go by."""

    columns: list[str] = field(default_factory=list)
    rows: list[dict[str, float]] = field(default_factory=list)
    planned: dict[str, float] = field(default_factory=dict)

    def take(self, line: str) -> None:
        """Read one line."""
        if header := _HEADER.match(line):
            self.columns = [_column(word) for word in header[1].split()]
        elif self.columns and (row := _ROW.match(line)):
            self._epoch(float(row[1]), float(row[2]), row[3])
        elif self.rows and (scores := _SCORES.match(line)):
            values = map(float, scores[1].split()[2:])
            for name, value in zip(_NAMES, values, strict=False):
                self.rows[-1].setdefault(f"metrics/{name}", value)

    def _epoch(self, epoch: float, last: float, rest: str) -> None:
        numbers = [float(one[0]) for one in _NUMBER.finditer(rest)]
        values = {name: value for name, value in zip(self.columns, numbers, strict=False) if name}
        if not self.rows or self.rows[-1]["epoch"] != epoch:
            self.rows.append({"epoch": epoch})
        self.rows[-1].update(values)
        counted_from_0 = self.rows[0]["epoch"] == 0
        self.planned = {"epochs_planned": last + counted_from_0}


def _column(word: str) -> str:
    """Return the name of a part of the training loss; what is only counted has none."""
    name = word.lower()
    if name in _COUNTS:
        return ""
    if name in ("total", "loss"):
        return "train/loss"
    return f"train/{name}" if name.endswith("loss") else f"train/{name}_loss"
