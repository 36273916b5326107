"""How sure a comparison is: a statistic beside its threshold, as a share of 0..1.

A statistic close to its threshold, or known only within the curve's own jitter, could as well lie
on the other side of it. So an observer does not ask whether it lies beyond, but how surely, and
joins the conditions of its reading: all of them are as sure as the least sure one, any of them as
the surest.

    yes = all_of(beyond(fall, 0.1, 0.02), within(swing, 0.3, 0.05))
"""

from __future__ import annotations

all_of = min
any_of = max


def beyond(value: float, limit: float, width: float) -> float:
    """Return how surely a value lies beyond a limit: a half at the limit, all from a width above
    it, nothing from a width below it, and of what is not a number nothing.
    """
    if not value > limit - width:
        return 0.0
    return 1.0 if value >= limit + width else 0.5 + (value - limit) / (2 * width)


def within(value: float, limit: float, width: float) -> float:
    """Return how surely a value lies below a limit."""
    return beyond(-value, -limit, width)


def enough(points: int, least: int, whole: int) -> float:
    """Return how far a number of points settles a reading: not at all below the least, all from the
    whole on.
    """
    if points < least:
        return 0.0
    return min(1.0, (points - least + 1) / (whole - least + 1))
