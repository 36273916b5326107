"""The interview: a pure function from what is observed so far to the next question, or to a stop
that says why.

    step = interview.next(Symptoms.of(loss_shape="flat"))
    step.question, step.choices, step.separates        or        step.reason, step.told, step.then

A `Session` keeps the answers of one person in their order, so that each can be changed, taken back,
saved and resumed.
"""

from mldx.interview.choose import next_question
from mldx.interview.choose import next_question as next
from mldx.interview.question import Choice, Question
from mldx.interview.session import Session
from mldx.interview.stop import Stop

__all__ = ["Choice", "Question", "Session", "Stop", "next", "next_question"]
