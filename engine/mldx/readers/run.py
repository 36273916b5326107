"""A run as it was read: its series, its setup, and what the reader has to say about them.

A point that a file leaves empty is no point; `nan` and `inf` are values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Split = Literal["train", "val", "test", "other"]


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One metric of one split, in the order it was logged.

    split   where it was measured; `lr`, `grad_norm` and others of the training process are of train
    metric  the canonical name (loss, accuracy, map50, lr, grad_norm, ...), or the file's own when
            it is none of these
    name    the file's own name, for reports
    value   (N,), float64
    epoch   (N,), as written (0-based, 1-based or fractional), or None when the file has none
    step    (N,), or None when the file has none; of epoch and step at least one is there
    share   the file gave its unit (`98 %`, `98/100`): the values are shares of 1 and not to be
            scaled again
    rival   another series is taken as this metric of this split; see `mldx.readers.choice`
    """

    split: Split
    metric: str
    name: str
    value: Array
    epoch: Array | None = None
    step: Array | None = None
    share: bool = False
    rival: bool = False

    def __len__(self) -> int:
        return len(self.value)

    @property
    def x(self) -> Array:
        """The axis on which series of one run are joined: the step where there is one, else the
        epoch.
        """
        axis = self.step if self.step is not None else self.epoch
        assert axis is not None
        return axis

    @property
    def axis(self) -> Literal["epoch", "step"]:
        """The name of that axis."""
        return "step" if self.step is not None else "epoch"

    @property
    def key(self) -> str:
        """What it is called in a run record: `train_loss`, `val_accuracy`, `lr`."""
        if self.split == "other" or self.metric in ("lr", "grad_norm"):
            return self.metric
        return f"{self.split}_{self.metric}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the run beside its numbers.

    kind    restart (the axis fell back to its start: another run in the same file), resume (it fell
            back a little or went on after a header written again), message (a line of the log that
            says what is wrong)
    at      where on the axis of the loss, if known
    before  the training loss just before a restart or resume, and after it
    """

    kind: Literal["restart", "resume", "message"]
    text: str
    at: float | None = None
    before: float | None = None
    after: float | None = None


@dataclass(slots=True)
class Run:
    """Everything read from one file, folder or stream.

    format     what it was recognised as, in words: "Keras CSVLogger"
    setup      setup facts found in the file or beside it, raw, by the keys of `mldx.symptoms.Setup`
    answers    symptoms that the file itself states, by id: {"labels_missing_fraction": 0.95}
    overruled  ids of answers that stand even where the series show something else
    others     other runs in the same log, a line for each, in words: "run 1: 5 points, ..."
    ignored    what was there and not used, in words: "column `time`"
    notes      what the reader did that a reader of the report must know: "summed 3 losses into
               train loss"
    doubts     why it may have been misread, in words: "27 runs in one log, most of 1 point"; such
               a run is not judged by its curves
    name       what the log calls this run, where it holds several: "fold 2"; else empty
    """

    origin: str
    format: str
    series: list[Series] = field(default_factory=list)
    setup: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    overruled: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    name: str = ""

    def get(self, split: Split, metric: str) -> Series | None:
        """Return the series to judge of that split and metric."""
        return next(
            (one for one in self.series if (one.split, one.metric) == (split, metric)), None
        )

    def all(self, split: Split, metric: str) -> list[Series]:
        """Return the series of that split and metric and no rivals: the one to judge, then finer
        ones of the same quantity.
        """
        return [
            one
            for one in self.series
            if (one.split, one.metric) == (split, metric) and not one.rival
        ]
