"""A worked case on a page: what was observed, the walk through the graph, what it shows, the causes
and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mldx.cli.rules import options
from mldx.cli.rules.page import Page
from mldx.diagnosis import Diagnosis, diagnose
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import words
from mldx.lab import running

_FIRST = 5
_SILENT = 0.5  # dB; less is a rounding of the rows


def show(
    page: Page, id: str, base: KnowledgeBase, folder: Path | None, extend: Sequence[Path]
) -> None:
    """Show a worked case, or say which one was probably meant."""
    held = {case.id: case for case in options.cases(base, folder, extend)}
    if id not in held:
        raise options.unknown(id, "case", held)
    case = held[id]
    result = running.run(case, base)
    diagnosis = diagnose(running.observed(case, base).symptoms, base)
    page.title(f"{id}: {'passed' if result.passed else 'FAILED'}", str(case.where))
    if case.card.tells:
        page.text(case.card.tells)
    page.table([("claims", case.card.claims), *(("misses", miss) for miss in result.misses)])
    _observed(page, diagnosis)
    _walk(page, diagnosis)
    _shown(page, diagnosis)
    _causes(page, diagnosis)


def _observed(page: Page, diagnosis: Diagnosis) -> None:
    page.heading("Observed")
    provenances = diagnosis.symptoms.provenances
    rows = [
        (
            id,
            words(value) if not isinstance(value, tuple) else ", ".join(map(str, value)),
            provenances[id].figure,
        )
        for id, value in diagnosis.symptoms.observed.items()
    ]
    page.table(rows)


def _walk(page: Page, diagnosis: Diagnosis) -> None:
    page.heading("The walk")
    page.table([(step.check, step.says, _points(step.points_to)) for step in diagnosis.path])


def _shown(page: Page, diagnosis: Diagnosis) -> None:
    page.heading("It shows")
    page.table([(one.id, one.sentence) for one in diagnosis.syndromes] or [("no syndrome",)])


def _points(points: dict[str, float]) -> str:
    return ", ".join(
        f"{cause} {weight:+.1f}"
        for cause, weight in sorted(points.items(), key=lambda item: -item[1])
        if abs(weight) >= _SILENT
    )


def _causes(page: Page, diagnosis: Diagnosis) -> None:
    page.heading(f"Verdict: {diagnosis.verdict}")
    page.table(
        [(f"{cause.probability:.0%}", cause.id, cause.title) for cause in diagnosis.causes[:_FIRST]]
        or [("no cause",)]
    )
    page.heading("What to do")
    actions = diagnosis.actions[:_FIRST]
    page.table(
        [(one.kind, one.about, f"{one.minutes:g} min", one.do) for one in actions] or [("nothing",)]
    )
