"""From the arguments of a call to what was observed, and from observations to short sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import words
from mldx.mcp.folders import Folders
from mldx.mcp.inputs import RunInput
from mldx.observe.intake import observed as observed_run
from mldx.readers.record import of_mapping
from mldx.symptoms import Symptoms

_NOTES = 12


@dataclass(frozen=True, slots=True)
class ServerContext:
    """What the server works with: the folders that are open, and the rules."""

    folders: Folders
    rules: KnowledgeBase


def observed(given: RunInput, context: ServerContext) -> Symptoms:
    """Return what a log shows together with what is given of the run: its setup wins over the
    log's and judges its curves.

    raises   InputError, when the path may not be read, or the record holds what cannot be
    """
    told = of_mapping(given.model_dump(include={"setup", "history", "answers"}), "arguments")
    if not given.path:
        return observed_run(told, knowledge=context.rules)
    run = context.folders.read(given.path, given.series)
    seen = observed_run(
        run,
        facts=told.setup,
        answers=told.answers,
        overrides=told.overruled,
        knowledge=context.rules,
    )
    if told.series:  # curves beside the log, judged by the same facts
        seen |= observed_run(told, facts={**run.setup, **told.setup}, knowledge=context.rules)
    return seen


def sentence(symptom: str, saw: Any, figure: str = "", aside: str = "") -> str:
    """Return an observation in words: "loss_shape is diverging: rose from 2.3 to 900 (measured, +10
    dB)".
    """
    behind = f": {figure}" if figure else ""
    return f"{symptom} is {words(saw)}{behind}{f' ({aside})' if aside else ''}"


def few(lines: Sequence[str], most: int = _NOTES) -> list[str]:
    """Return the first lines, and how many more there are."""
    left = len(lines) - most
    return [*lines[:most], *([f"and {left} more"] if left > 0 else [])]
