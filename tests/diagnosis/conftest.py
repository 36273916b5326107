"""Rules small enough to check on paper."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mldx.knowledge import KnowledgeBase, load, rules_folder

CARD = """
{id}:
  title: The fault {id}
  meaning: It is there.
  prior: {{weight: {weight}, basis: an example}}
  confirm: {{do: Look at it., expect: It is seen., minutes: {confirm}}}
  fix: {{do: Mend it., minutes: {fix}}}
  mistaken_for: {{{other}: That one looks otherwise.}}
  leads_to: [{leads_to}]
  sources: {{own: an example}}
"""
CAUSES = {
    "data": {"apple": {}, "banana": {"weight": 200}},
    "learning": {"cherry": {}, "damson": {"leads_to": "apple", "weight": 100}},
    "stability": {"elder": {"confirm": 50}},
}
STAGE = "stage: {{title: Stage {name}, question: Is it?, start: [{start}]{entry}}}\n"
CHECK = """
{id}:
  asks: {asks}
  question: What is {asks}?
  help: Look there.
  minutes: 1
"""

FLOWCHART = {
    "1-data": ("first", True, """
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
"""),
    "2-learning": ("second", False, """
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
"""),
    "3-stability": ("third", False, """
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
"""),
    "4-generalization": ("fourth", False, """
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
"""),
    "5-drill_down": ("fifth", False, """
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
"""),
}  # fmt: skip


@pytest.fixture(scope="session")
def write_rules(tmp_path_factory) -> Callable[..., KnowledgeBase]:
    """Write the small rules, with some text replaced, and load them."""

    def write(*changes: tuple[str, str]) -> KnowledgeBase:
        folder = tmp_path_factory.mktemp("small")
        (folder / "flowchart").mkdir()
        (folder / "causes").mkdir()
        for name in ("thresholds", "vocabulary", "pairs", "sources"):
            shutil.copy(rules_folder() / f"{name}.yaml", folder)
        for name, (start, entry, checks) in FLOWCHART.items():
            head = STAGE.format(name=name, start=start, entry=", entry: true" if entry else "")
            _written(folder / "flowchart" / f"{name}.yaml", head + checks, changes)
        for stage, cards in CAUSES.items():
            told = "".join(_card(id, card) for id, card in cards.items())
            _written(folder / "causes" / f"{stage}.yaml", told, changes)
        return load(folder)

    return write


def _card(id: str, card: dict) -> str:
    given = {
        "weight": 500,
        "confirm": 1,
        "fix": 10,
        "leads_to": "",
        "other": "apple" if id != "apple" else "banana",
        **card,
    }
    return CARD.format(id=id, **given)


def _written(file: Path, text: str, changes: tuple[tuple[str, str], ...]) -> None:
    for old, new in changes:
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def small(write_rules) -> KnowledgeBase:
    """Five causes at even odds or less, and five checks in a row.

    apple and cherry have even odds (500 of 1000 runs), banana a prior of 0.2, damson of 0.1 (it
    leads to apple), elder even odds. `first` and `second` are one family.
    """
    return write_rules()
