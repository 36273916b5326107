"""Find the reader of a log.

Each format is one module with `recognises(source)` and `read(source)`, imported when it is tried.
Containers (archives, notebooks, Markdown) are unpacked first. Formats are known by their content,
never by the name of the file, and are tried in the order of `READERS`: the more particular first.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from mldx.errors import InputError, UnreadableRun
from mldx.readers.containers import unpacked
from mldx.readers.doubts import doubts
from mldx.readers.duration import minutes_of
from mldx.readers.faults import unreadable
from mldx.readers.names import is_loss
from mldx.readers.normalise import is_text, refuse_binary
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
    "boosting_results",
    "keras_history",
    "sacred",
    "json_rows",
    "json_tree",
    "ultralytics",
    "lightning",
    "keras_csv",
    "any_table",
    "mlflow_metric",
    "yolo_console",
    "keras_stdout",
    "hf_stdout",
    "boosting",
    "free_text",
)

if TYPE_CHECKING:  # so that the type checker looks at each module, though none is imported here
    from mldx.readers import (
        any_table,
        boosting,
        boosting_results,
        free_text,
        hf_stdout,
        json_rows,
        json_tree,
        keras_csv,
        keras_history,
        keras_stdout,
        lightning,
        mlflow_db,
        mlflow_metric,
        record,
        sacred,
        tensorboard,
        trainer_state,
        ultralytics,
        wandb_log,
        yolo_console,
    )

    _MODULES: tuple[Reader, ...] = (
        tensorboard, wandb_log, mlflow_db, trainer_state, record, boosting_results, keras_history,
        sacred, json_rows, json_tree, ultralytics, lightning, keras_csv, any_table, mlflow_metric,
        yolo_console, keras_stdout, hf_stdout, boosting, free_text,
    )  # fmt: skip


def reader(name: str) -> Reader:
    """Return the reader of a format."""
    return cast("Reader", import_module(f"mldx.readers.{name}"))


def read_source(source: LogSource) -> list[Run]:
    """Return the runs in a source, each of its parts by the first reader that recognises it.

    Of a container (an archive, a notebook) those parts that hold a curve are runs; it is refused
    when none does.
    """
    with np.errstate(all="ignore"):  # infinities in a log are its news, not a fault of ours
        return _read_parts(source)


def _read_parts(source: LogSource) -> list[Run]:
    parts = unpacked(source)
    if len(parts) == 1 and not parts[0].fallback and parts[0].origin == source.origin:
        return _runs_of(parts[0])
    runs, errors = _curves_of(parts)
    if not runs:
        raise _without_curve(source, errors)
    if len(runs) == 1:
        runs[0].name = ""
    for run in runs:
        run.ignored += [str(error.faults[0]) for error in errors]
    return runs


def _curves_of(parts: list[LogSource]) -> tuple[list[Run], list[InputError]]:
    """Return the runs of all parts that have a curve, and the faults of parts that are logs but
    cannot be read.

    One point is what an evaluation prints, two may stand in the prose around the parts.
    """
    runs: list[Run] = []
    errors: list[InputError] = []
    for part in parts:
        if part.fallback and (runs or errors):
            continue
        least = 3 if part.fallback else 2
        try:
            runs += [run for run in _runs_of(part) if _has_curve(run, least)]
        except UnreadableRun:
            continue
        except InputError as error:
            errors.append(error)
    return runs, errors


def _recognised(source: LogSource) -> list[Run]:
    if not source.head.strip():
        raise unreadable(
            source.origin,
            "the file is empty.",
            "a log with at least one line",
            "check that the training wrote it",
        )
    text = is_text(source.head)
    for name in READERS:
        if name in BINARY and text:
            continue  # it need not even be imported
        if name not in BINARY:
            refuse_binary(source.origin, source.head)
        one = reader(name)
        if one.recognises(source):
            return _doubted(one.read(source), name)
    raise unreadable(source.origin, "nothing in it is a training log.", "a log with a loss in it")


def _doubted(runs: list[Run], name: str) -> list[Run]:
    """Return the runs with what makes their reading unsure; a run record is a person's own word."""
    for run in runs if name != "record" else ():
        run.doubts += doubts(run, text=name == "free_text")
    return runs


def _runs_of(part: LogSource) -> list[Run]:
    """Return the runs of a source with what its container knows of them."""
    runs = _recognised(part)
    for run in runs:
        run.name = ", ".join(filter(None, (part.name, run.name)))
        run.setup = {**part.setup, **run.setup}
        run.notes += part.notes
    if len(runs) == 1 and "run_minutes" not in runs[0].setup:
        found = minutes_of(part)
        runs[0].setup |= {} if found is None else {"run_minutes": found}
    return runs


def _has_curve(run: Run, least: int) -> bool:
    """Is there a loss with enough points? Of a training of one epoch, one is."""
    points = [len(one) for one in run.series if is_loss(one.metric)]
    return max(points, default=0) >= (1 if run.setup.get("epochs_planned") == 1 else least)


def _without_curve(source: LogSource, errors: list[InputError]) -> InputError:
    if errors:
        return InputError(*(fault for error in errors for fault in error.faults))
    what = "no part of it holds the curve of a training loss."
    return unreadable(source.origin, what, "a log with a loss in it")
