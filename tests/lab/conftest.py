"""A rule set small enough to hold in the head: two checks and three causes, with the shipped
thresholds.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mldx.knowledge import rules_folder

FLOWCHART = """
stage: {title: %(title)s, question: Is it?, start: [%(start)s], entry: %(entry)s}
"""

CHECKS = """
shape:
  asks: training.loss_shape
  question: What does the loss do?
  help: Look at it.
  minutes: 1
  branches:
    - when: {is: diverging}
      points_to: {too_hot: 12, too_cold: -12}
    - when: {is: slow}
      points_to: {too_cold: 12, too_hot: -12}
    - when: otherwise
  then: [spikes]
spikes:
  asks: training.loss_spikes
  question: How many spikes?
  help: Count them.
  minutes: 1
  branches:
    - when: {ge: 10}
      points_to: {bad_batch: 20}
    - when: {lt: 10}
      points_to: {bad_batch: -10}
"""

CARD = """
%(id)s:
  title: %(id)s
  meaning: It is so.
  prior: {weight: 50, basis: own}
  confirm: {do: Look., expect: It., minutes: 1}
  fix: {do: Mend., minutes: 1}
  mistaken_for: {%(other)s: There it is otherwise.}
  sources: {own: our judgement}
"""

CASES = """
burns:
  run: {answers: {loss_shape: diverging}}
  concludes: [too_hot]
  never: [too_cold]

crawls:
  run: {answers: {loss_shape: slow}}
  concludes: [too_cold]
  never: [too_hot]
"""

STAGES = ("data", "learning", "stability", "generalization", "drill_down")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rules folder with the small rule set and two cases."""
    for name in ("flowchart", "causes", "cases"):
        (tmp_path / name).mkdir()
    for number, stage in enumerate(STAGES, 1):
        head = FLOWCHART % {
            "title": stage,
            "start": "shape",
            "entry": "true" if stage == "data" else "false",
        }
        (tmp_path / "flowchart" / f"{number}-{stage}.yaml").write_text(
            head + (CHECKS if stage == "data" else "")
        )
    ids = ["too_hot", "too_cold", "bad_batch"]
    cards = "".join(CARD % {"id": id, "other": ids[place - 1]} for place, id in enumerate(ids))
    (tmp_path / "causes" / "data.yaml").write_text(cards)
    for file in rules_folder().glob("*.yaml"):
        shutil.copy(file, tmp_path)
    (tmp_path / "cases" / "data.yaml").write_text(CASES)
    return tmp_path
