"""What a report holds besides curves, causes and path: what was read and observed, what is
doubtful.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldx.report.html.render import rendered

if TYPE_CHECKING:
    from markupsafe import Markup

    from mldx.diagnosis import Diagnosis
    from mldx.report.outline import Outline
    from mldx.report.read_summary import ReadSummary


def read(summary: ReadSummary) -> Markup:
    """Return what was read, and what was left."""
    return rendered("read.html", read=summary)


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
