"""A worked case: a run, what it must conclude, and what it must never conclude.

A case stands beside its near miss, the almost equal run in which one telling thing differs; so the
cases hold the rules from both sides.

    concludes: [a]                    a is the first cause
    concludes: [a, b]                 a is the first, and b among the first five and above `FLOOR`
    never: [x]                        x is not the first cause and not above the reporting line
    verdict: healthy                  of the whole diagnosis: healthy, faulty or undecided
    shows: [s]                        the run shows this syndrome
    shows_not: [s]                    it does not show it
    odds: {a: {above: 0.3, below: 0.8}}     what is stated of a lies between these;
                                      `healthy` has odds too
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from mldx.diagnosis.results import Verdict
from mldx.errors import Place
from mldx.knowledge.schema import Id, Shape
from mldx.readers.run import Run

Probability = Annotated[float, Field(ge=0, le=1)]


class OddsShape(Shape):
    """The band in which the stated probability of a cause lies, ends not included."""

    above: Probability | None = None
    below: Probability | None = None

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.above is None and self.below is None:
            raise ValueError("a band has `above`, `below`, or both")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise ValueError(f"the band {self.above:g}..{self.below:g} is empty")
        return self

    def holds(self, share: float) -> bool:
        """Does a probability lie inside?"""
        low = self.above is None or share > self.above
        return low and (self.below is None or share < self.below)

    def __str__(self) -> str:
        ends = {"above": self.above, "below": self.below}
        return " and ".join(f"{word} {end:g}" for word, end in ends.items() if end is not None)


class CaseShape(Shape):
    """A case as it is written; `tells` is what a reader may need to guess the verdict."""

    tells: str = ""
    run: dict[str, Any]
    concludes: tuple[Id, ...] = ()
    never: tuple[Id, ...] = ()
    verdict: Verdict | None = None
    shows: tuple[Id, ...] = ()
    shows_not: tuple[Id, ...] = ()
    odds: dict[Id, OddsShape] = Field(default_factory=dict)

    @property
    def claims(self) -> str:
        """What it claims, in one line: "label_noise; never undertrained"."""
        parts = [
            ", ".join(self.concludes),
            f"never {', '.join(self.never)}" if self.never else "",
            self.verdict or "",
            f"shows {', '.join(self.shows)}" if self.shows else "",
            f"shows not {', '.join(self.shows_not)}" if self.shows_not else "",
            ", ".join(f"{cause} {band}" for cause, band in self.odds.items()),
        ]
        return "; ".join(filter(None, parts))


@dataclass(frozen=True, slots=True)
class Case:
    """A case with the place it was read from and its run record, read."""

    id: str
    where: Place
    card: CaseShape
    run: Run
