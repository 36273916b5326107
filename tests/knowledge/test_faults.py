"""What a load refuses: one line of the tiny rules is changed, and the fault says where, what is
wrong, what was expected, and helps.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mldx import Symptoms, diagnose
from mldx.errors import Fault, MldxError, RulesError
from mldx.knowledge import load
from tests.kit.rules import write_files
from tests.kit.tiny import TINY

DATA = "1-data/checks.yaml"
LEARNING = "2-learning/checks.yaml"
STABILITY = "3-stability/checks.yaml"
GAP = "4-generalization/checks.yaml"
SIZE = "5-drill_down/checks.yaml"
CARDS = "1-data/causes.yaml"
SYNDROMES = "syndromes.yaml"
THRESHOLDS = "thresholds.yaml"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The tiny rules in a folder of their own."""
    return write_files(tmp_path, TINY)


@pytest.fixture
def refused(tiny: Path) -> Callable[[str, str, str], tuple[Fault, ...]]:
    """Replace one text of one file, and return the faults with which the rules are refused."""

    def faults(file: str, old: str, new: str) -> tuple[Fault, ...]:
        text = (tiny / file).read_text(encoding="utf-8")
        assert old in text
        (tiny / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(RulesError) as caught:
            load(tiny)
        return caught.value.faults

    return faults


SPELLING = {
    "a field": (DATA, "  asks: What", "  askes: What", "is no field here", "write `asks`"),
    "a field that is missing": (
        DATA,
        "  minutes: 10\n",
        "",
        "`bad_label_fraction.minutes` is missi",
        "",
    ),
    "a cause": (
        DATA,
        "    label_noise: {",
        "    label_nose: {",
        "which has no card",
        "write `label_noise`",
    ),
    "an answer": (
        DATA,
        "{mild: 99, strong: 1}",
        "{mild: 99, stong: 1}",
        "has `stong`",
        "write `strong`",
    ),
    "a cause that is mistaken": (
        CARDS,
        "mistaken_for: {too",
        "mistaken_for: {to",
        "which has no card",
        "write `too_little_data`",
    ),
    "a consequence": (
        CARDS,
        "leads_to: []",
        "leads_to: [rate_to_low]",
        "which has no card",
        "write `rate_too_low`",
    ),
    "itself as consequence": (
        CARDS,
        "leads_to: []",
        "leads_to: [label_noise]",
        "no other cause",
        "",
    ),
    "a source": (CARDS, "GB16: chapter", "GB17: chapter", "which is no source", "write `GB16`"),
    "a syndrome": (
        CARDS,
        "shows_as: [apart]",
        "shows_as: [apartt]",
        "not a syndrome",
        "write `apart`",
    ),
    "what a syndrome gives way to": (
        SYNDROMES,
        "  first_aid",
        "  unless: [apar]\n  first_aid",
        "not a syndrome",
        "write `apart`",
    ),
    "what a syndrome asks": (
        SYNDROMES,
        "[bad_label_fraction, t",
        "[bad_label_fractio, t",
        "which is no check",
        "write `bad_label_fraction`",
    ),
    "a symptom of a sign": (
        SYNDROMES,
        "train_loss_flat: {",
        "train_loss_fat: {",
        "not a symptom",
        "write `train_loss_flat`",
    ),
    "an answer of a sign": (
        SYNDROMES,
        "{is: strong}",
        "{is: stong}",
        "is never 'stong'",
        "write `strong`",
    ),
    "a group": (SIZE, "{in: adaptive}", "{in: adaptiv}", "is not a group", "write `adaptive`"),
    "a name of the vocabulary": (
        SIZE,
        "{in: adaptive}",
        "{is: adm}",
        "is never 'adm'",
        "write `adam`",
    ),
    "a spelling for a name": (
        SIZE,
        "{in: adaptive}",
        "{is: gradient descent}",
        "is never 'gradient descent'",
        "write `sgd`",
    ),
    "a domain of a scope": (
        DATA,
        "  minutes: 10",
        "  only_for: {domain: [visoin]}\n  minutes: 10",
        "`visoin` is no domain",
        "write `vision`",
    ),
    "a domain of a prior": (
        CARDS,
        "basis: own judgement",
        "basis: own, domains: {visoin: 2}",
        "`visoin` is no",
        "write `vision`",
    ),
    "a threshold": (
        THRESHOLDS,
        "  root_share",
        "  rot_share",
        "`diagnosis.root_share` is missing",
        "write `rot_share`",
    ),
    "a setup fact": (
        "vocabulary.yaml",
        "optimizer: {",
        "optimiser: {",
        "`optimiser` is no setup fact",
        "write `optimizer`",
    ),
}


@pytest.mark.parametrize("name", SPELLING)
def test_a_misspelled_name_is_found(refused, name):
    """The fault names the file, and the nearest right name where there is one."""
    file, old, new, told, help = SPELLING[name]

    faults = refused(file, old, new)
    assert [
        one
        for one in faults
        if file in one.place.file.replace("\\", "/") and told in one.what and help in one.help
    ]


VALUES = {
    "a row that leaves out an answer": (
        DATA,
        "{mild: 10, strong: 90}",
        "{mild: 100}",
        "leaves out strong",
        "mild, strong",
    ),
    "a row that does not add up": (
        DATA,
        "{mild: 10, strong: 90}",
        "{mild: 10, strong: 80}",
        "adds up to 90",
        "100",
    ),
    "a row above 100": (
        DATA,
        "{mild: 10, strong: 90}",
        "{mild: 10, strong: 900}",
        "is 900",
        "less than or equal to 100",
    ),
    "a usual row that does not add up": (
        DATA,
        "usual: {mild: 90",
        "usual: {mild: 80",
        "`usual` of `bad_label_fraction` adds up to 90",
        "100",
    ),
    "a row in another table": (
        SIZE,
        "{few: 80, many: 20}",
        "{few: 80, many: 30}",
        "adds up to 110",
        "100",
    ),
    "one number for several answers": (
        DATA,
        "{mild: 10, strong: 90}",
        "90",
        "is 90",
        "a share for each answer",
    ),
    "answers for yes or no": (
        LEARNING,
        "rate_too_low: 90",
        "rate_too_low: {a: 50, b: 50}",
        "`rate_too_low` of `train_loss_flat` is {",
        "how many of 100 say yes",
    ),
    "rows without a usual one": (
        LEARNING,
        "  usual: 10\n",
        "",
        "has rows and no `usual`",
        "how often it is usual",
    ),
    "borders that do not rise": (
        DATA,
        "strong: {say: 10 % or more}",
        "mid: {below: 0.1, say: x}\n    strong: {say: y}",
        "do not rise",
        "above the last",
    ),
    "a last answer with a border": (
        DATA,
        "strong: {say",
        "strong: {below: 0.5, say",
        "do not cover its range",
        "every answer but the last",
    ),
    "an answer without a border": (
        DATA,
        "{below: 0.1, say",
        "{say",
        "do not cover its range",
        "every answer but the last",
    ),
    "a number without answers": (
        GAP,
        "  answers:\n    none: {below: 0.5, say: below a half}\n    strong: {say: a half or more}",
        "  answers: {}",
        "is a number without answers",
        "answers with borders",
    ),
    "borders of words": (
        STABILITY,
        "falling: {say",
        "falling: {below: 1, say",
        "is not a number and has borders",
        "words alone",
    ),
    "a flag with one answer": (
        LEARNING,
        "  usual: 10",
        "  answers: {one: {say: x}}\n  usual: 10",
        "has one answer",
        "two answers or more",
    ),
    "an empty range": (DATA, "low: 0, high: 1", "low: 1, high: 1", "is", "empty"),
    "a gate of an unknown answer": (
        LEARNING,
        "answers: [true]",
        "answers: [maybe]",
        "`maybe` is not an answer",
        "True",
    ),
    "a gate that closes nothing": (
        LEARNING,
        "closes: [drill_down]",
        "closes: []",
        "is []",
        "1 item",
    ),
    "a gate that closes the first stage": (
        LEARNING,
        "closes: [drill_down]",
        "closes: [data]",
        "is 'data'",
        "'drill_down'",
    ),
    "a condition without a symptom": (
        SIZE,
        "{optimizer: {in: adaptive}}",
        "{in: [adam]}",
        "`in` compares nothing",
        "a condition",
    ),
    "a condition without a comparison": (
        SIZE,
        "{optimizer: {in: adaptive}}",
        "{optimizer: adam}",
        "is compared with nothing",
        "a condition",
    ),
    "an unknown operator": (
        SIZE,
        "{in: adaptive}",
        "{equals: adam}",
        "is not an operator",
        "a condition",
    ),
    "an order among answers": (
        STABILITY,
        "skip_if: {train_loss_flat: {is: true}}",
        "skip_if: {loss_shape: {lt: falling}}",
        "is an answer",
        "a condition",
    ),
    "a number out of its range": (
        STABILITY,
        "{train_loss_flat: {is: true}}",
        "{bad_label_fraction: {ge: 1.1}}",
        "is never 1.1",
        "0..1",
    ),
    "a number for a flag": (
        STABILITY,
        "{train_loss_flat: {is: true}}",
        "{train_loss_flat: {is: 1}}",
        "is never 1",
        "true or false",
    ),
    "a word for a fact that is a number": (
        STABILITY,
        "{train_loss_flat: {is: true}}",
        "{train_size: {is: small}}",
        "is never 'small'",
        "a number",
    ),
    "no minutes": (DATA, "minutes: 10", "minutes: 0", "is 0", "greater than 0"),
    "a prior of nought": (CARDS, "weight: 50", "weight: 0", "is 0", "greater than 0"),
    "a probability of one": (
        THRESHOLDS,
        "healthy_prior: {value: 0.3",
        "healthy_prior: {value: 1",
        "`diagnosis.healthy_prior` is 1",
        "below 1",
    ),
    "a threshold that is a word": (THRESHOLDS, "value: 0.3", "value: much", "is 'much'", "number"),
    "a section with a capital": (DATA, "section: sanity", "section: Sanity", "is 'Sanity'", ""),
    "an id with a capital": (
        DATA,
        "bad_label_fraction:\n",
        "Bad_labels:\n",
        "is no id",
        "small letters",
    ),
    "yes for true": (
        STABILITY,
        "{train_loss_flat: {is: true}}",
        "{train_loss_flat: {is: yes}}",
        "`yes`",
        "",
    ),
    "a number that reads as text": (DATA, "below: 0.1", "below: 1e-1", "reads as text", ""),
}


@pytest.mark.parametrize("name", VALUES)
def test_what_cannot_be_is_refused(refused, name):
    """The fault names the file, says what is wrong and what was expected."""
    file, old, new, told, expected = VALUES[name]

    faults = refused(file, old, new)
    assert [
        one
        for one in faults
        if file in one.place.file.replace("\\", "/")
        and told in one.what
        and expected in one.expected
    ]


@pytest.mark.parametrize(
    "file, old, new",
    [
        (DATA, "    label_noise: {", "    label_nose: {"),
        (DATA, "{mild: 10, strong: 90}", "{mild: 10, strong: 80}"),
        (SIZE, "        too_little_data: {few: 80", "        too_litle_data: {few: 80"),
        (SYNDROMES, "signs: [{train_loss_flat", "signs: [{train_loss_fat"),
        (CARDS, "GB16: chapter", "GB17: chapter"),
    ],
)
def test_the_fault_points_to_the_changed_line(refused, tiny, file, old, new):
    """The line of a fault is the line that was changed."""
    [fault] = refused(file, old, new)

    line = (tiny / file).read_text(encoding="utf-8").splitlines()[fault.place.line - 1]
    assert new.strip() in line


def test_a_stage_without_a_head_is_refused(refused):
    """Every stage says what it is called."""
    [fault] = refused(LEARNING, "stage: {title: Learning, question: Is it well?}\n", "")

    assert (LEARNING in fault.place.file, fault.what) == (
        True,
        "the stage `learning` has no head.",
    )


def test_a_card_stands_once(tiny):
    """A check that is defined twice is a fault that names both places."""
    text = (tiny / STABILITY).read_text(encoding="utf-8")
    (tiny / STABILITY).write_text(text.replace("loss_shape:\n", "train_loss_flat:\n"))

    with pytest.raises(RulesError) as caught:
        load(tiny)
    [fault] = [one for one in caught.value.faults if "second time" in one.what]
    assert STABILITY in fault.place.file and f"{LEARNING}:2" in fault.help


def test_a_folder_of_no_stage_is_refused(tiny):
    """A folder is named after its stage."""
    (tiny / "3-stability").rename(tiny / "3-stablity")

    with pytest.raises(RulesError, match="`stablity` is no stage"):
        load(tiny)


def test_faults_of_several_files_come_together_in_file_order(tiny):
    """Whoever mends rules sees everything at once, from the first file to the last."""
    for file, old, new in (
        (DATA, "{mild: 10, strong: 90}", "{mild: 10, strong: 80}"),
        (DATA, "{mild: 99, strong: 1}", "{mild: 99, strong: 2}"),
        (GAP, "{none: 10, strong: 90}", "{none: 20, strong: 90}"),
    ):
        path = tiny / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(RulesError) as caught:
        load(tiny)
    assert [fault.what.rsplit(" ", 1)[1] for fault in caught.value.faults] == [
        "101.",
        "90.",
        "110.",
    ]


def test_faults_of_one_card_come_in_file_order(refused):
    """An unknown field on its first lines is told before a wrong number below."""
    faults = refused(DATA, "  asks: What share of 50 labels is wrong?\n", "  askes: What?\n")

    lines = [fault.place.line for fault in faults]
    assert lines == sorted(lines)


@pytest.mark.parametrize("old, new", [(', units: "1"}', "}"), ('units: "1"', "units: one")])
def test_a_pair_says_its_units(broken, old, new):
    """A row of the pairs table says how many units go with it, in a word the table knows."""
    assert broken("pairs.yaml", old, new)


def test_mldx_errors_are_one_tree():
    """Faults of the rules are caught with everything else that can go wrong for a user."""
    assert issubclass(RulesError, MldxError)


def test_an_edit_changes_the_verdict(tiny):
    """A diagnosis follows the folder it was given."""
    seen = Symptoms.of(bad_label_fraction=0.5)
    before = diagnose(seen, load(tiny)).verdict
    path = tiny / DATA
    text = path.read_text(encoding="utf-8").replace(
        "{mild: 10, strong: 90}", "{mild: 90, strong: 10}"
    )
    path.write_text(text.replace("{mild: 99, strong: 1}", "{mild: 90, strong: 10}"))

    assert (before, diagnose(seen, load(tiny)).verdict) == ("faulty", "undecided")


def test_the_shipped_rules_have_no_fault():
    """The knowledge base that is shipped loads."""
    assert load().compiled.checks
