"""When to stop asking: a cause is confirmed, the likely ones share their first action, or no
question is worth its cost.

A stop is advice. It carries the question to go on with, and the person may go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.rank import DIRECT, probability, roots_first
from mldx.interview.question import Question

Reason = Literal["confirmed", "agreed", "spent", "asked"]
_CONFIRMED = 0.9
_LIKELY = 0.5


@dataclass(frozen=True, slots=True)
class Stop:
    """Why no further question is asked.

    reason   confirmed (a cause is), agreed (the likely causes share their first action), spent (no question is worth its
             cost), asked (everything was asked)
    leading  the likely causes
    then     the question to go on with, if there is one
    """

    reason: Reason
    told: str
    leading: tuple[str, ...] = ()
    then: Question | None = None


def reason(position: Inference, question: Question) -> Stop | None:
    """Return the stop that is due before this question, or None when it should be asked."""
    ranked, root_of = roots_first(position.ranking.listed, position.knowledge)
    line = position.knowledge.threshold("diagnosis.reporting_line")
    benign = position.knowledge.benign
    leading = tuple(
        cause for cause, odds in ranked if probability(odds) >= line and cause not in benign
    )
    if ranked and _confirmed(*ranked[0], position):
        title = position.knowledge.content["causes"][ranked[0][0]]["title"]
        return Stop("confirmed", f"A cause is confirmed: {title}.", leading, question)
    if _agree(leading, root_of, position):
        step = _first_step(root_of.get(leading[0], leading[0]), position)
        return Stop(
            "agreed", f"The likely causes ask for the same first step: {step}", leading, question
        )
    if question.worth < least_worth(position):
        return Stop("spent", "No remaining question is worth its time.", leading, question)
    return None


def least_worth(position: Inference) -> float:
    """Return the bits per minute below which a question is not worth asking."""
    return position.knowledge.threshold("interview.least_worth")


def _confirmed(cause: str, odds: float, position: Inference) -> bool:
    """Is the cause as good as certain, by an observation of the fault itself?"""
    direct = any(best >= DIRECT for best, _ in position.tally.get(cause, {}).values())
    return direct and probability(odds) >= _CONFIRMED and cause not in position.knowledge.benign


def _agree(leading: tuple[str, ...], root_of: dict[str, str], position: Inference) -> bool:
    """Do two or more likely causes open with one and the same step, each under its root?"""
    odds = dict(position.ranking.listed)
    if len(leading) < 2 or probability(odds[leading[0]]) < _LIKELY:
        return False
    return len({_first_step(root_of.get(cause, cause), position) for cause in leading}) == 1


def _first_step(cause: str, position: Inference) -> str:
    step: str = position.knowledge.content["causes"][cause]["fix"][0]["do"]
    return step
