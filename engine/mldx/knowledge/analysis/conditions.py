"""Every condition compares what exists with what it can be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from mldx.errors import Fault, Place
from mldx.knowledge.analysis.names import canonical
from mldx.knowledge.conditions import ConditionError, Test, parse, tests
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near
from mldx.symptoms import Spec
from mldx.symptoms.setup import Setup

Faults = Iterator[Fault]


def conditions(reading: RuleFiles) -> Faults:
    """Every condition of a check or a syndrome is one, and can hold."""
    for id, check in reading.content["checks"].items():
        if check.get("skip_if") is not None:
            yield from _condition(reading, reading.where("check", id, "skip_if"), check["skip_if"])
        for index, given in enumerate(check.get("given", ())):
            where = reading.where("check", id, "given", index, "when")
            yield from _condition(reading, where, given["when"])
    for id, card in reading.content["syndromes"].items():
        for index, sign in enumerate(card["signs"]):
            where = reading.where("syndrome", id, "signs", index)
            yield from _condition(reading, where, sign)


def _condition(reading: RuleFiles, where: Place, when: Any) -> Faults:
    try:
        compared = list(tests(parse(when)))
    except ConditionError as error:
        yield Fault(where, f"{error}.", "a condition")
        return
    for test in compared:
        spec = reading.ids.get(test.symptom)
        if spec is None:
            what = f"the condition names `{test.symptom}`, which is not a symptom."
            help = near(test.symptom, reading.ids)
            yield Fault(where, what, "the id of a check or a setup fact", help)
            continue
        yield from _operands(reading, where, test, spec)


def _operands(reading: RuleFiles, where: Place, test: Test, spec: Spec) -> Faults:
    groups = reading.content["groups"]
    if test.operator == "in" and isinstance(test.operand, str):
        if test.operand not in groups:
            what = f"`{test.operand}` is not a group."
            yield Fault(where, what, "a group of vocabulary.yaml", near(test.operand, groups))
        return
    for operand in test.operand if test.operator == "in" else (test.operand,):
        yield from value(reading, where, spec, operand)


def value(reading: RuleFiles, where: Place, spec: Spec, stated: Any) -> Faults:
    """A value that is compared with, or stated of a symptom, is one that it can have."""
    if spec.section == "setup":
        yield from _fact(reading, where, spec.id, stated)
    elif not can_be(spec, stated):
        what = f"`{spec.id}` is never {stated!r}."
        yield Fault(where, what, spec.expected, near(stated, spec.words))


def can_be(spec: Spec, stated: Any) -> bool:
    """Is this a value, or an answer, of the symptom?"""
    if spec.kind == "flag":
        return isinstance(stated, bool)
    if isinstance(stated, str):
        return stated in spec.words
    is_number = isinstance(stated, (int, float)) and not isinstance(stated, bool)
    return spec.kind == "number" and is_number and spec.low <= stated <= spec.high


def _fact(reading: RuleFiles, where: Place, id: str, stated: Any) -> Faults:
    """A setup fact has the type of its field; a name is one of the vocabulary or an answer of the
    check that asks it, or no run will ever have it.
    """
    held = kinds(id)
    if not any(type(stated) is kind or (kind is float and type(stated) is int) for kind in held):
        expected = " or ".join(_KINDS.get(kind, "a number") for kind in held)
        yield Fault(where, f"`{id}` is never {stated!r}.", expected)
        return
    known = reading.content["vocabulary"].get(id)
    answers = reading.content["checks"].get(id, {}).get("answers", {})
    if known and isinstance(stated, str) and stated not in known and stated not in answers:
        help = canonical(stated, known)
        yield Fault(where, f"`{id}` is never {stated!r}.", "a name of vocabulary.yaml", help)


_KINDS: dict[type, str] = {bool: "true or false", str: "a word"}


def kinds(fact: str) -> tuple[type, ...]:
    """Return the types that a setup fact may have."""
    annotation = Setup.model_fields[fact].annotation
    members = get_args(annotation) or (annotation,)
    return tuple(kind for kind in members if kind in (bool, int, float, str))
