"""The decision tree of a syndrome."""

import re

import pytest

from mldx import Symptoms, diagnose
from mldx.errors import InputError
from mldx.flowchart import style
from mldx.flowchart.cards import clear
from mldx.flowchart.dot import syndrome
from mldx.flowchart.tree import recognized_in, tree
from mldx.knowledge import load
from mldx.knowledge.cards import STAGES
from tests.flowchart.test_dot import drawn, shown
from tests.kit.rules import edited, write_files
from tests.kit.tiny import TINY


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The tiny rules."""
    return load(write_files(tmp_path_factory.mktemp("tiny"), TINY))


def leaves(found):
    return [(one, leaf) for one in found.questions for leaf in one.leaves]


def test_a_clear_answer_leads_to_its_cause(tiny):
    """Where 10 % of the labels are wrong the tree leads to wrong labels (9.5 dB); how many samples
    there are speaks less clearly for too little data (4.8 dB), which is left to the end.
    """
    found = tree(tiny, "apart")

    assert [(one.id, leaf.answers, leaf.causes) for one, leaf in leaves(found)] == [
        ("bad_label_fraction", ("strong",), ("label_noise",)),
    ]
    assert found.questions[0].others == ("mild",)
    assert (found.rest, found.besides) == (("too_little_data",), ("train size",))


def test_a_cause_of_another_syndrome_is_no_leaf(tiny):
    """Wrong labels do not show as a loss that stays: that question is only named at the end."""
    found = tree(tiny, "stuck")

    assert (found.questions, found.rest) == ((), ("rate_too_low",))
    assert "bad label fraction" in found.besides


def test_a_cause_is_explained_once(tmp_path):
    """A cause that a second question leads to is named there, and its test is not repeated."""
    rows = (
        "  with:\n    too_little_data: {few: 90",
        "  with:\n    label_noise: {few: 99, many: 1}\n    too_little_data: {few: 90",
    )
    rules = load(write_files(tmp_path, edited(TINY, rows)))
    text = shown(syndrome(rules, "apart"))

    assert text.count("Wrong labels") == 2 and "Wrong labels (see above)" in text


def test_every_leaf_is_clear_and_shows_as_the_syndrome(knowledge):
    """A leaf holds at most three causes, each of which its answers speak for clearly."""
    for id in knowledge.syndromes:
        for question, leaf in leaves(tree(knowledge, id)):
            check = knowledge.compiled.by_id[question.id]

            assert 1 <= len(leaf.causes) <= 3
            assert all(id in knowledge.causes[cause].shows_as for cause in leaf.causes)
            for answer in leaf.answers:
                spoken = [cause for cause, _ in clear(check, check.answers.index(answer))]
                assert set(leaf.causes) <= set(spoken)


def test_nothing_is_lost(knowledge):
    """Every cause of a syndrome is a leaf or named at the end, and so is every check it asks."""
    for id, card in knowledge.syndromes.items():
        found = tree(knowledge, id)
        drawn_causes = {cause for _, leaf in leaves(found) for cause in leaf.causes}
        causes = {one.id for one in knowledge.causes.values() if id in one.shows_as}

        assert drawn_causes | set(found.rest) == causes
        assert len(found.questions) + len(found.besides) == len(card.asks)


def test_every_answer_goes_somewhere(knowledge):
    """An answer to a question of a tree is one of a leaf or goes on, never both."""
    for id in knowledge.syndromes:
        for question in tree(knowledge, id).questions:
            taken = [answer for leaf in question.leaves for answer in leaf.answers]
            answers = knowledge.compiled.by_id[question.id].answers

            assert sorted(map(str, [*taken, *question.others])) == sorted(map(str, answers))


def test_questions_come_in_the_order_of_the_syndrome(knowledge):
    """The tree asks in the order in which the syndrome says."""
    for id, card in knowledge.syndromes.items():
        asked = [one.id for one in tree(knowledge, id).questions]

        assert asked == [check for check in card.asks if check in asked]


def test_every_syndrome_is_recognized_in_one_stage(knowledge):
    """The overview names each syndrome once, beside one stage."""
    found = [id for stage in STAGES for id in recognized_in(knowledge, stage)]

    assert sorted(found) == sorted(knowledge.syndromes)


def test_a_tree_fits_a_page(knowledge):
    """Printed on A4, 10 points of every tree stay above 7."""
    render = pytest.importorskip("mldx.flowchart.picture").render
    pytest.importorskip("pygraphviz")
    for id in knowledge.syndromes:
        svg = render(syndrome(knowledge, id), "svg").decode()
        wide, high = map(float, re.search(r'width="(\d+)pt" height="(\d+)pt"', svg).groups())

        assert min(595 / wide, 842 / high) > 0.7, (id, wide, high)


def test_a_tree_says_what_to_do(knowledge):
    """A tree names the signs, the first aid, and the confirming test of each of its causes."""
    dot = shown(syndrome(knowledge, "overfitting"))
    causes = [cause for _, leaf in leaves(tree(knowledge, "overfitting")) for cause in leaf.first]

    assert "Recognized by: " in dot and "First aid: " in dot
    assert causes and dot.count("Confirm, ") == len(causes)


@pytest.fixture(scope="module")
def twice():
    """A run that rests, with softmax twice."""
    return diagnose(Symptoms.of(train_loss_flat=True, output_loss_pair="double_softmax"))


def test_a_run_lights_its_way_to_the_cause(knowledge, twice):
    """The answer given and its cause are lit; questions without an answer stay to be read."""
    boxes = drawn(syndrome(knowledge, "not_learning", twice.path))
    lit = {id for id, label in boxes.items() if style.LIT in label}
    leaf = next(id for id in lit if " " in id)

    assert lit == {"output_loss_pair", leaf} and "Softmax" in boxes[leaf]
    assert (
        style.DIM_INK not in boxes[next(id for id in boxes if id.startswith("input_scale_class"))]
    )


def test_a_run_says_whether_it_shows_the_syndrome(knowledge, twice):
    """The chart of a syndrome says under the title whether the run shows it."""
    assert "This run shows it." in syndrome(knowledge, "not_learning", twice.path)
    assert "This run does not show it." in syndrome(knowledge, "slow", twice.path)


def test_wrong_syndrome_offers_the_right_one(knowledge):
    """A misspelt syndrome is refused, with the nearest one."""
    with pytest.raises(InputError, match="write `overfitting`"):
        tree(knowledge, "overfiting")
