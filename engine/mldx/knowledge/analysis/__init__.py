"""The rules checked as a compiler would check them; what breaks a diagnosis is an error, what
merely wastes is a warning.

`faults` is what a load refuses: a name that does not exist, a value that cannot be, a graph one
cannot walk, an answer that no branch takes. `analyse` adds what needs a longer look at the whole:
causes that cannot be reached or told apart, questions that separate nothing, sources that nobody
cites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mldx.errors import Fault
from mldx.knowledge.analysis import alike, branches, complaints, flow, names, reach, unread, values
from mldx.knowledge.read import RuleFiles

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A fault with its weight and its kind; the kind is a stable name, for JSON and for tests."""

    level: Level
    kind: str
    fault: Fault

    def __str__(self) -> str:
        return (
            str(self.fault)
            if self.level == "error"
            else str(replace(self.fault, what=f"warning: {self.fault.what}"))
        )


def faults(reading: RuleFiles) -> list[Fault]:
    """Return what a load refuses, in file order: of each card first, and only if that is clean,
    between them.
    """
    return [remark.fault for remark in refused(reading)]


def refused(reading: RuleFiles) -> list[Diagnostic]:
    """Return what a load refuses as remarks."""
    if reading.faults:
        return [Diagnostic("error", "yaml", fault) for fault in reading.faults]
    for step in (_FIRST, _SECOND, _THIRD):
        found = _remarks("error", ((kind, analysis(reading)) for kind, analysis in step.items()))
        if found:
            return found
    return []


def analyse(reading: RuleFiles, judge: reach.Judge | None = None) -> list[Diagnostic]:
    """Return every remark on the rules, in file order.

    judge   the probability of each cause under given answers, as a diagnosis has it; with it,
            whether a cause can be raised above the reporting line is tried out, else bounded
    """
    found = refused(reading)
    if found:
        return found
    base = reading.compiled()
    line = base.threshold("diagnosis.reporting_line")
    errors = {
        "unsupported": flow.unsupported(reading),
        "unraisable": reach.unraisable(reading, base, line, judge),
    }
    warnings = {
        "inseparable": alike.twins(reading),
        "idle_question": alike.idle(reading, base),
        "unlevelled": values.unlevelled(reading),
        "uncited": names.uncited(reading),
        "unanswered": branches.unanswered(reading),
        "unexamined": branches.unexamined(reading),
        "unasked": complaints.unasked(reading),
        "unread": unread.unread(reading),
    }
    return in_order([*_remarks("error", errors.items()), *_remarks("warning", warnings.items())])


def in_order(remarks: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return each remark once, in file order."""
    return sorted(dict.fromkeys(remarks), key=lambda remark: remark.fault.place)


def _remarks(level: Level, found: Iterable[tuple[str, Iterable[Fault]]]) -> list[Diagnostic]:
    return in_order(Diagnostic(level, kind, fault) for kind, faults in found for fault in faults)


Analysis = Callable[[RuleFiles], Iterator[Fault]]

_FIRST: dict[str, Analysis] = {
    "symptom": values.operands,
    "cause": names.causes,
    "check": names.checks,
    "source": names.sources,
    "scope": names.scopes,
    "levels": values.levels,
    "threshold": values.thresholds,
    "pair": names.pairs,
    "complaint": complaints.complaints,
}
_SECOND: dict[str, Analysis] = {
    "answer": values.answers,
    "circle": flow.circles,
    "order": flow.backwards,
    "consequence_circle": flow.consequence_circles,
    "unreachable": flow.unreached,
    "dead_end": flow.dead_ends,
}
_THIRD: dict[str, Analysis] = {
    "contradiction": branches.contradictions,
    "branches": branches.coverage,
}
