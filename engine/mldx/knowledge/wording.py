"""Say a condition in words a person reads at a glance.

    {is: true} -> "yes"     {ge: 2, lt: 5} -> "2 to 5"
    {ge: strong} -> "at least strong"     otherwise -> "otherwise"

A comparison of the asked symptom goes without its name, for the question stands above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mldx.knowledge.conditions import Condition, Joint, Test, parse

NOT_KNOWN = "not known"
_BOUNDS = {"lt": "below", "le": "at most", "gt": "above", "ge": "at least"}
_NAMED = 4
_LARGE = 1e9


def phrase(when: Any, asked: str) -> str:
    """Return the condition of a branch in words; `asked` is the check's own symptom."""
    return _in_words(parse(when, asked), asked)


def words(value: Any) -> str:
    """Return a value as a person writes it: yes, 0.05, falls then flat."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < _LARGE else f"{value:.4g}"
    return str(value).replace("_", " ")


def shortened(text: str, most: int) -> str:
    """Return a text, or so many of its characters that it takes no more than `most`."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _in_words(condition: Condition, asked: str) -> str:
    if isinstance(condition, Test):
        return _test(condition, asked)
    if isinstance(condition, Joint):
        return _joint(condition, asked)
    return "otherwise"


def _test(test: Test, asked: str) -> str:
    name = test.symptom.partition(".")[2].replace("_", " ")
    if test.symptom == asked:
        return _compared(test)
    if isinstance(test.operand, bool):
        return name if test.operand else f"not {name}"
    return f"{name} {'is ' if test.operator in ('is', 'in') else ''}{_compared(test)}"


def _compared(test: Test) -> str:
    if test.operator == "in":
        return listed([words(value) for value in test.operand])
    return " ".join(filter(None, (_BOUNDS.get(test.operator), words(test.operand))))


def listed(items: Sequence[str]) -> str:
    """Return "a, b or c"; of more than four the first three."""
    if len(items) > _NAMED:
        return ", ".join(items[: _NAMED - 1]) + " …"
    return " or ".join(filter(None, (", ".join(items[:-1]), items[-1])))


def _joint(joint: Joint, asked: str) -> str:
    span = _span(joint, asked)
    if span:
        return span
    parts = [_part(part, asked) for part in joint.parts]
    return (
        "not " + " and ".join(parts)
        if joint.kind == "not"
        else {"all": " and ", "any": " or "}[joint.kind].join(parts)
    )


def _part(part: Condition, asked: str) -> str:
    text = _in_words(part, asked)
    return (
        f"({text})"
        if isinstance(part, Joint) and part.kind != "not" and not _span(part, asked)
        else text
    )


def _span(joint: Joint, asked: str) -> str:
    """Return "2 to 5" for a lower and an upper bound of one symptom, else nothing."""
    bounds = {
        part.operator[0]: part
        for part in joint.parts
        if isinstance(part, Test) and part.operator in _BOUNDS
    }
    low, high = bounds.get("g"), bounds.get("l")
    if (
        joint.kind != "all"
        or len(joint.parts) != 2
        or low is None
        or high is None
        or low.symptom != high.symptom
    ):
        return ""
    name = "" if low.symptom == asked else low.symptom.partition(".")[2].replace("_", " ") + " "
    return f"{name}{words(low.operand)} to {words(high.operand)}"
