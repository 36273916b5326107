"""A symptom of a user's own is answered, checked, walked and reported like ours. The example is the
one of the README.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldx.diagnosis import diagnose
from mldx.errors import InputError, RulesError
from mldx.knowledge import KnowledgeBase, load, rules_folder
from mldx.lab.cases import load as load_cases
from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.symptoms import Symptoms
from tests.kit.rules import write_files
from tests.knowledge.analysis.conftest import analysed

README = {
    "symptoms.yaml": """\
sensor_drift: {kind: number, low: 0, high: 100, unit: percent, text: How far the sensor moved}
""",
    "flowchart/data.yaml": """\
sensor_calibrated:
  asks: custom.sensor_drift
  question: How far has the sensor drifted since it was calibrated?
  help: Hold the reference plate in front of it and compare with the last certificate.
  minutes: 15
  leads_from: [input_range]
  branches:
    - when: {ge: 5}
      points_to: {sensor_out_of_calibration: direct, healthy: against_moderate}
    - when: {lt: 5}
      points_to: {sensor_out_of_calibration: rules_out}
""",
    "causes/data.yaml": """\
sensor_out_of_calibration:
  title: The sensor has drifted since the training data were taken
  meaning: New inputs are shifted against those the model was trained on, everywhere alike.
  prior: {weight: 40, basis: two of our fifty failed runs of last year}
  confirm: {do: Compare the reference plate., expect: A shift of more than 5 %., minutes: 15}
  fix: {do: Calibrate the sensor and record again., minutes: 60}
  mistaken_for: {distribution_shift: There the world has changed and the plate reads as ever.}
  sources: {own: our maintenance log}
""",
    "thresholds.yaml": """\
levels:
  custom.sensor_drift: {none: 0, mild: 2, moderate: 5, strong: 10, source: our service manual}
""",
    "changes.yaml": """\
priors: {label_noise: {weight: 120, basis: we label by hand and in a hurry}}
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The extension of the README."""
    return write_files(tmp_path_factory.mktemp("ours"), README)


@pytest.fixture(scope="module")
def rules(folder: Path) -> KnowledgeBase:
    """The shipped rules with it."""
    return load(None, [folder])


def test_the_example_is_sound(folder: Path):
    """The README's extension passes the check but for what is said of the shipped rules."""
    own = [
        remark
        for remark in analysed(rules_folder(), folder)
        if str(folder) in str(remark.fault.where)
    ]

    assert own == []


def test_an_answer_names_the_new_cause(rules: KnowledgeBase):
    """An answer to a declared symptom raises the declared cause."""
    diagnosis = diagnose(Symptoms.of(**{"custom.sensor_drift": 12}), rules)

    assert diagnosis.verdict == "faulty"
    assert diagnosis.causes[0].id == "sensor_out_of_calibration"
    assert diagnosis.causes[0].evidence[0].saw == 12
    assert diagnosis.why("sensor_out_of_calibration").evidence[0].symptom == "custom.sensor_drift"
    assert diagnosis.model_dump_json()
    assert diagnosis.what_if() is not None


def test_a_run_record_can_answer(rules: KnowledgeBase):
    """A run record answers a declared symptom by the same name."""
    run = of_mapping(
        {"answers": {"custom.sensor_drift": 1}, "setup": {"optimizer": "Adam"}}, "run.json"
    )
    diagnosis = diagnose(observed(run, knowledge=rules), rules)

    assert "sensor_out_of_calibration" not in {cause.id for cause in diagnosis.causes}
    assert "sensor_calibrated" in {step.check for step in diagnosis.path}


def test_an_open_question(rules: KnowledgeBase):
    """A declared symptom that was not observed is an open question and an action."""
    diagnosis = diagnose(Symptoms.of(optimizer="adam"), rules)

    assert "custom.sensor_drift" in {question.symptom for question in diagnosis.open_questions}
    assert "sensor_calibrated" in {action.about for action in diagnosis.actions}


@pytest.mark.parametrize("value", [-1, 101, "much", True, [1]])
def test_impossible_values(rules: KnowledgeBase, value):
    """A value that cannot be is refused, with what was expected."""
    with pytest.raises(InputError, match=r"custom.sensor_drift.*is not a value"):
        diagnose(Symptoms.of(**{"custom.sensor_drift": value}), rules)


def test_undeclared_symptoms(rules: KnowledgeBase):
    """A symptom that these rules do not declare is refused, and the nearest offered; without the
    extension as well.
    """
    with pytest.raises(InputError, match=r"help: write `custom.sensor_drift`"):
        diagnose(Symptoms.of(**{"custom.sensor_drfit": 1}), rules)
    with pytest.raises(InputError, match="--extend"):
        diagnose(Symptoms.of(**{"custom.sensor_drift": 1}))


def test_declared_symptoms_compose():
    """Declared symptoms merge, are dropped and survive other changes like ours."""
    mine = Symptoms.of(**{"custom.a": True}) | Symptoms.of(train_loss_flat=True)

    assert mine.observed == {"train_loss_flat": True, "custom.a": True}
    assert (mine | Symptoms.of(optimizer="adam")).observed["custom.a"] is True
    assert "custom.a" not in mine.without("custom.a").observed
    assert (mine | Symptoms.of(**{"custom.a": False})).conflicts[0].symptom == "custom.a"


def test_a_level_is_an_answer(rules: KnowledgeBase):
    """A declared number with levels takes a level as well."""
    diagnosis = diagnose(Symptoms.of(**{"custom.sensor_drift": "strong"}), rules)

    assert diagnosis.causes[0].id == "sensor_out_of_calibration"


def test_a_level_without_bounds(folder: Path, tmp_path: Path):
    """A word for a number that has no levels cannot be used, and that is told."""
    bare = write_files(
        tmp_path / "bare",
        {name: text for name, text in README.items() if name != "thresholds.yaml"},
    )

    with pytest.raises(InputError, match="has no levels in these rules"):
        diagnose(Symptoms.of(**{"custom.sensor_drift": "strong"}), load(None, [bare]))


def test_the_command_line_extends(mldx, folder: Path, tmp_path: Path):
    """`mldx diagnose --extend DIR` judges by the extended rules; `--rules` replaces the shipped
    ones.
    """
    record = tmp_path / "run.json"
    record.write_text(json.dumps({"history": {"epoch": [1, 2, 3], "train_loss": [2.0, 1.0, 0.5]}}))
    extended = mldx(
        "diagnose",
        str(record),
        "--extend",
        str(folder),
        "--set",
        "custom.sensor_drift=40",
        "--json",
    )
    missing = mldx("diagnose", str(record), "--set", "custom.sensor_drift=40")

    assert extended.exit_code == 1
    assert json.loads(extended.output)["causes"][0]["id"] == "sensor_out_of_calibration"
    assert missing.exit_code == 2
    assert mldx("diagnose", str(record), "--rules", str(tmp_path)).exit_code == 2


def test_a_number_without_levels_takes_no_words(mldx, tmp_path: Path):
    """`rules show` offers no levels where the rules give none."""
    bare = write_files(
        tmp_path / "bare",
        {name: text for name, text in README.items() if name != "thresholds.yaml"},
    )
    output = mldx("rules", "show", "custom.sensor_drift", "--extend", str(bare)).output

    assert "a number in 0..100 (percent)" in output
    assert "or one of" not in output


def test_a_bare_id_in_a_case(folder: Path, rules: KnowledgeBase, tmp_path: Path):
    """A case that answers a declared symptom without its section is told the whole name."""
    text = "one: {run: {answers: {sensor_drift: 1}}, never: [label_noise]}\n"

    with pytest.raises(RulesError, match=r"help: write `custom.sensor_drift`"):
        load_cases(write_files(tmp_path / "ours", {"cases/a.yaml": text}), rules)


def test_a_bare_id_in_a_check(tmp_path: Path):
    """A check that asks a declared symptom without its section is told the whole name."""
    flow = README["flowchart/data.yaml"].replace("custom.sensor_drift", "sensor_drift")
    bare = write_files(tmp_path / "bare", {**README, "flowchart/data.yaml": flow})

    assert "write `custom.sensor_drift`" in [
        remark.fault.help for remark in analysed(rules_folder(), bare)
    ]
