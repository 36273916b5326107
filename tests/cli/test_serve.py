"""`mldx serve`: begins, ends, and says what stands in its way."""

import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

pytest.importorskip("fastapi")

from mldx.cli.serve import _bound, command
from mldx.errors import InputError


@pytest.fixture
def serving(request):
    """A server of its own process, on any free port: the process, and its address."""
    started = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "mldx",
            "serve",
            "--port",
            "0",
            *getattr(request, "param", ()),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = started.stdout.readline().split()[3]
    yield started, address
    started.kill()
    started.wait(10)


@pytest.mark.parametrize("serving", [(), ("--workers", "2")], indirect=True, ids=["one", "two"])
def test_it_serves_until_it_is_interrupted(serving):
    """Ctrl-C ends it, and its workers, within seconds, with exit code 0 and no traceback."""
    process, address = serving
    with urllib.request.urlopen(address, timeout=30) as answer:
        served = answer.status
    process.send_signal(signal.SIGINT)
    told, complaints = process.communicate(timeout=15)

    assert (served, process.returncode) == (200, 0)
    assert (told.strip(), complaints) == ("stopped", "")


def test_a_taken_port_is_told():
    """Where another program listens already, the port is named and a help offered."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = CliRunner().invoke(command, ["--port", str(other.getsockname()[1])])

    assert isinstance(result.exception, InputError)
    assert "--port 0" in str(result.exception)


def test_it_listens_on_this_machine_only_by_default(serving):
    """Nobody else on the network can open the page, unless the host is given."""
    assert "//127.0.0.1:" in serving[1]


@pytest.mark.parametrize(
    "host, warned", [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True), ("", True)]
)
def test_who_can_open_the_page_is_told(host, warned, monkeypatch):
    """Whoever lets the network in is told so; by default nobody outside this machine can."""
    monkeypatch.setattr("mldx.cli.serve._run", lambda config, listening: listening.close())
    result = CliRunner().invoke(command, ["--host", host, "--port", "0"])

    assert result.exit_code == 0
    assert ("Everyone on the network" in result.stderr) == warned


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a..b", "256.1.1.1", "::ffff:zz"])
def test_a_host_that_is_none_is_told(host):
    """What is no address of this machine is an error in words."""
    result = CliRunner().invoke(command, ["--host", host, "--port", "0"])

    assert isinstance(result.exception, InputError)
    assert "leave --host out" in str(result.exception)


def test_an_answer_does_not_wait_for_an_acknowledgement():
    """The socket says that it is TCP: only then does asyncio send small packets at once."""
    with _bound("127.0.0.1", 0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
