"""How often each answer to a check is given: with a cause, and where none of its causes is there.

A row is a distribution over the answers of one check. What an answer says for a cause follows:

    dB(cause, answer) = 10 log10( P(answer | cause) / P(answer | usual) ),  cut at +-25

Rows add up, so an answer that speaks for a cause implies others that speak against it. A
measurement close to the border of two answers is a mixture of both, so that no verdict hangs on a
third digit; so is what a curve does not settle. The evidence of a mixture is the mean of that of
its answers, each by its weight (a logarithmic opinion pool, Genest & Zidek 1986); what the weights
lack to 1 is doubt, and doubt speaks for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log10

MOST_DECIBANS = 25.0
LEAST_SHARE = 1e-4  # a 0 in a row means "hardly ever"; nothing that can be observed is impossible

Row = tuple[float, ...]
# (number of an answer, its weight); what the weights lack to 1 is doubt
Mixture = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class FrequencyTable:
    """The rows of one check under one circumstance, as shares.

    usual  how the check is answered where none of the causes in `rows` is there
    rows   how it is answered with a cause, by cause; a cause without a row is answered as usual
    """

    usual: Row
    rows: Mapping[str, Row]
    _of_one: dict[int, Mapping[str, float]] = field(default_factory=dict, compare=False, repr=False)

    def decibans(self, mixture: Mixture) -> Mapping[str, float]:
        """Return what an observation says for (or against) each cause of the table, in dB."""
        (answer, weight), *others = mixture
        said = self.of_answer(answer)
        if not others:
            return said if weight == 1 else {cause: weight * db for cause, db in said.items()}
        if len(others) > 1:
            return weighted([(self.of_answer(one), share) for one, share in mixture])
        [(other, rest)] = others  # the usual case, and the causes stand in one order
        beside = self.of_answer(other).values()
        return {
            cause: weight * db + rest * too
            for (cause, db), too in zip(said.items(), beside, strict=True)
        }

    def of_answer(self, answer: int) -> Mapping[str, float]:
        """Return what one answer says of each cause of the table, in dB: the same for every run."""
        if answer not in self._of_one:
            usual = self.usual[answer]
            self._of_one[answer] = {
                cause: ratio_decibans(row[answer], usual) for cause, row in self.rows.items()
            }
        return self._of_one[answer]

    def row(self, cause: str) -> Row:
        """Return how the check is answered with a cause."""
        return self.rows.get(cause, self.usual)


def mixed(row: Row, mixture: Mixture) -> float:
    """Return the share of the answers of a mixture."""
    return sum(weight * row[answer] for answer, weight in mixture)


def ratio_decibans(share: float, usual: float) -> float:
    """Return the likelihood ratio of two shares in dB, cut at +-`MOST_DECIBANS`."""
    found = 10 * log10(max(share, LEAST_SHARE) / max(usual, LEAST_SHARE))
    return max(-MOST_DECIBANS, min(MOST_DECIBANS, found))


def weighted(parts: Sequence[tuple[Mapping[str, float], float]]) -> dict[str, float]:
    """Return the sum of several parts of evidence, each by its weight."""
    found: dict[str, float] = {}
    for decibans, weight in parts:
        for cause, db in decibans.items():
            found[cause] = found.get(cause, 0.0) + weight * db
    return found


def soft_widths(
    borders: Sequence[float], softness: float, low: float, high: float
) -> tuple[float, ...]:
    """(K - 1,), half the width of the zone around each border.

    It is a share of the border's size, and no more than half the way to the next border or to the
    end of the range low..high: 0.96 of a share whose answers end at 0.95 and 1 is no 0.95.
    """
    ends = (low, *borders, high)
    gaps = [min(here - ends[at], ends[at + 2] - here) for at, here in enumerate(borders)]
    return tuple(
        min(softness * abs(border), gap / 2) for border, gap in zip(borders, gaps, strict=True)
    )


def between(value: float, borders: Sequence[float], widths: Sequence[float]) -> Mixture:
    """Return the answers of a number: one, or two in proportion where it lies close to a border.

    borders  (K - 1,), rising; answer k covers borders[k - 1] <= value < borders[k]
    widths   (K - 1,), half the width of the zone around each border
    """
    answer = sum(value >= border for border in borders)
    for index, (border, width) in enumerate(zip(borders, widths, strict=True)):
        if width > 0 and abs(value - border) < width:
            upper = 0.5 + (value - border) / (2 * width)
            return ((index, 1 - upper), (index + 1, upper))
    return ((answer, 1.0),)
