"""What was read, in the sentences that every report of a diagnosis opens with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mldx.symptoms.reading import Number, Reading, ReadSeries

_IGNORED = 6  # things not used that are named


@dataclass(frozen=True, slots=True)
class ReadSummary:
    """What was read, in words.

    origin   the file, folder or stream; `name` is the last part of each path
    form     what it was recognised as, and the run of it
    series   the losses, or else the first metric, with points, first and last value
    doubt    why it may have been misread; its curves are then not judged
    notes    what the reader did and chose, what the log says by itself, what was not used
    others   other runs in it
    table    every series, in figures
    """

    origin: str
    name: str
    form: str
    series: str
    doubt: str
    notes: tuple[str, ...]
    others: tuple[str, ...]
    table: tuple[ReadSeries, ...]


def summarised(reading: Reading) -> ReadSummary:
    """Return what was read in the words of a report."""
    return ReadSummary(
        origin=reading.origin,
        name=", ".join(_last_part(one) for one in reading.origin.split(", ")),
        form=reading.format,
        series=_series(reading.series),
        doubt=_doubt(reading.doubts),
        notes=tuple(_notes(reading)),
        others=reading.others,
        table=reading.series,
    )


def _last_part(path: str) -> str:
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1]


def _series(series: Sequence[ReadSeries]) -> str:
    """Say of the losses, or else of the first metric, how long they are, where they begin and
    end: "loss: train 2.3 → 0.1 (10 points), val 2.2 → 0.4 (10); 3 more series".
    """
    judged = _once(one for one in series if one.judged)
    metrics = dict.fromkeys(one.metric for one in judged)
    metric = "loss" if "loss" in metrics else next(iter(metrics), "")
    told = [one for one in judged if one.metric == metric]
    if not told:
        return ""
    parts = [_ends(one, points=not place) for place, one in enumerate(told)]
    left = len(series) - len(told)
    more = f"; {left} more series" if left else ""
    return f"{metric.replace('_', ' ')}: {', '.join(parts)}{more}"


def _once(series: Iterator[ReadSeries]) -> list[ReadSeries]:
    """Return the first series of each split and metric; finer ones of the same quantity follow."""
    kept: dict[tuple[str, str], ReadSeries] = {}
    for one in series:
        kept.setdefault((one.split, one.metric), one)
    return list(kept.values())


def _ends(one: ReadSeries, *, points: bool) -> str:
    unit = {True: " points", False: ""}[points and one.points != 1]
    size = "1 point" if points and one.points == 1 else f"{one.points}{unit}"
    split = "" if one.split == "other" else f"{one.split} "
    return f"{split}{figure(one.first)} → {figure(one.last)} ({size})"


def figure(value: Number | None, digits: int = 3) -> str:
    """Return a figure as a report writes it."""
    if value is None:
        return "-"
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


def _doubt(doubts: Sequence[str]) -> str:
    if not doubts:
        return ""
    why = "; ".join(doubts)
    return (
        f"This log could not be read surely: {why}. Its curves are not judged; say which series is "
        "the loss with --series train_loss=NAME, or look at it with mldx read."
    )


def _notes(reading: Reading) -> Iterator[str]:
    yield from reading.notes
    yield from (one.text for one in reading.events if one.kind == "message")
    if reading.ignored:
        left = len(reading.ignored) - _IGNORED
        more = f" and {left} more" if left > 0 else ""
        yield f"not used: {', '.join(reading.ignored[:_IGNORED])}{more}"
