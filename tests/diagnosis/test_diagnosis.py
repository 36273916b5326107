"""What a diagnosis tells: verdict, why, what if, what next, what is left unexplained."""

from __future__ import annotations

import json

import jsonschema
import pytest

from mldx import Diagnosis, Symptoms, __version__, diagnose
from mldx.errors import InputError, RulesError
from mldx.knowledge import load
from mldx.provenance import Source
from mldx.symptoms import Observation

OVERFIT = {
    "train_loss_flat": False,
    "loss_shape": "falling",
    "generalization_gap": 3.0,
    "val_loss_turns_up": 0.3,
}
KEYS = {
    "mldx",
    "knowledge",
    "verdict",
    "healthy",
    "syndromes",
    "causes",
    "actions",
    "open_questions",
    "path",
    "conflicts",
    "unexplained",
}
CALM = ("usual: {strong: 10, none: 90}", "usual: {strong: 60, none: 40}")


def test_a_fault_above_the_line_is_faulty(small):
    """Apple at 1.2 of 1.702, and healthy at 0.03 of it."""
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), small)

    assert (diagnosis.verdict, diagnosis.causes[0].id) == ("faulty", "apple")
    assert diagnosis.causes[0].probability == pytest.approx(1.2 / 1.702)
    assert diagnosis.healthy == pytest.approx(0.03 / 1.702)


@pytest.mark.parametrize("answers", [{}, {"learning_rate": 0.5}, {"worst_class_recall": 0.9}])
def test_little_seen_is_undecided(small, answers):
    """What hardly speaks for anything decides nothing."""
    assert diagnose(Symptoms.of(**answers), small).verdict == "undecided"


def test_healthy_once_it_is_likely_and_validation_was_judged(write_rules):
    """A recall that is 99 to 40 for a healthy run, and a loss that is not flat."""
    rules = write_rules(CALM)
    diagnosis = diagnose(Symptoms.of(train_loss_flat=False, worst_class_recall=0.9), rules)

    assert (diagnosis.verdict, diagnosis.healthy > 0.5) == ("healthy", True)


def test_a_training_curve_alone_is_never_healthy(write_rules):
    """The same evidence about training leaves validation unjudged."""
    rules = write_rules(
        ("  usual: 5\n  with:\n    healthy: 0.5", "  usual: 80\n  with:\n    healthy: 0.5")
    )
    diagnosis = diagnose(Symptoms.of(train_loss_flat=False), rules)

    assert (diagnosis.healthy > 0.5, diagnosis.verdict) == (True, "undecided")


def test_a_benign_cause_is_not_a_fault(write_rules):
    """What is a fact to know does not make a run faulty."""
    rules = write_rules(("The fault apple", "The fault apple\n  benign: true"))
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), rules)

    assert (diagnosis.causes[0].benign, diagnosis.verdict) == (True, "undecided")


def test_the_reporting_line_is_a_number_of_the_rules(write_rules):
    """Where only the nearly sure is reported and healthy is not excluded, nothing is decided."""
    rules = write_rules(
        ("reporting_line: {value: 0.2", "reporting_line: {value: 0.99"),
        ("ill_line: {value: 0.05", "ill_line: {value: 0.001"),
    )

    assert diagnose(Symptoms.of(train_loss_flat=True), rules).verdict == "undecided"


def test_rules_without_a_number_are_refused(write_rules):
    """A number that a diagnosis needs is missed when the rules are loaded."""
    with pytest.raises(RulesError, match=r"`diagnosis.ill_line` is missing"):
        write_rules(("  ill_line: {value: 0.05, unit: probability, source: own}\n", ""))


def test_the_smallest_change_is_told(small):
    """Had the loss not been flat, banana (7 dB by its recall) would be on top instead of apple."""
    seen = Symptoms.of(train_loss_flat=True, worst_class_recall=0.2)
    [change] = diagnose(seen, small).what_if()

    assert (change.symptom, change.saw, change.instead, change.top) == (
        "train_loss_flat",
        True,
        False,
        "banana",
    )


def test_why_tells_of_a_listed_cause():
    """Of a listed cause `why` tells what the ranking tells."""
    diagnosis = diagnose(Symptoms.of(**OVERFIT))

    assert diagnosis.why(diagnosis.causes[0].id) == diagnosis.causes[0]


def test_why_tells_of_an_unlisted_cause(small):
    """Of a cause that nothing supports `why` tells what was expected and absent, and what is not
    known.
    """
    told = diagnose(Symptoms.of(train_loss_flat=False), small).why("apple")

    assert [(one.symptom, one.db, one.saw) for one in told.absent] == [
        ("train_loss_flat", 10, False)
    ]
    assert [(one.symptom, one.db) for one in told.unknown] == [
        ("loss_shape", 6),
        ("loss_oscillation", 10),
    ]


@pytest.mark.parametrize("id, help", [("label_nose", "write `label_noise`"), ("healthy", "")])
def test_why_refuses_what_is_not_a_cause(id, help):
    """An id without a card is refused, with the nearest one; healthy has none."""
    with pytest.raises(InputError) as caught:
        diagnose(Symptoms.of()).why(id)

    assert help in caught.value.faults[0].help


def test_an_alarming_observation_that_no_cause_explains(write_rules):
    """10 dB against healthy, and no cause that it speaks for: unexplained."""
    rules = write_rules(("    apple:   50\n    cherry:  0.5\n", "    cherry:  0.5\n"))
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), rules)

    assert [(one.symptom, one.saw) for one in diagnosis.unexplained] == [("train_loss_flat", True)]


def test_what_a_likely_cause_explains_is_explained(small):
    """A flat loss that a likely cause explains is not left over."""
    assert diagnose(Symptoms.of(train_loss_flat=True), small).unexplained == ()


def measured(**values: object) -> Symptoms:
    """Symptoms that were measured."""
    return Symptoms.gather(
        [Observation(id, value) for id, value in values.items()], Source.MEASURED
    )


def test_a_disagreement_is_reported():
    """A person says the loss falls, the log says it is flat."""
    [conflict] = diagnose(Symptoms.of(loss_shape="falling") | measured(loss_shape="flat")).conflicts

    assert conflict.symptom == "loss_shape"
    assert {conflict.kept, conflict.dropped} == {"flat", "falling"}


@pytest.mark.parametrize("answer, agrees", [("strong", True), (0.3, True), (0.9, False)])
def test_numbers_of_one_answer_are_not_a_conflict(small, answer, agrees):
    """Recalls of 0.2 and 0.3 are one answer, and so is its word; 0.9 is another."""
    seen = Symptoms.of(worst_class_recall=answer) | measured(worst_class_recall=0.2)

    assert (diagnose(seen, small).conflicts == ()) is agrees


def test_open_questions_say_what_they_distinguish(small):
    """A question names the causes that its answers speak of, and how many bits that is worth."""
    [flat] = [
        one
        for one in diagnose(Symptoms.of(), small).open_questions
        if one.symptom == "train_loss_flat"
    ]

    assert set(flat.separates) == {"apple", "cherry"} and flat.gain > 0


def test_questions_come_by_worth_a_minute():
    """What settles most a minute is asked first."""
    worths = [
        round(one.gain / one.minutes, 9)
        for one in diagnose(Symptoms.of(train_loss_flat=True)).open_questions
    ]

    assert worths == sorted(worths, reverse=True)


def test_a_cheap_test_comes_before_a_dear_one(small):
    """Two causes of one probability: the test of a minute is worth more a minute than that of
    fifty.
    """
    diagnosis = diagnose(Symptoms.of(loss_oscillation=True), small)
    about = [action.about for action in diagnosis.actions if action.kind == "test"]

    assert about.index("apple") < about.index("elder")


def test_the_fix_of_a_likely_cause_is_there_with_its_minutes(small):
    """Its card says what to do; the gain is the probability that it repairs the run."""
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), small)
    [fix] = [action for action in diagnosis.actions if action.kind == "fix"]

    assert (fix.about, fix.do) == ("apple", "Mend it.")
    assert 0 < fix.gain <= diagnosis.causes[0].probability


@pytest.mark.parametrize(
    "source, word", [(Source.PROBED, "confirmed"), (Source.ANSWERED, "likely")]
)
def test_only_a_probe_or_the_fault_itself_confirms(write_rules, source, word):
    """At 100 to 1 what a probe saw is confirmed, what a person said is likely."""
    rules = write_rules(("    banana: 50\n    elder:  50\n", ""))
    seen = Symptoms.gather(
        [Observation("train_loss_flat", True), Observation("loss_oscillation", True)], source
    )

    assert diagnose(seen, rules).why("apple").confidence == word


def test_a_refuted_cause_raises_fewer_questions(write_rules):
    """A question about a cause settles less once the cause was refuted."""
    rules = write_rules(("    banana: 50\n", "    banana: 99.9\n"))
    before, after = (
        next(
            one.gain
            for one in diagnose(seen, rules).open_questions
            if one.symptom == "worst_class_recall"
        )
        for seen in (Symptoms.of(), Symptoms.of(loss_oscillation=False))
    )

    assert after < before


def test_json_holds_the_keys_of_the_design():
    """The keys that other programs read are there, and the version of tool and rules."""
    told = json.loads(diagnose(Symptoms.of(**OVERFIT)).model_dump_json())

    assert KEYS - told.keys() == set()
    assert (told["mldx"], told["knowledge"]) == (__version__, load().version)
    assert {"id", "title", "stage", "probability", "evidence"} <= set(told["causes"][0])


@pytest.mark.parametrize("answers", [{}, OVERFIT, {"loss_nonfinite": "early"}])
def test_json_keeps_to_its_schema(answers):
    """What is written is what the exported schema promises."""
    schema = Diagnosis.model_json_schema(mode="serialization")

    jsonschema.validate(json.loads(diagnose(Symptoms.of(**answers)).model_dump_json()), schema)
