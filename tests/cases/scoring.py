"""How often the diagnosis of a recorded run is right, and how honest its probabilities are.

A run counts unless it is thin, has no known cause, or its label is of low confidence. Right are the
causes that the source names and those that are acceptable on this evidence; the strict figures
count the causes alone. A healthy run is a false alarm when the verdict is `faulty` and a cause that
is not acceptable is named. A run that is refused counts as wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from mldx import Diagnosis, diagnose
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.observe import observed
from mldx.readers.record import of_mapping

BINS = 10
ROW = "{:<26} {:>4} {:>15} {:>15} {:>9} {:>9} {:>7} {:>7} {:>6} {:>6} {:>7} {:>6}"
HEAD = ROW.format(
    "runs", "n", "top-1", "top-3", "strict-1", "strict-3", "alarms", "refused",
    "Brier", "ECE", "stated", "right",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of one run.

    ranked  the causes named, surest first; empty for a run that was refused
    stated  the probability stated of the first of them, or None when none is named
    """

    id: str
    healthy: bool
    causes: frozenset[str]
    right: frozenset[str]
    ranked: tuple[str, ...] = ()
    stated: float | None = None
    alarm: bool = False
    refusal: str = ""

    def hits(self, k: int, right: frozenset[str]) -> bool:
        """Is one of the first k causes right?"""
        return bool(right & set(self.ranked[:k]))


@dataclass(frozen=True)
class Score:
    """The figures over some outcomes; top-k over the faulty runs, alarms over the healthy ones."""

    outcomes: tuple[Outcome, ...]

    @property
    def faulty(self) -> list[Outcome]:
        """The runs in which something was wrong."""
        return [one for one in self.outcomes if not one.healthy]

    @property
    def healthy(self) -> list[Outcome]:
        """The runs in which nothing was wrong."""
        return [one for one in self.outcomes if one.healthy]

    @property
    def refused(self) -> list[Outcome]:
        """The runs that were not diagnosed."""
        return [one for one in self.outcomes if one.refusal]

    def top(self, k: int) -> int:
        """Count the faulty runs with a right cause among the first k."""
        return sum(one.hits(k, one.right) for one in self.faulty)

    def strict(self, k: int) -> int:
        """Count the faulty runs with a cause of the source among the first k."""
        return sum(one.hits(k, one.causes) for one in self.faulty)

    @property
    def alarms(self) -> int:
        """Count the healthy runs that are called faulty."""
        return sum(one.alarm for one in self.healthy)

    @property
    def stated(self) -> list[tuple[float, bool]]:
        """The probability stated of each first cause, and whether it is right.

        In a healthy run the first cause is right only if it is acceptable.
        """
        return [
            (one.stated, one.hits(1, one.right)) for one in self.outcomes if one.stated is not None
        ]

    @property
    def brier(self) -> float:
        """The mean squared distance of stated probability from what came true (Brier 1950)."""
        return fmean((probability - right) ** 2 for probability, right in self.stated)

    @property
    def calibration_error(self) -> float:
        """The expected calibration error over ten bins of equal width (Guo et al. 2017)."""
        bins: dict[int, list[tuple[float, bool]]] = {}
        for probability, right in self.stated:
            bins.setdefault(min(int(probability * BINS), BINS - 1), []).append((probability, right))
        gaps = (
            abs(sum(probability - right for probability, right in members))
            for members in bins.values()
        )
        return sum(gaps) / len(self.stated)

    def row(self, name: str) -> str:
        """Write the figures as a row under `HEAD`."""
        n = len(self.faulty)
        return ROW.format(
            name,
            len(self.outcomes),
            _share(self.top(1), n),
            _share(self.top(3), n),
            f"{self.strict(1)}/{n}",
            f"{self.strict(3)}/{n}",
            f"{self.alarms}/{len(self.healthy)}",
            len(self.refused),
            f"{self.brier:.3f}",
            f"{self.calibration_error:.3f}",
            f"{fmean(probability for probability, _ in self.stated):.0%}",
            f"{fmean(right for _, right in self.stated):.0%}",
        )

    def missed(self, unnamed: Collection[str] = ()) -> str:
        """Name the faulty runs without a right first cause, with what was named instead.

        unnamed  ids of runs that are only counted, because nobody is to learn from them
        """
        lines = [
            f"  {one.id}: {one.refusal or ', '.join(one.ranked[:3]) or 'nothing'}"
            for one in self.faulty
            if not one.hits(1, one.right) and one.id not in unnamed
        ]
        return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} ({part / whole:.0%})"


def counts(run: dict[str, Any]) -> bool:
    """Is enough known of the run, and of what was wrong with it, to score it?"""
    truth = run["truth"]
    return not run["thin"] and bool(truth["causes"]) and truth["confidence"] != "low"


def score(runs: Iterable[dict[str, Any]], with_answers: bool) -> Score:
    """Diagnose the runs that count and return their figures.

    with_answers  whether the answers are given too; without them, only runs with a history count
    """
    kept = [run for run in runs if counts(run) and (with_answers or run["history"])]
    return Score(tuple(outcome(run, with_answers) for run in kept))


def outcome(run: dict[str, Any], with_answers: bool) -> Outcome:
    """Diagnose one run and hold the result against what was wrong."""
    causes = frozenset(run["truth"]["causes"])
    right = causes | set(run["truth"]["acceptable"])
    healthy = "healthy" in causes
    try:
        diagnosis = diagnose(observed(of_mapping(record_of(run, with_answers), run["id"])))
    except InputError as error:
        return Outcome(run["id"], healthy, causes, right, refusal=str(error.faults[0].what))
    return Outcome(
        run["id"],
        healthy,
        causes,
        right,
        ranked=tuple(cause.id for cause in diagnosis.causes),
        stated=diagnosis.causes[0].probability if diagnosis.causes else None,
        alarm=is_false_alarm(diagnosis, right),
    )


def record_of(run: dict[str, Any], with_answers: bool) -> dict[str, Any]:
    """Return the run record that the diagnosis is made from."""
    return {
        "setup": run["setup"] or {},
        "history": run["history"] or {},
        "answers": (run["answers"] or {}) if with_answers else {},
    }


def is_false_alarm(diagnosis: Diagnosis, right: frozenset[str]) -> bool:
    """Is a healthy run called faulty, by a cause that is not acceptable?"""
    line = load().threshold("diagnosis.reporting_line")
    named = {
        cause.id for cause in diagnosis.causes if cause.probability >= line and not cause.benign
    }
    return diagnosis.verdict == "faulty" and not named <= right
