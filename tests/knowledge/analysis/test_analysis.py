"""Each analysis finds the one thing that is broken, and nothing else."""

from __future__ import annotations

from pathlib import Path

from mldx.knowledge import load
from mldx.knowledge.loader import reading
from tests.kit.rules import cause
from tests.knowledge.analysis.conftest import Broken, analysed, summary


def test_sound_rules_have_no_remarks(tiny: Path):
    """Rules in which everything holds pass without a word."""
    assert analysed(tiny) == []


def test_unknown_symptom(broken: Broken):
    """A check that asks what is no symptom is an error, and the nearest symptom is offered."""
    found = broken("flowchart/3-stability.yaml", "training.loss_shape", "training.loss_shpae")

    assert found == [
        ("error", "symptom", "`shape` asks `training.loss_shpae`, which is no symptom.")
    ]


def test_unknown_cause(broken: Broken):
    """A branch that points to what is no cause is an error."""
    found = broken("flowchart/1-data.yaml", "label_noise: strong", "label_nose: strong")

    assert found == [("error", "cause", "`labels` points to `label_nose`, which has no card.")]


def test_unreachable_check(broken: Broken):
    """A check that no walk reaches is an error."""
    found = broken("flowchart/4-generalization.yaml", "  then: [size]\n", "")

    assert found == [("error", "unreachable", "no walk reaches `size`.")]


def test_gap(broken: Broken):
    """A value that no branch takes is an error; the hole at 0.1 exactly is found."""
    found = broken("flowchart/1-data.yaml", "{ge: 0.1}", "{gt: 0.1}")

    assert found == [("error", "branches", "`labels` has no branch for 0.1.")]


def test_gap_between_words(broken: Broken):
    """Every word of a choice that no branch takes is named."""
    found = broken(
        "flowchart/3-stability.yaml",
        "    - when: otherwise\n",
        "    - when: {in: [flat, rising]}\n",
    )

    assert {what for _, _, what in found} >= {
        "`shape` has no branch for 'diverging'.",
        "`shape` has no branch for 'oscillating'.",
    }


def test_gap_between_several_symptoms(broken: Broken):
    """A branch that also asks another symptom leaves a gap where the other one says no."""
    found = broken(
        "flowchart/1-data.yaml", "{lt: 0.1}", "{all: [{lt: 0.1}, {setup.optimizer: {is: sgd}}]}"
    )

    assert [(level, kind) for level, kind, _ in found] == [("error", "branches")]
    assert "`setup.optimizer` adam" in found[0][2]


def test_several_symptoms_can_close_the_range(broken: Broken):
    """Two branches that part a value by another symptom leave no gap."""
    new = (
        "{all: [{lt: 0.1}, {setup.shuffle: {is: true}}]}\n"
        "    - when: {all: [{lt: 0.1}, {setup.shuffle: {is: false}}]}"
    )

    found = broken("flowchart/1-data.yaml", "{lt: 0.1}", new)

    assert found == [
        (
            "warning",
            "unanswered",
            "`labels` has no branch for 0 while `setup.shuffle` is not observed.",
        )
    ]


def test_an_answer_that_waits_for_another_symptom(broken: Broken):
    """A branch that also asks a setup fact leaves an answer without a branch while the fact is not
    observed.
    """
    new = (
        "{all: [{ge: 0.1}, {not: {setup.dropout: {is: 0.5}}}]}\n"
        "    - when: {all: [{ge: 0.1}, {setup.dropout: {is: 0.5}}]}"
    )
    found = broken("flowchart/1-data.yaml", "{ge: 0.1}", new)

    assert found[0][:2] == ("warning", "unanswered")
    assert "while `setup.dropout` is not observed" in found[0][2]


def test_otherwise_waits_too(broken: Broken):
    """`otherwise` is no answer while another branch cannot be said."""
    found = broken(
        "flowchart/3-stability.yaml",
        "{is: falling}",
        "{all: [{is: falling}, {setup.shuffle: {is: true}}]}",
    )

    assert found == [
        (
            "warning",
            "unanswered",
            "`shape` has no branch for 'falling' while `setup.shuffle` is not observed.",
        )
    ]


def test_symptom_without_its_section(tiny: Path):
    """A symptom named without its section is told with its whole name."""
    file = tiny / "flowchart/3-stability.yaml"
    file.write_text(file.read_text().replace("training.loss_shape", "loss_shape"))
    (fault,) = [remark.fault for remark in analysed(tiny)]

    assert (fault.expected, fault.help) == ("`section.symptom`", "write `training.loss_shape`")


def test_causes_without_a_card_come_in_file_order(broken: Broken):
    """Faults of one line stand in the order of the line, in every process."""
    names = [f"cause_{letter}" for letter in "hcfabged"]
    found = broken(
        "flowchart/1-data.yaml",
        "label_noise: strong",
        ", ".join(f"{name}: strong" for name in names),
    )

    assert [what.split("`")[3] for _, _, what in found] == names


def test_overlap(broken: Broken):
    """Two branches for one value are an error."""
    found = broken("flowchart/1-data.yaml", "{lt: 0.1}", "{le: 0.1}")

    assert found == [("error", "branches", "`labels` has 2 branches for 0.1.")]


def test_dead_otherwise(broken: Broken):
    """An `otherwise` to which the other branches leave nothing is an error."""
    found = broken(
        "flowchart/1-data.yaml", "  then: [flat]", "    - when: otherwise\n  then: [flat]"
    )

    assert found == [
        ("error", "branches", "the other branches of `labels` leave nothing to `otherwise`.")
    ]


def test_contradiction(broken: Broken):
    """A condition that no number meets is an error."""
    found = broken("flowchart/5-drill_down.yaml", "{lt: 1000}", "{lt: 1000, gt: 1000}")

    assert [(level, kind) for level, kind, _ in found] == [("error", "contradiction")]


def test_whole_numbers_have_no_room_between_neighbours(broken: Broken):
    """A count of samples is a whole number: none lies above 999 and below 1000."""
    found = broken("flowchart/5-drill_down.yaml", "{lt: 1000}", "{gt: 999, lt: 1000}")

    assert [kind for _, kind, _ in found] == ["contradiction"]


def test_contradiction_between_several_symptoms(broken: Broken):
    """A contradiction inside `all` is found though another symptom stands beside it."""
    neither = "{not: {setup.optimizer: {in: [sgd, adam]}}}"
    when = f"{{all: [{{lt: 1000}}, {{setup.optimizer: {{is: sgd}}}}, {neither}]}}"
    found = broken("flowchart/5-drill_down.yaml", "{lt: 1000}", when)

    assert [kind for _, kind, _ in found] == ["contradiction"]


def test_contradiction_in_one_arm(broken: Broken):
    """An arm of `any` that can never hold is an error though the other arm holds."""
    never = "{all: [{setup.batch_size: {lt: 2}}, {setup.batch_size: {gt: 2}}]}"
    when = f"{{all: [{{lt: 1000}}, {{any: [{{setup.optimizer: {{is: sgd}}}}, {never}]}}]}}"
    found = broken("flowchart/5-drill_down.yaml", "{lt: 1000}", when)

    assert len(found) == 1
    assert found[0][1] == "contradiction"
    assert found[0][2].startswith("a part of this condition")


def test_scope_contradicts_condition(broken: Broken):
    """A branch for a task to which its check does not apply can hold for no run."""
    new = (
        "  applies_to: {task: [regression]}\n  branches:\n"
        "    - when: {all: [{lt: 10}, {setup.task: {is: multiclass}}]}\n"
    )
    found = broken("flowchart/5-drill_down.yaml", "  branches:\n", new)

    assert [kind for _, kind, _ in found] == ["contradiction"]


def test_circle(broken: Broken):
    """Checks that lead to one another in a circle are an error."""
    found = broken(
        "flowchart/5-drill_down.yaml",
        "    - when: otherwise\n",
        "    - when: otherwise\n  then: [labels]\n",
    )

    assert [(level, kind) for level, kind, _ in found] == [("error", "circle")]


def test_value_out_of_range(broken: Broken):
    """A share above 1 is no share."""
    found = broken("flowchart/1-data.yaml", "{ge: 0.1}", "{ge: 1.1}")

    assert found == [("error", "symptom", "`sanity.bad_label_fraction` is never 1.1.")]


def test_words_have_no_order(broken: Broken):
    """A choice cannot be compared by `lt`."""
    found = broken("flowchart/3-stability.yaml", "{is: falling}", "{lt: falling}")

    assert [kind for _, kind, _ in found] == ["symptom"]


def test_fact_of_another_type(broken: Broken):
    """A setup fact that is a number is never a word."""
    found = broken("flowchart/5-drill_down.yaml", "{lt: 1000}", "{is: small}")

    assert found == [("error", "symptom", "`setup.train_size` is never 'small'.")]


def test_spelling_is_no_name(tiny: Path):
    """A condition names the canonical word: its other spellings are brought to it before the walk,
    so never seen.
    """
    file = tiny / "flowchart/5-drill_down.yaml"
    when = "{all: [{lt: 1000}, {setup.optimizer: {is: gradient descent}}]}"
    file.write_text(file.read_text().replace("{lt: 1000}", when))
    (remark,) = analysed(tiny)

    assert remark.fault.help == "write `sgd`"


def test_level_out_of_range(broken: Broken):
    """A level that begins outside its symptom's range is an error."""
    found = broken("thresholds.yaml", "none: 0, mild", "none: -5, mild")

    assert found == [("error", "levels", "`none` of `generalization_gap` is -5.")]


def test_scope_outside_the_vocabulary(broken: Broken):
    """A check for a domain that no run can have is an error."""
    found = broken(
        "flowchart/5-drill_down.yaml",
        "  minutes: 1",
        "  applies_to: {domain: [visoin]}\n  minutes: 1",
    )

    assert found == [("error", "scope", "`visoin` is no domain.")]


def test_missing_threshold(broken: Broken):
    """A number that every diagnosis compares with must be there."""
    found = broken("thresholds.yaml", "  root_share: {value: 0.25, unit: ratio, source: own}\n", "")

    assert found == [("error", "threshold", "`diagnosis.root_share` is missing.")]


def test_impossible_probability(broken: Broken):
    """A threshold that is a probability lies between 0 and 1."""
    found = broken("thresholds.yaml", "healthy_prior: {value: 0.3", "healthy_prior: {value: 1")

    assert found == [("error", "threshold", "`diagnosis.healthy_prior` is 1.")]


def test_cause_that_nothing_points_to(broken: Broken):
    """A cause that no branch speaks for can never be named: an error."""
    found = broken("causes/data.yaml", "", cause("stale_cache", "label_noise", title="Stale"))

    assert found == [("error", "unsupported", "nothing points to `stale_cache`.")]


def test_cause_below_the_reporting_line(broken: Broken):
    """A cause that all its evidence leaves below the line is an error, with the most it can
    reach.
    """
    found = broken("flowchart/1-data.yaml", "label_noise: strong", "label_noise: weak")

    assert found == [
        (
            "error",
            "unraisable",
            "no answers raise `label_noise` above 7.7%; the reporting line is 20%.",
        )
    ]  # 50 of 1000 is -12.8 dB; with 2 dB for it -10.8 dB, which is 1 to 12


def test_one_symptom_has_one_answer(broken: Broken):
    """Two checks of one symptom cannot be answered differently: 4 dB for each of two answers is
    never 8 dB.
    """
    check = (
        "more:\n  asks: sanity.bad_label_fraction\n  question: What?\n  help: Look.\n"
        "  minutes: 1\n  family: other\n"
        "  branches:\n    - when: {lt: 0.1}\n      points_to: {label_noise: 4}\n"
        "    - when: {ge: 0.1}\n"
    )
    start = "label_noise: strong, healthy: against}\n"
    new = "label_noise: 4}\n"
    found = broken("flowchart/1-data.yaml", start, new)
    assert [kind for _, kind, _ in found] == ["unraisable"]

    found = broken("flowchart/1-data.yaml", "  then: [flat]\n", "  then: [flat, more]\n" + check)

    assert found[0][2] == "no answers raise `label_noise` above 11.7%; the reporting line is 20%."


def test_twins(broken: Broken):
    """Two causes of which every branch says the same are told as a warning."""
    broken(
        "causes/learning.yaml",
        "",
        cause("rate_far_too_low", "label_noise", title="Far too low"),
    )
    broken(
        "flowchart/3-stability.yaml",
        "{rate_too_low: against_moderate}",
        "{rate_too_low: -5, rate_far_too_low: -5}",
    )
    broken(
        "flowchart/2-learning.yaml",
        "{rate_too_low: strong,",
        "{rate_too_low: strong, rate_far_too_low: strong,",
    )
    found = broken(
        "flowchart/2-learning.yaml",
        "{rate_too_low: against}",
        "{rate_too_low: -8, rate_far_too_low: -8}",
    )

    assert found == [
        (
            "warning",
            "inseparable",
            (
                "no answers tell `rate_far_too_low` from `rate_too_low`: "
                "every branch says the same of both."
            ),
        )
    ]


def test_idle_question(broken: Broken):
    """A question whose answers all say the same is told as a warning."""
    found = broken(
        "flowchart/3-stability.yaml", "      points_to: {rate_too_low: against_moderate}\n", ""
    )

    what = "`shape` separates nothing: all its answers say the same and lead to the same checks."
    assert found == [("warning", "idle_question", what)]


def test_number_without_levels(broken: Broken):
    """A number that is asked and has no levels is told as a warning: a person could not say
    "clearly up".
    """
    found = broken(
        "thresholds.yaml",
        "  bad_label_fraction: {none: 0, mild: 0.02, moderate: 0.1, strong: 0.3, source: own}\n",
        "",
    )

    assert found == [
        (
            "warning",
            "unlevelled",
            "`sanity.bad_label_fraction` has no levels, so only a number answers it.",
        )
    ]


def test_uncited_source(broken: Broken):
    """A source that no card cites is told as a warning."""
    found = broken(
        "sources.yaml", "", "LOST: {text: Lost, url: 'https://x.org', verified: false}\n"
    )

    assert found == [("warning", "uncited", "no card cites `LOST`.")]


def test_missing_fields(broken: Broken):
    """A cause without a confirmation, a source or a neighbour is an error, each told."""
    card = "bare:\n  title: Bare\n  meaning: It is so.\n  prior: {weight: 1, basis: own}\n"
    found = broken("causes/data.yaml", "", card)

    assert [what for _, _, what in found] == [
        f"`bare.{name}` is missing." for name in ("confirm", "fix", "mistaken_for", "sources")
    ]


def test_traps_of_yaml(broken: Broken):
    """`yes` as an answer and a number that reads as text are errors."""
    assert [
        kind for _, kind, _ in broken("flowchart/2-learning.yaml", "{is: true}", "{is: yes}")
    ] == ["yaml"]
    assert "`1e-1` reads as text." in [
        what for *_, what in broken("flowchart/1-data.yaml", "{ge: 0.1}", "{ge: 1e-1}")
    ]


def test_levels_that_are_no_mapping(tiny: Path):
    """A list where a mapping belongs is told, not stumbled over."""
    file = tiny / "thresholds.yaml"
    file.write_text(file.read_text().partition("levels:")[0] + "levels: [1]\n")

    assert summary(analysed(tiny)) == [("error", "yaml", "`levels` holds no mapping.")]


def test_remarks_stand_in_file_order(broken: Broken):
    """The faults of a file are told together, from its top to its end."""
    broken("flowchart/1-data.yaml", "label_noise: strong", "a_cause: strong")
    found = broken("flowchart/1-data.yaml", "label_noise: against", "b_cause: against")

    assert [what.split("`")[3] for *_, what in found] == ["a_cause", "b_cause"]


def test_shipped_rules_can_be_loaded():
    """The shipped rules have no fault that a load refuses, no twins, no idle question."""
    kinds = {remark.kind for remark in analysed(reading().folder)}

    assert kinds <= {"unraisable", "uncited"}


def test_a_threshold_that_is_not_there_is_told(tiny: Path):
    """A number that an observer needs and the rules do not give is an error, no traceback."""
    import pytest

    from mldx.errors import RulesError

    with pytest.raises(RulesError, match=r"`train_loss_flat.least_points` is not in these rules"):
        load(tiny).threshold("train_loss_flat.least_points")


def test_remarks_are_told_like_faults(tiny: Path):
    """A warning says that it is one."""
    file = tiny / "sources.yaml"
    file.write_text(
        file.read_text() + "LOST: {text: Lost, url: 'https://x.org', verified: false}\n"
    )
    (remark,) = analysed(tiny)

    assert f"{file}:5: warning: no card cites `LOST`." in str(remark)
    assert summary([remark])[0][0] == "warning"


def test_a_threshold_that_nothing_reads(broken: Broken):
    """A number whose name stands nowhere in the engine decides nothing, and that is a warning."""
    found = broken(
        "thresholds.yaml", "", "\nmy_own:\n  bound: {value: 1, unit: share, source: ours}\n"
    )

    assert ("warning", "unread", "nothing reads `my_own.bound`.") in found
