"""What the tools take and give, without a wire."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldx.diagnosis import diagnose
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.mcp.tools import TOOLS, called, schema
from mldx.observe import run as observe_run

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["nan", "[1]", "{"]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
)
NAMES = st.sampled_from(
    [
        "train_loss",
        "val_loss",
        "epoch",
        "lr",
        "optimizer",
        "n_classes",
        "loss_shape",
        "class_counts",
        "custom.x",
    ]
)
SENT = st.dictionaries(
    st.sampled_from(
        ["path", "setup", "history", "answers", "skipped", "looked", "most", "full", "id"]
    ),
    ANYTHING | st.dictionaries(NAMES, ANYTHING, max_size=4),
    max_size=4,
)
SICK = {"train_loss": [2.3, 4.9, 80, 900, "nan"], "val_loss": [2.3, 5, 81, 901, "nan"]}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_argument_is_explained(tool):
    """An agent is told of each argument what to send."""
    arguments = schema(TOOLS[tool].input_type)["properties"]

    assert [name for name, one in arguments.items() if not one.get("description")] == []


def test_setup_facts_are_listed():
    """The schema of a run names every setup fact with its meaning, and no other."""
    setup = schema(TOOLS["diagnose"].input_type)["properties"]["setup"]

    assert (setup["additionalProperties"], setup["properties"]["batch_size"]["type"]) == (
        False,
        "integer",
    )
    assert all(fact["description"] for fact in setup["properties"].values())


def test_the_diagnosis_is_the_same_everywhere(context, opened):
    """An agent is told the causes that the command line and the library tell."""
    told = called("diagnose", {"path": "census_unscaled.json", "most": 20}, context)
    causes = diagnose(observe_run(opened / "census_unscaled.json")).causes

    assert [cause["id"] for cause in told["causes"]] == [cause.id for cause in causes[:20]]


def test_most_bounds_what_is_told(context):
    """With `most` of 1 one cause, one action and one question are told, and how many are left."""
    told = called("diagnose", {"path": "census_unscaled.json", "most": 1}, context)
    counts = [len(told[part]) for part in ("causes", "actions", "open_questions")]

    assert (counts, told["causes_left"] > 1, told["questions_left"] > 1) == ([1, 1, 1], True, True)


def test_a_diagnosis_is_short(context):
    """By default a diagnosis takes about 1500 tokens, a tenth of the whole one."""
    short = json.dumps(called("diagnose", {"path": "census_unscaled.json"}, context))
    whole = json.dumps(called("diagnose", {"path": "census_unscaled.json", "full": True}, context))

    assert len(short) < 7000 < len(whole) / 8


def test_facts_can_be_sent_without_a_file(context):
    """Curves in memory are diagnosed like a log."""
    told = called(
        "diagnose",
        {"history": SICK, "setup": {"n_classes": 10, "optimizer": "SGD(lr=3.0)"}},
        context,
    )

    assert (told["verdict"], told["causes"][0]["id"]) == ("faulty", "learning_rate_too_high")


def test_setup_helps_to_judge_a_log(context):
    """Sent beside a log, the number of classes tells whether the first loss is too good."""
    bare = called("diagnose", {"path": "curve.csv", "full": True}, context)
    helped = called(
        "diagnose", {"path": "curve.csv", "setup": {"n_classes": 10}, "full": True}, context
    )
    judged = [[step["symptom"] for step in told["full"]["path"]] for told in (bare, helped)]

    assert ["loss_instant_drop" in one for one in judged] == [False, True]


def test_an_answer_against_the_log_is_a_conflict(context):
    """A person's word outranks the reading of a curve's shape, and the disagreement is reported."""
    told = called(
        "diagnose", {"path": "census_unscaled.json", "answers": {"loss_shape": "falling"}}, context
    )

    assert told["conflicts"] == ["loss_shape is falling (answered) is kept; flat (measured) is not"]


def test_null_is_as_good_as_absent(context):
    """Agents that send every argument may send null."""
    told = called(
        "diagnose", {"path": "curve.csv", "setup": None, "answers": None, "most": None}, context
    )

    assert told == called("diagnose", {"path": "curve.csv"}, context)


def test_an_object_may_come_as_text(context):
    """Agents that send an object as its JSON text are understood."""
    told = called("diagnose", {"history": json.dumps(SICK)}, context)

    assert told == called("diagnose", {"history": SICK}, context)


def test_all_faults_of_a_call_are_told_together(context):
    """Arguments that cannot be are named each, the nearest right name offered."""
    with pytest.raises(InputError) as refused:
        called("diagnose", {"pth": "curve.csv", "most": "many"}, context)

    assert [fault.where for fault in refused.value.faults] == ["diagnose.most", "diagnose.pth"]
    assert "write `path`" in str(refused.value)


@pytest.mark.parametrize(
    "tool, arguments, offered",
    [
        ("show_cause", {"id": "learning_rate_to_high"}, "learning_rate_too_high"),
        ("diagnose", {"path": "curv.csv"}, "curve.csv"),
        ("diagnose", {"answers": {"loss_shpae": "flat"}}, "loss_shape"),
        ("next_question", {"skipped": ["loss_shpae"]}, "loss_shape"),
        ("diagnos", {}, "diagnose"),
    ],
)
def test_the_nearest_is_offered(context, tool, arguments, offered):
    """Whoever misspells is told the nearest right name."""
    with pytest.raises(InputError, match=offered):
        called(tool, arguments, context)


def test_a_section_that_is_none_is_refused(context):
    """What was looked at is named by section."""
    with pytest.raises(InputError, match="not a section"):
        called("next_question", {"looked": ["curves"]}, context)


def test_looked_at_is_asked_first(context):
    """What lies open is asked before what would have to be looked up."""
    known, sections = {"domain": "vision", "model_family": "cnn"}, ["training", "validation"]
    told = [
        called("next_question", {"setup": known, "looked": [section]}, context)
        for section in sections
    ]

    assert [one["question"]["section"] for one in told] == sections


def test_a_card_tells_what_speaks_for_it_and_against_it(context):
    """The card of a cause names its look-alikes, its tests, and the observations strongest
    first.
    """
    told = called("show_cause", {"id": "learning_rate_too_high"}, context)
    weights = [one["db"] for one in told["points_to_it"]]

    assert weights == sorted(weights, reverse=True)
    assert "exploding_gradient" in told["mistaken_for"]
    assert all(one["db"] < 0 for one in told["points_away"])


@pytest.mark.parametrize("cause", load().content["causes"])
def test_every_card_can_be_shown(context, cause):
    """Whichever cause a diagnosis names, its card fits on a page."""
    assert len(json.dumps(called("show_cause", {"id": cause}, context))) < 6000


def test_a_series_that_breaks_is_told_in_words(context, opened):
    """JSON has no nan: the last value is the word, and the least and greatest are of what is
    finite.
    """
    (opened / "sick.json").write_text(json.dumps({"history": {"train_loss": [2.0, 900.0, "nan"]}}))
    [curve] = called("read_run", {"path": "sick.json"}, context)["series"]

    assert (curve["last"], curve["min"], curve["max"], curve["not_finite"]) == (
        "nan",
        2.0,
        900.0,
        1,
    )


@given(tool=st.sampled_from(list(TOOLS)), arguments=SENT)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_is_answered_or_refused_in_words(context, tool, arguments):
    """No arguments break a tool: it answers in JSON, or says where the fault is."""
    try:
        told = called(tool, arguments, context)
    except InputError as refused:
        assert refused.faults[0].where and all(fault.what for fault in refused.faults)
    else:
        assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_complaint_is_asked_about_first(context):
    """What a person complains of in their own words decides the first question."""
    told = called("next_question", {"complaint": "my loss is nan"}, context)

    assert told["question"]["id"] == "loss_nonfinite"
