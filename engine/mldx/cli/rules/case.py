"""A worked case on a page: what it shows, the walk through the graph, the causes and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mldx.cli.rules import options
from mldx.cli.rules.list_ import claims
from mldx.cli.rules.page import Page
from mldx.diagnosis import Diagnosis, diagnose
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import phrase, words
from mldx.lab import cases

_FIRST = 5


def show(
    page: Page, id: str, base: KnowledgeBase, folder: Path | None, extend: Sequence[Path]
) -> None:
    """Show a worked case, or say which one was probably meant."""
    held = {case.id: case for case in options.cases(base, folder, extend)}
    if id not in held:
        raise options.unknown(id, "case", held)
    case = held[id]
    result = cases.run(case, base)
    diagnosis = diagnose(cases.observed(case, base).symptoms, base)
    page.title(f"{id}: {'passed' if result.passed else 'FAILED'}", str(case.where))
    if case.card.tells:
        page.text(case.card.tells)
    page.table([("claims", claims(case.card)), *(("misses", miss) for miss in result.misses)])
    _observed(page, diagnosis)
    _walk(page, diagnosis, base)
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


def _walk(page: Page, diagnosis: Diagnosis, base: KnowledgeBase) -> None:
    page.heading("The walk")
    paths = {node.id: node.path for node in base.compiled.checks}
    rows = [
        (step.check, phrase(step.branch, paths[step.check]), _points(step.points_to))
        for step in diagnosis.path
    ]
    page.table(rows)


def _points(points: dict[str, float]) -> str:
    return ", ".join(
        f"{cause} {weight:+g}"
        for cause, weight in sorted(points.items(), key=lambda item: -item[1])
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
