"""What an extension does to the rules it extends: numbers changed, and rows added to checks that
stand elsewhere.

A change is written like the card it changes, with only the fields that differ (`changes.yaml`):

    priors:      {label_noise: {weight: 120, basis: a fifth of our labels were wrong last year}}
    thresholds:  {train_loss_flat: {least_fall: {value: 0.01, source: our losses move slowly}}}

Nothing is redefined in silence: a card that stands twice, or a number that two extensions change,
is a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldx.errors import Fault, nearest
from mldx.knowledge.schema import ChangesShape
from mldx.knowledge.strict_yaml import Document

KINDS = {"priors": "cause", "thresholds": "threshold"}
Change = tuple[str, str, Mapping[str, Any], tuple[str, ...]]


def changes(shape: ChangesShape) -> Iterator[Change]:
    """Every changed card: what it is of, its id, the fields that change, and where they stand."""
    for group in KINDS:
        for id, card in getattr(shape, group).items():
            yield group, id, card, (group, id)


def changed(group: str, old: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card with the fields of a change in place of its own; of a threshold group, card by
    card.
    """
    if group == "priors":
        return {**old, "prior": {**old["prior"], **fields}}
    if group == "thresholds":
        return {**old, **{name: {**old.get(name, {}), **card} for name, card in fields.items()}}
    return {**old, **fields}


def unknown(document: Document, path: tuple[str, ...], known: Mapping[str, Any]) -> Fault:
    """Say that there is nothing to change."""
    near = nearest(path[1], known)
    what = f"there is no `{path[1]}` to change in {path[0]}."
    return Fault(
        document.at(path), what, "the id of a card that exists", f"write `{near}`" if near else ""
    )


def with_rows(check: Mapping[str, Any], rows: Mapping[str, Any]) -> dict[str, Any]:
    """Return a check with rows added to its tables; a table for other circumstances gets them
    too.
    """
    added = rows["with"]
    given = [{**one, "with": {**added, **one.get("with", {})}} for one in check.get("given", ())]
    return {**check, "with": {**check.get("with", {}), **added}, "given": given}
