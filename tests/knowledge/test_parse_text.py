"""What a person types, brought to ids and values."""

import pytest

from mldx.knowledge import load
from mldx.knowledge.parse_text import is_unknown, parse_number, parse_text, symptom_id


@pytest.mark.parametrize(
    "text, number",
    [
        ("5k", 5000), ("5 K", 5000), ("1.2M", 1_200_000), ("5,000", 5000), ("1,234,567", 1_234_567),
        ("5 000", 5000), ("5_000", 5000), ("1e-3", 0.001), ("3E-4", 0.0003), (".5", 0.5),
        ("0,5", 0.5), ("~500", 500), ("-2", -2), ("0,500", 0.5),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(text, number):
    """Thousands, powers of ten, decimal commas and round figures are numbers."""
    assert parse_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "k", "five", "5kk", "1,2,3", "5 apples", "²"])
def test_what_is_not_a_number_is_none(text):
    """A text that is not one number is left alone."""
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text, id",
    [
        ("lr", "learning_rate"), ("LR", "learning_rate"), ("Learning rate", "learning_rate"),
        ("bs", "batch_size"), ("batch-size", "batch_size"), ("loss", "loss_fn"),
        ("classes", "n_classes"), ("loss shape", "loss_shape"), ("loss_shape", "loss_shape"),
        ("no_such_thing", "no_such_thing"),
    ],
)  # fmt: skip
def test_a_fact_has_the_names_that_people_use(text, id):
    """Other names and spellings lead to the id; what leads nowhere stays as typed."""
    assert symptom_id(text, load()) == id


@pytest.mark.parametrize(
    "id, text, value",
    [
        ("train_size", "5k", 5000), ("train_size", "5,000", 5000), ("learning_rate", "1e-3", 0.001),
        ("bad_label_fraction", "41 %", 0.41), ("class_counts", "[900, 100]", [900, 100]),
        ("inputs_range", "0..255", [0, 255]), ("inputs_range", "-1 to 1", [-1, 1]),
        ("batchnorm", "y", True), ("loss_shape", "falls then flat", "falls_then_flat"),
        ("optimizer", "Adam(lr=3e-4)", "Adam(lr=3e-4)"),
    ],
)  # fmt: skip
def test_a_text_becomes_the_value_it_stands_for(id, text, value):
    """The type of the symptom decides how a text is read."""
    assert parse_text(text, id, load()) == value


@pytest.mark.parametrize(
    "text",
    ["?", "skip", "n/a", "NA", "unknown", "dont know", "don't know", "Don’t know.", "idk"],
)  # fmt: skip
def test_not_knowing_has_many_words(text):
    """Whoever does not know need not know our word for it."""
    assert is_unknown(text)


def test_no_and_none_are_answers():
    """Whoever says "no" or "none" says something."""
    assert not is_unknown("no") and not is_unknown("none")
