"""A user's own rules: added to the shipped ones, with the same analysis and nothing redefined in
silence.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mldx.errors import RulesError
from mldx.interview import Dialogue
from mldx.interview.encoding import of_json, to_json
from mldx.knowledge import KnowledgeBase, load
from tests.kit.rules import cause, write_files
from tests.knowledge.analysis.conftest import analysed, summary

SYMPTOMS = "augmentation_seed_fixed: {kind: flag, text: Every epoch draws the same augmentations}\n"
CHECK = """\
same_augmentations:
  asks: custom.augmentation_seed_fixed
  question: Does every epoch draw the same augmentations?
  help: Print the first crop of two epochs.
  minutes: 2
  leads_from: [flat]
  branches:
    - when: {is: true}
      points_to: {augmentation_frozen: 12, healthy: against_moderate}
    - when: {is: false}
      points_to: {augmentation_frozen: against}
"""
CAUSE = cause(
    "augmentation_frozen", "too_little_data", title="The same augmentations in every epoch"
)
CHANGES = """\
priors: {label_noise: {weight: 120, basis: a fifth of our labels were wrong last year}}
thresholds: {train_loss_flat: {least_fall: {value: 0.01, source: our losses move slowly}}}
levels: {generalization_gap: {mild: 0.2}}
"""
OURS = {
    "symptoms.yaml": SYMPTOMS,
    "changes.yaml": CHANGES,
    "flowchart/learning.yaml": CHECK,
    "causes/learning.yaml": CAUSE,
}


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """An extension with a symptom, a check, a cause and changed numbers."""
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


COMPLAINTS = """\
crops_look_alike:
  words: All crops look alike
  answer: Print the first crop of two epochs.
  states: {custom.augmentation_seed_fixed: true}
  asks: [bad_label_fraction]
  heard: [crops look alike]
"""


def test_extension_adds_complaints(tiny: Path, ours: Path):
    """A complaint of an extension may state a symptom that the extension declares, and is asked and
    saved like ours.
    """
    write_files(ours, {"complaints.yaml": COMPLAINTS})
    base = load(tiny, [ours])
    session = Dialogue.of(knowledge=base).complain("crops_look_alike")

    assert analysed(tiny, ours) == []
    assert (session.answers, session.first_questions) == (
        {"custom.augmentation_seed_fixed": True},
        ("bad_label_fraction",),
    )
    assert of_json(to_json(session), knowledge=base) == session


def test_complaint_stands_once(tiny: Path, ours: Path):
    """A complaint that two folders define is a fault of the second one."""
    write_files(
        tiny,
        {
            "complaints.yaml": COMPLAINTS.replace(
                "custom.augmentation_seed_fixed", "train_loss_flat"
            )
        },
    )
    write_files(ours, {"complaints.yaml": COMPLAINTS})

    assert "`crops_look_alike` is defined a second time." in faults(tiny, ours)[0]


def test_complaint_asks_what_a_check_asks(tiny: Path):
    """A question that no check asks would tell nothing; a complaint that asks it gets a warning."""
    asked = COMPLAINTS.replace("custom.augmentation_seed_fixed", "train_loss_flat").replace(
        "bad_label", "supervised_token"
    )
    write_files(tiny, {"complaints.yaml": asked})

    assert summary(analysed(tiny)) == [
        (
            "warning",
            "unasked",
            "`crops_look_alike` asks `supervised_token_fraction`, which no check asks.",
        )
    ]


def test_extension_is_sound(tiny: Path, ours: Path):
    """The analysis goes over extended rules as over any others."""
    assert analysed(tiny, ours) == []


def test_new_check_is_reached(extended: KnowledgeBase):
    """A check that says `leads_from` is asked after that one, which stands in a file that nobody
    touched.
    """
    followers = {
        extended.compiled.checks[number].id
        for way in extended.compiled.by_id["flat"].branches
        for number in way.then
    }

    assert followers == {"shape", "same_augmentations"}


def test_new_symptom_is_known(extended: KnowledgeBase):
    """A declared symptom has a spec, and its id carries its section."""
    assert extended.specs["custom.augmentation_seed_fixed"].expected == "true or false"
    assert extended.compiled.by_id["same_augmentations"].symptom == "custom.augmentation_seed_fixed"


def test_numbers_are_changed(extended: KnowledgeBase):
    """A prior, a threshold and a level are those of the extension; what it does not name stays."""
    assert extended.content["causes"]["label_noise"]["prior"]["weight"] == 120
    assert extended.threshold("train_loss_flat.least_fall") == 0.01
    assert extended.content["thresholds"]["train_loss_flat"]["least_fall"]["unit"] == "share"
    assert extended.content["levels"]["generalization_gap"]["mild"] == 0.2
    assert extended.content["levels"]["generalization_gap"]["moderate"] == 0.5


def test_shipped_rules_can_be_extended(tmp_path: Path):
    """The shipped rules take an extension, and are the same afterwards."""
    check, cause = (
        CHECK.replace("[flat]", "[loss_moves]"),
        CAUSE.replace("GB16: chapter 8", "own: our judgement"),
    )
    files = {
        "symptoms.yaml": SYMPTOMS,
        "flowchart/learning.yaml": check,
        "causes/learning.yaml": cause,
    }
    place = write_files(tmp_path / "ours", files)
    plain = load().version

    assert "same_augmentations" in load(None, [place]).compiled.by_id
    assert load().version == plain
    assert "same_augmentations" not in load().compiled.by_id


def test_versions_differ(tiny: Path, ours: Path):
    """Extended rules have a version of their own, also from the cache, and an edit of the extension
    gives another.
    """
    first, again = load(tiny, [ours]).version, load(tiny, [ours]).version
    (ours / "symptoms.yaml").write_text(SYMPTOMS + "# a remark\n")

    assert first == again
    assert len({load(tiny).version, first, load(tiny, [ours]).version}) == 3


def test_redefinition_is_refused(tiny: Path, ours: Path):
    """A check that stands twice is a fault that names both places."""
    write_files(
        ours,
        {
            "flowchart/learning.yaml": CHECK
            + CHECK.replace("same_augmentations", "flat").replace("[flat]", "[labels]")
        },
    )
    (told,) = faults(tiny, ours)

    assert "`flat` is defined a second time" in told
    assert f"{ours / 'flowchart/learning.yaml'}:12" in told
    assert f"see {tiny / 'flowchart/2-learning.yaml'}:2" in told


def test_two_extensions_cannot_change_one_number(tiny: Path, ours: Path, tmp_path: Path):
    """A number that two extensions change is a fault that names both places."""
    other = write_files(
        tmp_path / "other", {"changes.yaml": "priors: {label_noise: {weight: 7, basis: ours}}\n"}
    )
    (told,) = faults(tiny, ours, other)

    assert "`label_noise` is changed a second time" in told
    assert str(ours / "changes.yaml") in told


def test_what_is_not_there_cannot_be_changed(tiny: Path, ours: Path):
    """A change of an unknown card is a fault with the nearest name."""
    write_files(ours, {"changes.yaml": "priors: {label_nose: {weight: 7, basis: ours}}\n"})
    (told,) = faults(tiny, ours)

    assert told.endswith("help: write `label_noise`")


def test_changed_card_is_checked(tiny: Path, ours: Path):
    """A changed number keeps to the rules of its card."""
    write_files(
        ours,
        {
            "changes.yaml": "priors: {label_noise: {weight: -7}}\n"
            "levels: {generalization_gap: {mild: 0.7}}\n"
        },
    )

    assert "priors.label_noise.weight" in faults(tiny, ours)[0]

    write_files(ours, {"changes.yaml": "levels: {generalization_gap: {mild: 0.7}}\n"})
    assert "neither rise nor fall" in faults(tiny, ours)[0]


def test_unknown_parent(tiny: Path, ours: Path):
    """A check that hangs below no check is a fault at its own line."""
    write_files(ours, {"flowchart/learning.yaml": CHECK.replace("[flat]", "[flta]")})
    (told,) = faults(tiny, ours)

    assert "`same_augmentations` hangs below `flta`, which is no check" in told
    assert told.endswith("help: write `flat`")


def test_gate_stays_a_gate(tiny: Path, ours: Path):
    """A branch that ends the walk still ends it when another check hangs below."""
    file = tiny / "flowchart/2-learning.yaml"
    file.write_text(
        file.read_text().replace("healthy: against}\n", "healthy: against}\n      then: []\n")
    )
    node = load(tiny, [ours]).compiled.by_id["flat"]

    assert [len(way.then) for way in node.branches] == [0, 2]


def test_own_symptom_cannot_take_a_taken_id(tiny: Path, ours: Path):
    """A declared symptom with the id of one of ours is a fault."""
    write_files(
        ours, {"symptoms.yaml": SYMPTOMS + "loss_shape: {kind: flag, text: Something else}\n"}
    )

    assert "`loss_shape` is a symptom already: `training.loss_shape`" in faults(tiny, ours)[0]


@pytest.mark.parametrize(
    "card",
    [
        "{kind: choice, text: One word, words: [one]}",
        "{kind: flag, text: Yes or no, words: [a, b]}",
        "{kind: number, text: A number, low: 2, high: 1}",
        "{kind: flag, text: Yes or no, unit: share}",
        "{kind: choice, text: Words, words: [A, B]}",
        "{kind: colour, text: A colour}",
    ],
)
def test_impossible_symptoms(tiny: Path, ours: Path, card: str):
    """A symptom that no value could have is refused where it is declared."""
    write_files(ours, {"symptoms.yaml": SYMPTOMS + f"other: {card}\n"})

    assert f"{ours / 'symptoms.yaml'}:2" in faults(tiny, ours)[0]


def test_spelling_of_two_names(tiny: Path, ours: Path):
    """An extension may add spellings; one that stands for another name already is a fault."""
    write_files(ours, {"vocabulary.yaml": "optimizer: {adam: [our adam]}\n"})
    assert load(tiny, [ours]).spellings["optimizer"]["ouradam"] == "adam"

    write_files(ours, {"vocabulary.yaml": "optimizer: {adam: [Gradient-Descent]}\n"})
    assert "`Gradient-Descent` is `adam` here and `sgd` elsewhere" in faults(tiny, ours)[0]


def test_an_empty_folder_is_no_extension(tiny: Path, tmp_path: Path):
    """A folder without rules is told, and so is one that does not exist."""
    (tmp_path / "empty").mkdir()

    assert "there are no rules in this folder" in faults(tiny, tmp_path / "empty")[0]
    assert "there is no such folder" in faults(tiny, tmp_path / "nowhere")[0]
