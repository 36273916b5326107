"""Every value that a condition compares with is one that its symptom can have; levels and
thresholds are in range.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mldx.errors import Fault, Place, nearest
from mldx.knowledge.analysis.cells import kinds
from mldx.knowledge.analysis.names import canonical
from mldx.knowledge.conditions import ConditionError, Test, parse, tests
from mldx.knowledge.custom import SECTION
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near
from mldx.symptoms import LEVELS, Spec

Faults = Iterator[Fault]

_ORDER = ("lt", "le", "gt", "ge")


def operands(reading: RuleFiles) -> Faults:
    """Every symptom that a check compares exists, and is compared with values it can have."""
    for id, check in reading.content["checks"].items():
        asked = check["asks"]
        if asked not in reading.paths:
            yield _no_symptom(
                reading,
                reading.where("check", id, "asks"),
                f"`{id}` asks `{asked}`, which is no symptom.",
                asked,
            )
            continue
        if check.get("moot") is not None:
            yield from _condition(reading, reading.where("check", id, "moot"), check["moot"], asked)
        for index, branch in enumerate(check["branches"]):
            yield from _condition(
                reading,
                reading.where("check", id, "branches", index, "when"),
                branch["when"],
                asked,
            )


def answers(reading: RuleFiles) -> Faults:
    """A meaning is given to words that may be answered."""
    for id, check in reading.content["checks"].items():
        spec = reading.paths[check["asks"]]
        words = (*spec.words, *(LEVELS if spec.kind == "number" else ()))
        words = words or tuple(reading.content["vocabulary"].get(spec.id, ()))
        for word in check["answers"]:
            if word not in words:
                what, where = (
                    f"`{word}` is no answer to `{id}`.",
                    reading.where("check", id, "answers", word),
                )
                yield Fault(
                    where,
                    what,
                    "one of " + ", ".join(words) if words else "no words",
                    near(word, words),
                )


def _condition(reading: RuleFiles, where: Place, when: Any, asked: str) -> Faults:
    try:
        compared = tests(parse(when, asked))
    except ConditionError as error:
        yield Fault(where, f"{error}.", "a condition")
        return
    for test in compared:
        spec = reading.paths.get(test.symptom)
        if spec is None:
            what = f"the condition names `{test.symptom}`, which is no symptom."
            yield _no_symptom(reading, where, what, test.symptom)
            continue
        for operand in test.operand if test.operator == "in" else (test.operand,):
            yield from _operand(reading, where, test, spec, operand)


def _operand(reading: RuleFiles, where: Place, test: Test, spec: Spec, operand: Any) -> Faults:
    if spec.kind == "number" and operand in LEVELS and spec.path not in reading.scales:
        help = f"give `{spec.id}` levels in thresholds.yaml"
        yield Fault(
            where, f"`{spec.id}` has no levels to compare with `{operand}`.", "a number", help
        )
    elif test.operator in _ORDER and not _ordered(spec, operand):
        what = f"`{spec.path}` is compared by `{test.operator}` with {operand!r}."
        yield Fault(
            where, what, "a number, or a level of a number", "compare words by `is` and `in`"
        )
    elif spec.kind == "fact":
        yield from _fact(reading, where, spec, operand)
    elif not can_be(spec, operand):
        yield Fault(
            where, f"`{spec.path}` is never {operand!r}.", spec.expected, near(operand, spec.words)
        )


def value(reading: RuleFiles, where: Place, spec: Spec, stated: Any) -> Faults:
    """A value that is stated of a symptom or a setup fact is one that it can have."""
    return _operand(reading, where, Test(spec.path, "is", stated), spec, stated)


def _ordered(spec: Spec, operand: Any) -> bool:
    """Has the symptom an order in which this operand stands?"""
    if isinstance(operand, str):
        return spec.kind == "number" and operand in LEVELS
    numeric = spec.kind == "number" or (
        spec.kind == "fact" and bool({int, float} & set(kinds(spec.id)))
    )
    return numeric and isinstance(operand, (int, float)) and not isinstance(operand, bool)


def can_be(spec: Spec, operand: Any) -> bool:
    """Is this a value, or a level, of the symptom?"""
    if spec.kind == "flag":
        return isinstance(operand, bool)
    if isinstance(operand, str):
        return operand in spec.words or (spec.kind == "number" and operand in LEVELS)
    is_number = isinstance(operand, (int, float)) and not isinstance(operand, bool)
    return spec.kind == "number" and is_number and spec.low <= operand <= spec.high


def _fact(reading: RuleFiles, where: Place, spec: Spec, operand: Any) -> Faults:
    """A setup fact has the type of its field; a name is one of the vocabulary, or no run will ever
    have it.
    """
    held = kinds(spec.id)
    known = reading.content["vocabulary"].get(spec.id)
    if not any(type(operand) is kind or (kind is float and type(operand) is int) for kind in held):
        what = " or ".join(
            {bool: "true or false", str: "a word"}.get(kind, "a number") for kind in held
        )
        yield Fault(
            where, f"`{spec.path}` is never {operand!r}.", what or "nothing; it cannot be compared"
        )
    elif known and isinstance(operand, str) and operand not in known:
        help = canonical(operand, known)
        yield Fault(
            where,
            f"`{spec.path}` is never {operand!r}.",
            "a name of vocabulary.yaml, left of the colon",
            help,
        )


def levels(reading: RuleFiles) -> Faults:
    """Levels belong to numbers, stay in their range, and rise or fall all the way."""
    for id, given in reading.content["levels"].items():
        where = reading.where("levels", id)
        spec = reading.ids.get(id)
        if spec is None or spec.kind != "number":
            yield Fault(
                where,
                f"`{id}` is no symptom with a number.",
                "a number's id",
                near(id, reading.ids),
            )
            continue
        bounds = [given[level] for level in LEVELS]
        if bounds != sorted(bounds) and bounds != sorted(bounds, reverse=True):
            what = f"the levels of `{id}` neither rise nor fall: {bounds}."
            yield Fault(where, what, "none, mild, moderate, strong in order")
        for level, bound in zip(LEVELS, bounds, strict=True):
            if not spec.low <= bound <= spec.high:
                what = f"`{level}` of `{id}` is {bound:g}."
                yield Fault(
                    reading.where("levels", id, level), what, spec.expected.split(", or")[0]
                )


def unlevelled(reading: RuleFiles) -> Faults:
    """A number that is asked has levels; else a person who sees "clearly up" cannot answer."""
    for id, check in reading.content["checks"].items():
        spec = reading.paths[check["asks"]]
        if spec.kind == "number" and spec.path not in reading.scales:
            what = f"`{spec.path}` has no levels, so only a number answers it."
            help = f"give `{spec.id}` levels in thresholds.yaml"
            yield Fault(
                reading.where("check", id, "asks"),
                what,
                "where mild, moderate and strong begin",
                help,
            )


def thresholds(reading: RuleFiles) -> Faults:
    """What a diagnosis compares with is there, and a probability lies between 0 and 1."""
    given = reading.content["thresholds"].get("diagnosis", {})
    for name in DIAGNOSIS:
        if name not in given:
            where = reading.start("thresholds.yaml")
            yield Fault(
                where,
                f"`diagnosis.{name}` is missing.",
                "a value, its unit and its source",
                near(name, given),
            )
    for group, entries in reading.content["thresholds"].items():
        for name, entry in entries.items():
            if entry["unit"] == "probability" and not 0 < entry["value"] < 1:
                where = reading.where("threshold", group, name)
                yield Fault(
                    where,
                    f"`{group}.{name}` is {entry['value']:g}.",
                    "a probability above 0 and below 1",
                )


DIAGNOSIS = (
    "healthy_prior",
    "reporting_line",
    "healthy_line",
    "ill_line",
    "root_share",
    "syndrome_share",
    "explained_by",
    "alarming",
    "test_power",
)


def _no_symptom(reading: RuleFiles, where: Place, what: str, path: str) -> Fault:
    section, dot, id = path.rpartition(".")
    meant = [reading.ids[name].path for name in (id, f"{SECTION}.{id}") if name in reading.ids]
    found = meant[0] if meant else nearest(path, reading.paths)
    expected = f"a field of Symptoms.{section}" if dot else "`section.symptom`"
    return Fault(where, what, expected, f"write `{found}`" if found else "")
