"""What boosting libraries print, one line a round, every metric of every evaluation set on it.

    [12]  validation_0-logloss:0.48  validation_1-logloss:0.50     XGBoost
    [10]  training's l2: 0.2  valid_1's l2: 0.3                     LightGBM
    10:   learn: 0.51  test: 0.60  best: 0.60 (10)                  CatBoost

The names of the sets are the user's. XGBoost's own names do not say which set was trained on;
usually it is the one that fares better.
"""

from __future__ import annotations

import re

import numpy as np

from mldx.readers.assemble import assembled
from mldx.readers.messages import messages
from mldx.readers.names import SPLITS, direction, named
from mldx.readers.numbers import PATTERN
from mldx.readers.run import Run, Split
from mldx.readers.source import LogSource
from mldx.readers.table import Column, Table

_LOGGER = re.compile(r"^.{0,80}?\b(?:INFO|DEBUG)\b[\])|: \t-]*(?=\[?\d+[\]:])", re.MULTILINE)
_ROUND = re.compile(
    r"^[ \t]*\[(\d+)\]:?[ \t]+(?=\S)(.*)$|^[ \t]*(\d+):[ \t]+(learn: .*)$", re.MULTILINE
)
_BEST = re.compile(r"best iteration is:\s.*", re.IGNORECASE)  # said again at the end, as a round is
_PAIR = re.compile(rf"([^\s:,][^\t:,]{{0,80}}?)\s*:\s*({PATTERN})(?![\w.])", re.IGNORECASE)
_XGBOOST = re.compile(r"^\[\d+\]\s+[\w.]+-[\w@.-]+:[-+\dni]", re.MULTILINE)
_LIGHTGBM = re.compile(r"^\[\d+\]\s+\S.*'s [\w@ .-]+: ", re.MULTILINE)
_CATBOOST = re.compile(r"^\d+:\s+learn: \S+\s", re.MULTILINE)
_LIBRARIES = {"xgboost": _XGBOOST, "lightgbm": _LIGHTGBM, "catboost": _CATBOOST}
_OTHER_SETS: tuple[Split, ...] = ("val", "test")
_BESIDE = frozenset({"best", "total", "remaining"})


def recognises(source: LogSource) -> bool:
    """Does a line hold a round and `set-metric:value`, or the like?"""
    text = _text(source)
    return any(pattern.search(text) for pattern in _LIBRARIES.values())


def _text(source: LogSource) -> str:
    """The text without what a logger puts before a line."""
    text = source.text
    return _LOGGER.sub("", text) if "INFO" in text or "DEBUG" in text else text


def read(source: LogSource) -> list[Run]:
    """Return the run; the first metric that falls when it gets better is its loss."""
    text = _text(source)
    library = next(name for name, pattern in _LIBRARIES.items() if pattern.search(text))
    table = Table.of_rows(_rows(text))
    settle_sets(table)
    format = {"xgboost": "XGBoost", "lightgbm": "LightGBM", "catboost": "CatBoost"}[
        library
    ] + " output"
    return [
        assembled(
            source.origin,
            format,
            table,
            {"framework": library, "model_family": "boosting"},
            messages(source.text),
        )
    ]


def settle_sets(table: Table) -> None:
    """Settle what each column is, by its name of a set and a metric: `validation_0-logloss`."""
    for one in table.columns:
        _, metric = _parts(one.name)
        one.metric = named(metric).metric if metric else "loss"
    _take_loss(table)
    _name_splits(table)


def _rows(text: str) -> list[dict[str, float]]:
    rows = []
    for match in _ROUND.finditer(_BEST.sub("", text)):
        pairs = {
            name: float(value)
            for name, value in _PAIR.findall(match[2] or match[4])
            if name not in _BESIDE
        }
        if pairs:
            rows.append({"step": float(match[1] or match[3]), **pairs})
    return rows


def _parts(name: str) -> tuple[str, str]:
    """The set and the metric in `validation_0-logloss`, `valid_1's l2`, `cv_agg's train l2` or
    `learn`.
    """
    if "'s " in name:
        part, _, metric = name.partition("'s ")
        split, _, rest = metric.partition(" ")
        return (split, rest) if rest and split in SPLITS else (part, metric)
    part, _, metric = name.partition("-")
    return part, metric.removesuffix("-mean")


def _take_loss(table: Table) -> None:
    falling = next((one.metric for one in table.columns if direction(one.metric) < 0), None)
    if falling not in (None, "loss"):
        table.notes.append(f"`{falling}` is taken as the loss")
    for one in table.columns:
        if one.metric == falling:
            one.metric = "loss"


def _name_splits(table: Table) -> None:
    sets = list(dict.fromkeys(_parts(column.name)[0] for column in table.columns))
    trained = _trained_set(table, sets)
    others = [name for name in sets if name != trained]
    splits: dict[str | None, Split] = {**dict.fromkeys(others, "other"), trained: "train"}
    splits.update(zip(others, _OTHER_SETS, strict=False))
    for column in table.columns:
        column.split = splits[_parts(column.name)[0]]


def _trained_set(table: Table, sets: list[str]) -> str | None:
    """Return the set that was trained on: the one whose name says it, or the better one of two that
    are only numbered.
    """
    for name in sets:
        if SPLITS.get(re.split(r"[_\d]", name.lower())[0]) == "train":
            return name
    first = sets[:2]
    if len(first) < 2 or not all(re.fullmatch(r"(?:validation|eval)_\d+", name) for name in first):
        return None
    trained = _better(table, first)
    table.notes.append(
        "the sets do not say which one was trained on; "
        f"`{trained}` fares better and is taken as train"
    )
    return trained


def _better(table: Table, sets: list[str]) -> str:
    first, second = (
        next(one for one in table.columns if _parts(one.name)[0] == part) for part in sets
    )
    sign = direction(first.metric) or -1
    return sets[0] if sign * (_end(first) - _end(second)) >= 0 else sets[1]


def _end(column: Column) -> float:
    values = column.value[column.there]
    return float(np.nan_to_num(values[-1]))
