"""Rules small enough to check on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mldx.knowledge import KnowledgeBase, load
from tests.kit.rules import cause, rule_set, shipped, write_files

FIRST = """\
first:
  asks: training.train_loss_flat
  question: Is the loss flat?
  help: Look at it.
  minutes: 1
  family: loss
  branches:
    - when: {is: true}
      points_to: {apple: 10, cherry: against, healthy: -10}
    - when: {is: false}
      points_to: {apple: against_moderate, banana: weak, healthy: moderate}
  then: [second]
"""
SECOND = """\
second:
  asks: training.loss_shape
  question: Which shape?
  help: Look at it.
  minutes: 1
  family: loss
  branches:
    - when: {is: flat}
      points_to: {apple: 7, cherry: 10, damson: 10}
    - when: otherwise
      points_to: {cherry: -5}
  then: [third]
"""
THIRD = """\
third:
  asks: training.loss_oscillation
  question: Does it swing?
  help: Look at it.
  minutes: 2
  branches:
    - when: {is: true}
      points_to: {apple: 10, elder: 10, banana: 10}
      then: []
    - when: {is: false}
      points_to: {elder: against}
  then: [fourth]
"""
FOURTH = """\
fourth:
  asks: setup.learning_rate
  question: Which rate?
  help: Look at it.
  minutes: 1
  branches:
    - when: {all: [{ge: 1}, {setup.optimizer: {is: sgd}}]}
      points_to: {elder: moderate}
    - when: {all: [{ge: 0.1}, {setup.batch_size: {le: 64}}]}
      points_to: {cherry: moderate}
    - when: otherwise
  then: [fifth]
"""
FIFTH = """\
fifth:
  asks: predictions.worst_class_recall
  question: Which recall?
  help: Look at it.
  minutes: 4
  branches:
    - when: {lt: 0.5}
      points_to: {banana: 10, elder: weak}
    - when: {ge: 0.5}
      points_to: {banana: -10, healthy: 1}
"""
CHECKS = {
    "data": FIRST,
    "learning": SECOND,
    "stability": THIRD,
    "generalization": FOURTH,
    "drill_down": FIFTH,
}
CAUSES = {
    "data": [cause("apple", "banana", weight=500), cause("banana", "apple", weight=200)],
    "learning": [
        cause("cherry", "apple", weight=500),
        cause("damson", "apple", weight=100, leads_to="apple"),
    ],
    "stability": [cause("elder", "apple", weight=500, confirm=50)],
}


@pytest.fixture(scope="session")
def write_rules(tmp_path_factory) -> Callable[..., KnowledgeBase]:
    """Write the small rules, with some text replaced, and load them."""

    def write(*changes: tuple[str, str]) -> KnowledgeBase:
        files = rule_set(CHECKS, CAUSES)
        for old, new in changes:
            files = {name: text.replace(old, new) for name, text in files.items()}
        tables = shipped("thresholds", "vocabulary", "pairs", "sources")
        return load(write_files(tmp_path_factory.mktemp("small"), {**files, **tables}))

    return write


@pytest.fixture(scope="session")
def small(write_rules) -> KnowledgeBase:
    """Five causes at even odds or less, and five checks in a row.

    apple and cherry have even odds (500 of 1000 runs), banana a prior of 0.2, damson of 0.1 (it
    leads to apple), elder even odds. `first` and `second` are one family.
    """
    return write_rules()
