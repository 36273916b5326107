"""What must hold between cards: one line of the shipped rules is changed, and the fault names
it.
"""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose
from mldx.errors import MldxError, RulesError
from mldx.knowledge import load

STABILITY = "flowchart/3-stability.yaml"
LEARNING = "flowchart/2-learning.yaml"
THRESHOLDS = "thresholds.yaml"
CARDS = "causes/learning.yaml"


@pytest.mark.parametrize(
    "file, old, new, told, help",
    [
        (
            STABILITY,
            "asks: training.loss_shape",
            "asks: training.loss_shpae",
            "which is no symptom",
            "loss_shape`",
        ),
        (
            STABILITY,
            "asks: training.loss_shape",
            "asks: sanity.loss_shape",
            "which is no symptom",
            "loss_shape`",
        ),
        (
            STABILITY,
            "rate_too_high: 6,",
            "rate_to_high: 6,",
            "no card",
            "or write `learning_rate_too_high`",
        ),
        (
            STABILITY,
            "then: [loss_rises]",
            "then: [loss_rise]",
            "which is no check",
            "write `loss_rises`",
        ),
        (
            STABILITY,
            "start: [nonfinite]",
            "start: [nonfinit]",
            "which is no check",
            "write `nonfinite`",
        ),
        (STABILITY, "{is: falling}", "{is: fallling}", "is never 'fallling'", "write `falling`"),
        (
            STABILITY,
            "moot: {training.loss_shape",
            "moot: {training.loss_shap",
            "which is no symptom",
            "loss_shape`",
        ),
        (
            STABILITY,
            "    after_climb: ",
            "    after_climbing: ",
            "is no answer to `nan_onset`",
            "write `after_climb`",
        ),
        (STABILITY, "{in: [mid, at_some_point]}", "{in: [mid, middle]}", "is never 'middle'", ""),
        (STABILITY, "{gt: 0.01}", "{gt: 1.5}", "is never 1.5", ""),
        (STABILITY, "{gt: 0.01}", "{gt: true}", "rue", ""),
        (STABILITY, "{gt: 0.01}", "{gt: '0.01'}", "0.01", ""),
        (STABILITY, "{is: falling}", "{equals: falling}", "is not an operator", ""),
        (STABILITY, "{is: falling}", "{}", "is not a condition", ""),
        (STABILITY, "{is: falling}", "{in: falling}", "`in` needs a list", ""),
        (
            STABILITY,
            "{is: falling}",
            "{training.loss_shap: {is: falling}}",
            "which is no symptom",
            "loss_shape`",
        ),
        (
            STABILITY,
            "      then: [nan_onset]",
            "      than: [nan_onset]",
            "is no field here",
            "write `then`",
        ),
        (STABILITY, "minutes: 1", "minutes: 0", "is 0", ""),
        (
            STABILITY,
            "learning_rate_too_high: 6,",
            "learning_rate_too_high: hugely,",
            "is 'hugely'",
            "",
        ),
        (STABILITY, "learning_rate_too_high: 6,", "learning_rate_too_high: 600,", "is 600", ""),
        (CARDS, "  title: Heavy", "  titel: Heavy", "`outlier_targets.title` is missing", ""),
        (CARDS, 'HU64: ""', 'HU46: ""', "which is no source", "write `HU64`"),
        (CARDS, "weight: 6", "weight: 0", "is 0", ""),
        (CARDS, "leads_to: [outlier_batch", "leads_to: [outlier_targets", "no other cause", ""),
        (THRESHOLDS, "value: 0.3", "value: much", "is 'much'", ""),
        (THRESHOLDS, "  mase: {", "  maze: {", "no symptom with a number", "write `mase`"),
        (
            THRESHOLDS,
            "mild: 0.03, moderate: 0.1",
            "mild: 0.3, moderate: 0.1",
            "neither rise nor fall",
            "",
        ),
        (
            THRESHOLDS,
            "  grad_norm_high: {none: 1, mild: 5",
            "  update_ratio: {none: 1, mild: 5",
            "stands twice",
            "",
        ),
    ],
)
def test_a_changed_line_is_found(broken, file, old, new, told, help):
    """The fault names the file, says what is wrong, and offers the nearest right name where there
    is one.
    """
    faults = broken(file, old, new)

    assert [
        one
        for one in faults
        if file in str(one.where).replace("\\", "/") and told in one.what and help in one.help
    ]


def test_the_fault_points_to_the_changed_line(broken, rules):
    """The line of a fault is the line that was changed."""
    [fault] = broken(STABILITY, "{is: falling}", "{is: fallling}")

    line = fault.place.line
    assert "fallling" in (rules / STABILITY).read_text(encoding="utf-8").splitlines()[line - 1]


def test_a_file_of_no_stage_is_refused(rules):
    """A flowchart file is named after its stage."""
    (rules / STABILITY).rename(rules / "flowchart/3-stablity.yaml")

    with pytest.raises(RulesError, match="`stablity` is no stage"):
        load(rules)


def test_an_unknown_file_is_refused(rules):
    """A rule file of a name nobody reads is told, not passed over."""
    (rules / "tresholds.yaml").write_text("a: {}\n", encoding="utf-8")

    with pytest.raises(RulesError, match="is no rule file"):
        load(rules)


def test_a_missing_folder_is_told(tmp_path):
    """A folder that is not there is an error of the rules, with what was expected."""
    with pytest.raises(RulesError, match="there is no such folder"):
        load(tmp_path / "nowhere")


def test_a_cause_is_defined_once(broken):
    """A second card of the same id is refused, and the first one is named."""
    [fault] = broken("causes/data.yaml", "wrong_normalization:\n", "outlier_targets:\n")

    assert "data.yaml:" in fault.help and "second time" in fault.what


def test_a_circle_is_refused(broken):
    """No walk may come back to a check."""
    [fault] = broken(STABILITY, "then: [loss_rises]", "then: [loss_rises, nonfinite]")

    assert "circle" in fault.what


def test_a_circle_names_only_its_own_checks(broken):
    """What lies behind a circle is not part of it."""
    [fault] = broken(STABILITY, "then: [loss_rises]", "then: [loss_rises, nonfinite]")

    assert "gap" not in fault.what.split(": ")[1].rstrip(".").split(", ")


def test_a_circle_of_consequences_is_refused(broken):
    """A cause cannot lead to itself over others."""
    faults = broken(
        "causes/stability.yaml",
        "learning_rate_too_high:\n",
        "learning_rate_too_high:\n  leads_to: [dead_relu]\n",
    )

    assert faults


def test_a_check_that_no_walk_reaches_is_refused(broken):
    """A check that nothing leads to is dead."""
    faults = broken(STABILITY, "then: [lower_rate]", "then: [full_precision]")

    assert [fault for fault in faults if "no walk reaches `lower_rate`" in fault.what]


def test_not_knowing_leads_on(broken):
    """A check whose branches lead on must lead on when its symptom is not observed."""
    faults = broken(
        LEARNING, "  unknown: [loss_identical]\n", "",
    )  # fmt: skip

    assert [
        fault for fault in faults if "leads nowhere when its symptom is not observed" in fault.what
    ]


@pytest.mark.parametrize(
    "file, old, new, told",
    [
        (STABILITY, "when: {le: 0.01}", "when: {lt: 0.01}", "has no branch for 0.01"),
        (STABILITY, "when: {gt: 0.01}", "when: {gt: 0.02}", "has no branch for 0.015"),
        (STABILITY, "when: {gt: 0.01}", "when: {ge: 0.01}", "has 2 branches for 0.01"),
        (STABILITY, "when: {gt: 0.01}", "when: {gt: 0.005}", "has 2 branches for 0.0075"),
        (
            STABILITY,
            "when: {ge: 0.005, le: 0.02}",
            "when: {gt: 0.005, le: 0.02}",
            "has no branch for 0.005",
        ),
        (
            STABILITY,
            "when: {is: oscillating}",
            "when: {is: rising}",
            "has no branch for 'oscillating'",
        ),
        (
            STABILITY,
            "when: {is: oscillating}",
            "when: {in: [rising, oscillating]}",
            "has 2 branches for 'rising'",
        ),
        (STABILITY, "when: {is: mild}", "when: {is: moderate}", "branches for"),
        ("flowchart/1-data.yaml", "when: {gt: 0}", "when: {gt: 0, lt: 0}", "takes this branch"),
        (LEARNING, "when: {is: pass}", "when: {is: pass, in: [plateau]}", "takes this branch"),
        (
            LEARNING,
            "{gt: 0.5}\n      points_to: {dead_relu",
            "{gt: 1}\n      points_to: {dead_relu",
            "takes this branch",
        ),
    ],
)
def test_gaps_overlaps_and_dead_branches_are_found(broken, file, old, new, told):
    """Whatever a symptom says, exactly one branch answers it, at the very bound as well; a dead
    branch is told.
    """
    faults = broken(file, old, new)

    assert [
        fault
        for fault in faults
        if told in fault.what and file in str(fault.where).replace("\\", "/")
    ]


def test_the_shipped_rules_have_no_fault():
    """The knowledge base that is shipped loads."""
    assert load().compiled.checks


@pytest.mark.parametrize(
    "when",
    ["{lt: flat}", "{all: [otherwise]}"],
)
def test_a_condition_without_meaning_is_a_fault(broken, when):
    """An order among words, and `otherwise` inside another condition, are told and no traceback."""
    assert broken(STABILITY, "{is: falling}", when)


@pytest.mark.parametrize(
    "file, old, new",
    [
        (LEARNING, "- {gt: 3.0e-3, lt: 1.0e-2}", "- {gt: small, lt: 1.0e-2}"),
        (LEARNING, "in: [sgd, momentum, nesterov, adagrad]", "in: [sgdd]"),
        (THRESHOLDS, "diagnosis:\n", "diagnoses:\n"),
        (THRESHOLDS, "value: 0.3", "value: 1.5"),
        (THRESHOLDS, "moderate: 0.1, strong: 0.2,", "moderate: 0.1, strong: 20,"),
        (THRESHOLDS, "{none: 0, mild: 0.03", "{none: 0, mild: .nan"),
        ("vocabulary.yaml", "precision:\n", "precizion:\n"),
        ("pairs.yaml", "[sigmoid]", "[sigmoidd]"),
        (CARDS, "domains: {llm: 3}", "domains: {llm: 0}"),
        (CARDS, "domains: {llm: 3}", "domains: {lllm: 3}"),
        (CARDS, "applies_to: {task: [regression, forecasting]}", "applies_to: {task: [regresion]}"),
    ],
)  # fmt: skip
def test_what_would_fail_later_is_a_fault_now(broken, file, old, new):
    """A missing threshold, an impossible prior, a word outside the vocabulary are told when the
    rules are loaded.
    """
    assert broken(file, old, new)


@pytest.mark.parametrize("old, new", [(', units: "1"}', "}"), ('units: "1"', "units: one")])
def test_a_pair_says_its_units(broken, old, new):
    """A row of the pairs table says how many units go with it, in a word the table knows."""
    assert broken("pairs.yaml", old, new)


def test_levels_that_are_a_list_are_a_fault(rules):
    """Levels of a wrong form are told and no traceback."""
    (rules / THRESHOLDS).write_text("levels: [1, 2]\n", encoding="utf-8")

    with pytest.raises(RulesError):
        load(rules)


def test_faults_of_one_card_come_in_file_order(broken, rules):
    """An unknown field on line 3 is told before a wrong number on line 7."""
    file = rules / CARDS
    file.write_text(
        file.read_text(encoding="utf-8").replace("    weight: 6\n", "    weight: -6\n", 1),
        encoding="utf-8",
    )
    faults = broken(CARDS, "  title: Heavy", "  titel: Heavy")

    lines = [fault.place.line for fault in faults]
    assert lines == sorted(lines)


def test_mldx_errors_are_one_tree():
    """Faults of the rules are caught with everything else that can go wrong for a user."""
    assert issubclass(RulesError, MldxError)


def test_an_edit_changes_the_verdict(changed):
    """A diagnosis follows the folder it was given."""
    rules = load(
        changed(
            THRESHOLDS,
            "value: 0.2\n    unit: probability\n    source: own judgement, set",
            "value: 0.999999\n    unit: probability\n    source: own judgement, set",
        )
    )
    seen = Symptoms.of(learning_rate=5.0, optimizer="sgd", loss_oscillation=True)

    assert (diagnose(seen).verdict, diagnose(seen, rules).verdict) == ("faulty", "undecided")
