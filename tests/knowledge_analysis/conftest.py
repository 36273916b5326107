"""A rule folder of five checks and three causes, small enough to break one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mldx.cli.rules.judge import judge
from mldx.knowledge.analysis import Diagnostic, analyse
from mldx.knowledge.loader import reading

THRESHOLDS = """\
diagnosis:
  healthy_prior: {value: 0.3, unit: probability, source: own}
  reporting_line: {value: 0.2, unit: probability, source: own}
  healthy_line: {value: 0.5, unit: probability, source: own}
  ill_line: {value: 0.05, unit: probability, source: own}
  root_share: {value: 0.25, unit: ratio, source: own}
  syndrome_share: {value: 0.25, unit: ratio, source: own}
  explained_by: {value: 0.02, unit: probability, source: own}
  alarming: {value: -8, unit: dB, source: own}
  test_power: {value: 10, unit: dB, source: own}
  unsupported: {value: 0.05, unit: weight, source: own}
train_loss_flat:
  least_fall: {value: 0.02, unit: share, source: own}
val_size_effective:
  small: {value: 100, unit: samples, source: own}
levels:
  generalization_gap: {none: 0, mild: 0.1, moderate: 0.5, strong: 2, source: own}
  bad_label_fraction: {none: 0, mild: 0.02, moderate: 0.1, strong: 0.3, source: own}
"""
VOCABULARY = """\
domain: {vision: [images], tabular: []}
task: {multiclass: [], regression: []}
model_family: {cnn: [], boosting: []}
framework: {torch: [pytorch], keras: []}
optimizer: {sgd: [gradient descent], adam: []}
loss_fn: {mse: [], cross_entropy: []}
output_activation: {linear: [], softmax: []}
"""
SOURCES = """\
GB16: {text: "Goodfellow et al. 2016, Deep Learning", url: "https://www.deeplearningbook.org", verified: true}
"""
DATA = """\
stage: {title: Data, question: Is the data clean?, start: [labels], entry: true}
labels:
  asks: sanity.bad_label_fraction
  question: What share of 50 labels is wrong?
  help: Look at them.
  minutes: 10
  branches:
    - when: {ge: 0.1}
      points_to: {label_noise: strong, healthy: against}
    - when: {lt: 0.1}
      points_to: {label_noise: against}
  then: [flat]
"""
LEARNING = """\
stage: {title: Learning, question: Does it learn?, start: [flat]}
flat:
  asks: training.train_loss_flat
  question: Is the loss flat?
  help: Draw it.
  minutes: 1
  branches:
    - when: {is: true}
      points_to: {rate_too_low: strong, healthy: against}
    - when: {is: false}
      points_to: {rate_too_low: against}
  then: [shape]
"""
STABILITY = """\
stage: {title: Stability, question: Is it stable?, start: [shape]}
shape:
  asks: training.loss_shape
  question: What does the loss do?
  help: Draw it.
  minutes: 1
  branches:
    - when: {is: falling}
      points_to: {rate_too_low: against_moderate}
    - when: otherwise
  then: [gap]
"""
GENERALIZATION = """\
stage: {title: Generalization, question: Does validation make sense?, start: [gap]}
gap:
  asks: validation.generalization_gap
  question: How far is validation behind?
  help: Subtract.
  minutes: 1
  branches:
    - when: {ge: moderate}
      points_to: {too_little_data: strong}
    - when: {lt: moderate}
      points_to: {too_little_data: against}
  then: [size]
"""
DRILL_DOWN = """\
stage: {title: Drill down, question: Which cases?, start: [size]}
size:
  asks: setup.train_size
  question: How many samples?
  help: Count.
  minutes: 1
  branches:
    - when: {lt: 1000}
      points_to: {too_little_data: moderate}
    - when: otherwise
"""
CARD = """\
{id}:
  title: {title}
  meaning: It is so.
  prior: {{weight: 50, basis: own judgement}}
  confirm: {{do: Look., expect: To see it., minutes: 5}}
  fix: {{do: Mend it., minutes: 10}}
  mistaken_for: {{{other}: There it is otherwise.}}
  sources: {{GB16: chapter 8}}
"""
FILES = {
    "thresholds.yaml": THRESHOLDS,
    "vocabulary.yaml": VOCABULARY,
    "sources.yaml": SOURCES,
    "flowchart/1-data.yaml": DATA,
    "flowchart/2-learning.yaml": LEARNING,
    "flowchart/3-stability.yaml": STABILITY,
    "flowchart/4-generalization.yaml": GENERALIZATION,
    "flowchart/5-drill_down.yaml": DRILL_DOWN,
    "causes/data.yaml": CARD.format(
        id="label_noise", title="Wrong labels", other="too_little_data"
    ),
    "causes/learning.yaml": CARD.format(
        id="rate_too_low", title="The rate is too low", other="label_noise"
    ),
    "causes/generalization.yaml": CARD.format(
        id="too_little_data", title="Too little data", other="label_noise"
    ),
}


def written(place: Path, files: dict[str, str]) -> Path:
    """Write files into a folder."""
    for name, text in files.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return place


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The tiny rules in a folder of their own."""
    return written(tmp_path / "tiny", FILES)


Told = list[tuple[str, str, str]]
Broken = Callable[..., Told]


def told(remarks: list[Diagnostic]) -> Told:
    """(level, kind, what is wrong) of each remark."""
    return [(remark.level, remark.kind, remark.fault.what) for remark in remarks]


def analysed(folder: Path, *extend: Path) -> list[Diagnostic]:
    """Every remark on a folder, tried out by the real walk."""
    read = reading(folder, extend)
    return analyse(read, lambda answers: judge(read.compiled())(answers))


@pytest.fixture
def broken(tiny: Path) -> Broken:
    """Replace one text in one file of the tiny rules, and return what the analysis says."""

    def change(file: str, old: str, new: str) -> Told:
        path = tiny / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
        return told(analysed(tiny))

    return change
