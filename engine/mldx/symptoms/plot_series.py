"""A curve to be drawn: a logged series, thinned so that a page can hold it and no peak is lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """One series of a run, for drawing only; what is observed of it is observed of the whole
    series.

    split   train, val, test or other
    axis    epoch or step
    x, y    (N,), as logged; y may hold NaN and infinities
    origin  the file or folder
    """

    split: str
    metric: str
    axis: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    origin: str = ""

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data that JSON can hold: five digits, what is not finite as text, and
        no origin.
        """
        y = [float(f"{value:.5g}") if math.isfinite(value) else str(value) for value in self.y]
        return {
            "split": self.split,
            "metric": self.metric,
            "axis": self.axis,
            "x": list(self.x),
            "y": y,
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> PlotSeries:
        """Return the series that `to_plain` wrote.

        raises   KeyError, TypeError, ValueError, OverflowError, when it is not one
        """
        x, y = (tuple(map(float, plain[name])) for name in ("x", "y"))
        if len(x) != len(y) or not all(map(math.isfinite, x)):
            raise ValueError("as many finite places as values")
        return cls(str(plain["split"]), str(plain["metric"]), str(plain["axis"]), x, y)
