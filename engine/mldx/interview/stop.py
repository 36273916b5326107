"""When to stop asking: a cause is confirmed or leads clearly, the likely ones share their first
action, or no question is worth its cost.

A stop is advice. It carries the question to go on with, and the person may go on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.rank import DIRECT
from mldx.interview.question import Question

Reason = Literal["confirmed", "leading", "agreed", "spent", "asked"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why no further question is asked.

    reason   confirmed (a cause is), leading (one cause leads clearly), agreed (the likely causes
             share their first action), spent (no question is worth its cost), asked (everything was
             asked)
    leading  the likely causes
    then     the question to go on with, if there is one
    """

    reason: Reason
    told: str
    leading: tuple[str, ...] = ()
    then: Question | None = None


def reason(inference: Inference, question: Question) -> Stop | None:
    """Return the stop that is due before this question, or None when it should be asked."""
    ranked, root_of = inference.ranking
    line = inference.knowledge.threshold("diagnosis.reporting_line")
    benign = inference.knowledge.benign
    leading = tuple(cause for cause, odds in ranked if odds >= line and cause not in benign)
    if ranked and _confirmed(*ranked[0], inference):
        title = inference.knowledge.causes[ranked[0][0]].title
        return Stop("confirmed", f"A cause is confirmed: {title}.", leading, question)
    if lead := leader(inference):
        return Stop("leading", _told(lead, inference), leading, question)
    if _agree(leading, root_of, inference):
        step = _first_step(root_of.get(leading[0], leading[0]), inference)
        return Stop(
            "agreed", f"The likely causes ask for the same first step: {step}", leading, question
        )
    if question.worth < least_worth(inference):
        return Stop("spent", "No remaining question is worth its time.", leading, question)
    return None


def least_worth(inference: Inference) -> float:
    """Return the bits per minute below which a question is not worth asking."""
    return inference.knowledge.threshold("interview.least_worth")


def _confirmed(cause: str, odds: float, inference: Inference) -> bool:
    """Is the cause as good as certain, by an observation of the fault itself?"""
    direct = any(best >= DIRECT for best, _ in inference.tally.get(cause, {}).values())
    return (
        direct
        and odds >= inference.knowledge.threshold("interview.confirmed")
        and cause not in inference.knowledge.benign
    )


def leader(inference: Inference) -> str | None:
    """Return the cause that leads clearly: likely, and far before the next."""
    limit, found = inference.knowledge.threshold, inference.probabilities
    (cause, stated), (second, _) = [*inference.listed, ("", 0.0), ("", 0.0)][:2]
    far = found.get(cause, 0.0) >= limit("interview.lead") * found.get(second, 0.0)
    clear = far and stated >= limit("interview.leads")
    return cause if clear and cause not in inference.knowledge.benign else None


def _told(cause: str, inference: Inference) -> str:
    """Say what leads, and the test that settles it."""
    card = inference.knowledge.causes[cause]
    return (
        f"One cause leads clearly: {card.title}. Test this now "
        f"({card.confirm.minutes:g} min), or ask on: {card.confirm.do}"
    )


def _agree(leading: tuple[str, ...], root_of: dict[str, str], inference: Inference) -> bool:
    """Do two or more likely causes open with one and the same step, each under its root?"""
    odds = dict(inference.listed)
    if len(leading) < 2 or odds[leading[0]] < inference.knowledge.threshold("interview.likely"):
        return False
    return len({_first_step(root_of.get(cause, cause), inference) for cause in leading}) == 1


def _first_step(cause: str, inference: Inference) -> str:
    return inference.knowledge.causes[cause].fix[0].do
