"""What a report holds besides curves, causes and path: what was read and observed, what is
doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldx.readers.run import Run
from mldx.report.html.render import rendered

if TYPE_CHECKING:
    from markupsafe import Markup

    from mldx.diagnosis import Diagnosis
    from mldx.report.outline import Outline

_NOTES = 20


@dataclass(frozen=True, slots=True)
class LogSummary:
    """What was read, in words: (file, format), the series with their sizes, and what the reader has
    to say.
    """

    files: tuple[tuple[str, str], ...]
    sizes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, *runs: Run) -> LogSummary:
        """Return what was read of one or more runs that are taken together."""
        sizes = [
            f"{one.split} {one.metric}: {len(one)} points" for run in runs for one in run.series
        ]
        notes = [note for run in runs for note in _notes(run)]
        return cls(
            tuple((run.origin, run.format) for run in runs), tuple(sizes[:_NOTES]), tuple(notes)
        )

    @property
    def name(self) -> str:
        """What the run is called: the last part of each path."""
        return ", ".join(re.split(r"[\\/]", file.rstrip("\\/"))[-1] for file, _ in self.files)

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "files": [list(pair) for pair in self.files],
            "sizes": list(self.sizes),
            "notes": list(self.notes),
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> LogSummary:
        """Return what `to_plain` wrote.

        raises   KeyError, TypeError, ValueError, when it is none
        """
        files = tuple((str(file), str(format)) for file, format in plain["files"])
        return cls(files, tuple(map(str, plain["sizes"])), tuple(map(str, plain["notes"])))


def _notes(run: Run) -> list[str]:
    messages = [event.text for event in run.events if event.kind == "message"]
    notes = [*run.notes, *messages, *(f"not used: {one}" for one in run.ignored)]
    return [*notes[:_NOTES], *([f"and {len(notes) - _NOTES} more"] if len(notes) > _NOTES else [])]


def read(reading: LogSummary) -> Markup:
    """Return what was read, and what was left."""
    return rendered("read.html", reading=reading)


def doubts(outlined: Outline) -> Markup | None:
    """Return what disagrees, what nothing explains, what could not be judged or used as given."""
    return rendered("doubts.html", outlined=outlined) if outlined.doubts else None


def observed(diagnosis: Diagnosis) -> Markup | None:
    """Return everything that was observed, with who says so."""
    symptoms = diagnosis.symptoms
    rows = [(id, value, _basis(diagnosis, id)) for id, value in symptoms.observed.items()]
    return rendered("observed.html", rows=rows) if rows else None


def _basis(diagnosis: Diagnosis, id: str) -> str:
    provenance = diagnosis.symptoms.provenances.get(id)
    return (
        ", ".join(filter(None, (provenance.source.value, provenance.figure)))
        if provenance
        else "answered"
    )
