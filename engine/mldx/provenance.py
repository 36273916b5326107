"""Who says so, and by which figure: what stands behind an observed value."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Source(StrEnum):
    """Who made an observation; a later one in this list outranks an earlier one."""

    ANSWERED = "answered"
    MEASURED = "measured"
    PROBED = "probed"

    @property
    def rank(self) -> int:
        """0 for an answer, 1 for a measurement, 2 for a probe."""
        return _RANKS[self]


_RANKS = {source: rank for rank, source in enumerate(Source)}


class Provenance(BaseModel):
    """The provenance of one observed value.

    figure  the numbers behind it: "val loss rose for 9 epochs while train loss fell 41 %"
    origin  where it was seen, a file as a rule
    at      the epoch or step where it was seen, for marking it on the curve
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    source: Source = Source.ANSWERED
    figure: str = ""
    origin: str = ""
    at: float | None = None


class Conflict(BaseModel):
    """Two sources that disagree about one symptom; the kept one has the higher rank."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    symptom: str
    kept: bool | float | str
    kept_by: Provenance
    dropped: bool | float | str
    dropped_by: Provenance
