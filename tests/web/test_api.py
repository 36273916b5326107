"""The interface for programs."""

import json

import pytest

from mldx import Symptoms, diagnose, interview
from mldx.observe import observed
from mldx.readers.record import of_mapping
from tests.web.conftest import RUNS

RECORD = json.loads((RUNS / "census_unscaled.json").read_text())


def test_a_diagnosis_is_that_of_the_command(client):
    """`POST /api/diagnose` gives what `mldx diagnose --json` prints of the same record."""
    told = client.post("/api/diagnose", json=RECORD).json()

    assert told == diagnose(observed(of_mapping(RECORD, "body"))).model_dump(mode="json")


def test_the_next_question_is_that_of_the_library(client):
    """`POST /api/next` asks what `interview.next` asks."""
    told = client.post("/api/next", json={"answers": {"loss_shape": "flat"}}).json()

    assert (
        told["question"]["symptom"]
        == interview.next_question(Symptoms.of(loss_shape="flat")).symptom
    )
    assert told["stop"] is None


def test_a_skipped_question_is_not_asked_again(client):
    """Don't know is an answer to the interface too."""
    first = client.post("/api/next", json={}).json()["question"]["symptom"]
    second = client.post("/api/next", json={"skipped": [first]}).json()["question"]["symptom"]

    assert second != first


def test_a_complaint_asks_its_own_questions_first(client):
    """A complaint in words decides what is asked first."""
    told = client.post("/api/next", json={"complaint": "the loss is nan"}).json()

    assert told["question"]["symptom"] == "loss_nonfinite"


def test_nan_is_a_value_and_null_is_none(client):
    """A series may hold NaN as text, and null where nothing was logged."""
    history = {
        "epoch": [1, 2, 3, 4],
        "train_loss": [2.0, 1.5, "nan", "nan"],
        "val_loss": [2.0, None, None, None],
    }
    told = client.post("/api/diagnose", json={"history": history}).json()

    assert any(
        step["symptom"] == "loss_nonfinite" and step["saw"] != "never" for step in told["path"]
    )


@pytest.mark.parametrize(
    "body, where",
    [
        ({"answers": {"loss_shpae": "flat"}}, "loss_shpae"),
        ({"setup": {"optimizer": 3}}, "setup.optimizer"),
        ({"history": {"train_loss": ["x"]}}, "train_loss[0]"),
        ({"hystory": {}}, "hystory"),
        ({"skipped": 5}, "skipped"),
        ({"looked": ["nowhere"]}, "nowhere"),
        ({"complaint": "qwertz"}, "complaint"),
    ],
)
def test_every_fault_says_where(client, body, where):
    """What cannot be used is refused with the place, the fault and the help, never with a
    traceback.
    """
    answer = client.post("/api/next", json=body)

    assert answer.status_code == 422
    assert where in answer.json()["faults"][0]["where"]


@pytest.mark.parametrize(
    "body",
    [b'{"answers": {"\\ud800": 1}}', b'{"skipped": ["\\ud800"]}', b'{"setup": {"dropout": 1e999}}'],
)
def test_half_characters_and_endless_numbers_are_told(client, body):
    """What JSON can write and text cannot is refused like any other fault."""
    answer = client.post("/api/next", content=body, headers={"content-type": "application/json"})

    assert (answer.status_code, len(answer.json()["faults"])) == (422, 1)


def test_a_body_that_is_no_json_is_explained(client):
    """A body that is not JSON is refused with what was expected, and how to send it."""
    told = client.post(
        "/api/next", content="loss 2.3", headers={"Content-Type": "application/json"}
    )

    fault = told.json()["faults"][0]
    assert (told.status_code, "Content-Type" in fault["help"]) == (422, True)
