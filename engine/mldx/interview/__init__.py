"""The interview: from what is observed so far to the next question, or to a stop that says why.

    step = interview.next_question(Symptoms.of(loss_shape="flat"))
    step.question, step.choices, step.separates        or        step.reason, step.told, step.then

A `Dialogue` keeps what one person says in its order, so that each answer can be changed, taken
back, saved and resumed; terminal, page, programs and agents all drive it.
"""

from mldx.interview.choose import next_question
from mldx.interview.dialogue import Dialogue
from mldx.interview.question import Choice, Question, QuestionForm
from mldx.interview.stop import Stop

__all__ = ["Choice", "Dialogue", "Question", "QuestionForm", "Stop", "next_question"]
