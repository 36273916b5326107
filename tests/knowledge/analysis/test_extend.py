"""A user's own rules: added to the shipped ones, with the same analysis and nothing redefined in
silence.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.diagnosis import diagnose
from mldx.errors import RulesError
from mldx.interview import Dialogue
from mldx.knowledge import KnowledgeBase, load
from mldx.symptoms import Symptoms
from tests.kit.rules import cause, write_files
from tests.knowledge.analysis.conftest import analysed

CHECK = """\
augmentation_frozen:
  section: data
  asks: Does every epoch draw the same augmentations?
  help: Print the first crop of two epochs.
  minutes: 2
  usual: 2
  with:
    healthy:           0.5
    augmentation_once: 95
  basis: own judgement
"""
ROWS = """\
generalization_gap:
  with:
    augmentation_once: {none: 30, strong: 70}
"""
CAUSE = cause(
    "augmentation_once",
    "too_little_data",
    title="The same augmentations in every epoch",
    weight=5,
    shows_as="apart",
)
CHANGES = """\
priors: {label_noise: {weight: 60, basis: a fifth of our labels were wrong last year}}
thresholds: {train_loss_flat: {least_fall: {value: 0.01, source: our losses move slowly}}}
"""
CHECKS = "2-learning/checks.yaml"
OURS = {
    "changes.yaml": CHANGES,
    CHECKS: CHECK,
    "4-generalization/checks.yaml": ROWS,
    "2-learning/causes.yaml": CAUSE,
}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """An extension with a check, a cause, a row for a shipped check, and changed numbers."""
    return write_files(tmp_path / "ours", OURS)


@pytest.fixture
def extended(tiny: Path, ours: Path) -> KnowledgeBase:
    """The tiny rules with the extension."""
    return load(tiny, [ours])


def faults(tiny: Path, *extend: Path) -> list[str]:
    """What is wrong with extended rules."""
    with pytest.raises(RulesError) as error:
        load(tiny, extend)
    return [str(fault) for fault in error.value.faults]


def test_extension_is_sound(tiny: Path, ours: Path):
    """The analysis goes over extended rules as over any others."""
    assert analysed(tiny, ours) == []


def test_a_new_check_is_walked(extended: KnowledgeBase):
    """A check of an extension stands in its stage, behind ours."""
    order = [check.id for check in extended.compiled.checks]

    assert order.index("augmentation_frozen") == order.index("train_loss_flat") + 1
    assert extended.specs["augmentation_frozen"].expected == "true or false"


def test_rows_are_added_to_a_shipped_check(tiny: Path, ours: Path):
    """A cause of an extension may say how a shipped check is answered with it; nothing else of the
    check changes.
    """
    before, after = (
        base.checks["generalization_gap"].table for base in (load(tiny), load(tiny, [ours]))
    )

    assert after.rows["augmentation_once"] == (0.3, 0.7)
    assert {id: row for id, row in after.rows.items() if id in before.rows} == before.rows
    assert after.usual == before.usual


def test_an_added_row_is_evidence(extended: KnowledgeBase):
    """70 of 100 against 10 are 8.5 dB, whatever the prior."""
    evidence = diagnose(Symptoms.of(generalization_gap=3.0), extended).why("augmentation_once")

    assert [(item.symptom, item.db) for item in evidence.evidence] == [("generalization_gap", 8.5)]


def test_added_rows_hold_in_every_table(tiny: Path, ours: Path):
    """A check with tables for other circumstances has the row in all of them."""
    rows = "train_size:\n  with: {augmentation_once: {few: 90, many: 10}}\n"
    write_files(ours, {"5-drill_down/checks.yaml": rows})
    card = load(tiny, [ours]).checks["train_size"]

    tables = [card.table, *(given.table for given in card.given)]
    assert [table.rows["augmentation_once"] for table in tables] == [(0.9, 0.1)] * 2


@pytest.mark.parametrize(
    "rows, told",
    [
        (
            "generalization_gab:\n  with: {label_noise: {none: 1, strong: 99}}\n",
            "generalization_gap",
        ),
        ("generalization_gap:\n  with: {label_noise: {none: 1, strong: 90}}\n", "adds up to 91"),
        ("generalization_gap:\n  with: {label_noise: {none: 100}}\n", "leaves out strong"),
        ("generalization_gap:\n  with: {label_nose: {none: 1, strong: 99}}\n", "label_noise"),
        ("generalization_gap:\n  with: {}\n  minutes: 3\n", "minutes"),
    ],
)
def test_added_rows_are_checked(tiny: Path, ours: Path, rows: str, told: str):
    """A row for an unknown check or cause, or that does not add up, is refused."""
    write_files(ours, {"4-generalization/checks.yaml": rows})

    assert any(told in fault for fault in faults(tiny, ours))


def test_numbers_are_changed(extended: KnowledgeBase):
    """A prior and a threshold are those of the extension; what it does not name stays."""
    assert extended.causes["label_noise"].prior.weight == 60
    assert extended.threshold("train_loss_flat.least_fall") == 0.01
    assert extended.thresholds["train_loss_flat"]["least_fall"].unit == "share"
    assert extended.causes["rate_too_low"].prior.weight == 50


COMPLAINTS = """\
crops_look_alike:
  words: All crops look alike
  answer: Print the first crop of two epochs.
  states: {train_loss_flat: true}
  asks: [bad_label_fraction]
  heard: [crops look alike]
"""


def test_extension_adds_complaints(tiny: Path, ours: Path):
    """A complaint of an extension states and asks like ours."""
    write_files(ours, {"complaints.yaml": COMPLAINTS})
    session = Dialogue.of(knowledge=load(tiny, [ours])).complain("crops_look_alike")

    assert (session.answers, session.first_questions) == (
        {"train_loss_flat": True},
        ("bad_label_fraction",),
    )


def test_complaint_stands_once(tiny: Path, ours: Path):
    """A complaint that two folders define is a fault of the second one."""
    write_files(tiny, {"complaints.yaml": COMPLAINTS})
    write_files(ours, {"complaints.yaml": COMPLAINTS})

    assert "`crops_look_alike` is defined a second time." in faults(tiny, ours)[0]


def test_shipped_rules_can_be_extended(tmp_path: Path):
    """The shipped rules take an extension, and are the same afterwards."""
    card = CAUSE.replace("shows_as: [apart]", "shows_as: [overfitting]")
    place = write_files(tmp_path / "ours", {CHECKS: CHECK, "2-learning/causes.yaml": card})
    plain = load().version

    assert "augmentation_frozen" in load(None, [place]).compiled.by_id
    assert load().version == plain
    assert "augmentation_frozen" not in load().compiled.by_id


def test_versions_differ(tiny: Path, ours: Path):
    """Extended rules have a version of their own, also from the cache, and an edit of the extension
    gives another.
    """
    first, again = load(tiny, [ours]).version, load(tiny, [ours]).version
    (ours / "changes.yaml").write_text(CHANGES + "# a remark\n")

    assert first == again
    assert len({load(tiny).version, first, load(tiny, [ours]).version}) == 3


def test_redefinition_is_refused(tiny: Path, ours: Path):
    """A check that stands twice is a fault that names both places."""
    write_files(
        ours, {CHECKS: CHECK + CHECK.replace("augmentation_frozen:\n", "train_loss_flat:\n")}
    )
    (told,) = faults(tiny, ours)

    assert "`train_loss_flat` is defined a second time" in told
    assert f"{ours / CHECKS}:11" in told
    assert f"see {tiny / CHECKS}:2" in told


def test_two_extensions_cannot_change_one_number(tiny: Path, ours: Path, tmp_path: Path):
    """A number that two extensions change is a fault that names both places."""
    other = write_files(
        tmp_path / "other", {"changes.yaml": "priors: {label_noise: {weight: 7, basis: ours}}\n"}
    )
    (told,) = faults(tiny, ours, other)

    assert "`label_noise` is changed a second time" in told
    assert str(ours / "changes.yaml") in told


@pytest.mark.parametrize(
    "changes, told",
    [
        ("priors: {label_nose: {weight: 7, basis: ours}}\n", "help: write `label_noise`"),
        ("priors: {label_noise: {weight: -7}}\n", "priors.label_noise.weight"),
        ("priors: {label_noise: {wieght: 7}}\n", "is no field here"),
        ("thresholds: {train_loss_fat: {least_fall: {value: 1}}}\n", "write `train_loss_flat`"),
        ("thresholds: {train_loss_flat: {least_fall: {value: much}}}\n", "is 'much'"),
        ("levels: {generalization_gap: {mild: 0.2}}\n", "`levels` is no field here"),
    ],
)
def test_a_change_is_checked(tiny: Path, ours: Path, changes: str, told: str):
    """A changed number is of a card that exists, and keeps to its rules."""
    write_files(ours, {"changes.yaml": changes})

    assert told in faults(tiny, ours)[0]


def test_spelling_of_two_names(tiny: Path, ours: Path):
    """An extension may add spellings; one that stands for another name already is a fault."""
    write_files(ours, {"vocabulary.yaml": "optimizer: {adam: [our adam]}\n"})
    assert load(tiny, [ours]).spellings["optimizer"]["ouradam"] == "adam"

    write_files(ours, {"vocabulary.yaml": "optimizer: {adam: [Gradient-Descent]}\n"})
    assert "`Gradient-Descent` is `adam` here and `sgd` elsewhere" in faults(tiny, ours)[0]


def test_an_empty_folder_is_not_an_extension(tiny: Path, tmp_path: Path):
    """A folder without rules is told, and so is one that does not exist."""
    (tmp_path / "empty").mkdir()

    assert "there are no rules in this folder" in faults(tiny, tmp_path / "empty")[0]
    assert "there is no such folder" in faults(tiny, tmp_path / "nowhere")[0]
