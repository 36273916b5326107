"""Data and predictions beside a run, as options: what they show joins what the log shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from mldx.errors import Fault, InputError

if TYPE_CHECKING:
    from mldx.knowledge import KnowledgeBase
    from mldx.symptoms import Symptoms


class DataOptions(TypedDict):
    """The options of data and predictions, as a command is given them."""

    train: Path | None
    val: Path | None
    target: str | None
    groups: str | None
    time: str | None
    predictions: Path | None


_FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option("--data", "train", type=_FILE, help="Training data: CSV, parquet, JSONL, npz."),
    click.option("--val", type=_FILE, help="Validation data, likewise."),
    click.option("--target", metavar="COLUMN", help="The column of the labels, or of the truth."),
    click.option("--groups", metavar="COLUMN", help="What belongs together: patient, user."),
    click.option("--time", metavar="COLUMN", help="When each sample was taken."),
    click.option(
        "--predictions",
        type=_FILE,
        help="Answers beside the truth: a table with columns y_true and y_pred.",
    ),
)


def data_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of data and predictions to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def beside(options: DataOptions, rules: KnowledgeBase) -> Symptoms | None:
    """Return what data and predictions show; None where neither is given.

    raises   InputError, for a file that cannot be read, or an option without its file
    """
    train, predictions = options["train"], options["predictions"]
    if train is None:
        _check_alone(options)
    if train is None and predictions is None:
        return None
    from mldx.observe.dataset import files

    found = []
    if train is not None:
        found.append(
            files.data_in_files(
                train,
                options["val"],
                target=options["target"],
                groups=options["groups"],
                time=options["time"],
                knowledge=rules,
            )
        )
    if predictions is not None:
        target = options["target"] if train is None else None
        found.append(files.predictions_in_file(predictions, target=target, knowledge=rules))
    return found[0] if len(found) == 1 else found[0] | found[1]


def _check_alone(options: DataOptions) -> None:
    """Refuse an option of training data without any."""
    alone = {"val": options["val"], "groups": options["groups"], "time": options["time"]}
    for name, given in alone.items():
        if given:
            help = "name the training data: --data train.parquet"
            raise InputError(Fault(f"--{name}", "it says nothing alone.", "--data too", help))
