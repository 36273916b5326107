"""Run, facts and answers in, symptoms out: which source wins, and that every way in agrees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mldx import Symptoms, diagnose
from mldx.errors import InputError
from mldx.knowledge import load
from mldx.observe.intake import answered, observed
from mldx.provenance import Source
from mldx.readers import read
from mldx.readers.record import of_mapping
from mldx.symptoms import Observation

FALLING = {"train_loss": [2.3, 1.6, 1.1, 0.8, 0.6, 0.5]}
BROKEN = {"train_loss": [2.3, 1.6, 1.1, "nan", "nan", "nan"]}
PAIR = {"task": "multiclass", "loss_fn": "nn.CrossEntropyLoss", "output_activation": "softmax"}


def seen(history=None, **given) -> Symptoms:
    """What is observed of a history with these answers and facts."""
    return observed(of_mapping({"history": history or FALLING}, "record"), **given)


def test_a_word_comes_before_a_reading_of_the_shape():
    """A person who looks at the picture beats a threshold."""
    assert seen(answers={"loss_shape": "flat"}).observed["loss_shape"] == "flat"


def test_a_count_comes_before_a_word():
    """Three NaN in the log stand against an answer that says there were none."""
    symptoms = seen(BROKEN, answers={"loss_nonfinite": "never"})

    assert symptoms.observed["loss_nonfinite"] == "mid"


def test_a_word_comes_before_what_the_setup_implies():
    """The pair that follows from the setup gives way to an answer about it."""
    symptoms = seen(facts=PAIR, answers={"output_loss_pair": "standard"})

    assert symptoms.observed["output_loss_pair"] == "standard"


def test_a_probe_comes_before_a_word():
    """What an experiment showed stands against an answer."""
    probe = Symptoms.gather([Observation("tiny_overfit_result", "plateau")], Source.PROBED)
    symptoms = answered(probe, {"tiny_overfit_result": "pass"})

    assert symptoms.observed["tiny_overfit_result"] == "plateau"


def test_an_override_stands_against_a_count():
    """Who insists is heard, and the conflict names both sides once."""
    symptoms = seen(BROKEN, answers={"loss_nonfinite": "never"}, overrides=["loss_nonfinite"])
    [conflict] = symptoms.conflicts

    assert symptoms.observed["loss_nonfinite"] == "never"
    assert (conflict.kept_by.source, conflict.dropped, conflict.dropped_by.basis) == (
        "answered",
        "mid",
        "counted",
    )


def test_only_the_listed_answers_override():
    """Of two answers against a count, the one that is not listed gives way."""
    symptoms = seen(
        BROKEN,
        answers={"loss_nonfinite": "never", "init_loss_ratio": 3.0},
        facts={"n_classes": 10, "loss_fn": "cross_entropy"},
        overrides=["init_loss_ratio"],
    )

    assert symptoms.observed["loss_nonfinite"] == "mid"


def test_agreement_is_no_conflict_and_keeps_the_figure():
    """An answer that says what was measured changes nothing, and the figure stays."""
    symptoms = seen(answers={"loss_shape": "falling"})

    assert symptoms.conflicts == ()
    assert symptoms.provenances["loss_shape"].figure


def test_a_given_fact_wins_over_the_log_and_judges_its_curves():
    """A loss of ln 2 is guessing among two classes, whatever the log says of ten."""
    flat = {"train_loss": [0.693] * 6, "train_acc": [0.5, 0.49, 0.51, 0.5, 0.5, 0.5]}
    run = of_mapping({"history": flat, "setup": {"n_classes": 10}}, "record")
    symptoms = observed(run, facts={"n_classes": 2})

    assert symptoms.facts["n_classes"] == 2
    assert symptoms.observed["train_loss_at_prior"] is True


def test_every_wrong_value_is_reported_together():
    """A wrong fact and a wrong answer are two faults of one error."""
    with pytest.raises(InputError) as caught:
        seen(facts={"n_classes": 0}, answers={"loss_shape": "flatt"})

    assert {fault.where for fault in caught.value.faults} == {
        "setup.n_classes",
        "loss_shape",
    }


def test_an_answered_fact_changes_what_is_derived():
    """What followed from the facts before does not stand beside what follows now."""
    before = seen(facts=PAIR | {"framework": "torch"})
    after = answered(before, {"output_activation": "linear"})

    assert (before.observed["output_loss_pair"], after.observed["output_loss_pair"]) == (
        "double_softmax",
        "standard",
    )
    assert after.conflicts == ()


def test_symptoms_know_the_rules_they_are_canonical_by():
    """What the intake returns is not brought to the vocabulary a second time."""
    symptoms = seen(facts={"optimizer": "Adam(lr=3e-4)"})

    assert symptoms.rules_version == load().version
    assert symptoms.facts == {"optimizer": "adam", "learning_rate": 3e-4}


def test_facts_of_two_sources_are_canonical_again():
    """Symptoms composed from two sources with facts are looked at once more, and agree."""
    both = seen(facts={"optimizer": "adam"}) | Symptoms.of(loss_fn="nn.CrossEntropyLoss()")

    assert both.rules_version == ""
    assert diagnose(both).symptoms.facts["loss_fn"] == "cross_entropy_with_logits"


RUNS: dict[str, dict[str, Any]] = {
    "a falling loss": {"history": FALLING},
    "a loss that is lost": {"history": BROKEN, "setup": {"optimizer": "Adam(lr=0.1)"}},
    "guessing among two": {
        "setup": {"n_classes": 10},
        "history": {"train_loss": [0.693] * 6, "train_acc": [0.5, 0.49, 0.51, 0.5, 0.5, 0.5]},
    },
    "overfitting": {
        "setup": {"framework": "keras"},
        "history": {
            "train_loss": [2.0, 1.4, 1.0, 0.7, 0.5, 0.3, 0.2, 0.1],
            "val_loss": [2.0, 1.5, 1.2, 1.2, 1.3, 1.5, 1.8, 2.1],
        },
    },
}
GIVEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({}, {}),
    "the classes": ({"n_classes": 2, "task": "binary"}, {}),
    "a wrong pair": ({**PAIR, "framework": "torch"}, {}),
    "words against the shape": ({}, {"loss_shape": "flat", "val_loss_turns_up": "none"}),
    "words against a count": ({"optimizer": "sgd"}, {"loss_nonfinite": "never"}),
}


def _by_code(record: Path, facts, answers, overrides=()) -> dict[str, Any]:
    [run] = read(str(record))
    symptoms = observed(run, facts=facts, answers=answers, overrides=overrides)
    return diagnose(symptoms).model_dump(mode="json")


def _by_command_line(record: Path, facts, answers) -> dict[str, Any]:
    from mldx.cli import cli

    sets = [f"--set={id}={value}" for id, value in {**facts, **answers}.items()]
    result = CliRunner().invoke(cli, ["diagnose", "--json", str(record), *sets])
    found = json.loads(result.stdout)
    del found["read"]["path"]
    return found


def _by_api(record: Path, facts, answers) -> dict[str, Any]:
    from fastapi.testclient import TestClient

    from mldx.web.app import create

    said = json.loads(record.read_text())
    body = {**said, "setup": {**said.get("setup", {}), **facts}, "answers": answers}
    client = TestClient(create(load()), base_url="http://localhost")
    return client.post("/api/diagnose", json=body).json()


def _by_page(record: Path, facts, answers) -> dict[str, Any]:
    from mldx.web.page_state import PageState
    from mldx.web.steps import ActionInput, done

    log = ActionInput(logs=[(record.name, record.read_bytes())])
    state = done(PageState.start(load()), "read", log)
    return state.dialogue.state({**facts, **answers}).diagnosis.model_dump(mode="json")


def _by_agents(record: Path, facts, answers) -> dict[str, Any]:
    from mldx.mcp.context import ServerContext, observed
    from mldx.mcp.folders import Folders
    from mldx.mcp.inputs import DiagnoseInput

    context = ServerContext(Folders.of([record.parent]), load())
    given = DiagnoseInput(path=str(record), setup=facts, answers=answers)
    return diagnose(observed(given, context)).model_dump(mode="json")


def ranked(found: dict[str, Any]) -> tuple[Any, ...]:
    """What a way in makes of a run: the verdict, the causes, the way of the walk, who disagrees."""
    causes = [(one["id"], one["probability"]) for one in found["causes"]]
    path = [(step["check"], step["saw"]) for step in found["path"]]
    conflicts = [(one["symptom"], one["kept"], one["dropped"]) for one in found["conflicts"]]
    return found["verdict"], causes, path, conflicts


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("way", [_by_command_line, _by_api, _by_page, _by_agents])
def test_every_way_in_shows_the_same(way, run, given, tmp_path):
    """The same run with the same facts and answers is judged alike, wherever it comes in; whoever
    answers on the page has seen the log, and insists.
    """
    record = tmp_path / "run.json"
    record.write_text(json.dumps(RUNS[run]))

    facts, answers = GIVEN[given]
    overrides = answers if way is _by_page else ()

    assert ranked(way(record, facts, answers)) == ranked(
        _by_code(record, facts, answers, overrides)
    )


@pytest.mark.parametrize("run", RUNS)
def test_the_chart_of_a_run_goes_the_same_way(run, tmp_path):
    """`mldx graph --run` lights up the way of the diagnosis."""
    from mldx.cli import cli
    from mldx.flowchart import mermaid

    record = tmp_path / "run.json"
    record.write_text(json.dumps(RUNS[run]))
    path = diagnose(observed(read(str(record))[0])).path
    options = ["--stage", "learning", "--format", "mermaid", "--run", str(record)]
    drawn = CliRunner().invoke(cli, ["graph", *options]).stdout

    assert drawn.strip() == mermaid.chart(load(), "learning", path).strip()
