"""Say a condition in words a person reads at a glance.

    {is: true} -> "yes"     {ge: 2, lt: 5} -> "2 to 5"     {ge: strong} -> "at least strong"     otherwise -> "otherwise"

A comparison of the asked symptom goes without its name, for the question stands above it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any


if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.diagnosis.results import Action

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


def share(probability: float) -> str:
    """Return a probability in percent; only what is certain is 0 or 100."""
    if 0.995 < probability < 1:
        return ">99 %"
    return "<1 %" if 0 < probability < 0.005 else f"{100 * probability:.0f} %"


def verdict(diagnosis: Diagnosis) -> str:
    """Say the verdict in one sentence, with the two numbers behind it."""
    calm = f"nothing wrong: {share(diagnosis.healthy)}"
    faults = [cause for cause in diagnosis.causes if not cause.benign]
    if diagnosis.verdict == "faulty" and faults[0].confidence == "unlikely":
        return f"Something is wrong, and what was observed does not tell what ({calm}). Answer what is still unknown."
    if diagnosis.verdict == "faulty":
        first = faults[0]
        return f"{first.confidence}: {first.title} ({share(first.probability)}; {calm})"
    if diagnosis.verdict == "healthy":
        return f"No fault found ({share(diagnosis.healthy)}). Next: look at it class by class, and at the mistakes."
    likeliest = (
        f"likeliest so far: {faults[0].title}, {share(faults[0].probability)}"
        if faults
        else "nothing points to a cause"
    )
    return f"What was observed does not decide it ({likeliest}; {calm})."


def foremost(actions: Sequence[Action], most: int) -> list[Action]:
    """Return the most worthwhile actions, one for each cause or question, and none in the same
    words twice.
    """
    seen: dict[str, Action] = {}
    for action in actions:
        if action.do not in {one.do for one in seen.values()}:
            seen.setdefault(action.about, action)
    return list(seen.values())[:most]


def listed(items: Sequence[str]) -> str:
    """Return "a, b or c"; of more than four the first three."""
    if len(items) > _NAMED:
        return ", ".join(items[: _NAMED - 1]) + " …"
    return " or ".join(filter(None, (", ".join(items[:-1]), items[-1])))


