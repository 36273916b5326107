"""A rule set small enough to hold in the head: two checks and three causes, with the shipped
thresholds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.knowledge import rules_folder
from tests.kit.rules import cause, rule_set, shipped, write_files

CHECKS = """\
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
CAUSES = [
    cause("too_hot", "bad_batch", fix=1),
    cause("too_cold", "too_hot", fix=1),
    cause("bad_batch", "too_cold", fix=1),
]
CASES = """\
burns:
  run: {answers: {loss_shape: diverging}}
  concludes: [too_hot]
  never: [too_cold]

crawls:
  run: {answers: {loss_shape: slow}}
  concludes: [too_cold]
  never: [too_hot]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rules folder with the small rule set and two cases."""
    tables = shipped(*(file.stem for file in rules_folder().glob("*.yaml")))
    files = rule_set({"data": CHECKS}, {"data": CAUSES})
    return write_files(tmp_path, {**tables, **files, "cases/data.yaml": CASES})
