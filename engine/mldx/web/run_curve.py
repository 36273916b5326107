"""The loss of a run as one small picture without axes, to tell runs from one another."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from mldx.report.html.render import rendered
from mldx.report.scale import Scale
from mldx.symptoms.plot_series import PlotSeries

_WIDE, _HIGH, _EDGE = 320.0, 84.0, 4.0
_COLOURED = ("train", "val", "test")


def run_curve(plot_series: Sequence[PlotSeries]) -> Markup | None:
    """Return the losses, or the first metric where none was logged; None without a curve."""
    shown = _shown([series for series in plot_series if _points(series)])
    if not shown:
        return None
    points = [point for series in shown for point in _points(series)]
    places, values = zip(*points, strict=True)
    scale, first, last = Scale.of(min(values), max(values)), min(places), max(places)
    splits = " and ".join(dict.fromkeys(series.split for series in shown))
    return rendered(
        "run-curve.html",
        lines=[_line(series, scale, first, last) for series in shown],
        box=f"0 0 {_WIDE:g} {_HIGH:g}",
        alt=f"{shown[0].metric.replace('_', ' ')} of {splits} over the run",
    )


def _shown(drawable: Sequence[PlotSeries]) -> Sequence[PlotSeries]:
    metrics = [series.metric for series in drawable]
    metric = "loss" if "loss" in metrics else next(iter(metrics), "")
    return [series for series in drawable if series.metric == metric]


def _points(series: PlotSeries) -> Sequence[tuple[float, float]]:
    return [(x, y) for x, y in zip(series.x, series.y, strict=True) if math.isfinite(y)]


def _line(series: PlotSeries, scale: Scale, first: float, last: float) -> tuple[str, str]:
    """Return the split and the points of one curve."""
    span = (last - first) or 1.0
    points = " ".join(
        f"{_EDGE + (x - first) / span * (_WIDE - 2 * _EDGE):.1f},"
        f"{_HIGH - _EDGE - scale.share(y) * (_HIGH - 2 * _EDGE):.1f}"
        for x, y in _points(series)
    )
    return series.split if series.split in _COLOURED else "other", points
