"""Rules small enough to check on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mldx.knowledge import KnowledgeBase, load
from tests.kit.rules import cause, edited, rule_set, shipped, write_files
from tests.kit.tiny import THRESHOLDS

FLAT = """\
train_loss_flat:
  section: training
  asks: Is the loss flat?
  help: Look at it.
  minutes: 1
  family: loss
  usual: 5
  with:
    healthy: 0.5
    apple:   50
    cherry:  0.5
  basis: own judgement
"""
SHAPE = """\
loss_shape:
  section: training
  asks: Which shape?
  help: Look at it.
  minutes: 1
  family: loss
  answers:
    flat:    {say: flat}
    falling: {say: falling}
    other:   {rest: true, say: something else}
  usual: {flat: 10, falling: 40, other: 50}
  with:
    apple:  {flat: 40, falling: 40, other: 20}
    cherry: {flat: 80, falling: 10, other: 10}
    damson: {flat: 40, falling: 30, other: 30}
  basis: own judgement
"""
SWINGS = """\
loss_oscillation:
  section: training
  asks: Does it swing?
  help: Look at it.
  minutes: 2
  usual: 5
  with:
    apple:  50
    banana: 50
    elder:  50
  gate: {answers: [true], closes: [generalization, drill_down]}
  basis: own judgement
"""
RATE = """\
learning_rate:
  section: setup
  asks: Which rate?
  help: Look at it.
  minutes: 1
  number: {low: 0}
  answers:
    small: {below: 0.01, say: below 0.01}
    usual: {below: 1, say: 0.01 to 1}
    large: {say: 1 or more}
  usual: {small: 40, usual: 50, large: 10}
  with:
    elder: {small: 30, usual: 30, large: 40}
  given:
    - when: {optimizer: {in: adaptive}}
      usual: {small: 45, usual: 50, large: 5}
      with:
        elder: {small: 20, usual: 30, large: 50}
    - when: {batch_size: {le: 64}}
      usual: {small: 40, usual: 50, large: 10}
      with:
        cherry: {small: 40, usual: 40, large: 20}
  basis: own judgement
"""
RECALL = """\
worst_class_recall:
  section: predictions
  asks: Which recall?
  help: Look at it.
  minutes: 4
  number: {unit: share, low: 0, high: 1}
  answers:
    strong: {below: 0.5, say: below a half}
    none:   {say: a half or more}
  usual: {strong: 10, none: 90}
  with:
    healthy: {strong: 1, none: 99}
    banana:  {strong: 50, none: 50}
  basis: own judgement
"""
CHECKS = {
    "data": FLAT,
    "learning": SHAPE,
    "stability": SWINGS,
    "generalization": RATE,
    "drill_down": RECALL,
}
CAUSES = {
    "data": [cause("apple", "banana"), cause("banana", "apple")],
    "learning": [cause("cherry", "apple"), cause("damson", "apple", leads_to="apple")],
    "stability": [cause("elder", "apple", confirm=50)],
}
SYNDROMES = """\
swings:
  title: It swings
  says: The loss swings
  signs:
    - {loss_oscillation: {is: true}, train_loss_flat: {is: false}}
    - {loss_oscillation: {is: true}}
  first_aid: Halve the rate.
  asks: [learning_rate]
stuck:
  title: It rests
  says: The loss rests
  signs: [{loss_shape: {in: [flat]}}, {train_loss_flat: {is: true}}]
  unless: [swings]
  first_aid: Train on ten samples.
  asks: [loss_oscillation]
"""


@pytest.fixture(scope="session")
def write_rules(tmp_path_factory) -> Callable[..., KnowledgeBase]:
    """Write the small rules, with some text replaced, and load them."""

    def write(*changes: tuple[str, str]) -> KnowledgeBase:
        own = {
            **rule_set(CHECKS, CAUSES),
            "syndromes.yaml": SYNDROMES,
            "thresholds.yaml": THRESHOLDS,
        }
        files = {**edited(own, *changes), **shipped("vocabulary", "sources")}
        return load(write_files(tmp_path_factory.mktemp("small"), files))

    return write


@pytest.fixture(scope="session")
def small(write_rules) -> KnowledgeBase:
    """Five causes of equal priors (0.12 each; healthy 0.3, something else 0.1), and five checks.

    `train_loss_flat` and `loss_shape` are one family; `loss_oscillation` is a gate; damson leads to
    apple.
    """
    return write_rules()
