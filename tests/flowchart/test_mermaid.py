"""The flowchart as Mermaid text."""

import re

import pytest

from mldx.flowchart.cards import FOR
from mldx.flowchart.mermaid import chart, label
from mldx.knowledge.cards import HEALTHY, STAGES
from tests.kit.rules import HOSTILE


@pytest.mark.parametrize("stage", [None, *STAGES])
def test_every_check_has_a_node(knowledge, stage):
    """Each check of a chart is a node with its question and its id."""
    text = chart(knowledge, stage)

    assert all(
        re.search(rf'^ *c_{node.id}[\[{{].*{node.id}"', text, re.MULTILINE)
        for node in knowledge.compiled.checks
        if stage in (None, node.stage)
    )


@pytest.mark.parametrize("stage", STAGES)
def test_stage_names_its_causes(knowledge, stage):
    """The chart of a stage names every cause that a branch points to with 5 dB or more."""
    text = chart(knowledge, stage)
    wanted = {
        cause
        for node in knowledge.compiled.checks
        if node.stage == stage
        for way in node.branches
        for cause, weight in way.points_to.items()
        if weight >= FOR and cause != HEALTHY
    }

    assert all(knowledge.causes[cause].title[:24] in text for cause in wanted)


def test_whole_graph_fits_github(knowledge, diagnosis):
    """The whole graph stays below the 50,000 characters and 500 edges that GitHub draws."""
    text = chart(knowledge, None, diagnosis.path)

    assert len(text) < 50_000 and len(re.findall(r"-->|==>|-\.->", text)) < 500


def test_lit_path_lights_exactly_the_walked_checks(knowledge, diagnosis):
    """The class `lit` is that of the checks the walk answered."""
    text = chart(knowledge, None, diagnosis.path)

    assert set(re.findall(r"class c_(\w+) lit", text)) == {step.check for step in diagnosis.path}


def test_label_holds_no_syntax():
    """A label of hostile text has nothing in it that ends the label or begins a directive."""
    assert not re.search(r'["<>`{}\[\]|\\@&%\n\x00]', label(HOSTILE))


def test_hostile_text_adds_no_line(knowledge, hostile):
    """Text in the rules stays in its label."""
    node = re.search(r'^  c_input_range\["(.*)"\]$', chart(hostile, "data"), re.MULTILINE)

    assert not re.search(r'["`{}\[\]|\\@%]', node[1])
