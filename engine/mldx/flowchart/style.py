"""How the flowchart looks: one hue for a stage, red for a stop, amber for the walked path.

Text is never below 10 points. What color says is said in words or by shape, too.
"""

from __future__ import annotations

from typing import NamedTuple


class Hue(NamedTuple):
    """A stage's dark color, for headers and lines, and its light one, for fills."""

    dark: str
    light: str


HUES = {
    "data": Hue("#0f766e", "#e6f6f4"),
    "learning": Hue("#1d4ed8", "#e8effd"),
    "stability": Hue("#b45309", "#fdf3e3"),
    "generalization": Hue("#6d28d9", "#f2ebfd"),
    "drill_down": Hue("#3f6212", "#eff6e0"),
}
DIM = Hue("#b4bac4", "#f3f4f6")  # what a walk did not answer
SYNDROME = Hue("#9d174d", "#fdf0f5")
INK, FAINT, LINE, DIM_INK = "#1f2937", "#6b7280", "#d1d5db", "#868d99"
PAPER, STOP, STOP_FILL, LIT = "#ffffff", "#c81e1e", "#fde8e8", "#fde68a"
FONT = "Helvetica,Arial,sans-serif"
SIZE, QUESTION_SIZE, TITLE_SIZE = 10, 11, 20
STOP_MARK = "■ closes"
