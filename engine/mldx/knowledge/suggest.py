"""What every analysis says alike: this name is unknown, and the nearest right one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mldx.errors import Fault, Place, nearest


def near(word: Any, known: Iterable[str]) -> str:
    """Return "write `name`" for the name that was probably meant, or nothing."""
    found = nearest(str(word), known)
    return f"write `{found}`" if found else ""


def no_cause(where: Place | str, what: str, id: str, known: Iterable[str]) -> Fault:
    """Say that an id is no cause."""
    return Fault(
        where,
        f"{what}, which is no other cause.",
        "the id of a card in causes.yaml",
        near(id, known),
    )


def no_card(where: Place | str, what: str, id: str, known: Iterable[str]) -> Fault:
    """Say that nobody wrote the card of a cause, or that its id is misspelled."""
    help = ", or ".join(filter(None, ("write its card in `STAGE/causes.yaml`", near(id, known))))
    return Fault(where, f"{what}, which has no card.", "the id of a card in causes.yaml", help)


def no_check(where: Place | str, what: str, id: str, known: Iterable[str]) -> Fault:
    """Say that an id is no check."""
    return Fault(
        where, f"{what}, which is no check.", "the id of a check or a setup fact", near(id, known)
    )


def no_syndrome(where: Place, what: str, id: str, known: Iterable[str]) -> Fault:
    """Say that an id is not a syndrome."""
    return Fault(
        where, f"{what}, which is not a syndrome.", "an id of syndromes.yaml", near(id, known)
    )
