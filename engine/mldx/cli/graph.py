"""`mldx graph`: write the flowchart, or light up in it the way that the diagnosis of a run went."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from mldx.cli.files import write_bytes
from mldx.errors import Fault, InputError
from mldx.knowledge import KnowledgeBase, load
from mldx.knowledge.cards import STAGES

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step

FORMATS = ("dot", "svg", "png", "pdf", "mermaid")
_SUFFIXES = {
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
}


@click.command()
@click.option(
    "--stage",
    metavar="STAGE",
    help=f"One stage with all its checks: {', '.join(STAGES)}.",
)
@click.option("--syndrome", metavar="ID", help="The decision tree of a syndrome: overfitting, …")
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMATS),
    help="What to write; by default as the file's suffix says, else dot.",
)
@click.option(
    "--output",
    default="-",
    metavar="FILE",
    help="Where to write; by default, or with -, to standard output.",
)
@click.option(
    "--run", "log", metavar="PATH", help="A log or run folder: light up the way its diagnosis went."
)
@click.option(
    "--all",
    "folder",
    type=click.Path(path_type=Path),
    help="Write every chart into this folder, as .dot and .svg.",
)
@click.option(
    "--check",
    is_flag=True,
    help="With --all: write nothing; exit code 2 if the folder is not current.",
)
@click.option(
    "--rules",
    "place",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Rules in place of the shipped ones.",
)
@click.option(
    "--extend",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="DIR",
    help="A folder that adds to the rules.",
)
def command(
    stage: str | None,
    syndrome: str | None,
    kind: str | None,
    output: str,
    log: str | None,
    folder: Path | None,
    check: bool,
    place: Path | None,
    extend: tuple[Path, ...],
) -> None:
    """Write the flowchart: without options, the overview of the stages, gates and syndromes, as
    dot, to standard output.

    \b
    mldx graph --output overview.svg
    mldx graph --run runs/exp1 --output run.pdf
    mldx graph --syndrome overfitting --output overfitting.svg
    mldx graph --stage learning --format mermaid
    mldx graph --all flowcharts
    """
    knowledge = load(place, extend)
    if check and folder is None:
        raise InputError(
            Fault(
                "--check",
                "it needs the folder to be checked.",
                help="write `--all flowcharts --check`",
            )
        )
    if folder is not None:
        _all(knowledge, folder, log, check)
        return
    if stage is not None and syndrome is not None:
        fault = Fault("--syndrome", "a chart is of a stage or of a syndrome.", help="leave one out")
        raise InputError(fault)
    found = _format(kind, output)
    drawn = _text(knowledge, stage, syndrome, found, *_walk(knowledge, log))
    _write(_picture(drawn, found), output, found)


def _all(knowledge: KnowledgeBase, folder: Path, log: str | None, check: bool) -> None:
    from mldx.flowchart.folder import charts, stale, write

    made = charts(knowledge, *_walk(knowledge, log))
    if not check:
        click.echo(f"{folder}: {len(write(folder, made))} files written")
        return
    old = stale(folder, made)
    if old:
        raise InputError(
            *(
                Fault(
                    str(folder / name),
                    "it is not what the rules give.",
                    help=f"run `mldx graph --all {folder}`",
                )
                for name in old
            )
        )
    click.echo(f"{folder}: current")


def _walk(knowledge: KnowledgeBase, log: str | None) -> tuple[Sequence[Step], str]:
    """Return the way that the diagnosis of a log goes, and what it comes to."""
    if log is None:
        return (), ""
    from mldx.diagnosis import diagnose
    from mldx.observe import observed
    from mldx.readers import read_one
    from mldx.report.outline import outline

    diagnosis = diagnose(observed(read_one(log), knowledge=knowledge), knowledge)
    outlined = outline(diagnosis)
    return diagnosis.path, f"{Path(log).name}: {outlined.label.upper()}. {outlined.headline}"


def _format(kind: str | None, output: str) -> str:
    if kind or output == "-":
        return kind or "dot"
    suffix = Path(output).suffix.lower()
    if suffix not in _SUFFIXES:
        fault = Fault(
            output,
            f"`{suffix}` is not a format of a chart.",
            "a file that ends in " + ", ".join(_SUFFIXES),
            "add --format",
        )
        raise InputError(fault)
    return _SUFFIXES[suffix]


def _text(
    knowledge: KnowledgeBase,
    stage: str | None,
    syndrome: str | None,
    kind: str,
    path: Sequence[Step],
    caption: str,
) -> str:
    """Return one chart as DOT or Mermaid."""
    from mldx.flowchart import dot, mermaid

    if kind == "mermaid" and syndrome:
        return mermaid.syndrome(knowledge, syndrome, path)
    if kind == "mermaid":
        return mermaid.chart(knowledge, stage, path)
    if syndrome:
        return dot.syndrome(knowledge, syndrome, path, caption)
    return dot.chart(knowledge, stage, path, caption)


def _picture(text: str, kind: str) -> bytes:
    """Return a chart in the format asked for."""
    from mldx.flowchart.picture import render

    if kind in ("dot", "mermaid"):
        return text.encode()
    return render(text, cast('Literal["svg", "png", "pdf"]', kind))


def _write(content: bytes, output: str, kind: str) -> None:
    if output != "-":
        write_bytes(Path(output), content)
    elif kind in ("png", "pdf") and sys.stdout.isatty():
        raise InputError(
            Fault(
                "--output",
                f"a {kind} would fill the terminal with noise.",
                "a file",
                f"add `--output chart.{kind}`",
            )
        )
    else:
        click.echo(content, nl=False)
