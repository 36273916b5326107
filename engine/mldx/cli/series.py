"""`--series train_loss=NAME`: which series of a log is which, said by a person."""

from __future__ import annotations

from collections.abc import Iterable

import click

from mldx.errors import Fault, InputError

series_option = click.option(
    "--series",
    multiple=True,
    metavar="KEY=NAME",
    help="Take the log's series NAME as KEY: train_loss=total_loss, val_loss=dev/ce. "
    "`mldx read` names them.",
)


def wanted_series(said: Iterable[str]) -> dict[str, str]:
    """Return the log's own names of series by what they are said to be.

    raises   InputError for what is not KEY=NAME, or a key that is not one
    """
    wanted: dict[str, str] = {}
    for text in said:
        key, equals, name = text.partition("=")
        if not equals or not key.strip() or not name.strip():
            help = "write for example --series train_loss=total_loss"
            raise InputError(Fault("--series", f"{text!r} names no series.", "KEY=NAME", help))
        wanted[key.strip()] = name.strip()
    if wanted:
        from mldx.readers.choice import check_keys

        check_keys(wanted)
    return wanted
