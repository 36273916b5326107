"""Metrics by name, each with lists of its steps and values in one JSON document.

{"training.loss": {"steps": [1, 2], "timestamps": [...], "values": [0.5, 0.4]}}     Sacred
{"loss": {"train": {"name": "train", "x": [1, 2], "y": [0.5, 0.4]}}}                ClearML
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mldx.readers.numbers import plain
from mldx.readers.run import Run
from mldx.readers.scalars import MetricPoints, run_of
from mldx.readers.source import LogSource

FORMAT = "metrics with steps and values (Sacred, ClearML)"
_PAIRS = (("steps", "values"), ("step", "value"), ("x", "y"))
_DEEPEST = 6


def recognises(source: LogSource) -> bool:
    """Is there a pair of lists, of steps and of values?"""
    document = source.document
    return isinstance(document, dict) and next(_metrics(document), None) is not None


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    metrics = {name: _points(steps, values) for name, steps, values in _metrics(source.document)}
    return [run_of(source.origin, FORMAT, metrics)]


def _metrics(
    document: Mapping[str, Any], above: tuple[str, ...] = ()
) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Yield each metric by its path, with its steps and values."""
    for key, value in document.items():
        if not isinstance(value, dict):
            continue
        path = (*above, str(key))
        for step, number in _PAIRS:
            steps, values = value.get(step), value.get(number)
            if isinstance(steps, list) and isinstance(values, list) and len(steps) == len(values):
                yield "/".join(path).replace(".", "/"), steps, values
        if len(path) < _DEEPEST:
            yield from _metrics(value, path)


def _points(steps: list[Any], values: list[Any]) -> MetricPoints:
    points = MetricPoints()
    for step, value in zip(map(plain, steps), map(plain, values), strict=True):
        if step is not None and value is not None:
            points.add(step, value)
    return points
