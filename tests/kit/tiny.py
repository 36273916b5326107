"""A rule set of five checks, three causes and two syndromes, with thresholds and names of its own:
small enough to break one thing at a time.
"""

from __future__ import annotations

from tests.kit.rules import Files, cause, rule_set

THRESHOLDS = """\
diagnosis:
  healthy_prior: {value: 0.3, unit: probability, source: own}
  something_else: {value: 0.1, unit: probability, source: own}
  reporting_line: {value: 0.2, unit: probability, source: own}
  healthy_line: {value: 0.5, unit: probability, source: own}
  ill_line: {value: 0.05, unit: probability, source: own}
  root_share: {value: 0.25, unit: ratio, source: own}
  improbable: {value: 0.1, unit: probability, source: own}
  alarming: {value: -8, unit: dB, source: own}
  test_power: {value: 10, unit: dB, source: own}
  softness: {value: 0.1, unit: share, source: own}
  pair_candidates: {value: 8, unit: causes, source: own}
  pair_explains: {value: 3, unit: dB, source: own}
  pair_together: {value: 3, unit: ratio, source: own}
logged:
  points_an_epoch: {value: 1.5, unit: points, source: own}
train_loss_flat:
  least_fall: {value: 0.02, unit: share, source: own}
actions:
  leads: {value: 0.5, unit: probability, source: own}
  settled: {value: 0.85, unit: probability, source: own}
  cheap: {value: 10, unit: minutes, source: own}
  decides: {value: 0.05, unit: bits, source: own}
  rerun_other: {value: 30, unit: minutes, source: own}
  rerun_tabular: {value: 5, unit: minutes, source: own}
  rerun_timeseries: {value: 10, unit: minutes, source: own}
  rerun_text: {value: 60, unit: minutes, source: own}
  rerun_vision: {value: 60, unit: minutes, source: own}
strikes:
  few_steps: {value: 100, unit: steps, source: own}
  warmup_points: {value: 3, unit: points, source: own}
  warmup_rise: {value: 1.5, unit: ratio, source: own}
  loss_ratio: {value: 5, unit: ratio, source: own}
  better: {value: 0.1, unit: share, source: own}
  leap_points: {value: 8, unit: points, source: own}
  leap_level: {value: 0.1, unit: share, source: own}
  leap: {value: 1.5, unit: ratio, source: own}
  small_set: {value: 100, unit: samples, source: own}
val_size_effective:
  small: {value: 100, unit: samples, source: own}
"""
VOCABULARY = """\
domain: {vision: [images], tabular: []}
task: {multiclass: [], regression: []}
model_family: {cnn: [], boosting: []}
framework: {torch: [pytorch], keras: []}
optimizer: {sgd: [gradient descent], adam: []}
loss_fn: {mse: [], cross_entropy: []}
output_activation: {linear: [], softmax: []}
groups: {adaptive: [adam]}
"""
SOURCES = """\
GB16:
  text: Goodfellow et al. 2016, Deep Learning
  url: "https://www.deeplearningbook.org"
  verified: true
"""
SYNDROMES = """\
stuck:
  title: It does not learn
  says: The loss stays where it began
  signs: [{train_loss_flat: {is: true}}]
  first_aid: Train on ten samples.
  asks: [bad_label_fraction, train_size]
apart:
  title: Validation is behind
  says: Validation is far behind training
  signs: [{generalization_gap: {is: strong}}]
  first_aid: Use the best checkpoint.
  asks: [bad_label_fraction, train_size]
"""
FACTS = """\
optimizer: {asks: Which optimizer is used?}
"""
DATA = """\
bad_label_fraction:
  section: sanity
  asks: What share of 50 labels is wrong?
  help: Look at them.
  minutes: 10
  number: {unit: share, low: 0, high: 1}
  answers:
    mild: {below: 0.1, say: below 10 %}
    strong: {say: 10 % or more}
  usual: {mild: 90, strong: 10}
  with:
    healthy:     {mild: 99, strong: 1}
    label_noise: {mild: 10, strong: 90}
  basis: own judgement
"""
LEARNING = """\
train_loss_flat:
  section: training
  asks: Is the loss flat?
  help: Draw it.
  minutes: 1
  usual: 10
  with:
    healthy:      1
    rate_too_low: 90
  gate: {answers: [true], closes: [drill_down]}
  basis: own judgement
"""
STABILITY = """\
loss_shape:
  section: training
  asks: What does the loss do?
  help: Draw it.
  minutes: 1
  answers:
    falling: {say: it falls}
    other: {rest: true, say: something else}
  usual: {falling: 40, other: 60}
  with:
    rate_too_low: {falling: 10, other: 90}
  skip_if: {train_loss_flat: {is: true}}
  basis: own judgement
"""
GENERALIZATION = """\
generalization_gap:
  section: validation
  asks: How far is validation behind?
  help: Subtract.
  minutes: 1
  number: {unit: of the training loss}
  answers:
    none: {below: 0.5, say: below a half}
    strong: {say: a half or more}
  usual: {none: 90, strong: 10}
  with:
    healthy:         {none: 99, strong: 1}
    too_little_data: {none: 10, strong: 90}
  basis: own judgement
"""
DRILL_DOWN = """\
train_size:
  section: setup
  asks: How many samples?
  help: Count.
  minutes: 1
  number: {unit: samples, low: 0}
  answers:
    few: {below: 1000, say: below 1000}
    many: {say: 1000 or more}
  usual: {few: 30, many: 70}
  with:
    too_little_data: {few: 90, many: 10}
  given:
    - when: {optimizer: {in: adaptive}}
      usual: {few: 20, many: 80}
      with:
        too_little_data: {few: 80, many: 20}
  basis: own judgement
"""
TINY: Files = {
    "thresholds.yaml": THRESHOLDS,
    "vocabulary.yaml": VOCABULARY,
    "sources.yaml": SOURCES,
    "syndromes.yaml": SYNDROMES,
    "facts.yaml": FACTS,
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
                    shows_as="apart",
                    sources="GB16: chapter 8",
                )
            ],
            "learning": [
                cause(
                    "rate_too_low",
                    "label_noise",
                    title="The rate is too low",
                    confirm=5,
                    shows_as="stuck",
                    sources="GB16: chapter 8",
                )
            ],
            "generalization": [
                cause(
                    "too_little_data",
                    "label_noise",
                    title="Too little data",
                    confirm=5,
                    shows_as="apart",
                    sources="GB16: chapter 8",
                )
            ],
        },
    ),
}
