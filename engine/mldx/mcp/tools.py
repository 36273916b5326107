"""The tools that agents are offered: what each is for, what it takes and gives, and the function
that does the work.

A call is a pure function of its arguments and the files they name; nothing is kept between two
calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel

from mldx.errors import Fault, InputError, nearest
from mldx.mcp.asking import next_question
from mldx.mcp.context import ServerContext
from mldx.mcp.diagnosing import diagnosed
from mldx.mcp.inputs import CauseInput, DiagnoseInput, LogInput, QuestionInput, ToolInput
from mldx.mcp.outputs import CauseCardOutput, Diagnosed, LogRead, NextQuestion, ToolOutput
from mldx.mcp.showing import log_read, shown

INSTRUCTIONS = """\
mldx finds out why a machine-learning model trains badly, by rules whose every conclusion can be
followed back. Begin with `diagnose` and the path of the log; add the `setup` from the training
code, for the commonest faults show in no curve. While the verdict is undecided, or several causes
are near, ask `next_question` with everything known: answer from the code, the data and short
experiments, put into `skipped` what you cannot find out, never guess. It stops by itself. Before
a fix, run the `confirm` test of the cause; `show_cause` tells its look-alikes and its sources."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool; `work` takes an instance of `input_type` and returns one of `output_type`."""

    title: str
    purpose: str
    input_type: type[ToolInput]
    output_type: type[ToolOutput]
    work: Callable[[Any, ServerContext], ToolOutput]


TOOLS: Mapping[str, Tool] = {
    "diagnose": Tool(
        "Diagnose a training run",
        "Why does this model train badly? Reads a log, a run folder, or facts you send, and names "
        "the likeliest causes with"
        " the evidence for and against each, a test that confirms it, and a fix.",
        DiagnoseInput,
        Diagnosed,
        diagnosed,
    ),
    "next_question": Tool(
        "Ask the next best question",
        "What should be looked at next? From everything known so far, the one question whose "
        "answer tells most for the time"
        " it takes, or a stop with its reason. Call it again with the answer added to `answers`, "
        "or its id to `skipped`.",
        QuestionInput,
        NextQuestion,
        next_question,
    ),
    "show_cause": Tool(
        "Show the card of a cause",
        "All about one cause: what it means, how to confirm and fix it, what it is mistaken for "
        "and the sign that parts"
        " them, what points to it, and the sources.",
        CauseInput,
        CauseCardOutput,
        shown,
    ),
    "read_run": Tool(
        "Read a training log",
        "What is in this log? Its format, its series in figures, the setup found beside it, and "
        "the symptoms observed in"
        " it, without a diagnosis.",
        LogInput,
        LogRead,
        log_read,
    ),
}


@cache
def schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema of what a tool takes or gives, without the titles that repeat the
    names.
    """
    return {
        key: _untitled(value) for key, value in model.model_json_schema().items() if key != "title"
    }


def _untitled(node: Any) -> Any:
    if isinstance(node, list):
        return [_untitled(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _untitled(value)
        for key, value in node.items()
        if key != "title" or not isinstance(value, str)
    }


def called(
    name: str, arguments: Mapping[str, Any] | None, context: ServerContext
) -> dict[str, Any]:
    """Return what a tool gives as plain data for JSON; fields that say nothing are left out.

    raises   MldxError, when there is no such tool, its arguments cannot be, or the run cannot be
             read
    """
    if name not in TOOLS:
        near = nearest(name, TOOLS)
        raise InputError(
            Fault(
                name,
                f"`{name}` is no tool.",
                "one of " + ", ".join(TOOLS),
                f"call `{near}`" if near else "",
            )
        )
    tool = TOOLS[name]
    given = tool.input_type.of(dict(arguments or {}), name)
    return tool.work(given, context).model_dump(mode="json", exclude_defaults=True)
