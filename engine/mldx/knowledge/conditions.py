"""Conditions: plain data that says when a branch holds, so that the graph can be analyzed.

    {is: flat}   {in: [a, b]}   {ge: 0.1, lt: moderate}   otherwise
    {all: [{is: true}, {setup.optimizer: {in: [adam]}}]}

The operators are `is`, `in`, `lt`, `le`, `gt`, `ge` on the asked symptom, or on another one that is
named; `all`, `any` and `not` join them. A level stands for the range of numbers it covers. An
unobserved symptom makes a condition neither true nor false, and a branch is taken only when its
condition is true. `otherwise` holds when every other branch is known not to; while one of them
cannot be said, none is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt
from typing import Any

from mldx.errors import Fault, InputError
from mldx.symptoms import LEVELS, Spec

Values = Mapping[str, Any]
Verdict = bool | None

OPERATORS = ("is", "in", "lt", "le", "gt", "ge")
JOINTS = ("all", "any", "not")
OTHERWISE = "otherwise"
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {"is": eq, "lt": lt, "le": le, "gt": gt, "ge": ge}


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of one symptom."""

    symptom: str
    operator: str
    operand: Any


@dataclass(frozen=True, slots=True)
class Joint:
    """Several conditions as one: `all` and `any` of them, or `not` all of them."""

    kind: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Holds when no other branch of the check does."""


Condition = Test | Joint | Otherwise


class ConditionError(ValueError):
    """A condition that is not one; the text says what was expected."""


def parse(when: Any, asked: str) -> Condition:
    """Return the condition of plain data, its bare operators about the asked symptom
    (`training.loss_shape`).
    """
    if when == OTHERWISE:
        return Otherwise()
    if isinstance(when, bool):
        raise ConditionError(f"{when!r} is not a condition; write {{is: {str(when).lower()}}}")
    if not isinstance(when, Mapping) or not when:
        raise ConditionError(
            f"{when!r} is not a condition; "
            "write {is: ...}, {ge: ...}, {all: [...]} or otherwise"
        )
    parts = [_part(key, value, asked) for key, value in when.items()]
    return parts[0] if len(parts) == 1 else Joint("all", tuple(parts))


def _part(key: str, value: Any, asked: str) -> Condition:
    if key in OPERATORS:
        return _test(asked, key, value)
    if key in JOINTS:
        return _joint(key, value, asked)
    if "." in key:
        if not isinstance(value, Mapping) or any(operator not in OPERATORS for operator in value):
            raise ConditionError(f"`{key}` needs operators ({', '.join(OPERATORS)}), not {value!r}")
        return parse(value, key)
    raise ConditionError(
        f"`{key}` is not an operator; there are {', '.join((*OPERATORS, *JOINTS))} "
        "and names like training.loss_shape"
    )


def _test(symptom: str, operator: str, operand: Any) -> Test:
    if operator == "in":
        if not isinstance(operand, list) or not operand:
            raise ConditionError(f"`in` needs a list, not {operand!r}")
        return Test(symptom, operator, tuple(operand))
    if isinstance(operand, (Mapping, list)) or operand is None:
        raise ConditionError(f"`{operator}` needs one value, not {operand!r}")
    return Test(symptom, operator, operand)


def _joint(kind: str, value: Any, asked: str) -> Joint:
    items = [value] if kind == "not" and isinstance(value, Mapping) else value
    if not isinstance(items, list) or not items:
        raise ConditionError(f"`{kind}` needs a list of conditions, not {value!r}")
    if OTHERWISE in items:
        raise ConditionError(f"`otherwise` stands for a branch of its own, not inside `{kind}`")
    return Joint(kind, tuple(parse(item, asked) for item in items))


def symptoms(condition: Condition) -> set[str]:
    """Return every symptom that a condition compares."""
    if isinstance(condition, Test):
        return {condition.symptom}
    if isinstance(condition, Joint):
        return set().union(*(symptoms(part) for part in condition.parts))
    return set()


def tests(condition: Condition) -> list[Test]:
    """Return every comparison in a condition."""
    if isinstance(condition, Test):
        return [condition]
    if isinstance(condition, Joint):
        return [test for part in condition.parts for test in tests(part)]
    return []


class Scales:
    """What levels mean in numbers, for every symptom that has them.

    A level covers the numbers from its own bound to that of the next; levels may rise or fall with
    the number.
    """

    def __init__(self, levels: Mapping[Spec, Mapping[str, float]]) -> None:
        bounds = {
            spec.path: tuple(float(given[level]) for level in LEVELS)
            for spec, given in levels.items()
        }
        self._bounds = bounds
        self._typical = {spec.path: _typical(bounds[spec.path], spec) for spec in levels}

    def __contains__(self, symptom: str) -> bool:
        return symptom in self._bounds

    def rising(self, symptom: str) -> bool:
        """Does a greater number mean a stronger symptom?"""
        bounds = self._bounds[symptom]
        return bounds[-1] > bounds[1]

    def bounds(self, symptom: str) -> tuple[float, ...]:
        """Return where mild, moderate and strong begin."""
        return self._bounds[symptom][1:]

    def number(self, symptom: str, level: str) -> float:
        """Return the number that stands for a level: halfway to the next one.

        raises   InputError, when these rules do not say where its levels begin
        """
        if symptom not in self._typical:
            what = f"`{symptom}` has no levels in these rules, so {level!r} says nothing."
            raise InputError(
                Fault(symptom, what, "a number", "give its levels in thresholds.yaml, or a number")
            )
        return self._typical[symptom][LEVELS.index(level)]

    def level(self, symptom: str, number: float) -> str:
        """Return the level of a number."""
        bounds = self._bounds[symptom]
        sign = 1 if self.rising(symptom) else -1
        rank = sum(sign * number >= sign * bound for bound in bounds[1:])
        return LEVELS[rank]


def _typical(bounds: tuple[float, ...], spec: Spec) -> tuple[float, ...]:
    none, mild, moderate, strong = bounds
    beyond = min(max(strong + (strong - moderate) / 2, spec.low), spec.high)
    return none, (mild + moderate) / 2, (moderate + strong) / 2, beyond


def compiled(condition: Condition, scales: Scales) -> Callable[[Values], Verdict]:
    """Return the condition as a function of the observed values; None is "cannot be said".

    values   by symptom path; numbers as float, levels already brought to numbers
    """
    if isinstance(condition, Test):
        return _compiled_test(condition, scales)
    if isinstance(condition, Joint):
        return _compiled_joint(condition.kind, [compiled(part, scales) for part in condition.parts])
    raise ConditionError("otherwise is decided by the check, not by itself")


def _compiled_test(test: Test, scales: Scales) -> Callable[[Values], Verdict]:
    holds = comparison(test, scales)
    symptom = test.symptom

    def verdict(values: Values) -> Verdict:
        value = values.get(symptom)
        return None if value is None else holds(value)

    return verdict


def comparison(test: Test, scales: Scales) -> Callable[[Any], bool]:
    """Return a test as a function of its own symptom's value."""
    symptom, operator, operand = test.symptom, test.operator, test.operand
    if operator == "in":
        return _membership(test, scales)
    if isinstance(operand, str) and symptom in scales and operand in LEVELS:
        return _level_comparison(symptom, operator, operand, scales)
    if operator == "is":
        kind = bool if isinstance(operand, bool) else object
        return lambda value: isinstance(value, kind) and value == operand
    return _ordered(operator, float(operand))


def _membership(test: Test, scales: Scales) -> Callable[[Any], bool]:
    symptom, operand = test.symptom, test.operand
    if all(isinstance(one, str) for one in operand) and symptom not in scales:
        words = frozenset(operand)
        return lambda value: isinstance(value, str) and value in words
    members = [comparison(Test(symptom, "is", one), scales) for one in operand]
    return lambda value: any(member(value) for member in members)


def _level_comparison(
    symptom: str, operator: str, level: str, scales: Scales
) -> Callable[[Any], bool]:
    compare, wanted = _COMPARE[operator], LEVELS.index(level)

    def holds(value: Any) -> bool:
        return not isinstance(value, str) and bool(
            compare(LEVELS.index(scales.level(symptom, value)), wanted)
        )

    return holds


def _ordered(operator: str, bound: float) -> Callable[[Any], bool]:
    compare = _COMPARE[operator]
    return lambda value: not isinstance(value, (str, bool)) and bool(compare(value, bound))


def _compiled_joint(
    kind: str, parts: list[Callable[[Values], Verdict]]
) -> Callable[[Values], Verdict]:
    def conjunction(values: Values) -> Verdict:
        uncertain = False
        for part in parts:
            verdict = part(values)
            if verdict is None:
                uncertain = True
            elif not verdict:
                return False
        return None if uncertain else True

    def disjunction(values: Values) -> Verdict:
        uncertain = False
        for part in parts:
            verdict = part(values)
            if verdict is None:
                uncertain = True
            elif verdict:
                return True
        return None if uncertain else False

    def negation(values: Values) -> Verdict:
        verdict = conjunction(values)
        return None if verdict is None else not verdict

    return {"all": conjunction, "any": disjunction, "not": negation}[kind]
