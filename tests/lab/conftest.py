"""A rule set small enough to hold in the head: two checks, three causes and a syndrome, with the
shipped thresholds.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.knowledge import KnowledgeBase, load
from tests.kit.rules import cause, rule_set, shipped, write_files

CHECKS = """\
loss_shape:
  section: training
  asks: What does the loss do?
  help: Look at it.
  minutes: 1
  answers:
    diverging: {say: it climbs}
    slow:      {say: it creeps}
    falling:   {say: it falls}
  usual: {diverging: 10, slow: 10, falling: 80}
  with:
    healthy:  {diverging: 1, slow: 1, falling: 98}
    too_hot:  {diverging: 80, slow: 5, falling: 15}
    too_cold: {diverging: 5, slow: 80, falling: 15}
  basis: own judgement
loss_spikes:
  section: training
  asks: How many spikes?
  help: Count them.
  minutes: 1
  number: {unit: spikes, low: 0}
  answers:
    few:  {below: 10, say: fewer than ten}
    many: {say: ten or more}
  usual: {few: 90, many: 10}
  with:
    bad_batch: {few: 10, many: 90}
    too_hot:   {few: 85, many: 15}
  given:
    - when: {optimizer: {is: sgd}}
      usual: {few: 50, many: 50}
      with:
        bad_batch: {few: 30, many: 70}
  only_for: {domain: [vision]}
  basis: own judgement
"""
CAUSES = [
    cause("too_hot", "bad_batch", fix=1, shows_as="climbs"),
    cause("too_cold", "too_hot", fix=1),
    cause("bad_batch", "too_cold", fix=1),
]
SYNDROMES = """\
climbs:
  title: It climbs
  says: The loss climbs
  signs: [{loss_shape: {is: diverging}}]
  first_aid: Go back.
  asks: [loss_spikes]
"""
CASES = """\
burns:
  run: {answers: {loss_shape: diverging}}
  concludes: [too_hot]
  never: [too_cold]
  shows: [climbs]
  odds: {too_hot: {above: 0.3, below: 0.9}}

crawls:
  run: {answers: {loss_shape: slow}}
  concludes: [too_cold]
  never: [too_hot]
  shows_not: [climbs]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rules folder with the small rule set and two cases."""
    tables = shipped("thresholds", "vocabulary", "pairs", "sources")
    files = rule_set({"data": CHECKS}, {"data": CAUSES})
    files |= {"syndromes.yaml": SYNDROMES, "1-data/cases.yaml": CASES}
    return write_files(tmp_path, {**tables, **files})


@pytest.fixture
def rules(folder: Path) -> KnowledgeBase:
    """The small rule set, read."""
    return load(folder)
