"""Runs of trackers that keep each metric by itself: a name, and its points, each with a step.

The epoch is a metric among the others there; where it was logged at the same steps, it is their
axis too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.run import Array, Run
from mldx.readers.table import Column, Table

_NAMED = 6
_OF_THE_MACHINE = ("system/", "system.", "gpu.", "cpu", "system_metrics/")


@dataclass(slots=True)
class MetricPoints:
    """One metric: its steps and values, in the order they were logged."""

    steps: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, step: float, value: float) -> None:
        """Add a point."""
        self.steps.append(step)
        self.values.append(value)


def run_of(
    origin: str,
    format: str,
    metrics: Mapping[str, MetricPoints],
    setup: dict[str, Any] | None = None,
    notes: Iterable[str] = (),
) -> Run:
    """Return the run of metrics by name.

    raises   UnreadableRun, naming the metrics, when there is no loss among them
    """
    epochs = _epochs(metrics)
    kept = {name: points for name, points in metrics.items() if _is_metric(name) and points.values}
    run = assembled(
        origin, format, [_table(name, points, epochs) for name, points in kept.items()], setup
    )
    run.notes = [*notes, *run.notes]
    run.ignored += [f"`{name}`" for name in metrics if name not in kept and not names.axis(name)]
    return run


def without_loss(runs: Sequence[str]) -> list[str]:
    """Name the runs of a store that logged no loss, the first of them."""
    more = len(runs) - _NAMED
    told = [f"run `{name}`, which logged no loss" for name in runs[:_NAMED]]
    return [*told, f"and {more} more runs without a loss"] if more > 0 else told


def _is_metric(name: str) -> bool:
    beside = names.axis(name) or names.is_clock(name)
    return not beside and not name.lower().startswith(_OF_THE_MACHINE)


def _table(name: str, points: MetricPoints, epochs: Mapping[float, float]) -> Table:
    step, value = np.array(points.steps, np.float64), np.array(points.values, np.float64)
    column = Column.of(name, value, np.ones(len(value), np.bool_))
    if len(step) > 1 and step.max() == step.min():
        return Table(len(value), [column], step=np.arange(1.0, len(value) + 1))
    return Table(len(value), [column], epoch=_looked_up(epochs, points.steps), step=step)


def _epochs(metrics: Mapping[str, MetricPoints]) -> dict[float, float]:
    """Return the epoch of each step, from a metric that is called so."""
    return {
        step: value
        for name, points in metrics.items()
        if names.axis(name) == "epoch"
        for step, value in zip(points.steps, points.values, strict=True)
    }


def _looked_up(epochs: Mapping[float, float], steps: list[float]) -> Array | None:
    if not epochs or any(step not in epochs for step in steps):
        return None
    return np.array([epochs[step] for step in steps])
