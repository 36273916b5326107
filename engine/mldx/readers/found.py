"""A run that was found, or what stood in the way of reading it."""

from __future__ import annotations

from dataclasses import dataclass

from mldx.errors import InputError
from mldx.readers.run import Run


@dataclass(frozen=True, slots=True)
class Found:
    """A run of a folder, or what stood in the way of reading it.

    name  the folder or file that is this run, to be named again
    """

    name: str
    run: Run | None = None
    error: InputError | None = None


def opened(found: Found) -> Run:
    """Return the run that was found, or raise what stood in the way."""
    if found.error is not None:
        raise found.error
    assert found.run is not None
    return found.run
