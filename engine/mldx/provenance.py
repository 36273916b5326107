"""Who reports a value, and by which figure: the provenance of an observation, and which one wins.

Precedence, highest first: a probe; what is counted (NaN, duplicates, units, shares); what a person
says; a reading of a curve's shape; what is derived from setup facts. A person who looks at the
picture beats a threshold, and nobody's memory beats a count. Counted is what follows from the
logged figures by arithmetic alone; where a threshold on the form of a curve decides, it is its
shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import NoneType
from typing import Any, Literal, get_args

Basis = Literal["counted", "shape", "derived", ""]
Shares = tuple[tuple[bool | float | str, float], ...]


class Source(StrEnum):
    """Who made an observation."""

    ANSWERED = "answered"
    MEASURED = "measured"
    PROBED = "probed"


_PRECEDENCE = {
    (Source.MEASURED, "derived"): 0,
    (Source.MEASURED, "shape"): 1,
    (Source.ANSWERED, ""): 2,
    (Source.MEASURED, "counted"): 3,
    (Source.MEASURED, ""): 3,
    (Source.PROBED, ""): 4,
}
_DETAIL = tuple(Source)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The provenance of one observed value.

    figure  the numbers behind it: "val loss rose for 9 epochs while train loss fell 41 %"
    origin  where it was seen, a file as a rule
    at      the epoch or step where it was seen, for marking it on the curve
    basis   how it was measured: counted, read off a curve's shape, or derived from setup facts;
            empty for what nobody measured
    shares  where the curve does not settle it, the values that it may be, each with its share; what
            is missing to 1 is doubt, which speaks for nothing. Empty where it is certain
    """

    source: Source = Source.ANSWERED
    figure: str = ""
    origin: str = ""
    at: float | None = None
    basis: Basis = ""
    shares: Shares = ()

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Provenance:
        """Return the provenance in plain data that came from outside.

        raises   TypeError, ValueError, when it is not one
        """
        source = Source(plain.get("source", Source.ANSWERED))
        shares = tuple((value, float(share)) for value, share in plain.get("shares", ()))
        made = cls(**{**plain, "source": source, "shares": shares})
        if made.basis not in get_args(Basis):
            raise ValueError(f"{made.basis!r} is not a basis")
        if not isinstance(made.figure, str) or not isinstance(made.origin, str):
            raise TypeError("figure and origin are text")
        if isinstance(made.at, bool) or not isinstance(made.at, (int, float, NoneType)):
            raise TypeError("`at` is a number")
        if not all(0 <= share <= 1 for _, share in shares):
            raise ValueError("a share lies in 0..1")
        return made

    @property
    def rank(self) -> int:
        """The precedence: where two sources disagree, the higher rank wins."""
        return _PRECEDENCE.get((self.source, self.basis), _PRECEDENCE[(self.source, "")])

    def replaces(self, earlier: Provenance, agree: bool) -> bool:
        """Does this observation take the place of an earlier one of the same symptom?

        agree   both say the same: then a measurement is kept before an answer, whatever its basis,
                because it has the figure
        """
        if agree:
            return _DETAIL.index(self.source) >= _DETAIL.index(earlier.source)
        return self.rank >= earlier.rank


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that disagree about one symptom."""

    symptom: str
    kept: bool | float | str
    kept_by: Provenance
    dropped: bool | float | str
    dropped_by: Provenance
