"""The folder of charts, and how it is told whether it is current."""

import pytest

from mldx.flowchart.folder import charts, stale, write
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def made(knowledge):
    return {
        name: dot
        for name, dot in charts(knowledge).items()
        if name in ("0-overview", "syndrome-overfitting")
    }


@pytest.fixture
def folder(tmp_path, made):
    pytest.importorskip("pygraphviz")
    write(tmp_path, made)
    return tmp_path


def test_shipped_flowcharts_are_current(knowledge):
    """`flowcharts/` is what the rules give; after an edit of the rules run `mldx graph --all
    flowcharts`.
    """
    assert stale(ROOT / "flowcharts", charts(knowledge)) == []


def test_folder_holds_overview_stages_and_syndromes(knowledge):
    """There is a chart for the overview, for each stage and for each syndrome."""
    names = charts(knowledge).keys()

    assert "0-overview" in names
    assert {f"syndrome-{id}" for id in knowledge.syndromes} <= names
    assert {name[0] for name in names} == set("012345s")


def test_written_folder_is_current(folder, made):
    """What was just written is not stale."""
    assert stale(folder, made) == []


def test_edited_dot_is_stale(folder, made):
    """A .dot that differs by a byte is named."""
    (folder / "syndrome-overfitting.dot").write_text(made["syndrome-overfitting"] + "\n")

    assert stale(folder, made) == ["syndrome-overfitting.dot"]


def test_picture_of_another_dot_is_stale(folder, made):
    """An .svg drawn from an older .dot is named."""
    (folder / "syndrome-overfitting.svg").write_bytes((folder / "0-overview.svg").read_bytes())

    assert stale(folder, made) == ["syndrome-overfitting.svg"]


def test_chart_that_is_no_more_is_stale(folder, made):
    """A chart that the rules no longer give is named, and taken away when the folder is written."""
    old = ["2-learning-9.dot", "syndrome-gone.svg"]
    for name in old:
        (folder / name).write_text("")
    found = stale(folder, made)
    write(folder, made)

    assert (found, stale(folder, made)) == (old, [])


def test_other_files_are_left_alone(folder, made):
    """A file that is none of ours stays."""
    (folder / "README.md").write_text("mine")
    write(folder, made)

    assert (folder / "README.md").read_text() == "mine"
