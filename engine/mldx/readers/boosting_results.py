"""What boosting libraries keep of their evaluation sets as JSON.

{"validation_0": {"logloss": [..]}, "validation_1": {..}}     `evals_result` of XGBoost
{"training": {"l2": [..]}, "valid_1": {"l2": [..]}}           `record_evaluation` of LightGBM
{"meta": {"learn_metrics": [..]}, "iterations": [..]}         `catboost_training.json`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mldx.readers.assemble import assembled
from mldx.readers.boosting import settle_sets
from mldx.readers.faults import unreadable
from mldx.readers.numbers import plain
from mldx.readers.run import Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "evaluation results of a boosting library"
CATBOOST = "CatBoost training JSON"
_SET = re.compile(r"(?:validation|valid|eval|test)_?\d*|training|train|learn|dtrain|dtest|dval")
_NUMBERED_SET = re.compile(r"(?:validation|valid|eval)_\d+$|training$")
_OF_TREES = re.compile(r"(?:\w+_)?(?:m?logloss|merror|binary_error|multi_error)$")
_PARTS = ("learn", "test")


def recognises(source: LogSource) -> bool:
    """Is it CatBoost's document, or one of sets with a list for each metric of trees?"""
    document = source.document
    return isinstance(document, dict) and (_is_catboost(document) or _is_of_sets(document))


def _is_catboost(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("meta"), dict) and isinstance(document.get("iterations"), list)


def _is_of_sets(document: Mapping[str, Any]) -> bool:
    sets = list(document.values())
    if not sets or not all(map(_SET.fullmatch, document)) or not all(map(_is_of_lists, sets)):
        return False
    metrics = [metric for one in sets for metric in one]
    return any(map(_NUMBERED_SET.match, document)) or any(map(_OF_TREES.match, metrics))


def _is_of_lists(metrics: object) -> bool:
    return (
        isinstance(metrics, dict)
        and bool(metrics)
        and all(isinstance(values, list) and values for values in metrics.values())
    )


def read(source: LogSource) -> list[Run]:
    """Return the run; the first metric that falls when it gets better is its loss.

    raises   UnreadableRun when there is no round in it
    """
    document = source.document
    catboost = _is_catboost(document)
    rows = list(_of_catboost(document) if catboost else _of_sets(document))
    if not rows:
        raise unreadable(source.origin, "there is no round in it.", "a value for each round")
    table = Table.of_rows(rows)
    settle_sets(table)
    setup = {"model_family": "boosting"} | ({"framework": "catboost"} if catboost else {})
    return [assembled(source.origin, CATBOOST if catboost else FORMAT, table, setup)]


def _of_catboost(document: Mapping[str, Any]) -> Iterator[dict[str, float]]:
    """Yield the rounds; their values stand in the order in which the metrics are described."""
    meta = document["meta"]
    described = {part: _metric_names(meta.get(f"{part}_metrics")) for part in _PARTS}
    for number, one in enumerate(document["iterations"]):
        if not isinstance(one, Mapping):
            continue
        row: dict[str, Any] = {}
        for part, values in one.items():
            metrics = described.get(part.rstrip("0123456789_"), [])
            row |= _under(part, metrics, values if isinstance(values, list) else [])
        yield {"step": plain(one.get("iteration")) or float(number), **_numbers(row)}


def _metric_names(described: object) -> list[str]:
    entries = described if isinstance(described, list) else []
    return [str(one.get("name")) for one in entries if isinstance(one, Mapping)]


def _under(part: str, metrics: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    return {f"{part}-{metric}": value for metric, value in zip(metrics, values, strict=False)}


def _of_sets(document: Mapping[str, Any]) -> Iterator[dict[str, float]]:
    """Yield the rounds, counted from 0."""
    curves = {
        f"{part}-{metric}": values
        for part, metrics in document.items()
        for metric, values in metrics.items()
    }
    for place in range(max(map(len, curves.values()))):
        row = {name: values[place] for name, values in curves.items() if place < len(values)}
        yield {"step": float(place), **_numbers(row)}


def _numbers(row: Mapping[str, Any]) -> dict[str, float]:
    found = {name: plain(value) for name, value in row.items()}
    return {name: value for name, value in found.items() if value is not None}
