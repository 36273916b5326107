"""The vertical axis of a curve: what it spans, and round values written so that no two read alike.

Values of 0.1 to 0.7 have the ticks 0.2, 0.4 and 0.6; of 6e-6 to 1.3e-5 the ticks 6.0e-6, 8.0e-6,
1.0e-5 and 1.2e-5; of 0.002 to 900, on a logarithmic axis, those from 0.01 to 100; of 0.693141 to
0.693149, which is flat, 0.69315 alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

LARGEST = 1e300
_LOG_FROM, _FLAT, _LEAST = 50.0, 1e-4, 1e-300
_MOST, _FEW_POWERS, _ROOMY = 5, 3, 6


@dataclass(frozen=True, slots=True)
class Tick:
    """A value of the axis as it is written."""

    value: float
    words: str


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to shares of the height, and the ticks beside it.

    low, high   what it spans; decimal logarithms when it is logarithmic
    """

    low: float
    high: float
    logarithmic: bool
    ticks: tuple[Tick, ...]

    @classmethod
    def of(cls, least: float, greatest: float) -> Scale:
        """Return the scale for values between two finite ones."""
        least, greatest = bounded(least), bounded(greatest)
        if least > _LEAST and greatest / least > _LOG_FROM:
            span = math.log10(least), math.log10(greatest)
            return cls(
                *span,
                True,
                tuple(Tick(value, _written([value], value)[0]) for value in _powers(*span)),
            )
        level = max(abs(least), abs(greatest))
        if greatest - least <= max(_FLAT * level, _LEAST):
            middle, room = least + (greatest - least) / 2, 0.1 * level or 1.0
            return cls(
                middle - room, middle + room, False, (Tick(middle, _brief(f"{middle:.5g}")),)
            )
        room = 0.06 * (greatest - least)
        return cls(least - room, greatest + room, False, _round(least - room, greatest + room))

    def share(self, value: float) -> float:
        """Return how far up a value stands, from 0 to 1; one that the scale does not hold stands at
        the edge.
        """
        if self.logarithmic:
            value = math.log10(value) if value > 0 else self.low
        return share(value, self.low, self.high)


def share(value: float, low: float, high: float) -> float:
    """Return where a value stands between two, from 0 to 1; in the middle when the two are one."""
    wide = high - low
    return min(max((value - low) / wide, 0.0), 1.0) if wide else 0.5


def bounded(value: float) -> float:
    """Return the value, or one so near to it that twice as much is still a number."""
    return min(max(value, -LARGEST), LARGEST)


def _powers(low: float, high: float) -> list[float]:
    """Return powers of ten, a few of them when there are many, and thrice as much between when
    there are few.
    """
    powers = range(math.floor(low), math.floor(high) + 1)
    factors = (1, 3) if len(powers) <= _FEW_POWERS else (1,)
    values = [factor * 10.0**power for power in powers for factor in factors]
    inside = [value for value in values if low <= math.log10(value) <= high]
    return inside[:: max(math.ceil(len(inside) / _MOST), 1)]


def _round(low: float, high: float) -> tuple[Tick, ...]:
    """Return three to six round values between two."""
    rough = (high - low) / _MOST
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10, 20) if unit * factor >= rough)
    values = [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]
    return tuple(
        Tick(value, text) for value, text in zip(values, _written(values, step), strict=True)
    )


def _written(values: Sequence[float], step: float) -> list[str]:
    """Write values that lie a step apart with as many digits as part them, all in the shorter of
    two ways.
    """
    power = math.floor(math.log10(step) + 1e-9)
    plain = [f"{value:.{max(-power, 0)}f}" for value in values]
    top = max(abs(value) for value in values)
    digits = max(math.floor(math.log10(top) + 1e-9) - power, 0)
    short = [_brief(f"{value:.{digits}e}") for value in values]
    longest = max(map(len, plain))
    return plain if longest <= max(_ROOMY, *map(len, short)) else short


def _brief(number: str) -> str:
    """Write 1e-05 as 1e-5, and 0e+00 as 0."""
    digits, e, power = number.partition("e")
    if not e:
        return digits
    return f"{digits}e{int(power)}" if float(digits) else "0"
