"""The rules checked as a compiler would check them; what breaks a diagnosis is an error, what
merely wastes is a warning.

`faults` is what a load refuses: a name that does not exist, a value that cannot be, a row that does
not add up. `analyse` adds what needs a longer look at the whole: causes that cannot be reached or
told apart, questions that distinguish nothing, sources that nobody cites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mldx.errors import Fault
from mldx.knowledge.analysis import (
    alike,
    base_rates,
    complaints,
    conditions,
    forms,
    idle,
    names,
    reach,
    tables,
    thresholds,
    unread,
)
from mldx.knowledge.analysis.reach import Judge
from mldx.knowledge.read import RuleFiles

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A fault with its weight and its kind; the kind is a stable name, for JSON and for tests."""

    level: Level
    kind: str
    fault: Fault

    def __str__(self) -> str:
        if self.level == "error":
            return str(self.fault)
        return str(replace(self.fault, what=f"warning: {self.fault.what}"))


def faults(reading: RuleFiles) -> list[Fault]:
    """Return what a load refuses, in file order: of each card first, and only if that is clean,
    between them.
    """
    return [diagnostic.fault for diagnostic in refused(reading)]


def refused(reading: RuleFiles) -> list[Diagnostic]:
    """Return what a load refuses."""
    if reading.faults:
        return [Diagnostic("error", "yaml", fault) for fault in reading.faults]
    for analyses in (_FIRST, _SECOND):
        pairs = ((kind, analysis(reading)) for kind, analysis in analyses.items())
        found = _diagnostics("error", pairs)
        if found:
            return found
    return []


def analyse(reading: RuleFiles, judge: Judge | None = None) -> list[Diagnostic]:
    """Return everything that is found in the rules, in file order.

    judge   what a diagnosis states of each cause under given answers; with it, whether a cause can
            be raised above the reporting line is tried out
    """
    found = refused(reading)
    if found:
        return found
    base = reading.compiled()
    line = base.threshold("diagnosis.reporting_line")
    raised = reach.witnesses(base, judge, line) if judge is not None else {}
    errors = {
        "unsupported": reach.unsupported(reading, base),
        "never": idle.never(reading, base),
        "unraisable": reach.unraisable(reading, line, raised),
    }
    warnings = {
        "inseparable": alike.twins(reading, base),
        "idle_question": tables.idle(reading),
        "silent_row": idle.silent_rows(reading, base),
        "unscoped": idle.unscoped(reading, base),
        "circle": idle.circles(reading),
        "unshown": idle.syndromes(reading),
        "shows_nothing": idle.unseen(reading),
        "base_rate": base_rates.base_rates(reading, base),
        "uncited": names.uncited(reading),
        "unread": unread.unread(reading),
    }
    return in_order(
        [*_diagnostics("error", errors.items()), *_diagnostics("warning", warnings.items())]
    )


def in_order(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return each diagnostic once, in file order."""
    return sorted(dict.fromkeys(found), key=lambda diagnostic: diagnostic.fault.place)


def _diagnostics(level: Level, found: Iterable[tuple[str, Iterable[Fault]]]) -> list[Diagnostic]:
    return in_order(Diagnostic(level, kind, fault) for kind, faults in found for fault in faults)


Analysis = Callable[[RuleFiles], Iterator[Fault]]

_FIRST: dict[str, Analysis] = {
    "answers": tables.answers,
    "row": tables.rows,
    "gate": tables.gates,
    "stage": names.stages,
    "cause": names.causes,
    "source": names.sources,
    "scope": names.scopes,
    "threshold": thresholds.thresholds,
    "pair": names.pairs,
}
_SECOND: dict[str, Analysis] = {
    "syndrome": names.syndromes,
    "condition": conditions.conditions,
    "complaint": complaints.complaints,
    "form": forms.forms,
}
