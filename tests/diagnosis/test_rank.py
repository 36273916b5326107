"""Evidence on paper: odds times likelihood ratios, one item a family."""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose


def odds(symptoms: Symptoms, rules, cause: str) -> float:
    """The odds of a cause, listed or not."""
    share = diagnose(symptoms, rules).why(cause).probability
    return share / (1 - share)


def test_ten_decibans_on_even_odds(small):
    """10 dB multiply odds of 1 to 1 by ten: 10/11."""
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), small)

    assert diagnosis.causes[0].id == "apple"
    assert diagnosis.causes[0].probability == pytest.approx(10 / 11)


def test_independent_items_add(small):
    """Two items of 10 dB each are 100 to 1."""
    assert odds(
        Symptoms.of(train_loss_flat=True, loss_oscillation=True), small, "apple"
    ) == pytest.approx(100)


def test_restated_evidence_counts_once(small):
    """A flat loss that is told twice gives the stronger of its two items, 10 dB, and not 17."""
    assert odds(
        Symptoms.of(train_loss_flat=True, loss_shape="flat"), small, "apple"
    ) == pytest.approx(10)


def test_restated_evidence_counts_once_in_the_shipped_rules():
    """A loss that is called flat twice is one observation."""
    once = diagnose(Symptoms.of(loss_shape="flat"))
    twice = diagnose(Symptoms.of(loss_shape="flat", train_loss_flat=True))

    assert twice.causes[0].probability == once.causes[0].probability


def test_a_family_counts_its_strongest_on_each_side(small):
    """8 dB against and 10 dB for in one family leave 2 dB."""
    assert odds(
        Symptoms.of(train_loss_flat=True, loss_shape="flat"), small, "cherry"
    ) == pytest.approx(10 ** (2 / 10))


def test_the_prior_counts(small):
    """A prior of 0.2 is odds of 1 to 4; 10 dB bring them to 10 to 4."""
    assert odds(Symptoms.of(loss_oscillation=True), small, "banana") == pytest.approx(2.5)


def test_evidence_against_lowers(small):
    """5 dB against and 10 dB for leave even odds times 10^0.5."""
    assert odds(
        Symptoms.of(train_loss_flat=False, loss_oscillation=True), small, "apple"
    ) == pytest.approx(10**0.5)


def test_words_are_decibans(small):
    """Moderate is 5 dB."""
    assert odds(Symptoms.of(learning_rate=2.0, optimizer="sgd"), small, "elder") == pytest.approx(
        10**0.5
    )


def test_unknown_lowers_nothing(small):
    """A cause that other checks might have spoken for or against stands as if they did not
    exist.
    """
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), small)

    assert diagnosis.open_questions
    assert diagnosis.why("elder").probability == pytest.approx(0.5)


def test_no_is_not_unknown(small):
    """A loss that does not swing speaks against a cause; one nobody looked at does not."""
    unseen = Symptoms.of(learning_rate=2.0, optimizer="sgd")

    assert odds(unseen, small, "elder") == pytest.approx(10**0.5)
    assert odds(unseen | Symptoms.of(loss_oscillation=False), small, "elder") == pytest.approx(
        10**-0.3
    )


def test_a_cause_nothing_supports_is_not_listed(small):
    """Even odds, and nothing seen that speaks for it: not a suspect."""
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), small)

    assert [cause.id for cause in diagnosis.causes] == ["apple"]


def test_evidence_against_alone_lists_nothing(small):
    """What only speaks against a cause does not bring it up."""
    assert "elder" not in [
        cause.id for cause in diagnose(Symptoms.of(loss_oscillation=False), small).causes
    ]


def test_nothing_observed_lists_nothing():
    """Without any observation there is no suspect and no verdict."""
    diagnosis = diagnose(Symptoms.of())

    assert (diagnosis.causes, diagnosis.verdict, diagnosis.path) == ((), "undecided", ())


def test_ties_break_by_stage_then_id(small):
    """Even odds and 10 dB each: the earlier stage comes first."""
    diagnosis = diagnose(Symptoms.of(loss_oscillation=True, loss_shape="flat"), small)
    tied = [cause.id for cause in diagnosis.causes if cause.id in ("cherry", "elder")]

    assert tied == ["cherry", "elder"]


def test_a_root_is_named_before_its_consequence(small):
    """Damson leads to apple; at about half of apple's probability it is likely enough to be named
    first.
    """
    diagnosis = diagnose(Symptoms.of(loss_shape="flat"), small)
    ids = [cause.id for cause in diagnosis.causes]

    assert ids.index("damson") < ids.index("apple")
    assert (
        next(cause for cause in diagnosis.causes if cause.id == "apple").consequence_of == "damson"
    )


def test_an_unlikely_root_stays_behind(write_rules):
    """A root of a thousandth does not come before its consequence."""
    rules = write_rules(("weight: 100,", "weight: 1,"))
    ids = [cause.id for cause in diagnose(Symptoms.of(loss_shape="flat"), rules).causes]

    assert ids.index("apple") < ids.index("damson")


def test_healthy_is_a_hypothesis(small):
    """From a prior of 0.3, 5 dB for and 10 dB against are odds of 3/7 times 10^0.5 and times
    1/10.
    """
    calm, alarmed = (
        diagnose(Symptoms.of(train_loss_flat=flat), small).healthy for flat in (False, True)
    )

    assert calm / (1 - calm) == pytest.approx(3 / 7 * 10**0.5)
    assert alarmed / (1 - alarmed) == pytest.approx(3 / 70)


def test_healthy_is_no_cause(small):
    """Healthy is told beside the causes and never among them."""
    diagnosis = diagnose(Symptoms.of(train_loss_flat=False), small)

    assert "healthy" not in [cause.id for cause in diagnosis.causes]


def test_a_domain_multiplies_the_prior(write_rules):
    """A prior of 0.2 doubled in odds for vision: 1 to 2, and 10 dB make it 5."""
    rules = write_rules(
        (
            "prior: {weight: 200, basis: own judgement}",
            "prior: {weight: 200, basis: own judgement, domains: {vision: 2}}",
        )
    )

    assert odds(
        Symptoms.of(loss_oscillation=True, domain="images"), rules, "banana"
    ) == pytest.approx(5)


@pytest.mark.parametrize("domain, listed", [("vision", True), ("text", False), (None, True)])
def test_a_cause_applies_where_it_says(write_rules, domain, listed):
    """A cause of images is not listed for text; where the domain is not known it may be."""
    rules = write_rules(("The fault apple", "The fault apple\n  applies_to: {domain: [vision]}"))
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True, domain=domain), rules)

    assert ("apple" in [cause.id for cause in diagnosis.causes]) is listed


def test_what_was_not_counted_is_still_told(small):
    """Both items of a family are listed, and one of them counts."""
    evidence = (
        diagnose(Symptoms.of(train_loss_flat=True, loss_shape="flat"), small).why("apple").evidence
    )

    assert [(item.db, item.counted) for item in evidence] == [(10, True), (7, False)]


@pytest.mark.parametrize(
    "answers, verdict",
    [
        ({"train_loss_flat": True}, "faulty"),
        ({"train_loss_flat": False, "worst_class_recall": 0.9}, "healthy"),
        ({"train_loss_flat": False}, "undecided"),  # banana, at 0.28, is above the line of 0.2
        ({"learning_rate": 0.01}, "undecided"),
        ({}, "undecided"),
    ],
)
def test_the_verdict(small, answers, verdict):
    """A fault at 10/11 is faulty; calm with no fault above the line is healthy; else undecided."""
    assert diagnose(Symptoms.of(**answers), small).verdict == verdict


def test_a_benign_cause_is_no_fault(write_rules):
    """What is a fact to know and no fault does not make a run faulty."""
    rules = write_rules(("The fault apple", "The fault apple\n  benign: true"))
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), rules)

    assert (diagnosis.causes[0].benign, diagnosis.verdict) == (True, "undecided")
