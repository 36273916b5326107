"""Several logs at once: which runs they are, and whether they may be the parts of one.

Two runs are never made one unasked. Parts of one run hold different series over the same epochs:
`train.csv` and `val.csv`, or a loss here and an accuracy there; these are joined when the person
says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from mldx.readers.choice import choose
from mldx.readers.faults import NoLoss
from mldx.readers.recognise import read_source
from mldx.readers.run import Run, Series, Split
from mldx.readers.source import LogSource

_SPLITS: dict[str, Split] = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val",
    "eval": "val", "dev": "val", "test": "test", "testing": "test",
}  # fmt: skip
_WORDS = re.compile(r"[^a-z]+")
# The ends of two logs of one run may differ by an epoch that is not validated yet, or by the
# last steps after an evaluation.
_SAME_SPAN = 0.8


def read_all(logs: Sequence[tuple[str, bytes]], series: Mapping[str, str]) -> list[Run]:
    """Return every run in what was dropped or pasted, given as (name, content).

    series   the logs' own names of series by what they are

    raises   InputError, when a log cannot be read
    """
    runs = [run for name, content in logs for run in _read(name, content, series)]
    return _named_by_files(runs)


def _read(name: str, content: bytes, series: Mapping[str, str]) -> list[Run]:
    try:
        runs = read_source(LogSource.of_bytes(content, name))
    except NoLoss as error:
        if not series:
            raise
        runs = [error.run]
    return [choose(run, series) for run in runs] if series else runs


def may_be_one(runs: Sequence[Run]) -> bool:
    """May these be the parts of one run: other series each, over the same epochs or steps?"""
    return len(runs) > 1 and all(_complete(one, other) for one, other in combinations(runs, 2))


def joined(runs: Sequence[Run]) -> Run:
    """Return the parts of one run as that run."""
    whole = Run(
        origin=", ".join(run.origin for run in runs),
        format=" and ".join(dict.fromkeys(run.format for run in runs)),
    )
    for run in runs:
        whole.setup |= run.setup
        whole.answers |= run.answers
        whole.series += run.series
        whole.overruled += run.overruled
        whole.events += run.events
        whole.ignored += run.ignored
        whole.notes += run.notes
    return whole


def _named_by_files(runs: list[Run]) -> list[Run]:
    """Return the runs, the series of each under the split that its file's name says, where the
    names say different ones and the series themselves say none but the training's.
    """
    splits = [_split_of(run.origin) for run in runs]
    if None in splits or len(set(splits)) < len(splits):
        return runs
    return [_moved(run, split) for run, split in zip(runs, splits, strict=True) if split]


def _split_of(name: str) -> Split | None:
    said = {_SPLITS[word] for word in _WORDS.split(name.lower()) if word in _SPLITS}
    return said.pop() if len(said) == 1 else None


def _moved(run: Run, split: Split) -> Run:
    if any(series.split != "train" for series in run.series):
        return run
    return replace(run, series=[replace(series, split=split) for series in run.series])


def _complete(one: Run, other: Run) -> bool:
    """Do two runs hold no series twice, and go over the same epochs or steps?"""
    names, others = ({(s.split, s.metric) for s in run.series} for run in (one, other))
    if not names or not others or names & others:
        return False
    return one.series[0].axis == other.series[0].axis and _same_span(one.series, other.series)


def _same_span(one: Sequence[Series], other: Sequence[Series]) -> bool:
    ends = [max(float(series.x.max()) for series in part) for part in (one, other)]
    starts = [min(float(series.x.min()) for series in part) for part in (one, other)]
    longest = max(ends) - min(starts)
    return longest <= 0 or (min(ends) - max(starts)) >= _SAME_SPAN * longest
