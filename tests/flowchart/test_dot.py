"""The flowchart as DOT: what it holds, how a walk lights it up, what hostile text can do to it."""

import re

import pytest

from mldx import Symptoms, diagnose
from mldx.errors import InputError
from mldx.flowchart import style
from mldx.flowchart.cards import FOR, cards, walked
from mldx.flowchart.dot import chart, overview, pages
from mldx.flowchart.labels import height
from mldx.flowchart.layout import HIGHEST, columns
from mldx.flowchart.layout import pages as split
from mldx.knowledge.cards import HEALTHY, STAGES
from tests.kit.rules import HOSTILE

every_stage = pytest.mark.parametrize("stage", STAGES)


def drawn(dot):
    """Every node of a chart as pygraphviz reads it, with its label."""
    graph = pytest.importorskip("pygraphviz").AGraph(string=dot)
    return {str(node): node.attr["label"] for node in graph.nodes()}


@every_stage
def test_every_check_of_a_stage_is_in_its_chart(knowledge, stage):
    """The chart of a stage has a node for each of its checks."""
    ids = {node.id for node in knowledge.compiled.checks if node.stage == stage}

    assert ids <= drawn(chart(knowledge, stage)).keys()


@every_stage
def test_every_check_is_on_one_page(knowledge, stage):
    """The pages of a stage hold each of its checks once."""
    ids = [node.id for node in knowledge.compiled.checks if node.stage == stage]
    found = [id for page in pages(knowledge, stage) for id in drawn(page) if id in ids]

    assert sorted(found) == sorted(ids)


@every_stage
def test_every_cause_of_moderate_evidence_is_named(knowledge, stage):
    """A check's table names every cause that one of its branches points to with 5 dB or more."""
    labels = drawn(chart(knowledge, stage))
    missing = [
        (node.id, cause)
        for node in knowledge.compiled.checks
        if node.stage == stage
        for way in node.branches
        for cause, weight in way.points_to.items()
        if weight >= FOR
        and cause != HEALTHY
        and knowledge.causes[cause].title[:24] not in labels[node.id]
    ]

    assert not missing


def test_every_check_is_in_the_whole_chart(knowledge):
    """The chart without a stage has a node for every check."""
    assert drawn(chart(knowledge)).keys() == {node.id for node in knowledge.compiled.checks}


def test_every_way_is_drawn_or_named(knowledge):
    """A check that leads to another has an edge to it, or to a box that names it."""
    for stage in STAGES:
        graph = pytest.importorskip("pygraphviz").AGraph(string=chart(knowledge, stage))
        ways = {(str(a), str(b).rpartition(" to ")[2]) for a, b in graph.edges()}
        wanted = {(card.id, other) for card in cards(knowledge, stage) for other in card.leads_to}

        assert wanted <= ways


def test_gates_are_those_that_do_not_lead_on(knowledge):
    """A check is a gate when one of its branches does not go where the rest of the walk goes."""
    assert [card.id for card in cards(knowledge) if card.gate] == [
        "gate_ten_samples",
        "gate_finite",
        "gate_moves",
    ]


def test_gate_says_stop(knowledge):
    """A gate's table marks the answer that stops the walk."""
    assert style.STOP_MARK in drawn(chart(knowledge, "generalization"))["gate_finite"]


def test_overview_names_every_stage_and_gate(knowledge):
    """The overview has a node for each stage and each gate."""
    gates = {card.id for card in cards(knowledge) if card.gate}

    assert drawn(overview(knowledge)).keys() >= {*STAGES, *gates}


def test_every_chart_has_a_legend(knowledge):
    """Each chart says how a stop is marked."""
    charts = [
        overview(knowledge),
        chart(knowledge),
        *(page for stage in STAGES for page in pages(knowledge, stage)),
    ]

    assert all("gate: settle this first" in one for one in charts)


@every_stage
def test_columns_are_no_higher_than_a_screen_or_two(knowledge, stage):
    """A column is filled no higher than the limit, with three columns a page at most."""
    made = split(cards(knowledge, stage))

    assert all(
        len(page) <= 3 and all(sum(map(height, column)) <= HIGHEST for column in page)
        for page in made
    )


def test_columns_keep_the_order_of_the_walk(knowledge):
    """Reading down one column after the other is the walking order."""
    checks = cards(knowledge, "learning")

    assert [card.id for column in columns(checks, 4) for card in column] == [
        card.id for card in checks
    ]


def lit(dot):
    """The checks whose table carries the light of a walk."""
    return {id for id, label in drawn(dot).items() if style.LIT in label}


@every_stage
def test_lit_path_lights_exactly_the_walked_checks(knowledge, diagnosis, stage):
    """In the chart of a stage the checks that the walk answered are lit, and no other."""
    answered = {step.check for step in diagnosis.path if step.stage == stage}

    assert lit(diagnosis.to_dot(stage)) == answered


def test_lit_path_in_the_whole_chart(diagnosis):
    """In the whole chart, too, exactly the walked checks are lit."""
    assert lit(diagnosis.to_dot()) == {step.check for step in diagnosis.path}


def test_chart_without_a_walk_is_not_lit(knowledge):
    """Without a path nothing is lit and nothing dimmed."""
    text = chart(knowledge, "learning")

    assert style.LIT not in text and style.DIM.dark not in text


def test_only_the_taken_branch_is_lit(diagnosis):
    """Of a check's rows the one that the walk took is lit: its condition and its causes."""
    label = drawn(diagnosis.to_dot("stability"))["loss_shape"]

    assert label.count(f'BGCOLOR="{style.LIT}"') == 2


def test_walk_lights_no_edge_behind_a_stop(knowledge, diagnosis):
    """A walk that a gate stopped goes along no edge to the next gate."""
    edges = walked(knowledge, diagnosis.path).edges

    assert ("gate_ten_samples", "gate_finite") not in edges and (
        "gate_ten_samples",
        "without_regularization",
    ) in edges


def test_hostile_text_survives(hostile):
    """Markup, escapes and control characters in a question are shown as they are written."""
    from xml.etree import ElementTree as ET

    from mldx.flowchart.picture import render

    pytest.importorskip("pygraphviz")
    (dot,) = pages(hostile, "data")
    shown = "".join(ET.fromstring(render(dot, "svg")).itertext()).replace("\u200b", "")

    assert all(word in shown for word in re.sub(r"[\x00-\x1f]", " ", HOSTILE).split())


def test_hostile_text_makes_no_node(knowledge, hostile):
    """Text in the rules adds no node and no edge to a chart."""
    assert drawn(chart(hostile)).keys() == drawn(chart(knowledge)).keys()


def test_output_is_the_same_twice(knowledge, diagnosis):
    """The same rules and path give the same bytes."""
    once, again = (pages(knowledge, "generalization", diagnosis.path) for _ in range(2))

    assert once == again


def test_wrong_stage_offers_the_right_one(knowledge):
    """A misspelt stage is refused, with the nearest one."""
    with pytest.raises(InputError, match="write `stability`"):
        chart(knowledge, "stabilty")


def test_no_checks_stand_in_no_column():
    """A stage without checks is laid out at once."""
    assert columns([], 0) == []


def test_a_run_is_named_on_its_chart(diagnosis):
    """The chart of a run says its verdict under the title."""
    assert "FAULTY." in diagnosis.to_dot("learning")


def test_a_gate_that_was_passed_is_not_red(knowledge):
    """A gate that a walk went through is not drawn in the colour of a stop."""
    passed = diagnose(Symptoms.of(tiny_overfit_result="pass", loss_nonfinite="never"))

    label = drawn(overview(knowledge, passed.path))["gate_ten_samples"]
    assert style.STOP not in label


def test_a_check_without_an_answer_is_its_question_only(knowledge, diagnosis):
    """On a run's chart a check that the walk did not answer has no rows of answers."""
    label = drawn(diagnosis.to_dot("learning"))["learning_rate_size"]

    assert "learning_rate_size" in label and "optimizer is" not in label


def test_marks_keep_their_distance_from_words(knowledge):
    """In a legend no text begins with a plain blank, which a browser drops."""
    assert not re.search(r'POINT-SIZE="\d+"> ', overview(knowledge))
