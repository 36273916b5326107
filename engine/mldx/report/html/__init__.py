"""A diagnosis as one HTML file: nothing is fetched, nothing runs; it prints, and it reads on a
phone and in the dark.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from mldx.report.html import parts
from mldx.report.html.causes import causes
from mldx.report.html.curves import figure
from mldx.report.html.flow import path
from mldx.report.html.render import rendered
from mldx.report.outline import Outline, outline

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.knowledge import KnowledgeBase

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "base-uri 'none'"
)


@cache
def stylesheet() -> str:
    """Return the style of reports."""
    return files("mldx.report.html").joinpath("report.css").read_text(encoding="utf-8")


def report(
    diagnosis: Diagnosis,
    knowledge: KnowledgeBase,
    date: str = "",
) -> str:
    """Return the whole page.

    date   when the report was made, to be named at the end; without it the same diagnosis gives
           the same bytes on every day
    """
    outlined = outline(diagnosis)
    page = rendered(
        "report.html",
        name=outlined.read.name if outlined.read else "a training run",
        outlined=outlined,
        diagnosis=diagnosis,
        date=date,
        policy=_POLICY,
        style=Markup(stylesheet()),  # noqa: S704  our own file
        verdict=rendered("verdict.html", outlined=outlined),
        sections=_sections(diagnosis, knowledge, outlined),
    )
    return f"{page}\n"


def _sections(
    diagnosis: Diagnosis,
    knowledge: KnowledgeBase,
    outlined: Outline,
) -> list[tuple[str, str, Markup | None]]:
    """Return (title, id, content) of every section; one with nothing to say has no content."""
    actions = rendered("actions.html", outlined=outlined) if outlined.actions else None
    questions = rendered("questions.html", outlined=outlined) if outlined.questions else None
    return [
        ("Curves", "curves-head", figure(diagnosis.symptoms, knowledge)),
        ("Next", "next", actions),
        (outlined.causes_title, "causes-head", causes(diagnosis, outlined)),
        ("The path on the flowchart", "path", path(knowledge, diagnosis.path)),
        ("Still unknown", "unknown", questions),
        ("Doubts", "doubts", parts.doubts(outlined)),
        ("What was observed", "observed", parts.observed(diagnosis)),
        ("What was read", "read", parts.read(outlined.read) if outlined.read else None),
    ]


def framed(page: str) -> str:
    """Return a page in a frame of its own, so that a notebook's style and the report's leave each
    other alone.
    """
    return rendered("frame.html", page=page)


__all__ = ["framed", "report", "stylesheet"]
