"""What a diagnosis tells: why, what if, what next, what is left unexplained."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx import Symptoms, __version__, diagnose
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.provenance import Source
from mldx.symptoms import LEVELS, Observation
from mldx.symptoms.model import SPECS

OVERFIT = {
    "train_loss_flat": False,
    "loss_shape": "falling",
    "generalization_gap": "strong",
    "val_loss_turns_up": 0.3,
}
KEYS = [
    "mldx",
    "knowledge",
    "verdict",
    "causes",
    "actions",
    "open_questions",
    "path",
    "conflicts",
    "unexplained",
]
LEVELLED = load().content["levels"]
IDS = [
    id
    for id, spec in SPECS.items()
    if spec.kind != "fact" and (spec.kind != "number" or id in LEVELLED)
]


def _value(id: str) -> st.SearchStrategy:
    spec = SPECS[id]
    if spec.kind == "flag":
        return st.booleans()
    return (
        st.sampled_from(spec.words)
        if spec.kind == "choice"
        else st.sampled_from([*LEVELS, *spec.words]) | st.floats(spec.low, spec.high)
    )


ANSWERS = st.lists(st.sampled_from(IDS), max_size=10, unique=True).flatmap(
    lambda ids: st.fixed_dictionaries({id: _value(id) for id in ids})
)
WORDS = load().content["vocabulary"]
FACTS = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.sampled_from(sorted(WORDS[key])) for key in WORDS},
        "n_classes": st.integers(1, 1000),
        "learning_rate": st.floats(0, 100),
        "batch_size": st.integers(1, 10_000),
        "train_size": st.integers(0, 10**7),
        "val_size": st.integers(0, 10**6),
        "class_counts": st.lists(st.integers(0, 10**6), max_size=4),
        "inputs_range": st.tuples(st.floats(-1e6, 0), st.floats(0, 1e6)),
        "pretrained": st.booleans() | st.just("bert"),
        "batchnorm": st.booleans(),
        "dropout": st.booleans() | st.floats(0, 0.99),
        "gradient_clipping": st.booleans() | st.floats(0, 10),
        "shuffle": st.booleans(),
    },
)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_any_answers_are_diagnosed(answers, facts):
    """Whatever a person may answer, there is a diagnosis, and every probability lies in 0..1."""
    diagnosis = diagnose(Symptoms.of(**answers, **facts))

    assert (
        all(0 <= one.probability <= 1 for one in diagnosis.causes) and 0 <= diagnosis.healthy <= 1
    )


@settings(max_examples=30, deadline=None)
@given(ANSWERS, FACTS)
def test_the_same_answers_give_the_same_bytes(answers, facts):
    """A diagnosis is a function of symptoms and rules, to the byte; in which order one answered is
    nothing to it.
    """
    backwards = dict(reversed([*answers.items(), *facts.items()]))

    assert (
        diagnose(Symptoms.of(**answers, **facts)).model_dump_json()
        == diagnose(Symptoms.of(**backwards)).model_dump_json()
    )


@settings(max_examples=30, deadline=None)
@given(ANSWERS, FACTS)
def test_what_went_through_json_is_diagnosed_alike(answers, facts):
    """Symptoms that were stored and read back give the same diagnosis."""
    symptoms = Symptoms.of(**answers, **facts)

    assert (
        diagnose(Symptoms.model_validate_json(symptoms.model_dump_json())).model_dump_json()
        == diagnose(symptoms).model_dump_json()
    )


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_the_path_is_a_path(answers, facts):
    """Each step stands at a start of the graph, or an edge of an earlier step or of an open check
    leads to it.
    """
    rules = load()
    diagnosis = diagnose(Symptoms.of(**answers, **facts))
    starts = {rules.compiled.checks[number].id for number in rules.compiled.start}
    led = starts | {end for step in diagnosis.path for end in step.leads_to}
    passed = {end for _, end, branch in rules.graph.edges(data="branch") if branch == "unknown"}

    assert all(step.check in led | passed for step in diagnosis.path)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_every_listed_cause_is_supported(answers, facts):
    """Each cause that is named has something observed that speaks for it, and its odds are prior
    and counted evidence.
    """
    for cause in diagnose(Symptoms.of(**answers, **facts)).causes:
        assert any(item.db > 0 and item.counted for item in cause.evidence)


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_no_observed_symptom_is_asked(answers, facts):
    """What is known is no open question."""
    diagnosis = diagnose(Symptoms.of(**answers, **facts))

    assert not {one.symptom for one in diagnosis.open_questions} & set(diagnosis.symptoms.observed)


@settings(max_examples=40, deadline=None)
@given(ANSWERS)
def test_actions_are_ordered_by_worth(answers):
    """After the fix of a likely leader, what is worth most a minute comes first; and everything
    takes some minutes.
    """
    diagnosis = diagnose(Symptoms.of(**answers))
    actions = diagnosis.actions
    faults = [cause for cause in diagnosis.causes if not cause.benign]
    if any(cause.probability >= 0.5 for cause in faults):
        actions = actions[1:]
    worths = [round(action.worth, 9) for action in actions]

    assert worths == sorted(worths, reverse=True) and all(
        action.minutes > 0 and action.gain >= 0 for action in actions
    )


@settings(max_examples=40, deadline=None)
@given(ANSWERS, FACTS)
def test_a_named_root_stands_before_its_consequence(answers, facts):
    """Where a cause is told as a consequence, its root is listed above it."""
    causes = diagnose(Symptoms.of(**answers, **facts)).causes
    ids = [cause.id for cause in causes]

    assert all(
        ids.index(one.consequence_of) < ids.index(one.id) for one in causes if one.consequence_of
    )


@settings(max_examples=15, deadline=None)
@given(ANSWERS)
def test_answering_what_is_asked_never_raises(answers):
    """A person may answer question after question."""
    given = dict(answers)
    for _ in range(6):
        asked = [
            one.symptom
            for one in diagnose(Symptoms.of(**given)).open_questions
            if one.symptom in IDS
        ]
        if not asked:
            break
        spec = SPECS[asked[0]]
        given[spec.id] = {
            "flag": True,
            "choice": spec.words[-1] if spec.words else None,
            "number": "strong",
        }[spec.kind]

    assert diagnose(Symptoms.of(**given)).verdict


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True).flatmap(
        lambda ids: st.fixed_dictionaries({id: _value(id) for id in ids})
    )
)
def test_a_change_really_puts_its_cause_on_top(answers):
    """What is told to put another cause on top does so, with the probability that was told."""
    diagnosis = diagnose(Symptoms.of(**answers))

    for change in diagnosis.what_if():
        leader = diagnose(Symptoms.of(**{**answers, change.symptom: change.instead})).causes[0]
        assert (leader.id, leader.probability) == (change.top, pytest.approx(change.probability))


def test_the_smallest_change_is_told(small):
    """Had the loss not been flat, banana (1 to 4 and 2 dB) would be on top instead of apple."""
    [change] = diagnose(Symptoms.of(train_loss_flat=True), small).what_if()

    assert (change.symptom, change.saw, change.instead, change.top) == (
        "train_loss_flat",
        True,
        False,
        "banana",
    )


@pytest.mark.parametrize("level", LEVELS)
def test_every_number_takes_a_level_to_its_diagnosis(level):
    """Whatever a number is asked of may be answered with a level."""
    rest = [id for id, spec in SPECS.items() if spec.kind == "number" and id not in LEVELLED]

    assert all(diagnose(Symptoms.of(**{id: level})) for id in ["generalization_gap", *rest])


def test_why_tells_of_a_listed_cause():
    """Of a listed cause `why` tells what the ranking tells."""
    diagnosis = diagnose(Symptoms.of(**OVERFIT))

    assert diagnosis.why(diagnosis.causes[0].id) == diagnosis.causes[0]


def test_why_tells_of_an_unlisted_cause(small):
    """Of a cause that nothing supports `why` tells what was expected and absent."""
    told = diagnose(Symptoms.of(train_loss_flat=False), small).why("apple")

    assert [(one.symptom, one.db, one.saw) for one in told.absent] == [
        ("train_loss_flat", 10, False)
    ]
    assert [(one.symptom, one.db) for one in told.unknown] == [
        ("loss_shape", 7),
        ("loss_oscillation", 10),
    ]


def test_an_unlisted_cause_carries_the_evidence_against_it(small):
    """What was seen against an unlisted cause lowers the probability that `why` tells: 5 dB against
    even odds.
    """
    share = diagnose(Symptoms.of(train_loss_flat=False), small).why("apple").probability

    assert share / (1 - share) == pytest.approx(10**-0.5)


def test_why_refuses_an_unknown_cause():
    """An id that is no cause is refused, with the nearest one."""
    with pytest.raises(InputError) as caught:
        diagnose(Symptoms.of()).why("label_nose")

    assert caught.value.faults[0].help == "write `label_noise`"


def test_why_of_healthy_is_refused():
    """Healthy is no cause with a card."""
    with pytest.raises(InputError):
        diagnose(Symptoms.of()).why("healthy")


def test_an_alarming_observation_that_no_cause_explains(write_rules):
    """10 dB against healthy, and no cause that it speaks for: unexplained."""
    rules = write_rules(
        (
            "points_to: {apple: 10, cherry: against, healthy: -10}",
            "points_to: {cherry: against, healthy: -10}",
        )
    )
    diagnosis = diagnose(Symptoms.of(train_loss_flat=True), rules)

    assert [(one.symptom, one.saw) for one in diagnosis.unexplained] == [("train_loss_flat", True)]


def test_what_a_likely_cause_explains_is_explained(small):
    """A flat loss that a cause at 10/11 explains is not left over."""
    assert diagnose(Symptoms.of(train_loss_flat=True), small).unexplained == ()


def measured(**values: object) -> Symptoms:
    """Symptoms that were measured."""
    return Symptoms.gather(
        [Observation(id, value) for id, value in values.items()], Source.MEASURED
    )


def test_a_disagreement_is_reported():
    """A person says the loss falls, the log says it is flat."""
    [conflict] = diagnose(Symptoms.of(loss_shape="falling") | measured(loss_shape="flat")).conflicts

    assert (conflict.symptom, conflict.kept, conflict.dropped) == ("loss_shape", "flat", "falling")


@pytest.mark.parametrize(
    "answer, agrees", [("strong", True), (2.5, True), ("mild", False), (0.2, False)]
)
def test_numbers_of_one_level_are_no_conflict(answer, agrees):
    """A gap of 4 is strong, as are 2.5 and the word; mild and 0.2 are not."""
    diagnosis = diagnose(Symptoms.of(generalization_gap=answer) | measured(generalization_gap=4.0))

    assert (diagnosis.conflicts == ()) is agrees


def test_open_questions_say_what_they_part(small):
    """A question names the causes it would separate, and how many bits that is worth."""
    [first, *_] = [
        one
        for one in diagnose(Symptoms.of(), small).open_questions
        if one.symptom == "train_loss_flat"
    ]

    assert set(first.separates) == {"apple", "banana", "cherry"} and first.gain > 0


def test_questions_come_by_worth_a_minute():
    """What settles most a minute is asked first."""
    worths = [
        one.gain / one.minutes for one in diagnose(Symptoms.of(train_loss_flat=True)).open_questions
    ]

    assert worths == sorted(worths, reverse=True)


def test_a_cheap_test_comes_before_a_dear_one(small):
    """Two causes of one probability: the test of a minute is worth more a minute than that of
    fifty.
    """
    diagnosis = diagnose(Symptoms.of(loss_oscillation=True), small)
    about = [action.about for action in diagnosis.actions if action.kind == "test"]

    assert about.index("apple") < about.index("elder")


def test_a_fix_is_worth_its_probability(small):
    """Ten minutes for 10/11 are 1/11 a minute."""
    [fix] = [
        action
        for action in diagnose(Symptoms.of(train_loss_flat=True), small).actions
        if action.kind == "fix"
    ]

    assert (fix.about, fix.minutes, fix.worth) == ("apple", 10, pytest.approx(1 / 11))


def test_json_holds_the_keys_of_the_design():
    """The keys that other programs read are there, and the version of tool and rules."""
    told = json.loads(diagnose(Symptoms.of(**OVERFIT)).model_dump_json())

    assert [key for key in KEYS if key not in told] == []
    assert (told["mldx"], told["knowledge"]) == (__version__, load().version)
    assert {"id", "title", "stage", "probability", "evidence"} <= set(told["causes"][0])


def test_the_verdict_is_one_of_three():
    """Faulty, healthy or undecided."""
    assert diagnose(Symptoms.of(**OVERFIT)).verdict in ("faulty", "healthy", "undecided")


@pytest.mark.parametrize(
    "answers, cause",
    [
        ({"output_loss_pair": "double_softmax"}, "double_softmax"),
        ({"input_scale_class": "huge"}, "wrong_normalization"),
        ({"bad_label_fraction": 0.25}, "label_noise"),
        ({"group_overlap": 0.5}, "group_leak"),
        ({"dead_relu_fraction": 0.9}, "dead_relu"),
        ({"learning_rate_off_schedule": "zero"}, "learning_rate_schedule_wrong"),
        ({"resample_before_split": True}, "resample_leak"),
        ({"class_imbalance_ratio": 100.0, "worst_class_recall": 0.0}, "class_imbalance"),
        ({"input_nonfinite": 0.01, "loss_nonfinite": "early"}, "nonfinite_input"),
    ],
)
def test_what_sees_the_fault_itself_names_it(answers, cause):
    """An observation of the fault itself makes it the likeliest."""
    causes = diagnose(Symptoms.of(**answers)).causes

    assert max(causes, key=lambda one: one.probability).id == cause


@pytest.mark.parametrize(
    "source, word", [(Source.PROBED, "confirmed"), (Source.ANSWERED, "likely")]
)
def test_only_a_probe_or_the_fault_itself_confirms(small, source, word):
    """At 100 to 1 what a probe saw is confirmed, what a person said is likely."""
    seen = Symptoms.gather(
        [Observation("train_loss_flat", True), Observation("loss_oscillation", True)], source
    )

    assert diagnose(seen, small).why("apple").confidence == word


def test_a_refuted_cause_raises_no_questions(write_rules):
    """A question that parts only a refuted cause settles less than before the cause was refuted."""
    rules = write_rules(
        ("points_to: {elder: against}", "points_to: {elder: rules_out, banana: rules_out}")
    )
    recall = [
        next(
            one.gain
            for one in diagnose(seen, rules).open_questions
            if one.symptom == "worst_class_recall"
        )
        for seen in (Symptoms.of(), Symptoms.of(loss_oscillation=False))
    ]

    assert recall[1] < recall[0] / 2
