"""What a report says is decided once: five renderers say the same, to the word."""

import json
import re
from html import unescape
from itertools import chain, repeat

import pytest
from starlette.testclient import TestClient

from mldx import Symptoms, diagnose
from mldx.knowledge import load
from mldx.mcp.context import ServerContext
from mldx.mcp.diagnosing import diagnosed
from mldx.mcp.folders import Folders
from mldx.mcp.inputs import DiagnoseInput
from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.report import markdown, terminal
from mldx.report.outline import outline, percent
from mldx.web.app import create
from tests.kit import recorded_runs

KEYS = ("setup", "history", "answers")
RECORDS = {
    f"{name}/{run['id']}": {key: run[key] or {} for key in KEYS}
    for name in ("dev", "dev2")
    for run in recorded_runs(name)
    if run["id"] != "rp-umlaut-b-lr"  # a learning rate of -1000 is refused
}


def plain(told):
    """A text without what only lays it out: tags, escapes, line ends and runs of blanks."""
    told = re.sub(r"\\(?=[^a-zA-Z0-9\s])", "", told)
    told = unescape(re.sub(r"<!-- -->", "", told))
    return " ".join(told.split())


def visible(page):
    """The text of a page without what is folded away."""
    page = re.sub(r"<style>.*?</style>|<svg.*?</svg>", " ", page, flags=re.DOTALL)
    return plain(re.sub(r"<[^>]*>", " ", page))


@pytest.mark.parametrize("name", RECORDS)
def test_documents_agree(name):
    """Terminal, Markdown and HTML say one verdict, the same causes in one order with the same
    percentages, and the same actions.
    """
    found = diagnose(observed(of_mapping(RECORDS[name], name)))
    outlined = outline(found)

    shown = [
        plain(terminal.text(found)),
        plain(markdown.report(found)),
        visible(found.to_html()),
    ]
    for told in shown:
        assert outlined.headline in told
        assert all(plain(one.told) in told for one in outlined.syndromes[:1])
        assert all(plain(one) in told for one in outlined.strikes[:1])
        assert all(plain(one.do) in told for one in outlined.actions)
        places = [told.index(one.title[:40]) for one in outlined.causes]
        assert all(one.percent in told for one in outlined.causes)
        assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", list(RECORDS)[::9])
def test_page_and_agents_agree(name):
    """The page and the agents' answer hold the same verdict, causes, percentages and actions."""
    record = RECORDS[name]
    outlined = outline(diagnose(observed(of_mapping(record, "run.json"))))

    agent = diagnosed(DiagnoseInput(**record), ServerContext(Folders.of([]), load()))
    assert agent.headline == outlined.headline
    assert {(one.title, percent(one.probability)) for one in agent.causes} == {
        (one.title, one.percent) for one in outlined.causes
    }
    assert [one.sentence for one in agent.syndromes] == [one.sentence for one in outlined.syndromes]
    assert [one.do for one in agent.actions] == [one.do for one in outlined.actions]

    client = TestClient(create(load()), base_url="http://localhost")
    log = ("run.json", json.dumps(record, allow_nan=True))
    page = visible(client.post("/step", data={"state": "", "do": "read"}, files={"log": log}).text)
    assert outlined.headline in page
    assert all(plain(one.sentence) in page for one in outlined.syndromes)
    assert all(plain(one) in page for one in outlined.strikes)
    assert all(f"{one.title} {one.percent}" in page for one in outlined.causes)
    assert all(plain(one.do) in page for one in outlined.actions)


@pytest.mark.parametrize(
    "probability, told",
    [
        (0.0, "0 %"),
        (0.004, "<1 %"),
        (0.006, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.9999, ">99 %"),
        (1.0, "100 %"),
    ],
)
def test_only_what_is_certain_is_0_or_100(probability, told):
    """A percentage is rounded, but not to certainty."""
    assert percent(probability) == told


def test_two_answers_make_nobody_healthy():
    """A run of which learning and data were not judged is not called healthy."""
    found = diagnose(Symptoms.of(loss_shape="falling", generalization_gap="none"))

    outlined = outline(found)
    assert (found.verdict, outlined.label, outlined.tone) == (
        "healthy",
        "nothing found so far",
        "undecided",
    )
    assert outlined.headline.endswith("3 stages could not be judged.")


def test_missing_validation_is_said():
    """A log without validation is told so in words."""
    one, other = (
        diagnose(observed(of_mapping({"history": history}, "run.json")))
        for history in (
            {"train_loss": [2.0, 1.5, 1.2, 1.0]},
            {"train_loss": [2.0, 1.5, 1.2, 1.0], "val_loss": [2.0, 1.6, 1.3, 1.1]},
        )
    )

    assert "There is no validation" in outline(one).strikes[0]
    assert outline(other).strikes == ()


@pytest.mark.parametrize(
    "task, word",
    [("forecasting", "naive forecast"), ("multiclass", "class by class"), ("regression", "errors")],
)
def test_next_look_fits_the_task(task, word):
    """A forecast is not looked at class by class."""
    calm = Symptoms.of(
        task=task,
        tiny_overfit_result="pass",
        loss_shape="falling",
        train_loss_flat=False,
        generalization_gap="none",
        loss_nonfinite="never",
        val_loss_turns_up="none",
        loss_still_falling_at_end=False,
    )

    assert word in outline(diagnose(calm)).headline


@pytest.mark.parametrize("second, actions", [(0.3, 1), (0.6, 2)])
def test_a_cause_that_leads_alone_leaves_one_action(second, actions):
    """After a cause above 85 % one action comes first, unless a second cause is likely too."""
    found = diagnose(Symptoms.of(loss_shape="diverging", learning_rate=3.0, optimizer="sgd"))
    shares = chain([0.9, second], repeat(0.1))
    causes = [
        one.model_copy(update={"probability": share})
        for one, share in zip(found.causes, shares, strict=False)
    ]

    assert len(outline(found.model_copy(update={"causes": causes})).actions) == actions


def test_full_leaves_nothing_out():
    """The full outline lists every cause and every open question."""
    found = diagnose(Symptoms.of(loss_shape="flat", train_loss_flat=True))

    outlined = outline(found, full=True)
    assert {one.id for one in outlined.causes} == {one.id for one in found.causes}
    assert (outlined.rest, outlined.more_actions, outlined.questions_left) == ((), (), 0)
