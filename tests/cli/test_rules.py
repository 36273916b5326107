"""`mldx rules`: what an expert, or a pipeline, sees of the rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from mldx.knowledge import rules_folder
from mldx.knowledge.strict_yaml import decoded
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
    return write_files(tmp_path / "tiny", {**TINY, "1-data/cases.yaml": CASES})


def test_check_of_sound_rules(mldx, tiny):
    """Warnings are told and end with 0: here the four checks that no case reaches."""
    result = mldx("rules", "check", str(tiny))

    assert result.exit_code == 0
    assert result.output.count("warning: no case reaches") == 4
    assert result.output.endswith(
        f"{tiny}: 4 warnings (5 checks, 3 causes, 2 syndromes, 1 sources)\n"
    )


def test_check_of_faulty_rules(mldx, tiny):
    """An error ends with 2, and says where, what, expected and help."""
    file = tiny / "1-data/checks.yaml"
    file.write_text(file.read_text().replace("label_noise: {", "label_nose: {"))
    result = mldx("rules", "check", str(tiny))

    assert result.exit_code == 2
    assert f"{file}:14: `bad_label_fraction` has a row for `label_nose`" in result.output
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
    assert told["witnesses"]["label_noise"]["answers"] == {"bad_label_fraction": "strong"}


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
    counts = mldx("rules", "list", "--rules", str(tiny)).output.split()
    cases = mldx("rules", "list", "cases", "--rules", str(tiny)).output.splitlines()

    assert counts[2:8] == ["checks", "5", "causes", "3", "syndromes", "2"]
    assert cases[1].startswith("labels_are_wrong  label_noise")
    for kind in ("checks", "causes", "syndromes", "facts", "sources"):
        assert mldx("rules", "list", kind, "--rules", str(tiny)).exit_code == 0
    rows = json.loads(mldx("rules", "list", "checks", "--rules", str(tiny), "--json").output)
    assert rows[0]["id"] == "bad_label_fraction"
    assert rows[0]["asks"] == "What share of 50 labels is wrong?"


def test_show_cause(mldx, tiny):
    """A cause is shown with its rows from all checks as one table, its prior, and its source."""
    output = mldx("rules", "show", "too_little_data", "--rules", str(tiny)).output
    rows = [line.split()[0] for line in output.splitlines() if " dB" in line]

    assert rows == ["generalization_gap", "train_size", "train_size"]
    assert "generalization_gap  none 10 (90) -9.5 dB, strong 90 (10) +9.5 dB" in output
    assert "train_size          where optimizer is adaptive: few 80 (20) +6.0 dB" in output
    assert "before     20.00% of all runs that are looked at" in output
    assert (
        "GB16  Goodfellow et al. 2016, Deep Learning, chapter 8 https://www.deeplearningbook.org"
        in output
    )


def test_show_check(mldx, tiny):
    """A check is shown with its answers in words, the rows of all causes, and what closes."""
    output = mldx("rules", "show", "bad_label_fraction", "--rules", str(tiny)).output

    assert "mild    below 0.1  below 10 %" in output
    assert "label_noise       10 (-9.5)  90 (+9.5)" in output
    assert "closes       drill_down when answered yes" in (
        mldx("rules", "show", "train_loss_flat", "--rules", str(tiny)).output
    )


def test_show_check_tells_what_priors_and_rows_imply(mldx, tiny):
    """Beside `usual` stands how often an answer is given over all failing runs: of the seven tenths
    of them, two are `label_noise` with 90 strong of 100, and five others with 10: (18 + 5) / 7.
    """
    output = mldx("rules", "show", "bad_label_fraction", "--rules", str(tiny)).output

    assert "usual             90         10" in output
    assert "all failing runs  67         33" in output


def test_show_syndrome(mldx, tiny):
    """A syndrome is shown with its signs, its first aid, what it asks, and its causes."""
    output = mldx("rules", "show", "stuck", "--rules", str(tiny)).output

    assert "train loss flat" in output
    assert "Train on ten samples." in output
    assert "rate_too_low  The rate is too low" in output


def test_show_fact(mldx, tiny):
    """A setup fact is shown with its names and what compares it."""
    output = mldx("rules", "show", "optimizer", "--rules", str(tiny)).output

    assert "names        sgd, adam" in output
    assert "compared by  train_size" in output


def test_show_threshold_of_a_check(mldx, tiny):
    """A check that is measured is shown with the numbers it is measured by."""
    output = mldx("rules", "show", "train_loss_flat", "--rules", str(tiny)).output

    assert "train_loss_flat.least_fall  0.02 share" in output


def test_schema_is_json_schema_of_the_files(mldx, tiny, tmp_path):
    """The schemas take every file of the rules, and refuse a field that is none."""
    files = {file.stem: file for file in tiny.rglob("*.yaml") if file.parent.name != "2-learning"}
    for name, file in files.items():
        schema = json.loads(mldx("rules", "schema", name).output)
        document, _ = decoded(file.read_bytes(), file.name)
        jsonschema.validate(document.data, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"one": {"no_such_field": 1}}, schema)


def test_schemas_are_written(mldx, tmp_path):
    """Every kind of file has a schema of its own, where an editor finds it."""
    assert mldx("rules", "schema", "--output", str(tmp_path)).exit_code == 0
    assert (tmp_path / "cases.schema.json").is_file()
    assert mldx("rules", "schema", "chekcs").exit_code == 2
    assert "write `checks`" in mldx("rules", "schema", "chekcs").output


def test_show_case(mldx, tiny):
    """A case is shown with what it observes, the walk and the verdict; `--case` or the id alone."""
    output = mldx("rules", "show", "--case", "labels_are_wrong", "--rules", str(tiny)).output

    assert "labels_are_wrong: passed" in output
    assert "bad_label_fraction  10 % or more  label_noise +9.5, healthy -10.0" in output
    assert "no syndrome" in output
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
    file = tiny / "1-data/cases.yaml"
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
    assert "killed" in output


def test_diff_of_equal_rules(mldx, tiny):
    """Rules are judged like themselves."""
    result = mldx("rules", "diff", str(tiny), str(tiny))

    assert result.exit_code == 0
    assert result.output == "0 of 2 runs are judged differently\n"


def test_diff_names_what_changed(mldx, tiny, tmp_path):
    """A run whose verdict changes is named with both judgements, and ends with 1 as `diff` does."""
    new = tmp_path / "new"
    shutil.copytree(tiny, new)
    file = new / "1-data/checks.yaml"
    file.write_text(file.read_text().replace("{mild: 10, strong: 90}", "{mild: 95, strong: 5}"))
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
    """A cause, a check, a syndrome, a fact and a source of the shipped rules can be shown."""
    for id in ("learning_rate_too_high", "loss_shape", "overfitting", "n_classes", "H20"):
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
    """Answers that no case gives are told as a person reads them."""
    assert "train_loss_flat yes" in mldx("rules", "test", str(tiny), "--coverage").output
