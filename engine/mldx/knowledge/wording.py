"""Values, answers and conditions in words that a person reads at a glance.

True -> "yes"     0.05 -> "0.05"     {optimizer: {in: [sgd, adam]}} -> "optimizer is sgd or adam"
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mldx.knowledge.conditions import Condition, Test, parse

NOT_KNOWN = "not known"
_BOUNDS = {"lt": "below", "le": "at most", "gt": "above", "ge": "at least"}
_NAMED = 4
_LARGE = 1e9


def words(value: Any) -> str:
    """Return a value as a person writes it: yes, 0.05, falls then flat."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < _LARGE else f"{value:.4g}"
    return str(value).replace("_", " ")


def shortened(told: str, most: int) -> str:
    """Return a text, or so many of its characters that it takes no more than `most`."""
    return told if len(told) <= most else f"{told[: most - 1]}…"


def listed(items: Sequence[str]) -> str:
    """Return "a, b or c"; of more than four the first three."""
    if len(items) > _NAMED:
        return ", ".join(items[: _NAMED - 1]) + " …"
    return " or ".join(filter(None, (", ".join(items[:-1]), items[-1])))


def phrase(when: Any) -> str:
    """Return a condition in words."""
    return _said(parse(when))


def _said(condition: Condition) -> str:
    if isinstance(condition, Test):
        return _test(condition)
    parts = [_said(part) for part in condition.parts]
    if condition.kind == "not":
        return f"not ({parts[0]})"
    return {"all": " and ", "any": " or "}[condition.kind].join(parts)


def _test(test: Test) -> str:
    name = words(test.symptom)
    if isinstance(test.operand, bool):
        return name if test.operand else f"not {name}"
    bound = _BOUNDS.get(test.operator)
    if bound:
        return f"{name} {bound} {words(test.operand)}"
    if isinstance(test.operand, tuple):
        return f"{name} is {listed([words(value) for value in test.operand])}"
    return f"{name} is {words(test.operand)}"
