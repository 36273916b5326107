"""`mldx rules`: what an expert, or a pipeline, sees of the rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mldx.knowledge import rules_folder
from tests.kit.rules import write_files
from tests.kit.tiny import TINY

CASES = """\
labels_are_wrong:
  tells: Half of the labels are wrong.
  run:
    answers: {bad_label_fraction: 0.5}
  concludes: [label_noise]

labels_are_right:
  run:
    answers: {bad_label_fraction: 0.0}
  never: [label_noise]
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The tiny rules with two cases."""
    return write_files(tmp_path / "tiny", {**TINY, "cases/data.yaml": CASES})


def test_check_of_sound_rules(mldx, tiny):
    """Warnings are told and end with 0: here the four checks that no case reaches."""
    result = mldx("rules", "check", str(tiny))

    assert result.exit_code == 0
    assert result.output.count("warning: no case reaches") == 4
    assert result.output.endswith(f"{tiny}: 4 warnings (5 checks, 3 causes, 1 sources)\n")


def test_check_of_faulty_rules(mldx, tiny):
    """An error ends with 2, and says where, what, expected and help."""
    file = tiny / "flowchart/1-data.yaml"
    file.write_text(file.read_text().replace("label_noise: strong", "label_nose: strong"))
    result = mldx("rules", "check", str(tiny))

    assert result.exit_code == 2
    assert f"{file}:9: `labels` points to `label_nose`" in result.output
    assert "or write `label_noise`" in result.output


def test_check_of_unreadable_rules(mldx, tiny):
    """A file that is not YAML is told with its line, and nothing else is guessed at."""
    (tiny / "sources.yaml").write_text("A: [\n")
    result = mldx("rules", "check", str(tiny))

    assert result.exit_code == 2
    assert "this is not YAML" in result.output
    assert "1 error " in result.output


def test_check_tells_json(mldx, tiny):
    """A pipeline reads remarks with level, kind and place; on demand also what raises each
    cause.
    """
    told = json.loads(mldx("rules", "check", str(tiny), "--json", "--witnesses").output)

    assert (told["errors"], told["warnings"]) == (0, 4)
    assert {remark["kind"] for remark in told["remarks"]} == {"unreached"}
    assert told["sources"][0] | {"text": "", "url": ""} == {
        "key": "GB16",
        "verified": True,
        "cards": 3,
        "text": "",
        "url": "",
    }
    assert told["witnesses"]["label_noise"]["answers"] == {"sanity.bad_label_fraction": 0.1}


def test_check_tells_json_of_faulty_rules(mldx, tiny):
    """Faults that stop a load are remarks like all others."""
    (tiny / "sources.yaml").write_text("A: [\n")
    result = mldx("rules", "check", str(tiny), "--json")

    assert result.exit_code == 2
    assert json.loads(result.output)["remarks"][0]["kind"] == "yaml"


def test_sources_are_listed_unverified_first(mldx, tiny):
    """Who reviews sources begins with those that nobody has seen."""
    file = tiny / "sources.yaml"
    file.write_text(
        file.read_text() + "LOST: {text: A lost page, url: 'https://x.org', verified: false}\n"
    )
    output = mldx("rules", "check", str(tiny), "--sources").output

    assert "Sources: 1 of 2 unverified" in output
    assert output.index("A lost page") < output.index("Deep Learning")


def test_list(mldx, tiny):
    """Every kind is listed one line each, under its names."""
    assert mldx("rules", "list", "--rules", str(tiny)).output.split()[2:6] == [
        "checks",
        "5",
        "causes",
        "3",
    ]
    assert (
        mldx("rules", "list", "cases", "--rules", str(tiny))
        .output.splitlines()[1]
        .startswith("labels_are_wrong  label_noise")
    )
    for kind in ("checks", "causes", "symptoms", "sources"):
        assert mldx("rules", "list", kind, "--rules", str(tiny)).exit_code == 0
    rows = json.loads(mldx("rules", "list", "checks", "--rules", str(tiny), "--json").output)
    assert rows[0]["asks"] == "sanity.bad_label_fraction"


def test_show_cause(mldx, tiny):
    """A cause is shown with what points to it and away from it, and with its source."""
    output = mldx("rules", "show", "label_noise", "--rules", str(tiny)).output

    assert "Points to it: 1" in output
    assert "+10 dB  labels  at least 0.1  What share of 50 labels is wrong?" in output
    assert "-8 dB  labels  below 0.1" in output
    assert (
        "GB16  Goodfellow et al. 2016, Deep Learning, chapter 8 https://www.deeplearningbook.org"
        in output
    )


def test_show_check(mldx, tiny):
    """A check is shown with its branches in words and where each leads."""
    output = mldx("rules", "show", "flat", "--rules", str(tiny)).output

    assert "yes → shape" in output
    assert "reached from  stage: learning, labels" in output


def test_show_symptom(mldx, tiny):
    """A symptom is shown with its range, its levels and who asks it; by its id or its path."""
    output = mldx("rules", "show", "generalization_gap", "--rules", str(tiny)).output

    assert (
        output
        == mldx("rules", "show", "validation.generalization_gap", "--rules", str(tiny)).output
    )
    assert "a number in -1..1e+09" in output
    assert "asked by  gap" in output
    assert "moderate  0.5" in output


def test_show_threshold_of_a_symptom(mldx, tiny):
    """A symptom that is measured is shown with the numbers it is measured by."""
    output = mldx("rules", "show", "train_loss_flat", "--rules", str(tiny)).output

    assert "train_loss_flat.least_fall  0.02 share" in output


def test_show_case(mldx, tiny):
    """A case is shown with what it observes, the walk and the verdict; `--case` or the id alone."""
    output = mldx("rules", "show", "--case", "labels_are_wrong", "--rules", str(tiny)).output

    assert "labels_are_wrong: passed" in output
    assert "labels  at least 0.1  label_noise +10, healthy -8" in output
    assert "Verdict: faulty" in output
    assert mldx("rules", "show", "labels_are_wrong", "--rules", str(tiny)).output == output


@pytest.mark.parametrize(
    "arguments", [["show", "label_nois"], ["show", "--case", "labels_are_wrnog"], ["show"]]
)
def test_unknown_id(mldx, tiny, arguments):
    """An id that is none ends with 2, and the nearest right one is offered."""
    result = mldx("rules", *arguments, "--rules", str(tiny))

    assert result.exit_code == 2
    assert "write `label" in result.output or "name an ID" in result.output


def test_test_runs_the_cases(mldx, tiny):
    """`rules test` runs the worked cases; what fails is told and ends with 1."""
    assert mldx("rules", "test", str(tiny)).output == "2 of 2 cases passed\n"
    file = tiny / "cases/data.yaml"
    file.write_text(
        file.read_text().replace("concludes: [label_noise]", "concludes: [rate_too_low]")
    )
    result = mldx("rules", "test", str(tiny))

    assert result.exit_code == 1
    assert "expected `rate_too_low` first" in result.output


def test_test_tells_coverage_and_mutants(mldx, tiny):
    """`--coverage` says what the cases reach, `--mutate` what they do not notice."""
    output = mldx("rules", "test", str(tiny), "--coverage", "--mutate", "--sample", "2").output

    assert "checks       1/5" in output
    assert "caught" in output


def test_diff_of_equal_rules(mldx, tiny):
    """Rules are judged like themselves."""
    result = mldx("rules", "diff", str(tiny), str(tiny))

    assert result.exit_code == 0
    assert result.output == "0 of 2 runs are judged differently\n"


def test_diff_names_what_changed(mldx, tiny, tmp_path):
    """A run whose verdict changes is named with both judgements, and ends with 1 as `diff` does."""
    new = tmp_path / "new"
    shutil.copytree(tiny, new)
    file = new / "flowchart/1-data.yaml"
    file.write_text(
        file.read_text().replace("label_noise: strong, healthy: against", "label_noise: weak")
    )
    records = tmp_path / "runs.jsonl"
    records.write_text('{"id": "mine", "answers": {"bad_label_fraction": 0.9}}\n\n')
    result = mldx("rules", "diff", str(tiny), str(new), "--cases", str(records), "--json")
    changes = {change["id"]: change for change in json.loads(result.output)}

    assert result.exit_code == 1
    assert changes.keys() == {"labels_are_wrong", "mine"}
    assert changes["mine"]["changed"] == "verdict"
    assert changes["mine"]["old"]["verdict"] == "faulty"


@pytest.mark.parametrize("line", ["{", "[1]", '{"answers": {"no_such_symptom": 1}}'])
def test_diff_of_bad_records(mldx, tiny, tmp_path, line):
    """A record that is none is told with its line, or judged unreadable by both; never a
    traceback.
    """
    records = tmp_path / "runs.jsonl"
    records.write_text(line + "\n")
    result = mldx("rules", "diff", str(tiny), str(tiny), "--cases", str(records))

    assert result.exit_code in (0, 2)
    assert "Traceback" not in result.output


def test_shipped_rules_are_shown(mldx):
    """Every cause, check, symptom and source of the shipped rules can be shown in one go each."""
    for id in ("learning_rate_too_high", "first_loss", "training.loss_shape", "H20"):
        assert mldx("rules", "show", id).exit_code == 0
    assert mldx("rules", "list").output.splitlines()[2].split()[0] == "causes"
    assert rules_folder().is_dir()


def test_an_unknown_id_may_be_in_a_folder(mldx):
    """Who shows an id of their own is told to name its folder."""
    assert "pass --extend DIR" in mldx("rules", "show", "our_own_check").output


def test_a_sample_is_at_least_one(mldx, tiny):
    """A sample of less than one mutant is refused as a wrong option."""
    assert mldx("rules", "test", str(tiny), "--mutate", "--sample", "-1").exit_code == 2


def test_coverage_speaks_in_words(mldx, tiny):
    """Branches that no case takes are told as a person reads them."""
    assert "flat[0] yes" in mldx("rules", "test", str(tiny), "--coverage").output
