"""Conditions: plain data that says when something holds, so that the graph can be analyzed.

    {optimizer: {in: adaptive}, pretrained: {is: true}}         all of them
    {any: [{loss_shape: {is: flat}}, {train_loss_flat: {is: true}}]}
    {not: {task: {in: [detection, segmentation]}}}

The operators are `is`, `in`, `lt`, `le`, `gt`, `ge`; `all`, `any` and `not` join conditions.
Answers are compared by name, by `is` and `in`; numbers by all of them. `in: NAME` is a named group
of `vocabulary.yaml`. What is not observed makes a condition neither true nor false, and only what
is true holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import ge, gt, le, lt
from typing import Any

Values = Mapping[str, Any]
Truth = bool | None
Holds = Callable[[Values], Truth]
Named = Callable[[str, Any], Any]  # (symptom, value) -> the id of the answer it is

OPERATORS = ("is", "in", "lt", "le", "gt", "ge")
JOINTS = ("all", "any", "not")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {"lt": lt, "le": le, "gt": gt, "ge": ge}


class ConditionError(ValueError):
    """Data that is not a condition; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of one symptom or setup fact."""

    symptom: str
    operator: str
    operand: Any


@dataclass(frozen=True, slots=True)
class Joint:
    """Several conditions as one: `all` and `any` of them, or `not` all of them."""

    kind: str
    parts: tuple[Condition, ...]


Condition = Test | Joint


def parse(when: Any) -> Condition:
    """Return the condition of plain data.

    raises   ConditionError, when it is not one
    """
    if not isinstance(when, Mapping) or not when:
        raise ConditionError(
            f"{when!r} is not a condition; write for example {{task: {{is: binary}}}}"
        )
    parts = [_part(key, value) for key, value in when.items()]
    return parts[0] if len(parts) == 1 else Joint("all", tuple(parts))


def _part(key: str, value: Any) -> Condition:
    if key in JOINTS:
        return _joint(key, value)
    if key in OPERATORS:
        raise ConditionError(f"`{key}` compares nothing; name the symptom or fact before it")
    if not isinstance(value, Mapping) or not value:
        raise ConditionError(f"`{key}` is compared with nothing; write {{{key}: {{is: ...}}}}")
    tests = [_test(key, operator, operand) for operator, operand in value.items()]
    return tests[0] if len(tests) == 1 else Joint("all", tuple(tests))


def _joint(kind: str, value: Any) -> Joint:
    if kind == "not":
        return Joint("not", (parse(value),))
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise ConditionError(f"`{kind}` joins a list of conditions")
    return Joint(kind, tuple(parse(part) for part in value))


def _test(symptom: str, operator: str, operand: Any) -> Test:
    if operator not in OPERATORS:
        raise ConditionError(f"`{operator}` is not an operator; one of {', '.join(OPERATORS)}")
    if operator == "in":
        listed = isinstance(operand, (list, tuple)) and bool(operand)
        if not listed and not isinstance(operand, str):
            raise ConditionError(f"`in` of `{symptom}` names a group or a list of values")
        return Test(symptom, operator, tuple(operand) if listed else operand)
    ordered = isinstance(operand, (int, float)) and not isinstance(operand, bool)
    if operator in _COMPARE and not ordered:
        what = f"`{operator}` of `{symptom}` compares numbers; {operand!r} is an answer"
        raise ConditionError(f"{what}: list answers by `in`")
    return Test(symptom, operator, operand)


def tests(condition: Condition) -> Iterator[Test]:
    """Yield every comparison in a condition."""
    if isinstance(condition, Test):
        yield condition
        return
    for part in condition.parts:
        yield from tests(part)


def symptoms(condition: Condition) -> set[str]:
    """Return every symptom and fact that a condition compares."""
    return {test.symptom for test in tests(condition)}


def compiled(condition: Condition, named: Named, groups: Mapping[str, Sequence[str]]) -> Holds:
    """Return the condition as a function of the observed values; None is "cannot be said".

    named   the answer that a value of a symptom is, by its id; the value itself where it has none
    groups  named lists of values
    """
    if isinstance(condition, Test):
        return _compiled_test(condition, named, groups)
    parts = [compiled(part, named, groups) for part in condition.parts]
    return {"all": _all, "any": _any, "not": _not}[condition.kind](parts)


def _compiled_test(test: Test, named: Named, groups: Mapping[str, Sequence[str]]) -> Holds:
    symptom = test.symptom
    compare = _comparison(test, named, groups)

    def holds(values: Values) -> Truth:
        value = values.get(symptom)
        return None if value is None else compare(value)

    return holds


def _comparison(
    test: Test, named: Named, groups: Mapping[str, Sequence[str]]
) -> Callable[[Any], Truth]:
    symptom, operand = test.symptom, test.operand
    if test.operator in _COMPARE:
        compare = _COMPARE[test.operator]
        return lambda value: compare(value, operand) if _is_number(value) else None
    wanted = _wanted(test, groups)
    return lambda value: value in wanted or named(symptom, value) in wanted


def _wanted(test: Test, groups: Mapping[str, Sequence[str]]) -> frozenset[Any]:
    if test.operator == "is":
        return frozenset([test.operand])
    return frozenset(groups[test.operand] if isinstance(test.operand, str) else test.operand)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _all(parts: Sequence[Holds]) -> Holds:
    def conjunction(values: Values) -> Truth:
        seen = [part(values) for part in parts]
        if False in seen:
            return False
        return None if None in seen else True

    return conjunction


def _any(parts: Sequence[Holds]) -> Holds:
    def disjunction(values: Values) -> Truth:
        seen = [part(values) for part in parts]
        if True in seen:
            return True
        return None if None in seen else False

    return disjunction


def _not(parts: Sequence[Holds]) -> Holds:
    def negation(values: Values) -> Truth:
        seen = parts[0](values)
        return None if seen is None else not seen

    return negation
