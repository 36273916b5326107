"""`mldx mcp` before it serves."""

import sys

import pytest


@pytest.mark.parametrize("missing", ["mcp", "mcp_types", "anyio"])
def test_the_sdk_is_asked_for(mldx, monkeypatch, missing):
    """Without the SDK, or with one of version 1, the command says what to install and ends with
    exit code 2.
    """
    for name in [
        name
        for name in sys.modules
        if name.partition(".")[0] == missing or name == "mldx.mcp.server"
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    told = mldx("mcp")

    assert (told.exit_code, "help: pip install 'mldx[mcp]'" in told.stderr) == (2, True)


def test_a_folder_must_be_there(mldx):
    """A folder that is none is told before anything is served."""
    pytest.importorskip("mcp")
    told = mldx("mcp", "nowhere")

    assert (told.exit_code, told.stderr.splitlines()[0]) == (2, "nowhere: it is no folder.")


def test_help_needs_no_sdk(mldx, monkeypatch):
    """What the command does is told without the SDK, with the lines for an agent's
    configuration.
    """
    monkeypatch.setitem(sys.modules, "mcp", None)
    told = mldx("mcp", "--help")

    assert (told.exit_code, '"args": ["mcp", "runs"]' in told.stdout) == (0, True)
