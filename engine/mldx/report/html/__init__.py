"""A diagnosis as one HTML file: nothing is fetched, nothing runs; it prints, and it reads on a
phone and in the dark.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from mldx.report.html import parts
from mldx.report.html.causes import causes
from mldx.report.html.curves import figure
from mldx.report.html.flow import path
from mldx.report.html.markup import Markup, joined, tag
from mldx.report.outline import outline

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.knowledge import KnowledgeBase

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"


@cache
def stylesheet() -> str:
    """Return the style of reports."""
    return files("mldx.report.html").joinpath("report.css").read_text(encoding="utf-8")


def report(
    diagnosis: Diagnosis, knowledge: KnowledgeBase, reading: parts.Reading | None = None
) -> str:
    """Return the whole page.

    reading  what was read, to be told at the end
    """
    name = reading.name if reading else "a training run"
    header = tag("header", tag("h1", f"Diagnosis of {name}"), parts.head(outline(diagnosis)))
    footer = tag(
        "footer",
        f"mldx {diagnosis.mldx}, rules {diagnosis.knowledge}. {_CLAIM}",
        class_="faint small",
    )
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{name}: {diagnosis.verdict} (mldx)"),
        tag("style", Markup(stylesheet())),
    )
    page = tag(
        "html",
        tag("head", head),
        tag("body", tag("main", header, body(diagnosis, knowledge, reading), footer)),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


_CLAIM = "A probability here is a weighing of evidence on elicited priors, not a frequency."


def body(
    diagnosis: Diagnosis, knowledge: KnowledgeBase, reading: parts.Reading | None = None
) -> Markup:
    """Return the sections of a report; those with nothing to say are left out."""
    said = outline(diagnosis)
    return joined(
        parts.section("Curves", "curves-head", figure(diagnosis.symptoms, knowledge)),
        parts.section("Next", "next", parts.actions(said)),
        parts.section(said.causes_title, "causes-head", causes(diagnosis, said)),
        parts.section("The path on the flowchart", "path", path(knowledge, diagnosis.path)),
        parts.section("Still unknown", "unknown", parts.questions(said)),
        parts.section("Doubts", "doubts", parts.doubts(said)),
        parts.section("What was observed", "observed", parts.seen(diagnosis)),
        parts.section("What was read", "read", parts.read(reading) if reading else None),
    )


def framed(page: str) -> str:
    """Return a page in a frame of its own, so that a notebook's style and the report's leave each
    other alone.
    """
    return tag(
        "iframe",
        srcdoc=page,
        sandbox="",
        width="100%",
        height=720,
        title="Diagnosis of a training run",
    )


__all__ = ["body", "framed", "report", "stylesheet"]
