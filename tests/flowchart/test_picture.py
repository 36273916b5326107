"""Pictures: what they carry, and what is said when they cannot be drawn."""

import sys

import pytest

from mldx.errors import MissingExtra
from mldx.flowchart.folder import charts
from mldx.flowchart.picture import render, signature

DOT = "digraph { a -> b }\n"


def test_missing_extra_is_a_clear_message(monkeypatch):
    """Without pygraphviz the error says what to install."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)

    with pytest.raises(MissingExtra, match=r'pip install "mldx\[svg\]"'):
        render(DOT, "svg")


@pytest.mark.parametrize(
    "format, magic", [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_format_is_what_was_asked(format, magic):
    """Each format begins as such a file does."""
    pytest.importorskip("pygraphviz")

    assert render(DOT, format).startswith(magic)


def test_svg_names_its_dot_and_no_version():
    """An SVG carries the hash of its DOT, and not the version of Graphviz."""
    pytest.importorskip("pygraphviz")
    svg = render(DOT, "svg").decode()

    assert signature(DOT) in svg and "graphviz version" not in svg


def test_charts_fit_a_sheet(knowledge, diagnosis):
    """Printed on A3, 10 points of the overview and of each page of a stage, also with the path of
    a run, stay at 7 or above.
    """
    pytest.importorskip("pygraphviz")
    made = [
        dot
        for path in ((), diagnosis.path)
        for name, dot in charts(knowledge, path, "run.csv: FAULTY").items()
        if name[0].isdigit()
    ]
    for dot in made:
        png = render(dot, "png")
        wide, high = (int.from_bytes(png[at : at + 4]) * 72 / 96 for at in (16, 20))

        assert max(min(842 / wide, 1191 / high), min(1191 / wide, 842 / high)) >= 0.68
