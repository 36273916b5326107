"""`mldx ask`: answer questions, and learn the likely cause.

One question at a time, each the one that is worth most; with a log, only what the log does not say.
On a terminal the choices are picked with the arrow keys (questionary); from a pipe, from a file or
without questionary, line by line.

Exit codes are those of `mldx diagnose`, and 130 when it was broken off; what was answered is kept.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mldx.cli.ask_loop import Interview, InterviewUI
from mldx.cli.ask_store import Store, begun, last_kept, read_answers
from mldx.cli.rules import options
from mldx.errors import Fault, InputError
from mldx.interview import Dialogue
from mldx.knowledge import load

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEFT = 3
_LAST = "the last one"


@click.command()
@click.argument("logs", nargs=-1, metavar="[LOG]...")
@click.option("--all", "whole", is_flag=True, help="Ask the whole checklist in its order.")
@click.option(
    "--complaint", metavar="ID|TEXT", help="What troubles you, by its id or in your own words."
)
@click.option(
    "--answers",
    metavar="FILE",
    help="Take the answers from a file: lines `id: value`, or a JSON or YAML mapping.",
)
@click.option(
    "--save", metavar="FILE", help="Where to keep the answers; by default in your data folder."
)
@click.option(
    "--resume",
    metavar="[FILE]",
    is_flag=False,
    flag_value=_LAST,
    help="Go on with an interview that was kept; without a file, the last one.",
)
@click.option("--record", metavar="FILE", help="Write a run record that reproduces the diagnosis.")
@click.option("--plain", is_flag=True, help="Line by line, without menus.")
@click.option("--json", "as_json", is_flag=True, help="Print the diagnosis as JSON at the end.")
@click.option("--full", is_flag=True, help="List every cause and every open question at the end.")
@options.rules
@options.extend
def command(
    logs: tuple[str, ...], whole: bool, complaint: str | None, answers: str | None,
    save: str | None, resume: str | None, record: str | None, plain: bool, as_json: bool,
    full: bool, folder: Path | None, extend: tuple[Path, ...],
) -> int:  # fmt: skip
    """Ask about a run, the most telling question first, and name the likeliest causes and the next
    actions.

    \b
    mldx ask                              from nothing
    mldx ask runs/exp1/metrics.csv        only what the log does not say
    mldx ask --complaint "my loss is nan" what helps to know first is asked first
    mldx ask --resume                     where you left off
    printf 'loss_shape: flat\\n' | mldx ask
    mldx ask --answers answers.yaml --record run.json
    """
    knowledge = load(folder, extend)
    kept = str(last_kept()) if resume == _LAST else resume
    dialogue = begun(logs, kept, knowledge, whole=whole)
    ui = _ui(plain or as_json or answers is not None, scripted=answers is not None, quiet=as_json)
    dialogue = replace(dialogue, forms=ui.interactive)  # a script answers line by line
    interview = Interview(dialogue, ui, Store.of(save or kept, kept=ui.interactive))
    try:
        _held(interview, complaint, answers)
    except KeyboardInterrupt:
        _broken_off(interview)
        return 130
    return _report(interview.dialogue, record, as_json=as_json, full=full)


def _held(interview: Interview, complaint: str | None, answers: str | None) -> None:
    """Hold the interview; a file of answers is stated at once, and then there is nobody to ask."""
    if complaint is not None:
        _complained(interview, complaint)
    if answers is None:
        interview.hold()
        return
    interview.state(read_answers(answers, interview.dialogue.knowledge))


def _complained(interview: Interview, complaint: str) -> None:
    """Take the complaint of the command line; where somebody can be asked, ask what was meant.

    raises   InputError, when it is not understood and nobody can be asked
    """
    try:
        interview.complain(complaint)
    except InputError as error:
        if not interview.ui.interactive:
            raise
        interview.not_understood(complaint, error)


def _ui(plain: bool, scripted: bool, quiet: bool) -> InterviewUI:
    from mldx.cli.ask_plain import PlainUI

    terminal = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if plain or scripted or not terminal:
        return PlainUI(interactive=terminal and not scripted, quiet=quiet)
    try:
        from mldx.cli.ask_terminal import TerminalUI
    except ModuleNotFoundError:
        told = "questionary is not installed, so the questions come line by line"
        click.echo(f"{told} (for menus: pip install 'mldx[ask]').", err=True)
        return PlainUI(interactive=True)
    return TerminalUI()


def _broken_off(interview: Interview) -> None:
    said = bool(interview.dialogue.answers or interview.dialogue.complaints)
    path = interview.store.keep(interview.dialogue, force=said)
    if path is None:
        click.echo("\nstopped; nothing was answered yet", err=True)
    else:
        told = "stopped; your answers are kept. Go on with:"
        click.echo(f"\n{told}\n  mldx ask --resume {_quoted(path)}", err=True)


def _quoted(place: Path) -> str:
    from shlex import quote

    return quote(str(place))


def _report(dialogue: Dialogue, record: str | None, *, as_json: bool, full: bool) -> int:
    """Print the diagnosis as `mldx diagnose` does, write the record, and return the exit code."""
    diagnosis = dialogue.diagnosis
    if as_json:
        document = diagnosis.model_dump(mode="json")
        click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print(dialogue, full=full)
    if record:
        _write(Path(record), dialogue.to_record())
        told = f"`mldx diagnose {record}` reports the same."
        click.echo(f"The run record is in {record}; {told}", err=True)
    return int(diagnosis.verdict == "faulty")


def _print(dialogue: Dialogue, *, full: bool) -> None:
    from mldx.report.lines import Look
    from mldx.report.terminal import report, unanswered

    look, diagnosis = Look.of_stdout(), dialogue.diagnosis
    count = len(dialogue.answered)
    name = "" if diagnosis.read else f"interview, {count} answer{'' if count == 1 else 's'}"
    click.echo(report(diagnosis, full, look, name), color=look.colour)
    if left := dialogue.unanswered()[:_LEFT]:
        click.echo(unanswered(left, look), color=look.colour)


def _write(path: Path, record: Mapping[str, Any]) -> None:
    try:
        path.write_text(
            json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise InputError(
            Fault(str(path), f"the record cannot be written: {error.strerror}.", "a place to write")
        ) from error
