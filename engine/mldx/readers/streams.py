"""From the templates of a log to its series: which epoch and split each line belongs to, and which
lines are one curve.

An epoch stands in the line or in a heading, before or after the lines of its epoch; which of the
two it is shows at the first and the last of them. A split stands in the line, or in a heading that
comes back, or it is that of the batches that a line sums up. Values of one metric on lines of
several templates are one series unless two of them stand in the same place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from mldx.readers.phrases import Phrases, Value
from mldx.readers.run import Array, Split
from mldx.readers.templates import Template

Lines = NDArray[np.int64]
_CODES: tuple[Split | None, ...] = (None, "train", "val", "test")
_HEADING_REACH = 8  # lines from a heading to the first value under it
_MOSTLY = 0.8
_LEAST_EPOCHS = 3  # after so many epochs, one line more is told apart from them


@dataclass(slots=True, eq=False)
class Stream:
    """The lines of a template with values, or of one that only counts.

    line, epoch, step   (N,), nan where the line does not say
    split               (N,), where the lines around say it: a place in `_CODES`
    closing             (N,), which lines come after the last epoch and are of none
    """

    phrases: Phrases
    line: Lines
    numbers: NDArray[np.float64]
    epoch: Array
    step: Array
    split: NDArray[np.int64]
    closing: NDArray[np.bool_]

    @classmethod
    def of(cls, template: Template) -> Stream:
        """Return the stream of a template."""
        phrases = template.phrases
        line = np.frombuffer(template.lines, np.int64)
        numbers = np.frombuffer(template.numbers, np.float64).reshape(len(line), -1)
        nothing = np.full(len(line), np.nan)
        epoch = nothing if phrases.epoch is None else numbers[:, phrases.epoch]
        step = nothing if phrases.step is None else numbers[:, phrases.step]
        splits, closing = np.zeros(len(line), np.int64), np.zeros(len(line), np.bool_)
        return cls(phrases, line, numbers, epoch, step, splits, closing)

    @property
    def counts_epochs(self) -> bool:
        """Does the line itself say its epoch?"""
        return self.phrases.epoch is not None

    @property
    def counts(self) -> bool:
        """Does the line itself say where the run is?"""
        return self.counts_epochs or self.phrases.step is not None

    @property
    def is_bare(self) -> bool:
        """Has it no counter, not even that of a bar?"""
        return not (self.counts or self.phrases.bar)

    @property
    def kind(self) -> str:
        """How fine its values are: those of an epoch, a bar or a step."""
        if self.phrases.bar:
            return "bar"
        return "epoch" if self.phrases.step is None else "step"

    @property
    def batches(self) -> bool:
        """Is it one of several lines an epoch: a batch, or the state of a bar?"""
        return self.phrases.step is not None or self.phrases.bar


@dataclass(slots=True, eq=False)
class Points:
    """Values of one metric of one split.

    kind   epoch, bar, step: how fine they are
    """

    value: Value
    split: Split | None
    kind: str
    line: Lines
    y: Array
    epoch: Array
    step: Array
    total: Array
    counted: bool  # the lines say their epoch or step themselves
    percent: bool = False
    mean: Array | None = None
    turn: Lines = field(default_factory=lambda: np.zeros(0, np.int64))
    closing: bool = False  # after the last epoch, and of none

    def at(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Points:
        """Return some of the points."""
        y, epoch, step, total = (one[rows] for one in (self.y, self.epoch, self.step, self.total))
        mean = None if self.mean is None else self.mean[rows]
        return Points(
            self.value, self.split, self.kind, self.line[rows], y, epoch, step, total,
            self.counted, self.percent, mean, self.turn[rows], self.closing,
        )  # fmt: skip


def series_of(templates: Sequence[Template]) -> tuple[list[Points], float | None]:
    """Return the series of a log, and the number of epochs that was planned."""
    streams = [Stream.of(one) for one in templates]
    valued = [one for one in streams if one.phrases.values]
    if not valued:
        return [], None
    carriers = _carriers(streams)
    planned = _planned(carriers)
    turn_lines = _spread_epochs(valued, carriers)
    _spread_splits(streams, valued)
    _find_closing(streams, turn_lines)
    pieces = [part for one in valued for part in _pieces(one)]
    for one in pieces:
        one.turn = np.searchsorted(turn_lines, one.line, side="right")
    return _joined(pieces), planned


# ---------------------------------------------------------------- epochs


def _carriers(streams: Sequence[Stream]) -> list[Stream]:
    """The templates that say the epoch often enough to speak for the lines around them."""
    found = [one for one in streams if one.counts_epochs and np.isfinite(one.epoch).all()]
    kept = _speaking(found, max((len(np.unique(one.epoch)) for one in found), default=0))
    if kept:
        main = max(kept, key=lambda one: len(np.unique(one.epoch)))
        for one in kept:
            _align(one, main)
    return kept


def _align(one: Stream, main: Stream) -> None:
    """Bring two counters of the same epochs to one beginning, one of them counting from 0."""
    if one is main or len(one.line) < 3:
        return
    after = np.searchsorted(main.line, one.line)
    previous = one.epoch - main.epoch[np.maximum(after - 1, 0)]
    following = one.epoch - main.epoch[np.minimum(after, len(main.line) - 1)]
    if max(np.mean(previous == 0), np.mean(following == 0)) > 0.5:
        return
    for apart in (previous, following):
        for shift in (1, -1):
            if np.mean(apart == shift) >= _MOSTLY:
                one.epoch = one.epoch - shift
                return


def _planned(carriers: Sequence[Stream]) -> float | None:
    """The number that epochs count to; one more where the last of them is counted from 0."""
    counting = [one for one in carriers if one.phrases.epochs is not None]
    if not counting:
        return None
    one = max(counting, key=lambda stream: len(stream.line))
    total = float(one.numbers[-1, one.phrases.epochs or 0])
    if not np.isfinite(total) or total <= 0:
        return None
    return total + 1 if _counts_to_the_last(one, total) else total


def _counts_to_the_last(one: Stream, total: float) -> bool:
    """Is the total the number of the last epoch, the first being 0? People plan round numbers."""
    one_short_of_round = total % 5 != 0 and (total + 1) % 5 == 0
    return bool(one.epoch.min() == 0 and (one.epoch.max() == total or one_short_of_round))


def _spread_epochs(valued: Sequence[Stream], carriers: Sequence[Stream]) -> Lines:
    """Give each line the epoch it belongs to; return the lines at which the epochs fall back."""
    if not carriers:
        return np.zeros(0, np.int64)
    lines = np.concatenate([one.line for one in carriers])
    order = np.argsort(lines, kind="stable")
    lines = lines[order]
    epochs = np.concatenate([one.epoch for one in carriers])[order]
    without = [one for one in valued if not one.counts_epochs]
    after = _heading_is_after(_speaking(without, len(np.unique(epochs))), lines)
    for one in without:
        one.epoch = _epochs_around(one.line, lines, epochs, after=after)
    falls = np.flatnonzero(np.diff(epochs) < 0)
    turns = (lines[falls] if after else lines[falls + 1] - 1) + 1
    return np.union1d(turns, np.concatenate([_begun_again(one) for one in carriers]))


def _begun_again(one: Stream) -> Lines:
    """The lines at which an epoch begins a second time: a run that crashed was started again.

    A line that stands several times in most epochs begins none of them.
    """
    nothing = np.zeros(0, np.int64)
    if one.phrases.step is not None or one.phrases.bar:
        return nothing
    again = np.diff(one.epoch) == 0
    changes = np.append(True, ~again)
    times = np.diff(np.append(np.flatnonzero(changes), len(changes)))
    mostly_once = np.count_nonzero(times > 1) < 0.5 * len(times)
    goes_on = one.epoch[1:] < one.epoch[-1]
    begun: Lines = one.line[1:][again & ((mostly_once & goes_on) | one.phrases.begins)]
    return begun


def _speaking(streams: Sequence[Stream], epochs: int) -> list[Stream]:
    """The templates with lines enough to speak for so many epochs."""
    least = 0.3 * epochs if epochs >= 4 else 1
    return [one for one in streams if len(one.line) >= least]


def _epochs_around(line: Lines, lines: Lines, epochs: Array, *, after: bool) -> Array:
    """The epochs (N,) of lines by the counters before them, or else by those after them."""
    place = np.searchsorted(lines, line, side="right")
    if after:
        known = epochs[np.minimum(place, len(lines) - 1)]
        return np.where(place < len(lines), known, epochs[-1] + 1)
    known = epochs[np.maximum(place - 1, 0)]
    return np.where(place > 0, known, epochs[0] - 1)


def _heading_is_after(rows: Sequence[Stream], carriers: Lines) -> bool:
    if not rows:
        return False
    first, last = min(one.line[0] for one in rows), max(one.line[-1] for one in rows)
    if first > carriers[0]:
        return False
    early = [int((one.line < carriers[0]).sum()) for one in rows]
    most = sum(map(bool, early)) > 0.5 * len(rows) and sum(early) > 1
    return bool(last < carriers[-1] or most)


# ---------------------------------------------------------------- closing lines


def _find_closing(streams: Sequence[Stream], turns: Lines) -> None:
    """Find the lines without a counter that come once more after the last epoch of a run."""
    valued = [one for one in streams if one.phrases.values]
    bare = [one for one in valued if one.is_bare]
    long = [*filter(_is_long, valued)]
    marked = _Marks(streams, valued)
    for one in bare:
        marks = marked.beside(one)
        place = np.searchsorted(marks, one.line)
        one.closing = _once_more(one, place, turns) | _behind(one, long, marks)
        if _is_out_of_turn(one, bare, marks):
            one.closing[-1] = True


class _Marks:
    """The lines that count epochs, found once for all streams: those that hold a counter, else
    those of the longest stream but the one that is looked at.
    """

    def __init__(self, streams: Sequence[Stream], valued: Sequence[Stream]) -> None:
        counting = [one for one in streams if one.counts]
        self.counted = _lines_of(counting) if counting else None
        self.longest = sorted(valued, key=lambda one: -len(one.line))[:2]

    def beside(self, one: Stream) -> Lines:
        """Return the lines that count epochs beside a stream; its own where it is alone."""
        if self.counted is not None:
            return self.counted
        return next((other.line for other in self.longest if other is not one), one.line)


def _lines_of(streams: Sequence[Stream]) -> Lines:
    """All lines of some streams, in order."""
    return np.sort(np.concatenate([one.line for one in streams]))


def _once_more(one: Stream, place: Lines, turns: Lines) -> NDArray[np.bool_]:
    """(N,), which lines stand a second time where the others of their run stand once."""
    twice = np.append(False, np.diff(place) == 0)
    turn = np.searchsorted(turns, one.line, side="right")
    last = np.append(np.diff(turn) != 0, True)
    few = np.count_nonzero(~twice) < _LEAST_EPOCHS
    return np.zeros(len(twice), np.bool_) if few or (twice & ~last).any() else twice


def _behind(one: Stream, long: Sequence[Stream], marks: Lines) -> bool:
    """Does a line or two of another wording come behind the last epoch's line of that metric?"""
    if _is_long(one):
        return False
    alike = [other for other in long if _metrics(other) & _metrics(one)]
    begins = one.line[0]
    if not 0 <= _last_line(alike) <= begins:
        return False
    if _last_line(long) <= marks[-1] < begins:
        return True
    ends = np.searchsorted(marks, [other.line[-1] for other in alike])
    return np.searchsorted(marks, begins) in ends or any(other.counts for other in alike)


def _is_long(one: Stream) -> bool:
    return len(one.line) >= _LEAST_EPOCHS


def _last_line(streams: Sequence[Stream]) -> int:
    return max((int(one.line[-1]) for one in streams), default=-1)


def _metrics(one: Stream) -> set[tuple[Split | None, str]]:
    return {(value.split, value.told.metric) for value in one.phrases.values}


def _is_out_of_turn(one: Stream, bare: Sequence[Stream], marks: Lines) -> bool:
    """Does the last line stand without the one that leads it in every epoch before?"""
    if len(one.line) <= _LEAST_EPOCHS or one.line[-1] <= marks[-1]:
        return False
    leads = [other for other in bare if other.line[0] < one.line[0] < marks[0]]
    return any(
        len(other.line) == len(one.line) - 1 and other.line[-1] < marks[-1] for other in leads
    )


# ---------------------------------------------------------------- splits


def _spread_splits(streams: Sequence[Stream], valued: Sequence[Stream]) -> None:
    """Give lines that do not say their split that of their heading, or of the batches that they
    sum up.
    """
    unsaid = [one for one in valued if any(value.split is None for value in one.phrases.values)]
    if not unsaid:
        return
    number = {id(one): place for place, one in enumerate(valued)}
    events = sorted(
        (int(line), number[id(one)], row)
        for one in valued
        for row, line in enumerate(one.line.tolist())
    ) if _needs_order(streams, valued) else []  # fmt: skip
    if events:
        _under_headings(streams, valued, events)
        _of_summaries(valued, events)


def _needs_order(streams: Sequence[Stream], valued: Sequence[Stream]) -> bool:
    headed = any(one.phrases.heading for one in streams if not one.phrases.values)
    return headed or any(one.batches and _said(one) in (2, 3) for one in valued)


def _said(stream: Stream) -> int:
    """The split that every value of a line says, as a code; 0 when there is none."""
    splits = {value.split for value in stream.phrases.values}
    return _CODES.index(splits.pop()) if len(splits) == 1 else 0


def _under_headings(
    streams: Sequence[Stream], valued: Sequence[Stream], events: list[tuple[int, int, int]]
) -> None:
    headings = _headings(streams)
    comes_back = len(headings) > len(set(map(itemgetter(1), headings)))
    if not headings or not (comes_back or max(len(one.line) for one in valued) <= 2):
        return
    heading = _Heading(_HEADING_REACH if comes_back else 2)
    outside = _before_all(headings, events)
    place = 0
    for line, stream, row in events:
        while place < len(headings) and headings[place][0] < line:
            heading.begin(*headings[place])
            place += 1
        one = valued[stream]
        speaks = not one.phrases.table and stream not in outside
        one.split[row] = heading.code_of(line, float(one.epoch[row]), speaks=speaks)


def _headings(streams: Sequence[Stream]) -> list[tuple[int, int]]:
    """The lines that are headings, in order, and the splits that they say, as codes."""
    return sorted(
        (int(line), _CODES.index(one.phrases.heading))
        for one in streams
        if one.phrases.heading and not one.phrases.values
        for line in one.line.tolist()
    )


def _before_all(headings: list[tuple[int, int]], events: list[tuple[int, int, int]]) -> set[int]:
    """The streams that begin before all headings, where none of these speaks of training."""
    if any(code == 1 for _, code in headings):
        return set()
    return {stream for line, stream, _ in events if line < headings[0][0]}


@dataclass(slots=True)
class _Heading:
    """The last heading: it speaks for the lines of the first epoch under it, if that is near.

    reach  lines from the heading to the first value under it
    """

    reach: int
    code: int = 0
    since: int = 0
    epoch: float = np.nan

    def begin(self, line: int, code: int) -> None:
        """Come to another heading."""
        self.since, self.code, self.epoch = line, code, np.nan

    def code_of(self, line: int, epoch: float, *, speaks: bool) -> int:
        """Return the split of a line, 0 where the heading does not speak for it, nor for what
        follows.
        """
        if np.isnan(self.epoch):
            self.code = self.code if line - self.since <= self.reach else 0
            self.epoch = epoch
        another_epoch = epoch != self.epoch and not np.isnan(epoch)
        if another_epoch or not speaks:
            self.code = 0
        return self.code


def _of_summaries(valued: Sequence[Stream], events: list[tuple[int, int, int]]) -> None:
    previous = 0
    for _, stream, row in events:
        one = valued[stream]
        said = _said(one)
        if one.batches:
            previous = said
        elif not said and previous in (2, 3) and not one.counts_epochs and not one.split[row]:
            one.split[row] = previous
        elif said:
            previous = 0


# ---------------------------------------------------------------- series


def _pieces(stream: Stream) -> list[Points]:
    """The values of a stream, each metric by its split."""
    phrases = stream.phrases
    total = (
        np.full(len(stream.line), np.nan)
        if phrases.steps is None
        else stream.numbers[:, phrases.steps]
    )
    pieces = []
    for value in phrases.values:
        y = stream.numbers[:, value.at]
        if value.whole is not None:
            y = y / np.where(stream.numbers[:, value.whole] == 0, 1, stream.numbers[:, value.whole])
        mean = None if value.mean is None else stream.numbers[:, value.mean]
        counted = stream.counts_epochs or phrases.step is not None
        points = Points(
            value, value.split, stream.kind, stream.line, y, stream.epoch, stream.step, total,
            counted, value.percent, mean, np.zeros(len(y), np.int64),
        )  # fmt: skip
        pieces += [points] if value.split else _by_split(points, stream.split)
    return [part for one in pieces for part in _without_closing(one, stream)]


def _without_closing(points: Points, stream: Stream) -> Iterator[Points]:
    """The points of the epochs, then those of the closing lines."""
    closing = np.isin(points.line, stream.line[stream.closing])
    for rows in (~closing, closing):
        if rows.any():
            part = points.at(rows)
            part.split, part.closing = points.split, rows is closing
            yield part


def _by_split(points: Points, codes: NDArray[np.int64]) -> list[Points]:
    if 1 in codes:
        codes = np.where(codes == 0, 1, codes)  # the headings speak of training too
    parts = []
    for code in np.unique(codes).tolist():
        part = points.at(codes == code)
        part.split = _CODES[code]
        parts.append(part)
    return parts


def _joined(pieces: Sequence[Points]) -> list[Points]:
    """Join what is one curve though its lines differ: by the words before the value, then wherever
    no two values stand in the same place.
    """
    alike: dict[tuple[Split | None, str, str, str], list[Points]] = {}
    closing = [one for one in pieces if one.closing]
    for one in pieces:
        if one.closing:
            continue
        alike.setdefault((one.split, one.value.told.metric, one.kind, one.value.lead), []).append(
            one
        )
    groups: dict[tuple[object, ...], list[list[Points]]] = {}
    for key, parts in alike.items():
        groups.setdefault(key[:3], []).append(parts)
    found = []
    for several in groups.values():
        curves = [_concatenated(parts) for parts in _merged([*_apart(several)])]
        found += _told_apart(_without_repeats(curves))
    return sorted(found + closing, key=lambda one: int(one.line[0]))


def _apart(several: list[list[Points]]) -> Iterator[list[Points]]:
    """Part what stands on two lines of each epoch in the same words: it is no one curve."""
    for parts in several:
        first, *rest = sorted(parts, key=lambda one: -len(one.line))
        places = _places(first)
        beside = [
            one
            for one in rest
            if len(one.line) == len(first.line) == len(places) >= _LEAST_EPOCHS
            and _places(one) == places
        ]
        yield from [[one] for one in beside]
        yield [one for one in parts if one not in beside]


def _without_repeats(curves: list[Points]) -> list[Points]:
    """Leave out a curve that says the values of another once more."""
    kept: dict[bytes, Points] = {}
    for one in sorted(curves, key=lambda one: int(one.line[0])):
        kept.setdefault(np.where(np.isnan(one.y), np.nan, one.y).tobytes(), one)
    return [*kept.values()]


def _own_words(words: list[list[str]]) -> list[list[str]]:
    """Of each list the words that are not in all of them."""
    shared = set(words[0]).intersection(*words)
    return [[word for word in mine if word not in shared] for mine in words]


def _called(name: str, own: list[str]) -> str:
    """A name with the words of its line before it, unless it has them."""
    said = any(word in name.lower() for word in own if len(word) > 1)
    return name if said else f"{' '.join(own[-2:])} {name}"


def _told_apart(curves: list[Points]) -> list[Points]:
    """Name curves of one metric by the words in which their lines differ: `source loss`."""
    if len(curves) < 2:
        return curves
    own = _own_words([one.value.lead.split() for one in curves])
    if len({len(one.line) for one in curves}) > 1 or not all(own):
        return curves  # their lines are not of one shape
    for one, mine in zip(curves, own, strict=True):
        one.value = replace(one.value, name=_called(one.value.name, mine))
        one.split = one.split or ("val" if mine == ["v"] else None)  # `[T]` and `[V]`
    return curves


def _merged(several: list[list[Points]]) -> list[list[Points]]:
    if len(several) == 1:
        return several
    kept: list[tuple[list[Points], set[tuple[float, ...]]]] = []
    for parts in sorted(several, key=_size, reverse=True):
        places = set().union(*map(_places, parts))
        home = next((one for one in kept if places and not (places & one[1])), None)
        if home is None:
            kept.append((list(parts), places))
        else:
            home[0].extend(parts)
            home[1].update(places)
    return [parts for parts, _ in kept]


def _size(parts: Sequence[Points]) -> int:
    return sum(len(one.line) for one in parts)


def _places(points: Points) -> set[tuple[float, ...]]:
    """Where the points are on the axes; empty when the log has none."""
    epoch, step = points.epoch, points.step
    if np.isnan(epoch).all() and np.isnan(step).all():
        return set()
    columns = np.stack([points.turn.astype(float), np.nan_to_num(epoch), np.nan_to_num(step)])
    return set(map(tuple, columns.T.tolist()))


def _concatenated(parts: list[Points]) -> Points:
    first = parts[0]
    if len(parts) == 1:
        return first
    line = np.concatenate([one.line for one in parts])
    order = np.argsort(line, kind="stable")

    def joined(name: str) -> Array:
        return np.concatenate([getattr(one, name) for one in parts])[order]

    means = [one.mean for one in parts]
    mean = None if any(one is None for one in means) else joined("mean")
    return Points(
        first.value, first.split, first.kind, line[order], joined("y"), joined("epoch"),
        joined("step"), joined("total"), all(one.counted for one in parts),
        any(one.percent for one in parts), mean, np.concatenate([one.turn for one in parts])[order],
    )  # fmt: skip
