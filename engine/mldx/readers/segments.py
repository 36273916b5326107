"""Find the runs that stand one behind the other in a log, and judge the right one.

An appended log shows it on its axis. Where the axis falls back to its start, another run begins
(*restart*). Where it falls back only part of the way, the same run went on from a checkpoint
(*resume*): the rows written twice are those after the checkpoint, and the later ones count. A
counter that falls back whenever the epoch rises counts within the epoch; its steps are added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mldx.readers.names import is_loss
from mldx.readers.run import Array, Event
from mldx.readers.table import Column, Table

_START = 0.05  # of the span so far: a run logged every 50 steps starts at 49, not at 0
_JUMBLED = 0.05  # of the rows falling back: not an appended log but an unordered one
_LEAST_POINTS = 3
_LEAST_TURNS = 3
_MOST_EVENTS = 20
_FEW_RUNS = 3  # a log may be appended to so often, however short its runs
NO_AXIS = "the log has neither an epoch nor a step; its rows are counted"


@dataclass(slots=True)
class Segment:
    """Rows from `first` up to `end` that are one run; `resumes` are the rows at which it went on
    from a checkpoint.
    """

    first: int
    end: int
    resumes: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Selection:
    """The rows of the run to judge, and what is to be said of the choice.

    others  the other runs, a line for each
    doubts  why this may be a misreading
    """

    table: Table
    events: list[Event] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def select_run(table: Table) -> Selection:
    """Return the run to judge: the last with at least 3 points; when none has 3, the longest."""
    if not table.size:
        return Selection(table)
    notes: list[str] = []
    _fill(table, notes)
    x = _order(table, notes)
    found = segments(x, table.breaks)
    events = _events(table, x, found)
    points = [_points(table, one) for one in found]
    chosen = _choice(points)
    others = [
        _line(number, table, x, one, points[number])
        for number, one in enumerate(found)
        if number != chosen
    ]
    if others:
        notes.append(_told(points, chosen))
    return Selection(
        _cut(table, x, found[chosen]),
        _relevant(events, found[chosen]),
        notes,
        others,
        list(_falls_apart(points, chosen)),
    )


def _falls_apart(points: list[int], chosen: int) -> Iterator[str]:
    """Are there more runs than points in them? No one starts over so often; a counter was misread.

    points   of each run
    """
    runs, judged = len(points), points[chosen]
    if runs > max(judged, _FEW_RUNS):
        unit = "point" if judged == 1 else "points"
        yield f"{runs} runs in one log, and the one judged has {judged} {unit}"


def _line(number: int, table: Table, x: Array, segment: Segment, points: int) -> str:
    """Say in a line what a run that is not judged came to."""
    axis = "step" if x is table.step else "epoch"
    rows = slice(segment.first, segment.end)
    parts = [f"{points} points", f"{axis} {x[segment.first]:g} to {x[segment.end - 1]:g}"]
    for column in (_loss(table), table.of_split("val", "loss"), table.of_split("val", "accuracy")):
        if column is None:
            continue
        values = column.value[rows][column.there[rows]]
        if len(values):
            parts.append(f"{column.name} {values[0]:.3g} to {values[-1]:.3g}")
    return f"run {number + 1}: {', '.join(dict.fromkeys(parts))}"


def segments(x: Array, breaks: list[int]) -> list[Segment]:
    """Split an axis (N,) where it falls back, and at the rows before which a header was written
    again.
    """
    found = [Segment(0, len(x))]
    low = high = x[0] if len(x) else 0.0
    falls = {*(np.flatnonzero(np.diff(x) < 0) + 1).tolist(), *breaks}
    for row in sorted(row for row in falls if 0 < row < len(x)):
        high = max(high, x[row - 1])
        if x[row] <= low + _START * (high - low):
            found[-1].end = row
            found.append(Segment(row, len(x)))
            low = high = x[row]
        else:
            found[-1].resumes.append(row)
    return found


def _order(table: Table, notes: list[str]) -> Array:
    """Return the axis that orders the rows, after repairs."""
    if (
        table.step is not None
        and table.epoch is not None
        and _within_epoch(table.step, table.epoch)
    ):
        notes.append("the step counter starts again in every epoch; steps are added up")
        table.step = _cumulative_steps(table.step, table.epoch)
        return table.epoch
    x = table.step if table.step is not None else table.epoch
    assert x is not None
    if table.epoch is None and _repeats(x, _loss(table)):
        notes.append(
            "the step counter starts again and again while the loss goes on; steps are added up"
        )
        table.step = _cumulative_steps(x, np.zeros(len(x)))
        return table.step
    if _jumbled(x):
        notes.append("the rows are not in the order of their axis and were sorted")
        order = np.argsort(x, kind="stable")
        table.reorder(order)
        x = x[order]
    return x


def _repeats(x: Array, loss: Column | None) -> bool:
    """Does a counter run through the same steps four times or more, the loss going on rather than
    starting anew?
    """
    starts = np.flatnonzero(np.diff(x) < 0) + 1
    if len(starts) < _LEAST_TURNS or np.ptp(x[starts - 1]) > 0 or np.ptp(x[[0, *starts]]) > 0:
        return False
    if loss is None or not loss.there.all():
        return True
    on, anew = loss.value[starts] - loss.value[starts - 1], loss.value[starts] - loss.value[0]
    return bool(np.median(np.abs(on)) <= np.median(np.abs(anew)))


def _jumbled(x: Array) -> bool:
    falls = np.flatnonzero(np.diff(x) < 0) + 1
    back_to_start = np.count_nonzero(x[falls] <= x[0])
    return len(falls) > 20 and bool(len(falls) - back_to_start > _JUMBLED * len(x))


def _fill(table: Table, notes: list[str]) -> None:
    """Give a row without a step the step before it (a validation belongs to the training it
    follows).
    """
    if table.step is not None:
        table.step = None if _stands_still(table.step) else _forward(table.step)
    if table.epoch is not None and table.step is None:
        still = _stands_still(table.epoch) and any(
            one.there.sum() >= _LEAST_POINTS for one in table.columns
        )
        table.epoch = None if still else _forward(table.epoch)
    if table.step is None and table.epoch is None:
        table.step = _counted(table)
        notes.append(NO_AXIS)


def _stands_still(axis: Array) -> bool:
    known = axis[~np.isnan(axis)]
    return len(known) == 0 or (
        len(known) > 1 and known.max() == known.min() and len(known) >= _LEAST_POINTS
    )


def _forward(axis: Array) -> Array:
    known = np.flatnonzero(~np.isnan(axis))
    last = np.searchsorted(known, np.arange(len(axis)), side="right") - 1
    return np.asarray(axis[known[np.maximum(last, 0)]], dtype=np.float64)


def _counted(table: Table) -> Array:
    """Count rows from 1; a row that only adds other columns to the one before shares its number."""
    there = (
        np.array([one.there for one in table.columns])
        if table.columns
        else np.ones((1, table.size), bool)
    )
    if there.all():
        return np.arange(1.0, table.size + 1)
    count, seen, numbers = 0.0, np.ones(len(there), bool), np.empty(table.size)
    for row in range(table.size):
        if (there[:, row] & seen).any():
            count, seen = count + 1, np.zeros(len(there), bool)
        seen |= there[:, row]
        numbers[row] = max(count, 1.0)
    return numbers


def _within_epoch(step: Array, epoch: Array) -> bool:
    """Does the step fall back where the epoch rises, and mostly there?"""
    falls = np.diff(step) < 0
    rises = np.diff(epoch) > 0
    return not np.isnan(epoch).any() and bool(
        np.count_nonzero(falls & rises) > 0.5 * np.count_nonzero(falls)
    )


def _cumulative_steps(step: Array, epoch: Array) -> Array:
    """Count steps on over the epochs, each starting where the one before ended, and anew where the
    epochs do.
    """
    turns = np.flatnonzero(np.diff(step) < 0) + 1
    stride = float(np.median(np.abs(np.diff(step[: turns[0]])))) if turns[0] > 1 else 1.0
    ends = np.concatenate(
        [[0.0], np.cumsum(step[turns - 1] + (stride if step.min() == 0 else 0.0))]
    )
    part = np.searchsorted(turns, np.arange(len(step)), side="right")
    restarts = np.flatnonzero(np.diff(epoch) < 0) + 1
    base = np.concatenate([[0.0], ends[part[restarts]]])[
        np.searchsorted(restarts, np.arange(len(step)), side="right")
    ]
    return np.asarray(step + ends[part] - base, dtype=np.float64)


def _loss(table: Table) -> Column | None:
    losses = [one for one in table.columns if is_loss(one.metric)]
    return min(
        losses,
        key=lambda one: (one.split not in ("train", None), one.metric != "loss"),
        default=None,
    )


def _points(table: Table, segment: Segment) -> int:
    loss = _loss(table)
    rows = slice(segment.first, segment.end)
    return int(loss.there[rows].sum()) if loss else segment.end - segment.first


def _choice(points: list[int]) -> int:
    enough = [place for place, count in enumerate(points) if count >= _LEAST_POINTS]
    return enough[-1] if enough else int(np.argmax(points))


def _told(points: list[int], chosen: int) -> str:
    counts = ", ".join(map(str, points[:10])) + (", ..." if len(points) > 10 else "")
    place = "the last" if chosen == len(points) - 1 else f"number {chosen + 1}"
    return f"{len(points)} runs in one log ({counts} points); {place} is judged"


def _events(table: Table, x: Array, found: list[Segment]) -> list[tuple[int, Event]]:
    loss = _loss(table)
    restarts = [
        (one.first, _event("restart", x, loss, one.first)) for one in found[1:][-_MOST_EVENTS:]
    ]
    return restarts + [
        (row, _event("resume", x, loss, row)) for one in found for row in one.resumes
    ]


def _event(kind: Literal["restart", "resume"], x: Array, loss: Column | None, row: int) -> Event:
    what = "starts anew" if kind == "restart" else "goes on"
    text = f"the log {what} at {x[row]:g} after {x[row - 1]:g}"
    before, after = (None, None) if loss is None else _around(loss, row)
    return Event(kind, text, float(x[row]), before, after)


def _around(loss: Column, row: int) -> tuple[float | None, float | None]:
    """The last loss before a row and the first from there on."""
    rows = np.flatnonzero(loss.there)
    place = int(np.searchsorted(rows, row))
    before = float(loss.value[rows[place - 1]]) if place else None
    return before, float(loss.value[rows[place]]) if place < len(rows) else None


def _relevant(events: list[tuple[int, Event]], segment: Segment) -> list[Event]:
    """All restarts, for they tell how the log came about, and the resumes of the run that is
    judged.
    """
    return [
        one for row, one in events if one.kind == "restart" or segment.first <= row < segment.end
    ]


def _cut(table: Table, x: Array, segment: Segment) -> Table:
    """Keep the rows of one run, less those that a resumed run wrote again."""
    keep = np.zeros(len(x), np.bool_)
    keep[segment.first : segment.end] = True
    for row in segment.resumes:
        keep[segment.first : row] &= x[segment.first : row] < x[row]
    return table if keep.all() else table.at(keep)
