"""The lines people print themselves: `step 250: train loss 2.1, val loss 2.2`, `Epoch [3/50], Loss:
0.51 | Val. Loss: 0.6`.

Lines of one template are one stream (`templates`), its counters and values are found once
(`phrases`), and streams become series (`streams`). Here a series becomes a curve: the last state of
each bar, the running mean at the end of an epoch, steps added up where they start again in every
epoch. What stands once or twice in a long log is its configuration or a closing line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mldx.readers.assemble import assembled, resolve
from mldx.readers.messages import messages, missing_labels
from mldx.readers.names import Grain, is_loss
from mldx.readers.run import Array, Run, Split
from mldx.readers.segments import NO_AXIS, Selection, select_run
from mldx.readers.source import LogSource
from mldx.readers.streams import Lines, Points, series_of
from mldx.readers.table import Column, Table
from mldx.readers.templates import Template, scanned

FORMAT = "lines of text"
_LOSS = re.compile(
    r"loss|ppl|perplexity|cost|nll|損失|损失|손실|p[ée]rdida|perte|perda|verlust|потер|лосс|\bl_\w"
    r"|\berr(?:or|[DG])|mse|mae\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_COMMA = re.compile(r"(?:loss|acc)\w{0,20}\s{0,9}[:=]?\s{0,9}\d+,\d+", re.IGNORECASE)
_POINT = re.compile(r"(?:loss|acc)\w{0,20}\s{0,9}[:=]?\s{0,9}\d+\.\d+", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_OFTEN = 4  # lines of a curve beside which a single line is none
_HELD_OUT = ("val", "test")
_ORDER = {"epoch": 0, "bar": 1, "step": 2}
_ADDED_UP = "the step counter starts again in every epoch; steps are added up"


def recognises(source: LogSource) -> bool:
    """Is there a word for the loss, and a number?"""
    return bool(_LOSS.search(source.text) and _DIGIT.search(source.text))


def read(source: LogSource) -> list[Run]:
    """Return the run."""
    text = source.text
    if not _POINT.search(text) and _COMMA.search(text):
        text = _DECIMAL_COMMA.sub(".", text)
    notes: list[str] = []
    templates = _of_one_rank(scanned(text), notes)
    series, planned = series_of(templates)
    series, dropped = _curves(series, notes)
    tables, selected = _tables(series, notes)
    setup = {"epochs_planned": planned} if planned else {}
    run = assembled(source.origin, FORMAT, tables, setup, messages(text))
    run.notes = [*dict.fromkeys([*notes, *run.notes])]
    run.ignored += dropped
    if selected:
        run.others, run.events = selected.others, [*selected.events, *run.events]
        run.doubts += selected.doubts
    run.answers = missing_labels(text)
    if run.get("train", "discriminator_loss") and run.get("train", "generator_loss"):
        run.setup.setdefault("model_family", "gan")
    return [run]


def _of_one_rank(templates: list[Template], notes: list[str]) -> list[Template]:
    """Leave out what other processes of the same training print."""
    ranks = {one.phrases.rank for one in templates if one.phrases.values} - {None}
    if len(ranks) < 2:
        return templates
    first = min(rank for rank in ranks if rank is not None)
    notes.append(f"lines of {len(ranks) - 1} other processes are left out")
    return [one for one in templates if one.phrases.rank in (None, first)]


# ---------------------------------------------------------------- curves


def _curves(series: list[Points], notes: list[str]) -> tuple[list[Points], list[str]]:
    """Return the series as curves, and what was left out."""
    kept, dropped = _without_closing_lines(series)
    curves: list[Points] = []
    for one in kept:
        _settle_percent(one)
        curves += _curve(one, kept, notes)
    places = [(one.split, one.line.tobytes()) for one in curves]

    def order(one: Points) -> tuple[int, bool, int]:
        paired = ("val", one.line.tobytes()) in places  # training evaluated as validation is
        return _ORDER[one.kind], not paired, -len(one.line)

    curves.sort(key=order)
    return curves, dropped


def _without_closing_lines(series: list[Points]) -> tuple[list[Points], list[str]]:
    """Leave out what stands once or twice where the other lines come often."""
    if not series:
        return [], []
    extent = _Extent.of(series)
    kept, dropped = [], []
    for one in series:
        if one.closing or extent.is_rare(one) or extent.is_beside(one):
            n = len(one.line)
            dropped.append(f"`{one.value.name}` of {n} line{'s' * (n > 1)}, which is no curve")
        else:
            kept.append(one)
    return kept, list(dict.fromkeys(dropped))


@dataclass(frozen=True, slots=True)
class _Extent:
    """How long a log is.

    main    its longest series
    epochs  how many epochs its lines say; 0 where they say none
    most    how many lines the longest series has
    runs    how often the epochs begin again, and one
    """

    main: Points
    epochs: int
    most: int
    runs: int

    @classmethod
    def of(cls, series: Sequence[Points]) -> _Extent:
        """Return the extent of a log with these series, of which there is one."""
        main = max(series, key=lambda one: (len(one.line), is_loss(one.value.told.metric)))
        speaking = [one for one in series if one.counted] or [main]
        epoch = np.concatenate([one.epoch for one in speaking])
        turns = [int(one.turn.max()) for one in series if len(one.turn)]
        epochs = len(np.unique(epoch[~np.isnan(epoch)]))
        return cls(main, epochs, len(main.line), 1 + max(turns, default=0))

    @property
    def long(self) -> int:
        """How many epochs there are, or else lines."""
        return self.epochs or self.most

    def is_rare(self, one: Points) -> bool:
        """Does a series come once a run, where the others come often?"""
        others = self.long if one.counted or self.epochs > 1 else self.most
        often = _OFTEN if self.epochs or not is_loss(one.value.told.metric) else _OFTEN - 1
        return len(one.line) <= self.runs and others >= often * self.runs

    def is_beside(self, one: Points) -> bool:
        """Do one or two lines stand before or after all of the longest series?"""
        line, main, n = one.line, self.main.line, len(one.line)
        if n > 2 or (line[-1] >= main[0] and line[0] <= main[-1]):
            return False
        return self.long >= 8 if one.counted else n < self.epochs


def _settle_percent(one: Points) -> None:
    if one.percent or one.value.whole is not None:
        if one.percent and one.value.whole is None:
            one.y = one.y / 100
        one.percent = True


def _curve(one: Points, series: list[Points], notes: list[str]) -> list[Points]:
    if one.kind == "bar":
        states = _last_states(one)
        if len(states.line) >= 3 or len(one.line) < 4 or np.isnan(one.step).any():
            return [states]
        one.kind = "step"  # one bar, whose states are all that the log holds
    if one.kind != "step":
        return [one]
    if _step_is_no_place(one, series):
        one.kind, one.step = "epoch", np.full(len(one.line), np.nan)
        return [one]
    means = _epoch_means(one, series)
    _add_up(one, notes)
    return [*means, one]


def _last_states(one: Points) -> Points:
    """The last state of the bar of each epoch."""
    if np.isnan(one.epoch).any():
        ends = np.append(np.diff(one.step) <= 0, True)
        one = one.at(ends if not np.isnan(one.step).any() else np.ones(len(ends), np.bool_))
    elif _one_epoch_late(one):
        one = one.at(np.arange(len(one.line)))
        one.epoch = np.append(one.epoch[:-1] - 1, one.epoch[-1])
    else:
        one = one.at(_ends(one))
    one.step = np.full(len(one.line), np.nan)
    return one


def _one_epoch_late(one: Points) -> bool:
    """Does a full bar still show the values of the epoch before?

    Lightning validates when the bar of an epoch is full, and draws only the last bar once more.
    """
    if len(one.line) < 3 or np.isnan(one.total).any() or (one.step != one.total).any():
        return False
    epochs = one.epoch
    return bool(epochs[-1] == epochs[-2] and (np.diff(epochs[:-1]) == 1).all() and epochs[0] >= 1)


def _ends(one: Points) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """(N,), which points are the last of their epoch."""
    changed = (np.diff(one.epoch) != 0) | (np.diff(one.turn) != 0)
    return np.append(changed, True)


def _step_is_no_place(one: Points, series: list[Points]) -> bool:
    """Does the counter only say that the epoch is over (`[100/100]`), or count evaluations?"""
    step = one.step
    if len(step) > 1 and np.ptp(step) == 0:
        return True
    if len(step) > 1 and not np.isnan(one.epoch).any() and _ends(one).all():
        return bool(np.mean(np.diff(step) > 0) < 0.5)
    if one.split in _HELD_OUT:
        return bool(step.max() <= len(step) and _last_step(series) > 3 * len(step))
    return False


def _last_step(series: Sequence[Points]) -> float:
    """The last step of training, 0 where it has none."""
    trained = (one for one in series if one.kind == "step" and one.split not in _HELD_OUT)
    return max((float(one.step.max()) for one in trained), default=0.0)


def _epoch_means(one: Points, series: list[Points]) -> list[Points]:
    """The running mean at the end of each epoch, where no line says the mean of the epoch."""
    if one.mean is None or np.isnan(one.epoch).any() or _ends(one).all():
        return []
    if _quantity(one) in {_quantity(it) for it in series if it.kind == "epoch"}:
        return []
    ends = one.at(_ends(one))
    assert ends.mean is not None
    ends.y = ends.mean / 100 if one.value.percent else ends.mean
    ends.kind, ends.step = "epoch", np.full(len(ends.line), np.nan)
    return [ends]


def _quantity(one: Points) -> tuple[Split, str]:
    return one.split or "train", one.value.told.metric


def _add_up(one: Points, notes: list[str]) -> None:
    """Count steps on over the epochs where they start again in each of them."""
    falls = np.diff(one.step) < 0
    rises = np.diff(one.epoch) > 0
    if np.isnan(one.epoch).any() or not falls.any():
        return
    if np.count_nonzero(falls & rises) <= 0.5 * np.count_nonzero(falls):
        return
    starts = np.append(0, np.flatnonzero(_ends(one))[:-1] + 1)
    part = np.searchsorted(starts, np.arange(len(one.step)), side="right") - 1
    size = _size_of_epoch(one, starts)
    turns = one.turn[starts]
    first = np.searchsorted(turns, turns)  # the first epoch of the same run
    one.step = one.step + (np.arange(len(starts)) - first)[part] * size
    if _ADDED_UP not in notes:
        notes.append(_ADDED_UP)


def _size_of_epoch(one: Points, starts: np.ndarray[tuple[int], np.dtype[np.intp]]) -> float:
    if not np.isnan(one.total).any() and np.ptp(one.total) == 0:
        return float(one.total[0])
    stride = float(np.median(np.abs(np.diff(one.step)))) if one.step.min() == 0 else 0.0
    return float(np.maximum.reduceat(one.step, starts).max()) + stride


# ---------------------------------------------------------------- tables


def _tables(series: list[Points], notes: list[str]) -> tuple[list[Table], Selection | None]:
    """Return the curves of the run to judge as tables, those of one fineness together."""
    if not series:
        return [], None
    _give_axis(series, notes)
    whole = _table(series)
    _resolve(whole, series)
    row = Column("row", "row", "other", np.arange(float(whole.size)), np.ones(whole.size, np.bool_))
    whole.columns = [*filter(_tells_runs_apart, whole.columns), row]
    lines = np.unique(np.concatenate([one.line for one in series]))
    if whole.epoch is not None and not np.isnan(whole.epoch).any():
        whole.step = None
        _break(whole, series)
    selected = select_run(whole)
    kept = lines[np.sort(selected.table.columns[-1].value.astype(np.intp))]
    notes += [*whole.notes, *(one for one in selected.notes if one != NO_AXIS)]
    return [_table(one) for one in _by_fineness(series, kept)], selected


def _tells_runs_apart(one: Column) -> bool:
    return is_loss(one.metric) or one.metric == "accuracy"


def _by_fineness(series: Sequence[Points], kept: Lines) -> list[list[Points]]:
    """Return the points on some lines: those of epochs together, those of steps by their split."""
    groups: dict[tuple[bool, object], list[Points]] = {}
    for one in series:
        rows = np.isin(one.line, kept)
        stepped = one.kind == "step"
        if rows.any():
            groups.setdefault((stepped, one.split if stepped else ""), []).append(one.at(rows))
    return list(groups.values())


def _break(whole: Table, series: Sequence[Points]) -> None:
    """Tell where an epoch was begun a second time."""
    assert whole.epoch is not None
    lines = np.concatenate([one.line for one in series])
    turns = np.concatenate([one.turn for one in series])
    _, first = np.unique(lines, return_index=True)
    again = (np.diff(turns[first]) > 0) & (np.diff(whole.epoch) == 0)
    whole.breaks = (np.flatnonzero(again) + 1).tolist()
    if whole.breaks and np.ptp(whole.epoch) == 0:  # one epoch, tried again and again
        parts = np.split(np.arange(1.0, whole.size + 1), whole.breaks)
        whole.step = np.concatenate([part - part[0] + 1 for part in parts])


def _give_axis(series: list[Points], notes: list[str]) -> None:
    """Give points without epoch and step the step of the line before, else a count."""
    bare = [one for one in series if np.isnan(one.epoch).all() and np.isnan(one.step).all()]
    if len(bare) == len(series):
        notes.append(NO_AXIS)
        main = max(series, key=lambda one: (len(one.line), -int(one.line[0])))
        for one in series:
            count = np.searchsorted(main.line, one.line, side="right")
            one.step = np.maximum(count, 1).astype(np.float64)
        return
    stepped = [one for one in series if not np.isnan(one.step).any()]
    if stepped:
        main = max(stepped, key=lambda one: len(one.line))
        for one in bare:
            place = np.searchsorted(main.line, one.line, side="right") - 1
            one.step = main.step[np.maximum(place, 0)]


def _table(series: Sequence[Points]) -> Table:
    """Return series as the columns of a table of their lines."""
    lines = np.unique(np.concatenate([one.line for one in series]))
    epoch, step = np.full(len(lines), np.nan), np.full(len(lines), np.nan)
    columns = []
    for one in series:
        rows = np.searchsorted(lines, one.line)
        value, there = np.full(len(lines), np.nan), np.zeros(len(lines), np.bool_)
        value[rows], there[rows] = one.y, True
        _fill_in(epoch, rows, one.epoch)
        _fill_in(step, rows, one.step)
        told = one.value.told
        grain: Grain = "step" if one.kind == "step" else told.grain
        name, split, share = one.value.name, one.split, one.percent
        columns.append(Column(name, told.metric, split, value, there, grain, share))
    table = Table(len(lines), columns)
    table.epoch = None if np.isnan(epoch).all() else epoch
    table.step = None if np.isnan(step).all() else step
    return table


def _fill_in(axis: Array, rows: np.ndarray[tuple[int], np.dtype[np.intp]], values: Array) -> None:
    known = ~np.isnan(values)
    axis[rows[known]] = values[known]


def _resolve(table: Table, series: Sequence[Points]) -> None:
    """Settle the splits that no line says, over all lines.

    A loss without a split that follows each one of training is another.
    """
    labelled = [one for one in series if (one.split, one.value.told.metric) == ("train", "loss")]
    for one, column in zip(series, table.columns, strict=True):
        if column.split is None and any(_as_often(one, other) for other in labelled):
            column.split = "other"
            table.notes.append(f"`{column.name}` does not say of what it is and is left aside")
    resolve(table)
    for one, column in zip(series, table.columns, strict=True):
        one.split = column.split


def _as_often(one: Points, labelled: Points) -> bool:
    """Does a loss come once after each line of a loss of training that says so?"""
    return (
        one.value.told.metric == "loss"
        and labelled.kind == one.kind == "epoch"
        and (labelled.counted or not one.counted)
        and np.array_equal(
            np.searchsorted(labelled.line, one.line), np.arange(1, len(labelled.line) + 1)
        )
    )
