"""The folder of all charts: the overview, each stage in pages, each syndrome, as .dot and .svg.

Whether a folder is current is told from the DOT alone: each .dot must hold the bytes that the rules
give now, and each .svg must name the hash of that DOT. So it needs no Graphviz, nor the same
version of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mldx.errors import Fault, InputError
from mldx.flowchart import dot
from mldx.flowchart.picture import render, signature
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import STAGES

if TYPE_CHECKING:
    from mldx.diagnosis.results import Step


def charts(
    knowledge: KnowledgeBase, path: Sequence[Step] = (), caption: str = ""
) -> dict[str, str]:
    """Return every chart as DOT by its file's stem: 0-overview, 1-data, 2-learning-1, ...,
    syndrome-diverging, ...
    """
    made = {"0-overview": dot.chart(knowledge, None, path, caption)}
    for number, stage in enumerate(STAGES, 1):
        drawn = dot.pages(knowledge, stage, path, caption)
        several = len(drawn) > 1
        made |= {
            f"{number}-{stage}" + (f"-{page}" if several else ""): one
            for page, one in enumerate(drawn, 1)
        }
    made |= {
        f"syndrome-{id}": dot.syndrome(knowledge, id, path, caption) for id in knowledge.syndromes
    }
    return made


def write(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Write the charts as .dot and .svg, take away charts that are no more, and return the names
    written.

    raises   MissingExtra, when Graphviz is not installed; InputError, when the folder cannot be
             written
    """
    files = {f"{stem}.dot": text.encode() for stem, text in made.items()}
    files |= {f"{stem}.svg": render(text, "svg") for stem, text in made.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        for name in _left_over(folder, made):
            (folder / name).unlink()
    except OSError as error:
        raise InputError(
            Fault(
                str(folder),
                f"it cannot be written: {error.strerror}.",
                "a folder that can be written",
            )
        ) from None
    return sorted(files)


def stale(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Return the names of files in a folder that are missing, not current, or of charts that are no
    more.
    """
    old = [f"{stem}.dot" for stem, text in made.items() if _read(folder / f"{stem}.dot") != text]
    old += [
        f"{stem}.svg"
        for stem, text in made.items()
        if signature(text) not in _read(folder / f"{stem}.svg")
    ]
    return sorted([*old, *_left_over(folder, made)])


def _left_over(folder: Path, made: Mapping[str, str]) -> list[str]:
    """Return the files that are named like charts of ours, and are of none."""
    patterns = [f"{start}-*.{end}" for start in ("[0-9]", "syndrome") for end in ("dot", "svg")]
    found = [path for pattern in patterns for path in folder.glob(pattern)]
    return sorted(path.name for path in found if path.stem not in made)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
