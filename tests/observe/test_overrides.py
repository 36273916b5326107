"""A person's word against the curves: it stands where the record says so, and both are told."""

import pytest

from mldx.observe import of_run
from mldx.readers.record import of_mapping

FALLING = {"train_loss": [2.3, 1.6, 1.1, 0.8, 0.6, 0.5]}


def seen(answers, overruled=(), setup=None):
    """What is observed of a falling loss with these answers."""
    record = {
        "history": FALLING,
        "setup": setup or {},
        "answers": answers,
        "overruled": list(overruled),
    }
    return of_run(of_mapping(record, "record"))


def test_curve_comes_before_an_answer():
    """Without more words, what the curve shows stands against an answer."""
    assert seen({"loss_shape": "flat"}).observed["loss_shape"] == "falling"


def test_word_stands_where_the_record_says_so():
    """An overruled measurement gives way to the answer, and the conflict names both sides once."""
    symptoms = seen({"loss_shape": "flat"}, ["loss_shape"])
    (conflict,) = symptoms.conflicts

    assert symptoms.observed["loss_shape"] == "flat"
    assert (conflict.kept, conflict.kept_by.source) == ("flat", "answered")
    assert (conflict.dropped, conflict.dropped_by.source) == ("falling", "measured")


def test_agreement_is_no_conflict():
    """An answer that says what was measured overrules nothing."""
    assert seen({"loss_shape": "falling"}, ["loss_shape"]).conflicts == ()


def test_only_the_listed_answers_overrule():
    """Of two answers against the curve, the one that is not listed gives way."""
    symptoms = seen({"loss_shape": "flat", "train_loss_flat": True}, ["loss_shape"])

    assert (symptoms.observed["loss_shape"], symptoms.observed["train_loss_flat"]) == (
        "flat",
        False,
    )


@pytest.mark.parametrize(
    "overruled, pair", [([], "double_softmax"), (["output_loss_pair"], "standard")]
)
def test_what_the_setup_shows_is_overruled_too(overruled, pair):
    """A symptom that follows from the setup gives way as one of the curves does."""
    setup = {"task": "multiclass", "loss_fn": "nn.CrossEntropyLoss", "output_activation": "softmax"}

    assert (
        seen({"output_loss_pair": "standard"}, overruled, setup).observed["output_loss_pair"]
        == pair
    )
