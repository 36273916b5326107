"""What may be read and what may not, whatever an agent sends."""

import os
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldx.errors import InputError
from mldx.mcp.folders import MEGABYTE, Folders
from tests.kit import LOGS

from .conftest import CURVE, laid_out

PARTS = st.sampled_from(
    [
        "..",
        ".",
        "",
        "~",
        "-",
        "open",
        "secret",
        "out",
        "linked",
        "curve.csv",
        "metrics.csv",
        "etc",
        "\0",
    ]
)
PATHS = st.one_of(st.lists(PARTS, max_size=6).map("/".join), st.text(max_size=40))


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """One layout for all the paths that are tried on it."""
    return laid_out(tmp_path_factory.mktemp("place"))


def test_a_path_starts_in_the_open_folder(opened):
    """A relative path is looked for in the folder that is open."""
    assert Folders.of([opened]).place("curve.csv") == opened / "curve.csv"


def test_a_path_starts_where_the_server_stands(opened, monkeypatch):
    """An agent in the same folder may write the path as it sees it."""
    monkeypatch.chdir(opened.parent)

    assert Folders.of(["open"]).place("open/curve.csv") == opened / "curve.csv"


def test_an_absolute_path_inside_is_open(opened):
    """Where a path begins does not matter, only where it ends."""
    assert Folders.of([opened]).place(str(opened / "curve.csv")) == opened / "curve.csv"


def test_a_link_that_stays_inside_is_open(opened):
    """A link is what it leads to."""
    assert Folders.of([opened]).place("in.csv") == opened / "curve.csv"


@pytest.mark.parametrize(
    "path",
    ["", "../secret/metrics.csv", "linked/../curve.csv", "..\\secret", "/etc/passwd", "/dev/null"],
)
def test_what_is_outside_is_closed(opened, path):
    """Nothing outside is read, and `..` not even where it would stay inside."""
    with pytest.raises(InputError, match="not in a folder that is open") as refused:
        Folders.of([opened]).place(path)

    assert str(opened) in str(refused.value)


@pytest.mark.parametrize("path", ["out.csv", "out", "out/metrics.csv"])
def test_a_link_that_leads_out_is_closed(opened, path):
    """A link out of the open folder is refused, be it to a file, to a folder or on the way."""
    with pytest.raises(InputError, match="not in a folder that is open"):
        Folders.of([opened]).place(path)


def test_a_file_outside_is_no_oracle(opened):
    """The answer for a closed path is the same whether or not something is there."""
    told = []
    for name in ("metrics.csv", "nothing.csv"):
        with pytest.raises(InputError) as refused:
            Folders.of([opened]).place(str(opened.parent / "secret" / name))
        told.append(str(refused.value).replace(name, ""))

    assert told[0] == told[1]


def test_a_pipe_is_not_opened(opened):
    """A pipe would be waited for without end."""
    os.mkfifo(opened / "pipe.csv")

    with pytest.raises(InputError, match="a pipe, a socket or a device"):
        Folders.of([opened]).place("pipe.csv")


def test_a_large_file_is_not_read(opened):
    """A file over the limit is refused with its size and the limit."""
    with (opened / "large.csv").open("wb") as file:
        file.truncate(3 * MEGABYTE)

    with pytest.raises(InputError, match="3 MB large") as refused:
        Folders.of([opened], largest=2 * MEGABYTE).read("large.csv")

    assert "at most 2 MB" in str(refused.value)


def test_a_folder_of_nothing_but_links_out_has_no_log(opened):
    """A file in a run folder is asked about like any other, and the refusal is told."""
    with pytest.raises(InputError, match="not in a folder that is open"):
        Folders.of([opened]).read("linked")


def test_what_a_folder_leaves_is_told(opened):
    """A run folder is read without its links that lead out, and says so."""
    (opened / "linked" / "results.csv").write_text(CURVE)
    run = Folders.of([opened]).read("linked")

    assert run.origin.endswith("results.csv")
    assert "metrics.csv: not opened" in run.ignored


@pytest.mark.parametrize("name", ["hparams.yaml", "params"])
def test_setup_beside_a_log_may_not_lead_out(opened, name):
    """The files of hyper-parameters beside a log are asked about too."""
    secret = opened.parent / "secret"
    (secret / "hparams.yaml").write_text("optimizer: adam\n")
    (secret / "optimizer").write_text("adam")
    (opened / "run").mkdir()
    (opened / "run" / "metrics.csv").write_text(CURVE)
    (opened / "run" / name).symlink_to(secret / name if name != "params" else secret)

    assert "optimizer" not in Folders.of([opened]).read("run").setup


def test_events_of_another_split_may_not_lead_out(tmp_path):
    """Of a TensorBoard run whose splits lie in folders, only the open ones are read."""
    shutil.copytree(LOGS / "tensorboard_split", tmp_path, dirs_exist_ok=True)

    splits = {one.split for one in Folders.of([tmp_path / "train"]).read(".").series}

    assert splits == {"train"}


def test_folders_that_are_none_are_told_together():
    """The server does not start with a folder that is not there."""
    with pytest.raises(InputError) as refused:
        Folders.of(["nowhere", "neither"])

    assert [fault.where for fault in refused.value.faults] == ["nowhere", "neither"]


@given(path=PATHS)
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_path_leads_out(standing, path):
    """Whatever is sent, what is found lies in the open folder, or the path is refused in words."""
    try:
        found = Folders.of([standing]).place(path)
    except InputError as refused:
        assert refused.faults
    else:
        assert os.path.realpath(found).startswith(os.path.realpath(standing))
