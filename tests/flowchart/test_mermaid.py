"""The flowchart as Mermaid text."""

import re

import pytest

from mldx.flowchart.cards import cards
from mldx.flowchart.mermaid import chart, label, syndrome
from mldx.flowchart.tree import tree
from mldx.knowledge.cards import STAGES
from tests.kit.rules import HOSTILE


@pytest.mark.parametrize("stage", STAGES)
def test_every_check_has_a_node(knowledge, stage):
    """Each check of a stage is a node with its question and its id."""
    text = chart(knowledge, stage)

    assert all(
        re.search(rf'^ *c_{check.id}[\[{{].*{check.id}"', text, re.MULTILINE)
        for check in knowledge.compiled.checks
        if check.stage == stage
    )


@pytest.mark.parametrize("stage", STAGES)
def test_stage_names_its_causes(knowledge, stage):
    """The chart of a stage names the causes beside each answer by their titles."""
    text = chart(knowledge, stage)
    wanted = {id for card in cards(knowledge, stage) for row in card.rows for id, _ in row.points}

    assert all(label(knowledge.causes[cause].title) in text for cause in wanted)


def test_overview_holds_every_stage_gate_and_syndrome(knowledge):
    """The overview has a node for each stage, gate and syndrome."""
    text = chart(knowledge)
    gates = [check.id for check in knowledge.compiled.checks if check.card.gate]
    names = [f"s_{id}" for id in STAGES] + [f"y_{id}" for id in knowledge.syndromes]

    assert all(re.search(rf"^  {name}[\[(]", text, re.MULTILINE) for name in names)
    assert all(f"c_{id}{{{{" in text for id in gates)


def test_a_syndrome_is_a_tree(knowledge):
    """The chart of a syndrome has its questions, its leaves, and what is left."""
    text, found = syndrome(knowledge, "overfitting"), tree(knowledge, "overfitting")

    assert all(f'c_{one.id}["' in text for one in found.questions)
    assert text.count("] \n") == 0 and text.count("r_") == sum(
        len(one.leaves) for one in found.questions
    )
    assert "Something else" in text


def test_charts_fit_github(knowledge, diagnosis):
    """Each chart stays below the 50,000 characters and 500 edges that GitHub draws."""
    charts = [chart(knowledge, stage, diagnosis.path) for stage in (None, *STAGES)]

    assert all(len(text) < 50_000 for text in charts)
    assert all(len(re.findall(r"-->|==>|-\.->|---", text)) < 500 for text in charts)


def test_lit_path_lights_exactly_the_walked_checks(knowledge, diagnosis):
    """The class `lit` is that of the checks the walk answered."""
    text = chart(knowledge, "learning", diagnosis.path)
    answered = {step.check for step in diagnosis.path if step.stage == "learning"}

    assert set(re.findall(r"class c_(\w+) lit", text)) == answered


def test_run_shows_its_syndromes(knowledge, diagnosis):
    """In the overview the syndromes that a run shows are lit."""
    found = re.findall(r"class y_(\w+) lit", chart(knowledge, None, diagnosis.path))

    assert found == [one.id for one in diagnosis.syndromes]


def test_label_holds_no_syntax():
    """A label of hostile text has nothing in it that ends the label or begins a directive."""
    assert not re.search(r'["<>`{}\[\]|\\@&%\n\x00]', label(HOSTILE))


def test_hostile_text_adds_no_line(knowledge, hostile):
    """Text in the rules stays in its label."""
    wild, calm = chart(hostile, "data"), chart(knowledge, "data")
    node = re.search(r'^  c_input_scale_class\["(.*)"\]$', wild, re.MULTILINE)

    assert len(wild.splitlines()) == len(calm.splitlines())
    assert not re.search(r'["`{}\[\]|\\@%]', node[1])
