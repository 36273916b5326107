"""The real server over standard input and output, driven by the SDK's own client."""

import json
import os
import signal
import subprocess
import sys
from functools import partial

import pytest

pytest.importorskip("mcp")

import jsonschema
from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters

from mldx.mcp import server
from mldx.observe import run as observe_run

from .conftest import RUNS, laid_out

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
CALLS = [
    ("diagnose", {"path": "census_unscaled.json"}),
    ("diagnose", {"path": "census_scaled.json", "full": True}),
    ("diagnose", {}),
    ("next_question", {}),
    ("next_question", {"path": "census_unscaled.json", "looked": ["training", "validation"]}),
    ("show_cause", {"id": "wrong_normalization"}),
    ("read_run", {"path": "census_unscaled.json"}),
]
BAD = {
    "setup": {"optimiser": "adam"},
    "history": {"train_loss": [1, "x"], "val_loss": [1]},
    "answers": {"loss_shape": "wavy"},
}


def command(*arguments):
    """The command line of the server."""
    return [sys.executable, "-m", "mldx", "mcp", *arguments]


@pytest.fixture(scope="module", params=["auto", "legacy"])
def agent(request, tmp_path_factory):
    """A client of a server with the open folder, by the newest protocol and by the older
    handshake.
    """
    opened = laid_out(tmp_path_factory.mktemp("place"))
    program, *arguments = command(str(opened))
    parameters = StdioServerParameters(command=program, args=arguments, env=dict(os.environ))
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(parameters, mode=request.param)) as client,
    ):
        yield lambda method, *given: portal.call(partial(getattr(client, method), *given))


@pytest.fixture(scope="module")
def tools(agent):
    """The tools that are offered, by name."""
    return {tool.name: tool for tool in agent("list_tools").tools}


def test_tools_are_offered_with_their_schemas(tools):
    """Four tools are offered, each with a purpose, the types of what it takes and gives, and the
    promise only to read.
    """
    assert list(tools) == ["diagnose", "next_question", "show_cause", "read_run"]
    assert all(tool.description and tool.annotations.read_only_hint for tool in tools.values())
    assert all(
        one["type"] == "object"
        for tool in tools.values()
        for one in (tool.input_schema, tool.output_schema)
    )


def test_a_run_is_diagnosed(agent):
    """The classifier trained on raw columns is found faulty, with evidence, a test and a fix."""
    told = agent("call_tool", "diagnose", {"path": "census_unscaled.json"}).structured_content
    first = told["causes"][0]

    assert (told["verdict"], first["id"]) == ("faulty", "wrong_normalization")
    assert first["speaks_for"] and first["confirm"]["do"] and first["fix"]["do"]


@pytest.mark.parametrize("tool, arguments", CALLS)
def test_what_is_given_is_what_was_declared(agent, tools, tool, arguments):
    """Arguments and answers are valid by the declared schemas, and the text says what the structure
    says.
    """
    told = agent("call_tool", tool, arguments)
    jsonschema.validate(arguments, tools[tool].input_schema)
    jsonschema.validate(told.structured_content, tools[tool].output_schema)

    assert json.loads(told.content[0].text) == told.structured_content


def test_an_interview_ends(agent):
    """From nothing, answering what can be seen and skipping the rest, an agent that asks on where
    one cause leads before all is seen is led to the cause and told to stop.
    """
    seen = observe_run(RUNS / "census_unscaled.json").observed
    answers, skipped, stop = {}, [], None
    for _ in range(150):
        told = agent(
            "call_tool", "next_question", {"answers": answers, "skipped": skipped}
        ).structured_content
        stop = told.get("stop")
        if stop and stop["reason"] != "leading":
            break
        id = (told.get("question") or stop["then"])["id"]
        if id in seen:
            answers[id] = seen[id]
        else:
            skipped.append(id)

    assert stop["reason"] in ("confirmed", "agreed", "spent", "asked")
    assert told["ranking"][0]["id"] == "wrong_normalization"


def test_a_cause_is_shown(agent):
    """The card of a cause has its meaning, its look-alikes and its sources."""
    told = agent("call_tool", "show_cause", {"id": "label_noise"}).structured_content

    assert told["meaning"] and told["mistaken_for"] and told["sources"]


def test_an_unknown_cause_is_an_error_that_offers_the_nearest(agent):
    """A misspelt id ends in an error for the agent to read, not in one of the protocol."""
    told = agent("call_tool", "show_cause", {"id": "label_noize"})

    assert (told.is_error, "write `label_noise`" in told.content[0].text) == (True, True)


@pytest.mark.parametrize("tool", ["diagnose", "next_question", "read_run"])
@pytest.mark.parametrize(
    "path", ["../secret/metrics.csv", "/etc/passwd", "out.csv", "out/metrics.csv", "linked", "-"]
)
def test_nothing_outside_is_read(agent, tool, path):
    """No tool reads what is not below the open folder, be it by `..`, from the root, through a
    link, or its own input.
    """
    told = agent("call_tool", tool, {"path": path})

    assert told.is_error
    assert "0.25" not in told.content[0].text


def test_a_refused_path_tells_what_is_open(agent):
    """An agent is told which folders it may name."""
    told = agent("call_tool", "diagnose", {"path": "/etc/passwd"}).content[0].text

    assert "a path below" in told and "open" in told


def test_a_bad_record_is_told_and_the_server_goes_on(agent):
    """Every fault of a record is told with its place, and the next call is answered."""
    refused = agent("call_tool", "diagnose", BAD)
    answered = agent("call_tool", "diagnose", {"path": "census_scaled.json"})

    assert (refused.is_error, answered.is_error) == (True, False)
    assert all(
        part in refused.content[0].text
        for part in ("setup.optimiser", "history.train_loss[1]", "loss_shape")
    )
    assert "Traceback" not in refused.content[0].text


def test_what_should_not_happen_is_an_error_too(context, monkeypatch):
    """A fault of our own is told to the agent in a sentence."""
    monkeypatch.setattr(server, "called", lambda *_: 1 / 0)
    told = server.answer("diagnose", {}, context)

    assert (told.is_error, told.content[0].text.splitlines()[0]) == (
        True,
        "diagnose: this should not happen: ZeroDivisionError: division by zero",
    )


def started():
    """A server that has answered its first message."""
    process = subprocess.Popen(
        command(str(RUNS)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    process.stdin.write(json.dumps(HELLO) + "\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    return process


def test_closed_input_ends_it():
    """When the agent goes, the server ends with exit code 0 and without a word."""
    process = started()
    rest = process.communicate(timeout=20)

    assert (process.returncode, rest) == (0, ("", ""))


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of POSIX")
def test_ctrl_c_ends_it():
    """Ctrl-C ends the server at once, though it waits for input, with exit code 0 and without a
    traceback.
    """
    process = started()
    process.send_signal(signal.SIGINT)
    code = process.wait(timeout=20)

    assert (code, process.communicate()) == (0, ("", ""))


def test_a_reader_that_is_gone_ends_it():
    """Where nobody hears the answer the server ends, and does not wait for more."""
    process = started()
    process.stdout.close()
    process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 2, "method": "ping"}) + "\n")
    process.stdin.flush()
    code = process.wait(timeout=20)

    assert (code, process.stderr.read()) == (0, "")


def test_noise_on_the_line_is_survived():
    """What is no message is passed over, and the next message is answered."""
    process = started()
    process.stdin.write('noise\n\n{"jsonrpc": "2.0"}\n')
    process.stdin.write(json.dumps({**HELLO, "id": 2, "method": "ping"}) + "\n")
    process.stdin.flush()
    told = process.stdout.readline()  # before the input ends, which ends what is unanswered
    rest, _ = process.communicate()

    assert (json.loads(told)["id"], rest, process.returncode) == (2, "", 0)
