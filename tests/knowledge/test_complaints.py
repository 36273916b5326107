"""What people complain of: read as strictly as every other card, and part of the version."""

from __future__ import annotations

import pytest

from mldx.knowledge import load
from mldx.knowledge.names import worded

FILE = "complaints.yaml"
NAN = "states: {loss_nonfinite: at_some_point}"
ASKS = "asks: [loss_nonfinite, nonfinite_onset, precision,"


@pytest.mark.parametrize(
    "old, new, told, help",
    [
        (
            NAN,
            "states: {loss_nonfinit: at_some_point}",
            "states `loss_nonfinit`, which is no symptom",
            "loss_nonfinite`",
        ),
        (NAN, "states: {loss_nonfinite: sometime}", "is never 'sometime'", ""),
        (NAN, "states: {loss_nonfinite: true}", "is never True", ""),
        (NAN, "states: {learning_rate: high}", "is never 'high'", ""),
        (NAN, "states: {domain: visoin}", "is never 'visoin'", "write `vision`"),
        (NAN, "states: {val_test_gap: 1000}", "is never 1000", ""),
        (
            ASKS,
            "asks: [nan_onset, precision,",
            "asks `nan_onset`, which is no symptom",
            "write `nonfinite_onset`",
        ),
        (
            ASKS,
            "asks: [precision, nonfinite_onset, precision,",
            "asks `precision` a second time",
            "drop one",
        ),
        ("heard: [nan,", "heard: ['...',", "has no word in it", ""),
        ("loss_nan:", "Loss-NaN:", "is no id", ""),
        ("loss_nan:", "not_learning:", "stands twice", ""),
        (NAN, "state: {loss_nonfinite: at_some_point}", "is no field here", "write `states`"),
        (NAN, "states: [loss_nonfinite]", "`loss_nan.states` is ['loss_nonfinite']", ""),
        ("asks: [batch_size]", "asks: batch_size", "`gpu_idle.asks` is 'batch_size'", ""),
        (
            "  words: The loss became NaN",
            "  word: The loss became NaN",
            "`loss_nan.words` is missing",
            "",
        ),
    ],
)
def test_a_changed_line_is_found(broken, file_line, old, new, told, help):
    """The fault names the file and the line, what is wrong, and the nearest right name where there
    is one.
    """
    faults = broken(FILE, old, new)

    assert [one for one in faults if file_line(one) and told in one.what and help in one.help]


@pytest.fixture
def file_line():
    """Does a fault name a line of the file of complaints?"""
    return lambda fault: FILE in fault.place.file and fault.place.line > 0


def test_the_fault_points_to_the_changed_line(broken, rules):
    """The line of a fault is the line that was changed."""
    [fault] = broken(FILE, NAN, "states: {loss_nonfinite: sometime}")

    line = fault.place.line
    assert "sometime" in (rules / FILE).read_text(encoding="utf-8").splitlines()[line - 1]


def test_complaints_are_part_of_the_version(rules, changed):
    """A changed complaint is read anew, and the knowledge base has another version."""
    before = load(rules)
    after = load(changed(FILE, "The loss became NaN", "The loss is NaN"))

    assert after.content["complaints"]["loss_nan"]["words"] == "The loss is NaN"
    assert after.version != before.version


def test_rules_without_complaints_are_sound(rules):
    """A folder of rules needs no complaints."""
    (rules / FILE).unlink()

    assert load(rules).content["complaints"] == {}


@pytest.mark.parametrize(
    "text, words",
    [
        ("My loss ISN'T falling!", ("my", "loss", "is", "not", "falling")),
        ("doesn’t, cannot, can't", ("does", "not", "can", "not", "ca", "not")),
        ("loss=0.0, grad_norm: nan", ("loss", "0.0", "grad", "norm", "nan")),
        ("50 %...", ("50",)),
        ("потери растут", ("потери", "растут")),
        ("!?", ()),
    ],
)
def test_words_of_a_text(text, words):
    """Words are told without case and punctuation, a number as one word, a short "not" as the long
    one.
    """
    assert worded(text) == words
