"""Where the recorded runs and logs of the tests are, and how they are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
RUNS = TESTS / "runs"
RECORDED = RUNS / "recorded"
LOGS = TESTS / "logs"

# Files beside the repository that are not part of it; tests of them are skipped in a bare clone.
SHARED = TESTS.parents[1] / "shared"
ORIGINAL_LOGS = SHARED / "logs"
CATALOGUE = SHARED / "knowledge" / "seed.json"


def recorded_runs(name: str) -> list[dict[str, Any]]:
    """Return the runs of `tests/runs/recorded/NAME.jsonl`, in file order."""
    lines = (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


# Logs in `tests/logs` that no reader understands yet, and what stands in the way.
NOT_READ: dict[str, str] = {}


def expected_of_logs() -> dict[str, dict[str, Any]]:
    """Return, for each log in `tests/logs`, what the tool that wrote it held in memory."""
    return json.loads((LOGS / "expected.json").read_text(encoding="utf-8"))


def made_logs() -> list[Path]:
    """Return the logs in `tests/logs`, files and folders, by name."""
    beside = {"README.md", "make.py", "expected.json", "__pycache__"}
    return sorted(path for path in LOGS.iterdir() if path.name not in beside)
