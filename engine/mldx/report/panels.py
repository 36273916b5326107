"""The curves of a run on a terminal: the loss, and beside it the first score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldx.report.lines import Line, Look, Span, padded, shortened_line
from mldx.report.plot import LOST, MARKS, NOBODY, Plot, drawn
from mldx.symptoms.plot_series import PlotSeries

LOWEST, HIGHEST = 3, 9
NARROWEST = 40  # a plot needs so many columns
_BESIDE = 72  # from so many columns on, two plots stand side by side
_CURVES = ("cyan", "magenta", "green", "blue")
_PROCESS = ("lr", "grad_norm")


def curve_lines(curves: Sequence[PlotSeries], look: Look, height: int) -> list[Line]:
    """The losses, and beside or under them the first score; nothing where there is no room."""
    drawable = panels(curves)
    if not drawable or height < LOWEST or look.width < NARROWEST:
        return []
    height = min(height, HIGHEST)
    if len(drawable) < 2 or look.width < _BESIDE:
        return [*_panel(drawable[0], look.room, height, look), []]
    wide = (look.room - 2) // 2
    left, right = (_panel(group, wide, height, look) for group in drawable[:2])
    beside: list[Line] = [
        [*padded(one, wide + 2), *other] for one, other in zip(left, right, strict=True)
    ]
    return [*beside, []]


def panels(curves: Sequence[PlotSeries]) -> list[list[PlotSeries]]:
    """Return the curves of the loss, and those of the score named first; of one run."""
    metrics = dict.fromkeys(one.metric for one in curves if one.metric not in _PROCESS)
    found = (_alike(curves, metric) for metric in list(metrics)[:2])
    return [group for group in found if drawn(group, 1, 1)]


def _alike(curves: Sequence[PlotSeries], metric: str) -> list[PlotSeries]:
    """Return the curves of a metric that are of the run and the axis of its first one."""
    kept = [one for one in curves if one.metric == metric]
    return [one for one in kept if (one.origin, one.axis) == (kept[0].origin, kept[0].axis)]


def _panel(curves: Sequence[PlotSeries], wide: int, height: int, look: Look) -> list[Line]:
    """A plot with its legend and its axes; as many lines whatever it shows."""
    width = min(wide - 10, 76)
    plot = drawn(curves, width, height, look.braille)
    assert plot is not None  # `panels` leaves out what cannot be drawn
    rows: list[Line] = []
    for number, row in enumerate(plot.rows):
        label = {0: plot.top, height - 1: plot.bottom}.get(number, "")
        rows.append([(f"{label:>8} ", "dim"), ("│", "dim"), *_cells(row)])
    gap = " " * max(width - len(plot.left) - len(plot.right), 1)
    axis: Line = [(f"{'':9}└{plot.left}{gap}{plot.right}", "dim")]
    return [_legend(curves, plot, look, wide), *rows, axis]


def _cells(row: Sequence[tuple[str, int]]) -> Iterator[Span]:
    for mark, owner in row:
        if owner == NOBODY:
            yield mark, ""
        else:
            yield mark, "red" if owner == LOST else _CURVES[owner % len(_CURVES)]


def _legend(curves: Sequence[PlotSeries], plot: Plot, look: Look, wide: int) -> Line:
    line: Line = [(f"{'':9}", ""), (f"{curves[0].metric.replace('_', ' ')}: ", "dim")]
    for number, curve in enumerate(curves):
        mark = "" if look.braille else f"{MARKS[number % len(MARKS)]} "
        line.append((f"{mark}{curve.split}  ", _CURVES[number % len(_CURVES)]))
    if plot.lost:
        line.append((f"{'×' if look.braille else '!'} not finite  ", "red"))
    if plot.logarithmic:
        line.append(("log axis", "dim"))
    return shortened_line(line, wide)
