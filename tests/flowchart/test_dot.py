"""The flowchart as DOT: what it holds, how a walk lights it up, what hostile text can do to it."""

import re
from functools import partial

import pytest

from mldx import Symptoms, diagnose
from mldx.errors import InputError
from mldx.flowchart import style
from mldx.flowchart.cards import CLEAR, cards, clear, walked
from mldx.flowchart.dot import chart, pages, syndrome
from mldx.flowchart.labels import height
from mldx.flowchart.layout import ABREAST, HIGHEST, columns
from mldx.flowchart.layout import pages as split
from mldx.knowledge import load
from mldx.knowledge.cards import STAGES
from tests.kit.rules import HOSTILE, write_files
from tests.kit.tiny import TINY

every_stage = pytest.mark.parametrize("stage", STAGES)


def drawn(dot):
    """Every node of a chart as pygraphviz reads it, with its label."""
    graph = pytest.importorskip("pygraphviz").AGraph(string=dot)
    return {str(node): node.attr["label"] for node in graph.nodes()}


def shown(label):
    """What a label says, without its mark-up."""
    return " ".join(re.sub(r"<[^>]*>|&#160;", " ", label).split())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The tiny rules."""
    return load(write_files(tmp_path_factory.mktemp("tiny"), TINY))


@every_stage
def test_every_check_of_a_stage_is_in_its_chart(knowledge, stage):
    """The chart of a stage has a node for each of its checks, and for nothing else."""
    ids = {check.id for check in knowledge.compiled.checks if check.stage == stage}

    assert drawn(chart(knowledge, stage)).keys() == ids


@every_stage
def test_every_check_is_on_one_page(knowledge, stage):
    """The pages of a stage hold each of its checks once, in walking order."""
    ids = [check.id for check in knowledge.compiled.checks if check.stage == stage]

    assert [id for page in pages(knowledge, stage) for id in drawn(page)] == ids


@every_stage
def test_every_answer_is_drawn(knowledge, stage):
    """A row of a check stands for its answers; together the rows hold every answer once."""
    for card in cards(knowledge, stage):
        answers = [answer for row in card.rows for answer in row.answers]

        assert answers == list(knowledge.compiled.by_id[card.id].answers)


def test_a_row_names_its_causes_with_decibans(tiny):
    """Seen in 90 of 100 runs with wrong labels and in 10 of 100 others: 10 log10 9 is nearly 10."""
    label = shown(drawn(chart(tiny, "data"))["bad_label_fraction"])

    assert "10 % or more +10 Wrong labels" in label


def test_a_row_names_three_causes_and_counts_the_rest(knowledge):
    """An answer that speaks clearly for more than three causes names three and counts the rest."""
    rows = [
        (row, clear(knowledge.compiled.by_id[card.id], _number(knowledge, card, row)))
        for card in cards(knowledge)
        for row in card.rows
    ]

    assert all(len(row.points) + row.more == len(found) for row, found in rows)
    assert all(len(row.points) <= 3 and all(db >= CLEAR for _, db in row.points) for row, _ in rows)


def _number(knowledge, card, row):
    return knowledge.compiled.by_id[card.id].answers.index(row.answers[0])


def test_gates_are_those_that_close_a_stage(knowledge):
    """A check is drawn as a gate when its card has one."""
    wanted = [check.id for check in knowledge.compiled.checks if check.card.gate]

    assert [card.id for card in cards(knowledge) if card.gate] == wanted


def test_gate_says_what_it_closes(tiny):
    """A gate marks the answer that closes a stage, and names the stage."""
    label = shown(drawn(chart(tiny, "learning"))["train_loss_flat"])

    assert re.search(r"yes .* ■ closes Drill down no ", label)


def test_overview_holds_every_stage_gate_and_syndrome(knowledge):
    """The overview has a box for each stage, and names each gate and each syndrome once."""
    boxes = drawn(chart(knowledge))
    text = shown(" ".join(boxes.values()))
    gates = sum(check.card.gate is not None for check in knowledge.compiled.checks)

    assert boxes.keys() >= set(STAGES) and text.count("Gate in ") == gates
    assert len(re.findall(r"\d causes?\b", text)) >= len(knowledge.syndromes)


def test_overview_of_rules_without_a_gate(tmp_path):
    """Rules without a gate have an overview, too."""
    files = {name: re.sub(r"  gate: .*\n", "", text) for name, text in TINY.items()}

    assert "gates" not in drawn(chart(load(write_files(tmp_path, files))))


@every_stage
def test_columns_are_no_higher_than_a_screen_or_two(knowledge, stage):
    """A column is filled no higher than the limit, with three columns a page at most."""
    high = partial(height, knowledge)

    for page in split(cards(knowledge, stage), high):
        assert len(page) <= ABREAST
        assert all(sum(map(high, column)) <= HIGHEST for column in page if len(column) > 1)


def test_columns_keep_the_order_of_the_walk(knowledge):
    """Reading down one column after the other is the walking order."""
    checks = cards(knowledge, "learning")
    found = columns(checks, 4, partial(height, knowledge))

    assert [card.id for column in found for card in column] == [card.id for card in checks]


def test_no_checks_stand_in_no_column():
    """A stage without checks is laid out at once."""
    assert columns([], 0, len) == []


def lit(dot):
    """The nodes that carry the light of a walk."""
    return {id for id, label in drawn(dot).items() if style.LIT in label}


@every_stage
def test_lit_path_lights_exactly_the_walked_checks(diagnosis, stage):
    """In the chart of a stage the checks that the walk answered are lit, and no other."""
    answered = {step.check for step in diagnosis.path if step.stage == stage}

    assert lit(diagnosis.to_dot(stage)) == answered


def test_run_shows_its_syndromes_in_the_overview(diagnosis):
    """In the overview of a run the syndromes that it shows are lit, the others are not."""
    label = drawn(diagnosis.to_dot())["learning syndromes"]

    assert re.findall(rf"{style.LIT}[^<]*>[^>]*>[^>]*>([^<]*)", label) == ["It does not learn"]


def test_run_says_its_answers_in_the_overview(diagnosis):
    """In the overview of a run a stage lists what was answered there, and a closed one why."""
    boxes = {id: shown(label) for id, label in drawn(diagnosis.to_dot()).items()}

    assert "tiny overfit result: it stays well above 0" in boxes["learning"]
    assert "closed: " in boxes["generalization"] and "nothing answered" in boxes["data"]


def test_chart_without_a_walk_is_not_lit(knowledge):
    """Without a path nothing is lit and nothing dimmed."""
    text = chart(knowledge, "learning")

    assert style.LIT not in text and style.DIM.dark not in text


def test_only_the_taken_answer_is_lit(diagnosis):
    """Of a check's rows the one with the answer given is lit: the answer and its causes."""
    label = drawn(diagnosis.to_dot("stability"))["loss_shape"]

    assert label.count(f'BGCOLOR="{style.LIT}"') == 2


def test_a_check_without_an_answer_is_its_question_only(diagnosis):
    """On a run's chart a check that the walk did not answer has no rows of answers."""
    label = drawn(diagnosis.to_dot("learning"))["learning_rate"]

    assert "learning_rate" in label and label.count("<TR>") == 1


def test_a_gate_that_was_passed_is_not_red(knowledge):
    """A gate that a walk went through is not drawn in the color of a stop."""
    passed = diagnose(Symptoms.of(tiny_overfit_result="pass", loss_nonfinite="never"))

    assert style.STOP not in drawn(chart(knowledge, "stability", passed.path))["loss_nonfinite"]
    assert style.STOP not in drawn(chart(knowledge, None, passed.path))["gates"]


def test_a_run_is_named_on_its_chart(diagnosis):
    """The chart of a run says its verdict under the title, whatever chart it is."""
    path, knowledge = diagnosis.path, diagnosis._inference.knowledge

    assert "FAULTY." in diagnosis.to_dot("learning") and "FAULTY." in diagnosis.to_dot()
    assert "run.csv: FAULTY" in syndrome(knowledge, "diverging", path, "run.csv: FAULTY")


def test_a_syndrome_that_another_says_better_is_not_shown(knowledge):
    """The chart shows the syndromes that the diagnosis reports."""
    found = diagnose(Symptoms.of(val_bad_from_first_epoch=True, generalization_gap=3.0))

    assert walked(knowledge, found.path).syndromes == tuple(one.id for one in found.syndromes)


def test_every_chart_has_a_legend(knowledge):
    """Each chart says how it is to be read; each entry stands on a line of its own."""
    charts = [chart(knowledge), *(page for stage in STAGES for page in pages(knowledge, stage))]

    assert all("a gate: settle this first" in one for one in charts)
    assert "then confirm it" in syndrome(knowledge, "overfitting")


def test_marks_keep_their_distance_from_words(knowledge):
    """In a legend no text begins with a plain blank, which a browser drops."""
    assert not re.search(r'POINT-SIZE="\d+"> ', chart(knowledge))


def test_hostile_text_survives(hostile):
    """Markup, escapes and control characters in a question are shown as they are written."""
    from xml.etree import ElementTree as ET

    from mldx.flowchart.picture import render

    pytest.importorskip("pygraphviz")
    svg = render(pages(hostile, "data")[0], "svg")
    said = "".join(ET.fromstring(svg).itertext()).replace("\u200b", "")

    assert all(word in said for word in re.sub(r"[\x00-\x1f]", " ", HOSTILE).split())


@pytest.mark.parametrize(
    "view", [chart, partial(chart, stage="data"), partial(syndrome, id="slow")]
)
def test_hostile_text_makes_no_node(knowledge, hostile, view):
    """Text in the rules adds no node and no edge to a chart."""
    calm, wild = (
        pytest.importorskip("pygraphviz").AGraph(string=view(rules))
        for rules in (knowledge, hostile)
    )

    assert (wild.nodes(), wild.edges()) == (calm.nodes(), calm.edges())


def test_output_is_the_same_twice(knowledge, diagnosis):
    """The same rules and path give the same bytes."""
    once, again = (pages(knowledge, "generalization", diagnosis.path) for _ in range(2))

    assert once == again


def test_wrong_stage_offers_the_right_one(knowledge):
    """A misspelt stage is refused, with the nearest one."""
    with pytest.raises(InputError, match="write `stability`"):
        chart(knowledge, "stabilty")
