"""A complaint states and asks what exists, asks nothing twice, and has phrases with words in
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldx.errors import Fault, Place
from mldx.knowledge.analysis.conditions import value
from mldx.knowledge.names import worded
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near

Faults = Iterator[Fault]


def complaints(reading: RuleFiles) -> Faults:
    """Every complaint states values that its symptoms can have, asks what is not stated, and can be
    heard.
    """
    for id, card in reading.content["complaints"].items():
        yield from _states(reading, id, card["states"])
        yield from _asks(reading, id, card)
        for index, phrase in enumerate(card["heard"]):
            if not worded(phrase):
                where = reading.where("complaint", id, "heard", index)
                yield Fault(where, f"`{phrase}` has no word in it.", "words that a person says")


def _states(reading: RuleFiles, id: str, states: Mapping[str, Any]) -> Faults:
    for symptom, stated in states.items():
        where = reading.where("complaint", id, "states", symptom)
        if symptom in reading.ids:
            yield from value(reading, where, reading.ids[symptom], stated)
        else:
            yield _unknown(reading, where, f"`{id}` states `{symptom}`", symptom)


def _asks(reading: RuleFiles, id: str, card: Mapping[str, Any]) -> Faults:
    """Tell what is asked and is no symptom, or was asked already."""
    before = set[str]()
    for index, symptom in enumerate(card["asks"]):
        where = reading.where("complaint", id, "asks", index)
        if symptom not in reading.ids:
            yield _unknown(reading, where, f"`{id}` asks `{symptom}`", symptom)
        elif symptom in before:
            yield Fault(
                where,
                f"`{id}` asks `{symptom}` a second time.",
                "each question once",
                "drop one of them",
            )
        before.add(symptom)


def _unknown(reading: RuleFiles, where: Place, what: str, symptom: str) -> Fault:
    return Fault(
        where,
        f"{what}, which is no symptom.",
        "the id of a symptom or a setup fact",
        near(symptom, reading.ids),
    )
