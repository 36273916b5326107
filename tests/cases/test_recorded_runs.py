"""How often the diagnosis is right, on real runs with known causes."""

import json
from dataclasses import dataclass, field

import pytest

from mldx import diagnose
from mldx.knowledge import load
from mldx.observe import of_run
from mldx.readers.record import of_mapping


@dataclass
class Score:
    """Counts over the scored runs, strictly (causes alone) and with what cannot be told apart on
    the evidence.
    """

    faulty: int = 0
    healthy: int = 0
    first: int = 0
    three: int = 0
    first_strict: int = 0
    three_strict: int = 0
    alarms: int = 0
    missed: list[str] = field(default_factory=list)

    def __str__(self):
        return (
            f"right first {self.first}/{self.faulty} ({self.first_strict} strictly), "
            f"among three {self.three}/{self.faulty} ({self.three_strict} strictly), "
            f"false alarms {self.alarms}/{self.healthy}"
        )


def counts(run):
    """Thin runs, runs without a known cause, and labels of low confidence are left out."""
    return not run["thin"] and run["truth"]["causes"] and run["truth"]["confidence"] != "low"


def record_of(run, with_answers):
    return {
        "setup": run["setup"] or {},
        "history": run["history"] or {},
        "answers": (run["answers"] or {}) if with_answers else {},
    }


def is_false_alarm(diagnosis, acceptable):
    line = load().threshold("diagnosis.reporting_line")
    named = {
        cause.id for cause in diagnosis.causes if cause.probability >= line and not cause.benign
    }
    return diagnosis.verdict == "faulty" and not named <= acceptable


def scored(runs, with_answers):
    score = Score()
    for run in runs:
        diagnosis = diagnose(of_run(of_mapping(record_of(run, with_answers), run["id"])))
        strict = set(run["truth"]["causes"])
        right = strict | set(run["truth"]["acceptable"])
        ranked = [cause.id for cause in diagnosis.causes]
        if "healthy" in strict:
            score.healthy += 1
            score.alarms += is_false_alarm(diagnosis, right)
            continue
        score.faulty += 1
        score.first += bool(ranked) and ranked[0] in right
        score.three += bool(right & set(ranked[:3]))
        score.first_strict += bool(ranked) and ranked[0] in strict
        score.three_strict += bool(strict & set(ranked[:3]))
        if not ranked or ranked[0] not in right:
            score.missed.append(
                f"{run['id']}: {', '.join(run['truth']['labels'])}; named {', '.join(ranked[:3])}"
            )
    return score


@pytest.fixture(scope="module")
def runs(shared):
    lines = (shared / "cases" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [run for run in map(json.loads, lines) if counts(run)]


@pytest.mark.parametrize("with_answers", [True, False], ids=["with answers", "without answers"])
def test_recorded_runs(runs, with_answers, capsys):
    """Two runs of three are named right first, six of seven among three, and one healthy run of ten
    alarms at most.
    """
    kept = runs if with_answers else [run for run in runs if run["history"]]

    score = scored(kept, with_answers)

    with capsys.disabled():
        print(f"\n{len(kept)} runs, setup + history{' + answers' * with_answers}: {score}")
        print("\n".join(f"  missed {line}" for line in score.missed))
    assert score.first >= 0.65 * score.faulty
    assert score.three >= 0.85 * score.faulty
    assert score.alarms <= 0.10 * score.healthy


def test_no_rule_names_a_recorded_run(runs):
    """No rule knows a recorded run by its name."""
    rules = json.dumps(load().content)

    assert not [run["id"] for run in runs if run["id"] in rules]
