"""From the arguments of a call to what was observed, and from observations to short sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.wording import words
from mldx.mcp.folders import Folders
from mldx.observe.intake import observed as observed_run
from mldx.readers.record import of_mapping
from mldx.readers.run import Run
from mldx.symptoms import Symptoms

_NOTES = 12


@dataclass(frozen=True, slots=True)
class ServerContext:
    """What the server works with: the folders that are open, and the rules."""

    folders: Folders
    rules: KnowledgeBase


@dataclass(frozen=True, slots=True)
class Observed:
    """What is known of a run; `run` is what was read of its log, if it has one."""

    symptoms: Symptoms
    run: Run | None = None

    @property
    def notes(self) -> list[str]:
        """How the log was read."""
        if self.run is None:
            return []
        return few([*self.run.notes, *(f"not used: {one}" for one in self.run.ignored)])


def observed(path: str, given: Mapping[str, Any], context: ServerContext) -> Observed:
    """Return what a log shows together with what is given of the run.

    given    the parts of a run record; its setup wins over the log's and judges its curves

    raises   InputError, when the path may not be read, or the record holds what cannot be
    """
    told = of_mapping(given, "arguments")
    if not path:
        return Observed(observed_run(told, knowledge=context.rules))
    run = context.folders.read(path)
    seen = observed_run(
        run,
        facts=told.setup,
        answers=told.answers,
        overrides=told.overruled,
        knowledge=context.rules,
    )
    if told.series:  # curves beside the log, judged by the same facts
        seen |= observed_run(told, facts={**run.setup, **told.setup}, knowledge=context.rules)
    return Observed(seen, run)


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
