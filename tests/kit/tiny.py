"""A rule set of five checks and three causes, with thresholds and names of its own: small enough to
break one thing at a time.
"""

from __future__ import annotations

from tests.kit.rules import Files, cause, rule_set

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
logged:
  points_an_epoch: {value: 1.5, unit: points, source: own}
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
GB16:
  text: Goodfellow et al. 2016, Deep Learning
  url: "https://www.deeplearningbook.org"
  verified: true
"""
DATA = """\
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
TINY: Files = {
    "thresholds.yaml": THRESHOLDS,
    "vocabulary.yaml": VOCABULARY,
    "sources.yaml": SOURCES,
    **rule_set(
        {
            "data": DATA,
            "learning": LEARNING,
            "stability": STABILITY,
            "generalization": GENERALIZATION,
            "drill_down": DRILL_DOWN,
        },
        {
            "data": [
                cause(
                    "label_noise",
                    "too_little_data",
                    title="Wrong labels",
                    confirm=5,
                    sources="GB16: chapter 8",
                )
            ],
            "learning": [
                cause(
                    "rate_too_low",
                    "label_noise",
                    title="The rate is too low",
                    confirm=5,
                    sources="GB16: chapter 8",
                )
            ],
            "generalization": [
                cause(
                    "too_little_data",
                    "label_noise",
                    title="Too little data",
                    confirm=5,
                    sources="GB16: chapter 8",
                )
            ],
        },
    ),
}
