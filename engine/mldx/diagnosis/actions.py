"""What to do next, by worth per minute.

A question is worth the bits that its answer is expected to settle about what is the matter
(`information_gain`), a test those about its one cause. A fix is worth the probability that it
repairs the run. All are divided by the minutes they take.
"""

from __future__ import annotations

from mldx.diagnosis.information_gain import entropy


def test_worth(share: float, power: float) -> float:
    """Return the bits that a confirmation of a cause settles, on average.

    share  probability of the cause
    power  dB that a passed test adds, and a failed one takes away; with 10 dB it is right in 10 of
           11 cases
    """
    ratio = 10 ** (power / 10)
    right = ratio / (1 + ratio)
    passes = share * right + (1 - share) * (1 - right)
    if not 0 < passes < 1:
        return 0.0
    after_pass, after_fail = share * right / passes, share * (1 - right) / (1 - passes)
    left = passes * _undecided(after_pass) + (1 - passes) * _undecided(after_fail)
    return _undecided(share) - left


def _undecided(share: float) -> float:
    """Return the entropy of a yes-or-no hypothesis, in bits."""
    return entropy((share, 1 - share))
