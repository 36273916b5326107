"""The curves of a run as pictures, marked where something was seen: the least validation loss, the first NaN, a spike.

One panel for each metric. The vertical axis is logarithmic where the values span more than a factor of fifty, because
that is how losses are read; what is not finite stands as a cross on the bottom line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from mldx.export.html.markup import Markup, joined, tag
from mldx.findings import Finding
from mldx.symptoms import Symptoms
from mldx.symptoms.trace import Trace

_WIDE, _HIGH = 480.0, 220.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 470.0, 34.0, 190.0
_LOG_FROM = 50.0
_NAMES = {"lr": "learning rate", "grad_norm": "gradient norm"}
_WORDS = {
    "val_loss_turns_up": "validation turns up",
    "loss_nonfinite": "first NaN or infinity",
    "loss_spikes": "first spike",
    "train_loss_rising": "least loss",
    "loss_jump_on_resume": "resumed",
    "grad_norm_high": "greatest",
}
_CALM = (None, False, "never", "none", "ok")
_LINE, _CHARACTER = 13.0, 7.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Something seen at a place of the axis."""

    at: float
    words: str
    metric: str


def figure(symptoms: Symptoms) -> Markup | None:
    """Return every panel of a run, or None when there is no curve."""
    marks = list(marked(symptoms))
    panels = [_panel(name, list(group), marks) for name, group in groupby(symptoms.traces, _panel_of)]
    drawn = [panel for panel in panels if panel is not None]
    return tag("div", drawn, class_="curves") if drawn else None


def _panel_of(trace: Trace) -> tuple[str, str, str]:
    return trace.metric, trace.axis, trace.origin


def marked(symptoms: Symptoms) -> Iterator[Mark]:
    """What was seen at one place of the curve, what is alarming only."""
    findings: Mapping[str, Finding] = symptoms.findings
    for id, value in symptoms.observed.items():
        finding = findings.get(id)
        if finding is not None and finding.at is not None and value not in _CALM:
            yield Mark(finding.at, _WORDS.get(id, id.replace("_", " ")), _metric_of(id))


def _metric_of(symptom: str) -> str:
    if symptom.startswith("grad_norm"):
        return "grad_norm"
    return "lr" if symptom.startswith("learning_rate") else "loss"


@dataclass(frozen=True, slots=True)
class Frame:
    """From values to places in the picture."""

    x: tuple[float, float]
    y: tuple[float, float]
    logarithmic: bool

    @classmethod
    def of(cls, traces: Sequence[Trace]) -> Frame | None:
        """Return the frame that holds these curves, or None when no value is finite."""
        xs = [x for trace in traces for x in trace.x]
        ys = [y for trace in traces for y in trace.y if math.isfinite(y)]
        if not ys:
            return None
        low, high = min(ys), max(ys)
        logarithmic = low > 0 and high / low > _LOG_FROM
        if logarithmic:
            return cls((min(xs), max(xs)), (math.log10(low), math.log10(high)), True)
        room = 0.06 * (high - low) or abs(high) * 0.1 or 1.0
        return cls((min(xs), max(xs)), (low - room, high + room), False)

    def across(self, x: float) -> float:
        """Return the place of a point of the axis."""
        wide = self.x[1] - self.x[0]
        share = (x - self.x[0]) / wide if wide else 0.5
        return _LEFT + min(max(share, 0.0), 1.0) * (_RIGHT - _LEFT)

    def down(self, y: float) -> float:
        """Return the place of a value."""
        value = math.log10(y) if self.logarithmic else y
        tall = self.y[1] - self.y[0]
        return _BOTTOM - ((value - self.y[0]) / tall if tall else 0.5) * (_BOTTOM - _TOP)

    def ticks(self) -> list[float]:
        """Return round values for the vertical axis."""
        if self.logarithmic:
            powers = [10.0**power for power in range(math.ceil(self.y[0]), math.floor(self.y[1]) + 1)]
            return _few(powers) if len(powers) > 1 else [10.0 ** self.y[0], 10.0 ** self.y[1]]
        return _round(*self.y)


def _few(values: list[float]) -> list[float]:
    return values[:: max(math.ceil(len(values) / 5), 1)]


def _round(low: float, high: float) -> list[float]:
    """Return three to six round values between two."""
    rough = (high - low) / 5
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [step * number for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _panel(key: tuple[str, str, str], traces: list[Trace], marks: list[Mark]) -> Markup | None:
    metric, axis, _ = key
    frame = Frame.of(traces)
    if frame is None:
        return tag("p", f"No value of the {_name(metric)} is finite.", class_="faint")
    here = [mark for mark in marks if mark.metric == metric and frame.x[0] <= mark.at <= frame.x[1]]
    drawn = tag(
        "svg", _grid(frame, axis), [_line(trace, frame) for trace in traces], list(_marks(here, frame, axis)),
        viewBox=f"0 0 {_WIDE:g} {_HIGH:g}", role="img", aria_label=_told(metric, traces, here, axis),
    )  # fmt: skip
    legend = tag("figcaption", tag("b", _name(metric)), [_key(trace) for trace in traces], _scale(frame))
    return tag("figure", legend, drawn)


def _name(metric: str) -> str:
    return _NAMES.get(metric, metric.replace("_", " "))


def _scale(frame: Frame) -> Markup | None:
    return tag("span", "log axis", class_="faint") if frame.logarithmic else None


def _key(trace: Trace) -> Markup:
    stroke = tag("svg", tag("line", x1=0, y1=5, x2=18, y2=5, class_="curve"), viewBox="0 0 18 10", aria_hidden="true")
    return tag("span", stroke, _split(trace), class_=f"key of-{_split(trace)}")


def _split(trace: Trace) -> str:
    return trace.split if trace.split in ("train", "val", "test") else "other"


def _told(metric: str, traces: Sequence[Trace], marks: Sequence[Mark], axis: str) -> str:
    """Say in words what the picture shows, for who cannot see it."""
    ends = [f"{_split(trace)} from {trace.y[0]:.3g} to {trace.y[-1]:.3g}" for trace in traces if trace.y]
    seen = [f"{mark.words} at {axis} {mark.at:g}" for mark in marks]
    return f"{_name(metric)} over {axis}s: " + "; ".join([*ends, *seen])


def _grid(frame: Frame, axis: str) -> Markup:
    rows = [
        joined(
            tag("line", x1=_LEFT, x2=_RIGHT, y1=place, y2=place, class_="grid"),
            tag("text", f"{value:.3g}", x=_LEFT - 6, y=place + 4, text_anchor="end"),
        )
        for value in frame.ticks()
        if _TOP - 1 <= (place := round(frame.down(value), 1)) <= _BOTTOM + 1
    ]
    left = tag("text", f"{axis} {frame.x[0]:g}", x=_LEFT, y=_BOTTOM + 20)
    right = tag("text", f"{frame.x[1]:g}", x=_RIGHT, y=_BOTTOM + 20, text_anchor="end")
    return joined(rows, left, right if frame.x[1] > frame.x[0] else None)


def _line(trace: Trace, frame: Frame) -> Markup:
    """Return one curve, broken where it is not finite."""
    points = list(zip(trace.x, trace.y, strict=True))
    runs = [list(run) for finite, run in groupby(points, lambda point: math.isfinite(point[1])) if finite]
    path = " ".join(_stretch(run, frame) for run in runs)
    dots = [_dot(x, y, frame) for run in runs if len(run) == 1 for x, y in run]
    lost = dict.fromkeys(round(frame.across(x)) for x, y in points if not math.isfinite(y))
    crosses = [tag("path", d=f"M{x - 4} {_BOTTOM - 4:g}l8 8m0 -8l-8 8", class_="lost") for x in lost]
    return tag("g", tag("path", d=path, class_="curve") if path else None, dots, crosses, class_=f"of-{_split(trace)}")


def _stretch(points: Sequence[tuple[float, float]], frame: Frame) -> str:
    return "M" + "L".join(f"{frame.across(x):.1f} {frame.down(y):.1f}" for x, y in points)


def _dot(x: float, y: float, frame: Frame) -> Markup:
    return tag("circle", cx=round(frame.across(x), 1), cy=round(frame.down(y), 1), r=3, class_="dot")


def _marks(marks: Sequence[Mark], frame: Frame, axis: str) -> Iterator[Markup]:
    """Yield a line for each marked place, its words above; places side by side get lines of words one above the other."""
    ends = [-math.inf, -math.inf]
    places = {at: ", ".join(mark.words for mark in group) for at, group in groupby(sorted(marks, key=_at), _at)}
    for at, words in places.items():
        told = f"{words} ({axis} {at:g})"
        x, wide = frame.across(at), _CHARACTER * len(told)
        start = min(max(x - wide / 2, 2.0), max(_WIDE - wide - 2, 2.0))
        row = 0 if start > ends[0] else 1
        ends[row] = start + wide + 8
        yield tag("line", x1=round(x, 1), x2=round(x, 1), y1=_TOP - 4, y2=_BOTTOM, class_="mark")
        yield tag("text", told, x=round(start, 1), y=_TOP - 9 - _LINE * row, class_="marked")


def _at(mark: Mark) -> float:
    return mark.at
