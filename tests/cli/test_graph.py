"""`mldx graph`, end to end."""

import sys

import pytest

LOG = "epoch,loss,val_loss\n" + "".join(f"{n},{2.3 + n * n},{2.4 + n * n}\n" for n in range(12))


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text(LOG)
    return str(path)


def test_default_is_the_overview_as_dot(mldx):
    """Without options the overview is written to standard output as DOT."""
    told = mldx("graph")

    assert (
        told.exit_code == 0
        and told.stdout.startswith("digraph mldx {")
        and '"drill_down"' in told.stdout
    )


def test_syndrome_is_a_tree(mldx):
    """`--syndrome` writes the decision tree of a syndrome, as DOT or as Mermaid text."""
    dot = mldx("graph", "--syndrome", "overfitting").stdout
    text = mldx("graph", "--syndrome", "overfitting", "--format", "mermaid").stdout

    assert "First aid: " in dot and "It overfits" in text and text.startswith("flowchart TD")


def test_stage_as_mermaid(mldx):
    """A stage can be had as Mermaid text."""
    assert mldx("graph", "--stage", "stability", "--format", "mermaid").stdout.startswith(
        "flowchart TD"
    )


@pytest.mark.parametrize(
    "name, magic",
    [("a.dot", b"digraph"), ("a.mmd", b"flowchart"), ("a.svg", b"<?xml"), ("a.PNG", b"\x89PNG")],
)
def test_format_follows_the_suffix(mldx, tmp_path, name, magic):
    """The suffix of the file says what is written."""
    pytest.importorskip("pygraphviz")
    mldx("graph", "--stage", "data", "--output", str(tmp_path / name))

    assert (tmp_path / name).read_bytes().startswith(magic)


def test_run_is_lit_up(mldx, log):
    """With a run, the chart names the run and its verdict, and lights what its log answers."""
    overview = mldx("graph", "--run", log).stdout
    stage = mldx("graph", "--stage", "stability", "--run", log).stdout

    assert "run.csv: FAULTY" in overview and "loss nonfinite: " in overview
    assert "run.csv: FAULTY" in stage and "what the run answered" in stage


def test_run_on_its_syndrome(mldx, log):
    """The tree of a syndrome says that the run shows it."""
    told = mldx("graph", "--syndrome", "diverging", "--run", log).stdout

    assert "This run shows it." in told


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--stage", "stabilty"], "write `stability`"),
        (["--syndrome", "overfiting"], "write `overfitting`"),
        (["--syndrome", "slow", "--stage", "data"], "leave one out"),
        (["--output", "a.xyz"], "not a format of a chart"),
        (["--check"], "--all flowcharts --check"),
        (["--run", "nowhere.csv"], "no such file"),
        (["--stage", "data", "--output", "nowhere/a.dot"], "cannot be written"),
    ],
)
def test_bad_input_is_exit_code_two(mldx, arguments, said):
    """Bad input ends with exit code 2 and a help, never a traceback."""
    told = mldx("graph", *arguments)

    assert told.exit_code == 2 and said in told.output and "Traceback" not in told.output


def test_missing_graphviz_is_exit_code_two(mldx, monkeypatch):
    """Without pygraphviz a picture is refused with what to install; DOT is still written."""
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    picture, text = mldx("graph", "--format", "svg"), mldx("graph")

    assert (
        picture.exit_code == 2
        and 'pip install "mldx[svg]"' in picture.output
        and text.exit_code == 0
    )


def test_check_names_what_is_stale(mldx, tmp_path):
    """After `--all` the folder is current; an edited file is named, with exit code 2."""
    pytest.importorskip("pygraphviz")
    folder = str(tmp_path / "charts")
    written, current = mldx("graph", "--all", folder), mldx("graph", "--all", folder, "--check")
    (tmp_path / "charts" / "0-overview.dot").write_text("digraph {}")
    old = mldx("graph", "--all", folder, "--check")

    assert (written.exit_code, current.exit_code, old.exit_code) == (0, 0, 2)
    assert "0-overview.dot" in old.output and "0-overview.svg" not in old.output
