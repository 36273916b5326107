"""Each analysis finds the one thing that is broken, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.errors import RulesError
from mldx.knowledge import load
from mldx.knowledge.loader import reading
from tests.kit.rules import cause
from tests.knowledge.analysis.conftest import Broken, analysed, summary

DATA = "1-data/checks.yaml"
LEARNING = "2-learning/checks.yaml"
STABILITY = "3-stability/checks.yaml"
GAP = "4-generalization/checks.yaml"
SIZE = "5-drill_down/checks.yaml"
DATA_CAUSES = "1-data/causes.yaml"
LEARNING_CAUSES = "2-learning/causes.yaml"


def test_sound_rules_have_no_remarks(tiny: Path):
    """Rules in which everything holds pass without a word."""
    assert analysed(tiny) == []


def test_what_a_load_refuses_is_an_error(broken: Broken):
    """A cause without a card is told as an error of its kind, and nothing is looked at further."""
    found = broken(DATA, "    label_noise: {", "    label_nose: {")

    what = "`bad_label_fraction` has a row for `label_nose`, which has no card."
    assert found == [("error", "cause", what)]


def test_a_cause_that_nothing_supports(broken: Broken):
    """A cause that no answer speaks for can never be named: an error."""
    found = broken(DATA_CAUSES, "", cause("stale_cache", "label_noise", shows_as="stuck"))

    assert found == [("error", "unsupported", "nothing points to `stale_cache`.")]


def test_a_cause_that_is_only_spoken_against(broken: Broken):
    """Rows whose every answer is as usual or rarer do not support."""
    found = broken(
        DATA, "label_noise: {mild: 10, strong: 90}", "label_noise: {mild: 91, strong: 9}"
    )

    assert ("error", "unsupported", "nothing points to `label_noise`.") in found


def test_a_cause_below_the_reporting_line(broken: Broken):
    """A row that only doubles a prior of a fifth does not bring it above nine tenths."""
    broken("thresholds.yaml", "reporting_line: {value: 0.2", "reporting_line: {value: 0.9")
    found = broken(DATA, "{mild: 10, strong: 90}", "{mild: 80, strong: 20}")

    [told] = [one for one in found if "label_noise" in one[2]]
    assert told[:2] == ("error", "unraisable")
    assert "no answers raise `label_noise` above" in told[2]


def test_twins(broken: Broken):
    """Two causes of which every answer says the same are told as a warning."""
    broken(LEARNING_CAUSES, "", cause("rate_far_too_low", "label_noise", shows_as="stuck"))
    broken(LEARNING, "    rate_too_low: 90\n", "    rate_too_low: 90\n    rate_far_too_low: 90\n")
    row = "{falling: 10, other: 90}\n"
    found = broken(
        STABILITY,
        f"    rate_too_low: {row}",
        f"    rate_too_low: {row}    rate_far_too_low: {row}",
    )

    what = "no answer tells `rate_too_low` from `rate_far_too_low`."
    assert ("warning", "inseparable", what) in found


def test_causes_that_one_answer_distinguishes_are_not_twins(broken: Broken):
    """1 dB between them is enough."""
    broken(LEARNING_CAUSES, "", cause("rate_far_too_low", "label_noise", shows_as="stuck"))
    found = broken(
        LEARNING, "    rate_too_low: 90\n", "    rate_too_low: 90\n    rate_far_too_low: 60\n"
    )

    assert "inseparable" not in [kind for _, kind, _ in found]


def test_an_idle_question(broken: Broken):
    """A check whose rows are all as usual distinguishes nothing: a warning."""
    found = broken(STABILITY, "{falling: 10, other: 90}", "{falling: 40, other: 60}")

    assert ("warning", "idle_question", "`loss_shape` distinguishes nothing.") in found


def test_a_row_that_says_nothing(broken: Broken):
    """A row as usual beside others is told at its own line."""
    found = broken(
        GAP,
        "    too_little_data: {none: 10",
        "    label_noise: {none: 90, strong: 10}\n    too_little_data: {none: 10",
    )

    what = "`label_noise` of `generalization_gap` is as usual."
    assert found == [("warning", "silent_row", what)]


def test_a_circle_of_consequences(broken: Broken):
    """A cause that leads back to itself over another is told once."""
    broken(DATA_CAUSES, "leads_to: []", "leads_to: [rate_too_low]")
    found = broken(LEARNING_CAUSES, "leads_to: []", "leads_to: [label_noise]")

    what = "`label_noise` leads back to itself: label_noise -> rate_too_low -> label_noise."
    assert found == [("warning", "circle", what)]


def test_a_syndrome_that_nothing_shows_as(broken: Broken):
    """A syndrome without causes leads nowhere."""
    found = broken(LEARNING_CAUSES, "shows_as: [stuck]", "shows_as: [apart]")

    assert found == [("warning", "unshown", "no cause shows as `stuck`.")]


def test_a_cause_that_shows_as_nothing(broken: Broken):
    """A cause under no syndrome would stand in no chart."""
    found = broken(DATA_CAUSES, "shows_as: [apart]", "shows_as: []")

    assert found == [("warning", "shows_nothing", "`label_noise` shows as nothing.")]


def test_a_condition_that_never_holds(broken: Broken):
    """No number is below 10 and above 20."""
    found = broken(SIZE, "{optimizer: {in: adaptive}}", "{batch_size: {lt: 10, gt: 20}}")

    what = "a table of `train_size` never applies: no answer of `batch_size` meets it."
    assert found == [("error", "never", what)]


def test_a_cause_of_one_field_without_its_scope(broken: Broken):
    """Where only checks for images speak for a cause, the cause is one of images."""
    found = broken(DATA, "  minutes: 10\n", "  minutes: 10\n  only_for: {domain: [vision]}\n")

    what = "only checks of one domain speak for `label_noise`."
    assert found == [("warning", "unscoped", what)]


def test_an_implied_rate_that_cannot_be(broken: Broken):
    """Three causes of equal weight: 0.9 of one of them alone is 26 %, which is not 5."""
    found = broken(GAP, "usual: {none: 90, strong: 10}", "usual: {none: 95, strong: 5}")

    assert [(level, kind) for level, kind, _ in found] == [("warning", "base_rate")]


def test_an_uncited_source(broken: Broken):
    """A source that no card cites is told as a warning."""
    found = broken(
        "sources.yaml", "", "LOST: {text: Lost, url: 'https://x.org', verified: false}\n"
    )

    assert found == [("warning", "uncited", "no card cites `LOST`.")]


def test_a_threshold_that_nothing_reads(broken: Broken):
    """A number whose name stands nowhere in the engine decides nothing, and that is a warning."""
    found = broken(
        "thresholds.yaml", "", "\nmy_own:\n  bound: {value: 1, unit: share, source: ours}\n"
    )

    assert found == [("warning", "unread", "nothing reads `my_own.bound`.")]


def test_a_complaint_asks_what_exists(tiny: Path):
    """A complaint that asks what is not a symptom is an error."""
    card = "c: {words: It is so, answer: Look., asks: [bad_labels], heard: [it is so]}\n"
    (tiny / "complaints.yaml").write_text(card)

    assert summary(analysed(tiny)) == [
        ("error", "complaint", "`c` asks `bad_labels`, which is no symptom.")
    ]


def test_missing_fields(broken: Broken):
    """A cause without a confirmation, a source or a neighbour is an error, each told."""
    card = "bare:\n  title: Bare\n  meaning: It is so.\n  prior: {weight: 1, basis: own}\n"
    found = broken(DATA_CAUSES, "", card)

    assert [what for _, _, what in found] == [
        f"`bare.{name}` is missing." for name in ("confirm", "fix", "mistaken_for", "sources")
    ]


def test_remarks_stand_in_file_order(broken: Broken):
    """The faults of a file are told together, from its top to its end, in every process."""
    names = [f"cause_{letter}" for letter in "hcfabged"]
    rows = "".join(f"    {name}: {{mild: 10, strong: 90}}\n" for name in names)
    found = broken(DATA, "    label_noise: {", f"{rows}    label_noise: {{")

    assert [what.split("`")[3] for _, _, what in found] == names


def test_remarks_are_told_like_faults(tiny: Path):
    """A warning says that it is one."""
    file = tiny / "sources.yaml"
    file.write_text(
        file.read_text() + "LOST: {text: Lost, url: 'https://x.org', verified: false}\n"
    )
    (remark,) = analysed(tiny)

    assert f"{file}:5: warning: no card cites `LOST`." in str(remark)
    assert summary([remark])[0][0] == "warning"


def test_shipped_rules_can_be_loaded():
    """The shipped rules have no fault that a load refuses, and no two causes that nothing tells
    apart.
    """
    kinds = {remark.kind for remark in analysed(reading().folder)}

    assert kinds.isdisjoint({"yaml", "cause", "row", "answers", "condition", "inseparable"})


def test_a_threshold_that_is_not_there_is_told(tiny: Path):
    """A number that an observer needs and the rules do not give is an error, not a traceback."""
    with pytest.raises(RulesError, match=r"`train_loss_flat.least_points` is not in these rules"):
        load(tiny).threshold("train_loss_flat.least_points")
