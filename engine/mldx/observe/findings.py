"""What an observer found: a value, or the values that it may be, each with its share.

The value of a finding is its likeliest answer, as if there were no shares. A yes or a no that is
all but sure has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mldx.provenance import Basis, Shares
from mldx.symptoms import Observation

# shares of a number at its own value and one standard error to either side
_THREE = (0.2, 0.6, 0.2)
_SETTLED = 1 - 1e-6  # rounding


@dataclass(frozen=True, slots=True)
class Finding:
    """What an observer found: the value, its figure, and where on the axis it was seen.

    basis   how this value was measured, where it differs from what the observer declares
    shares  the values that it may be, where the curve does not settle it; see `Provenance`
    """

    value: Any
    figure: str
    at: float | None = None
    basis: Basis = ""
    shares: Shares = ()


def yes_or_no(
    yes: float, figure: str, at: float | None = None, basis: Basis = "", settled: float = 1.0
) -> Finding:
    """Return the finding of a yes/no reading.

    yes      how sure the yes is
    settled  the share of the reading that is not in doubt
    """
    return one_of({True: yes, False: 1 - yes}, figure, at, basis, settled)


def one_of(
    shares: Mapping[Any, float],
    figure: str,
    at: float | None = None,
    basis: Basis = "",
    settled: float = 1.0,
) -> Finding:
    """Return the finding of a reading that may be any of several answers; the first of two that are
    as likely is its value.

    shares   of each answer; they add up to 1
    settled  the share of the reading that is not in doubt
    """
    value = max(shares, key=lambda answer: shares[answer])
    if shares[value] * settled >= _SETTLED:
        return Finding(value, figure, at, basis)
    kept = tuple((answer, float(share * settled)) for answer, share in shares.items() if share > 0)
    return Finding(value, figure, at, basis, kept)


def about(
    value: float,
    error: float,
    figure: str,
    basis: Basis = "",
    span: tuple[float, float] = (-1e300, 1e300),
    settled: float = 1.0,
) -> Finding:
    """Return the finding of a number that is known within an error.

    error    one standard error
    span     the least and the greatest value that the number can have
    settled  the share of the reading that is not in doubt
    """
    low, high = span
    inside = min(max(value, low), high)
    if not 0 < error < high - low:
        error = 0.0  # it cannot be said
    if error == 0 and settled >= _SETTLED:
        return Finding(inside, figure, basis=basis)
    places = (value - error, value, value + error)
    shares = tuple(
        (float(min(max(place, low), high)), share * settled)
        for place, share in zip(places, _THREE, strict=True)
    )
    return Finding(inside, figure, basis=basis, shares=shares)


def share_of(seen: Mapping[str, Observation], id: str, answers: Sequence[Any] = (True,)) -> float:
    """Return how surely an earlier reading was one of these answers; 0 where there is none."""
    found = seen.get(id)
    if found is None:
        return 0.0
    if not found.shares:
        return float(found.value in answers)
    return sum(share for value, share in found.shares if value in answers)
