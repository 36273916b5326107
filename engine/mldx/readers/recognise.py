"""Find the reader of a log.

Each format is one module with `recognises(source)` and `read(source)`, imported when it is tried.
Formats are known by their content, never by the name of the file, and are tried in the order of
`READERS`: the more particular first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from mldx.readers.faults import unreadable
from mldx.readers.normalise import refuse_binary
from mldx.readers.run import Run
from mldx.readers.source import LogSource


class Reader(Protocol):
    """A log format."""

    def recognises(self, source: LogSource, /) -> bool:
        """Is the content of this format? A glance at the head of the source decides."""

    def read(self, source: LogSource, /) -> list[Run]:
        """Return the runs, normally one, or raise InputError with every fault in the file."""


BINARY = ("tensorboard", "wandb_log", "mlflow_db")
READERS = (
    *BINARY,
    "trainer_state",
    "record",
    "keras_history",
    "json_rows",
    "ultralytics",
    "lightning",
    "keras_csv",
    "any_table",
    "mlflow_metric",
    "keras_stdout",
    "hf_stdout",
    "boosting",
    "free_text",
)

if TYPE_CHECKING:  # so that the type checker looks at each module, though none is imported here
    from mldx.readers import (
        any_table,
        boosting,
        free_text,
        hf_stdout,
        json_rows,
        keras_csv,
        keras_history,
        keras_stdout,
        lightning,
        mlflow_db,
        mlflow_metric,
        record,
        tensorboard,
        trainer_state,
        ultralytics,
        wandb_log,
    )

    _MODULES: tuple[Reader, ...] = (
        tensorboard, wandb_log, mlflow_db, trainer_state, record, keras_history, json_rows,
        ultralytics, lightning, keras_csv, any_table, mlflow_metric, keras_stdout, hf_stdout,
        boosting, free_text,
    )  # fmt: skip


def reader(name: str) -> Reader:
    """Return the reader of a format."""
    return cast("Reader", import_module(f"mldx.readers.{name}"))


def read_source(source: LogSource) -> list[Run]:
    """Return the runs in a source, by the first reader that recognises it."""
    if not source.head.strip():
        raise unreadable(
            source.origin,
            "the file is empty.",
            "a log with at least one line",
            "check that the training wrote it",
        )
    for name in READERS:
        if name not in BINARY:
            refuse_binary(source.origin, source.head)
        one = reader(name)
        if one.recognises(source):
            return one.read(source)
    raise unreadable(source.origin, "nothing in it is a training log.", "a log with a loss in it")
