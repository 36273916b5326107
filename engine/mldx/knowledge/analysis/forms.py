"""A form asks what exists, each thing once; the check that it judges exists, and facts decide
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldx.errors import Fault
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near
from mldx.symptoms.setup import Setup

Faults = Iterator[Fault]


def forms(reading: RuleFiles) -> Faults:
    """Every form asks symptoms or facts, none twice; one that judges a check asks facts only."""
    for id, card in reading.content["forms"].items():
        yield from _fields(reading, id, card)
        judged = card.get("judges")
        if judged is not None and judged not in reading.content["checks"]:
            yield Fault(
                reading.where("form", id, "judges"),
                f"`{id}` judges `{judged}`, which is not a check.",
                "the id of a check",
                near(judged, reading.content["checks"]),
            )


def _fields(reading: RuleFiles, id: str, card: Mapping[str, Any]) -> Faults:
    known = Setup.model_fields if card.get("judges") else reading.ids
    expected = "the id of a setup fact" if card.get("judges") else "a symptom or a setup fact"
    before = set[str]()
    for index, field in enumerate(card["fields"]):
        where = reading.where("form", id, "fields", index)
        if field not in known:
            what = f"`{id}` asks `{field}`, which is not {expected.removeprefix('the id of ')}."
            yield Fault(where, what, expected, near(field, known))
        elif field in before:
            what = f"`{id}` asks `{field}` a second time."
            yield Fault(where, what, "each question once", "drop one of them")
        before.add(field)
