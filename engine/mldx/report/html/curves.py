"""The curves of a run as pictures, marked where something was seen: the least validation loss, the
first NaN, a spike.

One panel for each metric. The vertical axis is logarithmic where the values span more than a factor
of fifty, because that is how losses are read; a curve that hardly moves is drawn as the flat line
it is; what is not finite stands as a cross on the bottom line. Widths are reckoned with the letters
of a phone, which are the largest beside the picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from mldx.knowledge.wording import shortened, words
from mldx.observe.register import MarkSpec, marks
from mldx.report.html.render import rendered
from mldx.report.scale import Scale, bounded, share
from mldx.symptoms import Symptoms
from mldx.symptoms.plot_series import PlotSeries

if TYPE_CHECKING:
    from markupsafe import Markup

    from mldx.knowledge import KnowledgeBase

_WIDE, _HIGH = 480.0, 226.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 470.0, 40.0, 196.0
_NAMES = {"lr": "learning rate", "grad_norm": "gradient norm"}
_CALM = (None, False, "never", "none", "ok")
_EVENTS = frozenset({"loss_spikes"})
_LINE, _CHARACTER, _LONGEST = 16.0, 9.6, 28


@dataclass(frozen=True, slots=True)
class Mark:
    """Something seen at a place of the axis: in the curve of which metric and split, read from
    where.
    """

    at: float
    words: str
    metric: str
    split: str
    origin: str = ""

    def on(self, trace: PlotSeries) -> bool:
        """Is this the curve in which it was seen? A test set stands for validation where there is
        none.
        """
        split = "val" if trace.split == "test" else trace.split
        return (trace.metric, split, trace.origin or self.origin) == (
            self.metric,
            self.split,
            self.origin or trace.origin,
        )


def figure(symptoms: Symptoms, knowledge: KnowledgeBase) -> Markup:
    """Return every panel of a run; nothing when there is no curve."""
    marks = list(marked(symptoms, knowledge))
    several = len({trace.origin for trace in symptoms.plot_series}) > 1
    groups = (list(group) for _, group in groupby(symptoms.plot_series, _panel_of))
    return rendered("curves.html", panels=[Panel.of(one, marks, several) for one in groups])


def _panel_of(trace: PlotSeries) -> tuple[str, str, str]:
    return trace.metric, trace.axis, trace.origin


def marked(symptoms: Symptoms, knowledge: KnowledgeBase) -> Iterator[Mark]:
    """What was seen at one place of the curve, what is alarming only."""
    declared = marks()
    for id, value in symptoms.observed.items():
        provenance = symptoms.provenances.get(id)
        if provenance is None or provenance.at is None or not _alarming(id, value, knowledge):
            continue
        # what a program observed itself, without an observer of ours, is marked in the loss
        where = declared.get(id) or MarkSpec("train", "loss", id.replace("_", " "))
        yield Mark(provenance.at, where.words, where.metric, where.split, provenance.origin)


def _alarming(id: str, value: Any, knowledge: KnowledgeBase) -> bool:
    """An event is alarming when there was one, a size where the rules do not call it none."""
    if value in _CALM or isinstance(value, str) or id in _EVENTS:
        return value not in _CALM
    check = knowledge.compiled.by_id.get(id)
    answer = None if check is None else check.answer(value)
    return check is None or answer is None or check.answers[answer] not in _CALM


@dataclass(frozen=True, slots=True)
class Frame:
    """From values to places in the picture.

    x      the first and the last place of the axis
    left   where the picture begins, right of the words of the ticks
    """

    x: tuple[float, float]
    scale: Scale
    left: float

    @classmethod
    def of(cls, plot_series: Sequence[PlotSeries]) -> Frame | None:
        """Return the frame that holds these curves, or None when no value is finite."""
        xs = [bounded(x) for trace in plot_series for x in trace.x]
        ys = [y for trace in plot_series for y in trace.y if math.isfinite(y)]
        if not ys:
            return None
        scale = Scale.of(min(ys), max(ys))
        left = max(_LEFT, 8 + _CHARACTER * max(len(tick.words) for tick in scale.ticks))
        return cls((min(xs), max(xs)), scale, left)

    def across(self, x: float) -> float:
        """Return the place of a point of the axis."""
        return self.left + share(x, *self.x) * (_RIGHT - self.left)

    def down(self, y: float) -> float:
        """Return the place of a value."""
        return _BOTTOM - self.scale.share(y) * (_BOTTOM - _TOP)


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One curve, broken where it is not finite.

    path  its stretches, as SVG writes them
    dots  where a finite value stands alone
    lost  where a value is not finite
    """

    split: str
    path: str
    dots: list[tuple[float, float]]
    lost: list[int]

    @classmethod
    def of(cls, trace: PlotSeries, frame: Frame) -> DrawnLine:
        """Return the curve as it is drawn in a frame."""
        points = list(zip(trace.x, trace.y, strict=True))
        runs = [
            [(frame.across(x), frame.down(y)) for x, y in run]
            for finite, run in groupby(points, lambda point: math.isfinite(point[1]))
            if finite
        ]
        lost = dict.fromkeys(round(frame.across(x)) for x, y in points if not math.isfinite(y))
        alone = [(round(x, 1), round(y, 1)) for run in runs if len(run) == 1 for x, y in run]
        return cls(_split(trace), " ".join(map(_stretch, runs)), alone, list(lost))


@dataclass(frozen=True, slots=True)
class Panel:
    """One metric's curves under their legend.

    frame   None when no value is finite; then there is no picture, and the rest is empty
    origin  of several runs, the file
    box     the part of the plane that is shown
    alt     what the picture shows, for who cannot see it
    """

    name: str
    axis: str
    frame: Frame | None
    origin: str = ""
    box: str = ""
    alt: str = ""
    ticks: Sequence[tuple[str, float]] = ()
    lines: Sequence[DrawnLine] = ()
    labels: Sequence[Label] = ()

    @classmethod
    def of(cls, plot_series: list[PlotSeries], marks: Sequence[Mark], several: bool) -> Panel:
        """Return the panel of the curves of one metric, with the marks that belong on them."""
        first, frame = plot_series[0], Frame.of(plot_series)
        if frame is None:
            return cls(_name(first.metric), first.axis, None)
        low, high = frame.x
        here = [one for one in marks if low <= one.at <= high and any(map(one.on, plot_series))]
        labels = list(_labels(sorted(here, key=lambda one: one.at), frame, first.axis))
        rows = max((label.row + 1 for label in labels), default=0)
        top = min(0.0, _TOP - 8 - _LINE * rows)
        return cls(
            name=_name(first.metric),
            axis=first.axis,
            frame=frame,
            origin=first.origin if several else "",
            box=f"0 {top:g} {_WIDE:g} {_HIGH - top:g}",
            alt=_alt(plot_series, labels),
            ticks=[(tick.words, round(frame.down(tick.value), 1)) for tick in frame.scale.ticks],
            lines=[DrawnLine.of(trace, frame) for trace in plot_series],
            labels=labels,
        )


def _name(metric: str) -> str:
    return _NAMES.get(metric, metric.replace("_", " "))


def _split(trace: PlotSeries) -> str:
    return trace.split if trace.split in ("train", "val", "test") else "other"


def _alt(plot_series: Sequence[PlotSeries], labels: Sequence[Label]) -> str:
    """Say in words what the picture shows, for who cannot see it."""
    ends = [
        f"{_split(trace)} from {words(trace.y[0])} to {words(trace.y[-1])}"
        for trace in plot_series
        if trace.y
    ]
    return f"{_name(plot_series[0].metric)} over {plot_series[0].axis}s: " + "; ".join(
        [*ends, *(label.words for label in labels)]
    )


def _stretch(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


@dataclass(frozen=True, slots=True)
class Label:
    """The words of a mark.

    at      where its line stands
    middle  where the middle of its words stands, so that they stay within the picture
    row     how many rows of words stand between it and the curve
    """

    words: str
    at: float
    middle: float
    row: int


def _labels(marks: Sequence[Mark], frame: Frame, axis: str) -> Iterator[Label]:
    """Yield the words of marks, given from left to right, each in the lowest row that has room for
    them.
    """
    ends: list[float] = []
    for mark in marks:
        text = f"{shortened(mark.words, _LONGEST)} ({axis} {words(mark.at)})"
        at, half = frame.across(mark.at), _CHARACTER * len(text) / 2
        middle = min(max(at, half + 2), _WIDE - half - 2)
        row = next((row for row, end in enumerate(ends) if end < middle - half), len(ends))
        ends[row : row + 1] = [middle + half + _CHARACTER]
        yield Label(text, at, middle, row)
