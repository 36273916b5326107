"""A metric of MLflow's file store: `mlruns/<experiment>/<run>/metrics/<name>`.

    1795889636377 2.3 0         milliseconds since 1970, value, step; newer versions may append more

The name of the metric is that of the file, with the folders below `metrics`.
"""

from __future__ import annotations

import re

from mldx.readers import names
from mldx.readers.faults import unreadable
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Run
from mldx.readers.scalars import MetricPoints, run_of
from mldx.readers.source import LogSource

FORMAT = "MLflow metric"
_LINE = re.compile(rf"(\d{{10,16}}) ({PATTERN})(?: (-?\d+)(?: .*)?)?", re.IGNORECASE)
_GLANCED = 20


def recognises(source: LogSource) -> bool:
    """Is every line a time, a value and a step? The last may break off."""
    lines = source.sample.strip().split("\n")
    whole = lines[:-1][:_GLANCED] or lines
    return all(_LINE.fullmatch(line.strip()) for line in whole)


def read(source: LogSource) -> list[Run]:
    """Return the run of one metric, which is taken as a loss where its name does not say what it
    is.
    """
    name = name_of(source)
    points = points_of(source)
    if names.named(name).known:
        return [run_of(source.origin, FORMAT, {name: points})]
    note = f"the name `{name}` does not say what was measured; it is taken as a loss"
    return [run_of(source.origin, FORMAT, {"loss": points}, notes=[note])]


def name_of(source: LogSource) -> str:
    """Return the name of the metric: the path below `metrics`."""
    parts = source.path.parts if source.path else ()
    start = max((at for at, part in enumerate(parts) if part == "metrics"), default=len(parts) - 2)
    return "/".join(parts[start + 1 :]) or "loss"


def points_of(source: LogSource) -> MetricPoints:
    """Return the points of a metric file; a last line that breaks off is left out.

    raises   UnreadableRun, naming the line, when another is no point
    """
    points = MetricPoints()
    lines = source.text.split("\n")
    for place, line in enumerate(lines, 1):
        found = _LINE.fullmatch(line.strip())
        if found:
            points.add(float(found[3] or 0), float(found[2]))
        elif line.strip() and place < len(lines):
            raise unreadable(
                f"{source.origin}:{place}",
                "the line is no point of a metric.",
                "milliseconds, value and step, separated by blanks",
            )
    return points
