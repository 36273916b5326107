"""A symptom of a user's own is answered, checked, walked and reported like ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mldx.diagnosis import diagnose
from mldx.errors import InputError
from mldx.knowledge import KnowledgeBase, load, rules_folder
from mldx.observe import observed
from mldx.readers.record import of_mapping
from tests.kit.rules import write_files
from tests.knowledge.analysis.conftest import analysed

OURS = {
    "1-data/checks.yaml": """\
sensor_drift:
  section: data
  asks: How far has the sensor drifted since it was calibrated?
  help: Hold the reference plate in front of it and compare with the last certificate.
  minutes: 15
  number: {unit: percent, low: 0, high: 100}
  answers:
    steady:  {below: 5, say: below 5 %}
    drifted: {say: 5 % or more}
  usual: {steady: 98, drifted: 2}
  with:
    healthy:                   {steady: 99.5, drifted: 0.5}
    sensor_out_of_calibration: {steady: 1, drifted: 99}
  basis: our maintenance log
""",
    "1-data/causes.yaml": """\
sensor_out_of_calibration:
  title: The sensor has drifted since the training data were taken
  meaning: New inputs are shifted against those the model was trained on, everywhere alike.
  prior: {weight: 40, basis: two of our fifty failed runs of last year}
  shows_as: [bad_in_use]
  confirm: {do: Compare the reference plate., expect: A shift of more than 5 %., minutes: 15}
  fix: {do: Calibrate the sensor and record again., minutes: 60}
  mistaken_for: {distribution_shift: There the world has changed and the plate reads as ever.}
  sources: {own: our maintenance log}
""",
    "changes.yaml": """\
priors: {label_noise: {weight: 120, basis: we label by hand and in a hurry}}
""",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """An extension with a number of its own."""
    return write_files(tmp_path_factory.mktemp("ours"), OURS)


@pytest.fixture(scope="module")
def rules(folder: Path) -> KnowledgeBase:
    """The shipped rules with it."""
    return load(None, [folder])


def told(rules: KnowledgeBase, **answers):
    """The diagnosis of these answers."""
    return diagnose(observed(answers=answers, knowledge=rules), rules)


def test_the_example_is_sound(folder: Path):
    """The extension passes the check but for what is said of the shipped rules."""
    own = [
        remark
        for remark in analysed(rules_folder(), folder)
        if str(folder) in str(remark.fault.where)
    ]

    assert own == []


@pytest.mark.parametrize("value", [12, "drifted"])
def test_an_answer_names_the_new_cause(rules: KnowledgeBase, value):
    """A figure, or the name of an answer, raises the declared cause."""
    diagnosis = told(rules, sensor_drift=value)

    assert diagnosis.causes[0].id == "sensor_out_of_calibration"
    assert diagnosis.causes[0].evidence[0].saw == value
    assert diagnosis.model_dump_json()
    assert diagnosis.what_if() is not None


def test_a_run_record_can_answer(rules: KnowledgeBase):
    """A run record answers a declared symptom by the same name."""
    record = {"answers": {"sensor_drift": 1}, "setup": {"optimizer": "Adam"}}
    run = of_mapping(record, "run.json", rules.specs)
    diagnosis = diagnose(observed(run, knowledge=rules), rules)

    assert "sensor_out_of_calibration" not in {cause.id for cause in diagnosis.causes}
    assert "sensor_drift" in {step.check for step in diagnosis.path}


def test_an_open_question(rules: KnowledgeBase):
    """A declared symptom that was not observed is an open question and an action."""
    diagnosis = told(rules, optimizer="adam")

    assert "sensor_drift" in {question.symptom for question in diagnosis.open_questions}
    assert "sensor_drift" in {action.about for action in diagnosis.actions}


@pytest.mark.parametrize("value", [-1, 101, "much", True, [1]])
def test_impossible_values(rules: KnowledgeBase, value):
    """A value that cannot be is refused, with what was expected."""
    with pytest.raises(InputError, match=r"sensor_drift.*is not a value"):
        told(rules, sensor_drift=value)


def test_undeclared_symptoms(rules: KnowledgeBase):
    """A symptom that these rules do not declare is refused, and the nearest offered; without the
    extension as well.
    """
    with pytest.raises(InputError, match=r"help: write `sensor_drift`"):
        told(rules, sensor_drfit=1)
    with pytest.raises(InputError, match="is not a symptom"):
        told(load(), sensor_drift=1)


def test_the_command_line_extends(mldx, folder: Path, tmp_path: Path):
    """`mldx diagnose --extend DIR` judges by the extended rules; `--rules` replaces the shipped
    ones.
    """
    record = tmp_path / "run.json"
    record.write_text(json.dumps({"history": {"epoch": [1, 2, 3], "train_loss": [2.0, 1.0, 0.5]}}))
    answer = ("--set", "sensor_drift=40")
    extended = mldx("diagnose", str(record), "--extend", str(folder), *answer, "--json")

    assert extended.exit_code in (0, 1)
    assert json.loads(extended.output)["causes"][0]["id"] == "sensor_out_of_calibration"
    assert mldx("diagnose", str(record), *answer).exit_code == 2
    assert mldx("diagnose", str(record), "--rules", str(tmp_path)).exit_code == 2
