"""Evidence on paper: odds times likelihood ratios, one item a family on each side, and the order of
the causes.

The five causes of the small rules have equal priors, so that the ratio of two probabilities is the
ratio of what was seen of them.
"""

from __future__ import annotations

import pytest

from mldx import Symptoms, diagnose
from mldx.diagnosis.rank import added, roots_first, supported
from mldx.knowledge import load
from tests.kit.rules import cause


def ratio(rules, one: str, other: str, **answers) -> float:
    """How many times likelier the first cause is than the second, listed or not."""
    diagnosis = diagnose(Symptoms.of(**answers), rules)
    return diagnosis.why(one).probability / diagnosis.why(other).probability


def ids(rules, **answers) -> list[str]:
    """The listed causes."""
    return [one.id for one in diagnose(Symptoms.of(**answers), rules).causes]


def test_ten_decibans_on_even_odds(small):
    """50 of 100 against 5 of 100 are 10 dB, and multiply odds of 1 to 1 by ten."""
    assert ratio(small, "apple", "elder", train_loss_flat=True) == pytest.approx(10)


def test_independent_items_add(small):
    """Two items of 10 dB each are 100 to 1."""
    seen = {"train_loss_flat": True, "loss_oscillation": True}

    assert ratio(small, "apple", "damson", **seen) == pytest.approx(100)


def test_restated_evidence_counts_once(small):
    """A flat loss that is told twice gives the stronger of its items, 10, and not 10 times 4."""
    seen = {"train_loss_flat": True, "loss_shape": "flat"}

    assert ratio(small, "apple", "elder", **seen) == pytest.approx(10)


def test_a_family_counts_its_strongest_on_each_side(small):
    """A tenth against and eight times for in one family leave 0.8."""
    seen = {"train_loss_flat": True, "loss_shape": "flat"}

    assert ratio(small, "cherry", "elder", **seen) == pytest.approx(0.8)


def test_what_an_item_adds_to_its_family():
    """Beside 7 dB for and 3 against, 10 dB add 3, 5 dB nothing, and 8 dB against add 5."""
    assert [added(db, 7.0, -3.0) for db in (10.0, 5.0, -2.0, -8.0)] == [3.0, 0.0, 0.0, -5.0]


def test_a_rounding_of_the_rows_supports_nothing():
    """Less than half a deciban speaks for nothing."""
    assert [supported({"one": (db, -9.0)}) for db in (0.49, 0.5)] == [False, True]


def test_the_prior_counts(write_rules):
    """A cause that is twice as common is twice as likely on the same evidence."""
    rules = write_rules((cause("banana", "apple"), cause("banana", "apple", weight=100)))

    assert ratio(rules, "banana", "elder", loss_oscillation=True) == pytest.approx(2)


def test_a_domain_multiplies_the_prior(write_rules):
    """Twice as common in vision: 2 to 1 there, and 1 to 1 elsewhere."""
    card = cause("banana", "apple")
    rules = write_rules((card, card.replace("weight: 50,", "weight: 50, domains: {vision: 2},")))

    vision, text = (
        ratio(rules, "banana", "elder", loss_oscillation=True, domain=domain)
        for domain in ("images", "text")
    )
    assert (vision, text) == (pytest.approx(2), pytest.approx(1))


@pytest.mark.parametrize("domain", ["vision", "text", None])
def test_the_priors_of_a_field_add_up_to_one(write_rules, domain):
    """Where a cause cannot apply the others share what is left."""
    rules = write_rules(("The fault apple", "The fault apple\n  applies_to: {domain: [vision]}"))
    priors = rules.priors({"domain": domain} if domain else {})

    assert sum(priors.values()) == pytest.approx(1)
    assert (priors["healthy"], priors["something_else"]) == (0.3, 0.1)
    assert ("apple" in priors) is (domain != "text")


@pytest.mark.parametrize("domain, listed", [("vision", True), ("text", False), (None, True)])
def test_a_cause_applies_where_it_says(write_rules, domain, listed):
    """A cause of images is not listed for text; where the domain is not known it may be."""
    rules = write_rules(("The fault apple", "The fault apple\n  applies_to: {domain: [vision]}"))

    assert ("apple" in ids(rules, train_loss_flat=True, domain=domain)) is listed


@pytest.mark.parametrize("domain, listed", [("vision", False), ("text", True), (None, True)])
def test_a_cause_is_not_named_where_it_says_not(write_rules, domain, listed):
    """A cause that is not one of images is not listed for them."""
    rules = write_rules(("The fault apple", "The fault apple\n  not_for: {domain: [vision]}"))

    assert ("apple" in ids(rules, train_loss_flat=True, domain=domain)) is listed


def test_unknown_lowers_nothing(small):
    """A cause that other checks might have spoken for stands as if they did not exist."""
    assert ratio(small, "elder", "damson", train_loss_flat=True) == pytest.approx(1)


def test_no_is_not_unknown(small):
    """A loss that does not swing speaks against a cause, by 50 to 95; one nobody looked at does
    not.
    """
    assert ratio(small, "elder", "damson", loss_oscillation=False) == pytest.approx(50 / 95)


def test_a_cause_nothing_supports_is_not_listed(small):
    """As common as the others, and nothing seen that speaks for it: not a suspect."""
    assert ids(small, train_loss_flat=True) == ["apple"]


def test_evidence_against_alone_lists_nothing(small):
    """What only speaks against a cause does not bring it up."""
    assert ids(small, loss_oscillation=False) == []


def test_nothing_observed_lists_nothing():
    """Without any observation there is no suspect and no verdict."""
    diagnosis = diagnose(Symptoms.of())

    assert (diagnosis.causes, diagnosis.verdict, diagnosis.path) == ((), "undecided", ())


def test_ties_break_by_stage_then_id(small):
    """Three causes at 10 dB each: the earlier stage comes first, and in one stage the alphabet."""
    assert ids(small, loss_oscillation=True) == ["apple", "banana", "elder"]


def test_a_root_is_named_before_its_consequence(small):
    """Damson leads to apple and is as likely: it is named first, and apple as its consequence."""
    causes = diagnose(Symptoms.of(loss_shape="flat"), small).causes

    assert [one.id for one in causes] == ["cherry", "damson", "apple"]
    assert [one.consequence_of for one in causes] == [None, None, "damson"]


def test_an_unlikely_root_stays_behind(write_rules):
    """A root of a fiftieth does not come before its consequence."""
    damson = {"leads_to": "apple"}
    rare = cause("damson", "apple", weight=1, **damson)
    rules = write_rules((cause("damson", "apple", **damson), rare))

    assert ids(rules, loss_shape="flat") == ["cherry", "apple", "damson"]


def test_of_two_equal_roots_the_earlier_stage_leads():
    """A tie between roots breaks as every other tie: by stage, then id."""
    rules = load()
    consequence, roots = next(
        (id, roots)
        for id, roots in rules.roots.items()
        if len({rules.order[root][0] for root in roots}) > 1
    )
    first = min(roots, key=lambda id: rules.order[id])

    _, root_of = roots_first([(id, 0.0) for id in (consequence, *roots)], rules)

    assert root_of[consequence] == first


def test_healthy_is_a_hypothesis(small):
    """A flat loss is ten times rarer in healthy runs than usual: the odds against what nobody
    explains fall from 3 to 1 to 3 to 10.
    """
    inference = diagnose(Symptoms.of(train_loss_flat=True), small)._inference
    hypotheses = inference.posterior.hypotheses

    assert hypotheses["healthy",] / hypotheses["something_else",] == pytest.approx(0.3)


def test_healthy_is_not_a_cause(small):
    """Healthy is told beside the causes and never among them."""
    assert "healthy" not in ids(small, train_loss_flat=False, worst_class_recall=0.9)


def test_what_was_not_counted_is_still_told(small):
    """Both items of a family are listed, and one of them counts."""
    told = diagnose(Symptoms.of(train_loss_flat=True, loss_shape="flat"), small).why("apple")

    assert [(item.db, item.counted) for item in told.evidence] == [(10, True), (6, False)]


def test_near_a_border_the_evidence_lies_between(small):
    """At the very border each answer counts half: 7 dB of 50 against 10, -2.6 of 50 against 90."""
    [step] = diagnose(Symptoms.of(worst_class_recall=0.5), small).path
    far = diagnose(Symptoms.of(worst_class_recall=0.2), small).path[0].points_to["banana"]

    assert step.points_to["banana"] == pytest.approx((7 - 2.6) / 2, abs=0.05)
    assert far == 7
