"""`--series train_loss=NAME`: which series of a log is which, said by a person."""

from __future__ import annotations

import click

series_option = click.option(
    "--series",
    multiple=True,
    metavar="KEY=NAME",
    help="Take the log's series NAME as KEY: train_loss=total_loss, val_loss=dev/ce. "
    "`mldx read` names them.",
)
