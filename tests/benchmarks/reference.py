"""The decision graph as the plain if/else program that a person would write by hand, generated from
the same rules.

It does what a walk and a tally do and keeps no record; it is the yardstick in the same run.
"""

from collections.abc import Callable
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.conditions import Condition, Joint, Otherwise, Test, parse
from mldx.symptoms import LEVELS
from mldx.symptoms.model import SPECS


def plain_program(base: KnowledgeBase) -> Callable[[dict[str, Any]], dict[str, float]]:
    """Return a function from observed values to dB by cause, families left uncounted."""
    lines = ["def diagnose(seen):", "    reached = set(START)", "    found = {}"]
    for node in base.compiled.checks:
        lines += _check(base, node)
    scope: dict[str, Any] = {"START": base.compiled.start}
    exec("\n".join([*lines, "    return found"]), scope)
    program: Callable[[dict[str, Any]], dict[str, float]] = scope["diagnose"]
    return program


def _check(base, node):
    yield f"    if {node.number} in reached:"
    yield f"        value = seen.get({node.path!r})"
    yield f"        if value is None: reached.update({node.unknown!r})"
    word = "elif"
    for way in node.branches:
        condition = parse(way.when, node.path)
        test = "True" if isinstance(condition, Otherwise) else _written(condition, node.path, base)
        yield f"        {word} {test}:"
        for cause, weight in way.points_to.items():
            yield f"            found[{cause!r}] = found.get({cause!r}, 0.0) + {weight!r}"
        yield f"            reached.update({way.then!r})"


def _written(condition: Condition, asked: str, base: KnowledgeBase) -> str:
    if isinstance(condition, Joint):
        parts = [_written(part, asked, base) for part in condition.parts]
        return (
            {"all": " and ", "any": " or "}.get(condition.kind, " and ").join(
                f"({part})" for part in parts
            )
            if (condition.kind != "not")
            else f"not ({' and '.join(parts)})"
        )
    assert isinstance(condition, Test)
    value = "value" if condition.symptom == asked else f"seen.get({condition.symptom!r})"
    return _comparison(condition, value, base)


def _comparison(test: Test, value: str, base: KnowledgeBase) -> str:
    spec = SPECS[test.symptom.partition(".")[2]]
    if spec.kind == "number" and test.operand in LEVELS:
        rank = f"LEVEL({test.symptom!r}, {value})"
        bounds = (None, *base.scales.bounds(test.symptom), None)
        index = LEVELS.index(test.operand)
        sign = 1 if base.scales.rising(test.symptom) else -1
        low, high = (None if bound is None else sign * bound for bound in bounds[index : index + 2])
        del rank
        span = {
            "is": (low, high), "ge": (low, None), "gt": (high, None), "lt": (None, low), "le": (None, high),
        }[test.operator]  # fmt: skip
        checks = [f"isinstance({value}, float)"]
        checks += [f"{sign} * {value} >= {span[0]}"] if span[0] is not None else []
        checks += [f"{sign} * {value} < {span[1]}"] if span[1] is not None else []
        return " and ".join(checks)
    operator = {"is": "==", "in": "in", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}[test.operator]
    guard = f"isinstance({value}, (int, float)) and " if operator in ("<", "<=", ">", ">=") else ""
    return f"{guard}{value} {operator} {test.operand!r}"
