"""What the commands share: which rules are meant, and how an id that does not exist is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase, rules_folder

if TYPE_CHECKING:
    from mldx.lab.case import Case

_FOLDER = click.Path(path_type=Path)

extend = click.option(
    "--extend", type=_FOLDER, multiple=True, metavar="DIR", help="A folder that adds to the rules."
)
rules = click.option(
    "--rules",
    "folder",
    type=_FOLDER,
    metavar="DIR",
    help="Rules to use in place of the shipped ones.",
)
folder = click.argument("folder", required=False, type=_FOLDER, metavar="[DIR]")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def cases(knowledge: KnowledgeBase, folder: Path | None, extend: Sequence[Path]) -> list[Case]:
    """Return the worked cases of the rules and of the folders that extend them."""
    from mldx.lab.loading import load

    return [
        case for place in (folder or rules_folder(), *extend) for case in load(place, knowledge)
    ]


def unknown(id: str, kind: str, known: Iterable[str]) -> InputError:
    """Return the error for an id that is none, with the nearest right one."""
    near = nearest(id, known)
    elsewhere = "is it in a folder of yours? pass --extend DIR"
    help = f"write `{near}`, or {elsewhere}" if near else elsewhere
    return InputError(Fault(id, f"`{id}` is no {kind}.", f"a {kind}; see `mldx rules list`", help))
