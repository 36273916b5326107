"""The bound of a cause is above everything the diagnosis makes of any answers, and its witness is
what it says.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldx.cli.rules.judge import judge
from mldx.diagnosis import diagnose
from mldx.knowledge import load
from mldx.knowledge.analysis.reach import Reachability, answers_of, witnesses
from mldx.symptoms import Symptoms

BASE = load()
EVIDENCE = Reachability(BASE)
BOUNDS = {cause: EVIDENCE.bound(cause) for cause in BASE.content["causes"]}
ANSWERS = answers_of(BASE)
SOME = st.dictionaries(
    st.sampled_from(sorted(ANSWERS)), st.integers(0, 30), min_size=1, max_size=40
)


@settings(max_examples=150, deadline=None)
@given(chosen=SOME)
def test_no_answers_exceed_a_bound(chosen):
    """Whatever is answered, no cause is more probable than its bound."""
    answers = {path: ANSWERS[path][number % len(ANSWERS[path])] for path, number in chosen.items()}

    for cause, probability in judge(BASE)(answers).items():
        assert probability <= BOUNDS[cause] + 1e-9, cause


def test_witnesses_are_true():
    """A diagnosis of the answers of a witness gives its cause that probability."""
    found = witnesses(BASE, judge(BASE), 0.2)

    assert found.keys() == BASE.content["causes"].keys()
    for cause in ("label_noise", "learning_rate_too_high", "zero_grad_missing"):
        answers = {path.partition(".")[2]: value for path, value in found[cause].answers.items()}
        named = {one.id: one.probability for one in diagnose(Symptoms.of(**answers), BASE).causes}
        assert named[cause] == pytest.approx(found[cause].probability)


def test_a_witness_holds_no_idle_answer():
    """Each answer of a witness is needed: without it the cause is less probable."""
    found = EVIDENCE.witness("zero_grad_missing", judge(BASE), 0.2)

    for path in found.answers:
        rest = {other: value for other, value in found.answers.items() if other != path}
        assert judge(BASE)(rest).get("zero_grad_missing", 0.0) < found.probability
