"""The curve shapes that a question shows as little pictures, drawn in the unit square."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from mldx.readers.run import Array

_CURVES: Mapping[str, Mapping[str, Callable[[Array], Array]]] = {
    "loss_shape": {
        "falling": lambda x: np.exp(-3 * x),
        "slow": lambda x: 1 - 0.35 * x,
        "flat": lambda x: 0 * x + 0.7,
        "falls_then_flat": lambda x: np.maximum(1 - 3 * x, 0.4),
        "rising": lambda x: 0.3 + 0.6 * x,
        "diverging": lambda x: 0.1 + np.exp(8 * (x - 1)),
        "oscillating": lambda x: 0.5 + 0.5 * np.sin(19 * x),
        "nonfinite": lambda x: np.where(x < 0.6, 0.6 - 0.4 * x, np.nan),
    }
}


def shape(symptom: str, word: str, points: int) -> Array | None:
    """Return the heights, (points,), of the curve that a word stands for, or None when it stands
    for none.

    A height is NaN where the loss is no number.
    """
    curve = _CURVES.get(symptom, {}).get(word)
    return None if curve is None else curve(np.linspace(0, 1, points))
