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


def test_pictures_fit_a_screen(knowledge):
    """The overview and the pages of the stages are at most 2100 x 2600 pixels."""
    pytest.importorskip("pygraphviz")
    made = {
        name: render(dot, "png")
        for name, dot in charts(knowledge).items()
        if name != "0-every-check"
    }
    sizes = {
        name: (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) for name, png in made.items()
    }

    assert all(wide <= 2100 and high <= 2600 for wide, high in sizes.values()), sizes
