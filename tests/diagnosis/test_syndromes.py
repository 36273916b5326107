"""What a run shows: facts, each in one sentence with its figures."""

from __future__ import annotations

from mldx import Symptoms, diagnose
from mldx.provenance import Source
from mldx.symptoms import Observation


def shown(rules, **answers):
    """The syndromes of these answers, by id."""
    return {one.id: one for one in diagnose(Symptoms.of(**answers), rules).syndromes}


def test_nothing_seen_shows_nothing(small):
    """A syndrome holds only by what was observed."""
    assert shown(small) == {}


def test_one_sign_is_enough(small):
    """Signs are alternatives."""
    assert list(shown(small, loss_shape="flat")) == ["stuck"]
    assert list(shown(small, train_loss_flat=True)) == ["stuck"]


def test_a_no_is_not_a_sign(small):
    """What was seen otherwise, or not seen, is not a sign."""
    assert shown(small, train_loss_flat=False, loss_shape="falling") == {}


def test_the_first_sign_that_holds_is_named(small):
    """The surest sign comes first in the card, and is the one that is told."""
    both = shown(small, loss_oscillation=True, train_loss_flat=False)
    one = shown(small, loss_oscillation=True)

    assert both["swings"].signs == ("loss_oscillation", "train_loss_flat")
    assert one["swings"].signs == ("loss_oscillation",)


def test_what_another_says_more_exactly_is_left_out(small):
    """A loss that swings is not also said to rest."""
    assert list(shown(small, loss_shape="flat", loss_oscillation=True)) == ["swings"]


def test_the_figures_complete_the_sentence(small):
    """The sentence says what was seen, and where."""
    seen = Symptoms.gather(
        [Observation("train_loss_flat", True, "2.30 from first to last", at=9)], Source.MEASURED
    )
    [stuck] = diagnose(seen, small).syndromes

    assert (stuck.sentence, stuck.at) == ("It rests: 2.30 from first to last.", 9)


def test_without_figures_the_sentence_stands_alone(small):
    """A person's answer has no figure: the card says what is seen."""
    assert shown(small, loss_shape="flat")["stuck"].sentence == "It rests: the loss rests."


def test_they_stand_in_the_order_of_the_file(write_rules):
    """Where several hold, the file says which comes first."""
    rules = write_rules(("  unless: [swings]\n", ""))

    assert list(shown(rules, loss_shape="flat", loss_oscillation=True)) == ["swings", "stuck"]


def test_a_reading_in_doubt_has_a_degree(small):
    """A loss that is flat by two thirds shows so, to that degree; by one third it does not."""
    likely = Symptoms.gather([flat(0.67)], Source.MEASURED)
    unlikely = Symptoms.gather([flat(0.33)], Source.MEASURED)

    assert [one.degree for one in diagnose(likely, small).syndromes] == [0.67]
    assert diagnose(unlikely, small).syndromes == ()


def flat(share: float) -> Observation:
    """A loss that may be flat."""
    shares = ((True, share), (False, 1 - share))
    return Observation("train_loss_flat", share > 0.5, basis="shape", shares=shares)
