"""What an answer is worth, worked out for all checks at once."""

from hypothesis import given, settings

from mldx import Symptoms
from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import information_gain, likelihood_tables
from mldx.knowledge import load

from .test_plan import ANSWERS


@settings(max_examples=20, deadline=None)
@given(ANSWERS)
def test_all_gains_at_once_are_the_gains_one_by_one(answers):
    """The matrix gives the bits that the formula gives for each check, whatever is known."""
    rules = load()
    inference = Inference(Symptoms.of(**answers), rules)
    posterior = inference.interview_posterior()

    one_by_one = [
        information_gain(table, posterior, inference.tally) for table in likelihood_tables(rules)
    ]

    together = inference.gains(posterior)
    answered = {check.number for check, _, _ in inference.trail.steps}
    differences = [
        abs(one - other)
        for number, (one, other) in enumerate(zip(one_by_one, together, strict=True))
        if number not in answered
    ]
    assert max(differences) < 1e-12
