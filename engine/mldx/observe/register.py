"""Every observer of curves, and how each measures."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mldx.knowledge import KnowledgeBase
from mldx.observe import guessing, steps, training, validation
from mldx.observe.curves import Curves
from mldx.symptoms import Observation

_COUNTED = frozenset(
    {
        "loss_nonfinite",
        "train_loss_identical",
        "learning_rate_off_schedule",
        "loss_negative",
        "loss_zero_at_start",
        "init_loss_ratio",
        "val_constant",
        "grad_norm_high",
        "gbdt_best_round",
        "generalization_gap",
        "val_better_than_train",
    }
)


def measured(curves: Curves, knowledge: KnowledgeBase) -> list[Observation]:
    """Return every observation that the curves allow; values too large to reckon with allow none."""
    limit = knowledge.threshold
    with np.errstate(all="ignore"):
        seen = [
            *training.observations(curves, limit),
            *guessing.observations(curves, limit),
            *validation.observations(curves, limit),
            *steps.observations(curves, limit),
        ]
    return [
        replace(one, basis=one.basis or ("counted" if one.id in _COUNTED else "shape"))
        for one in seen
        if not isinstance(one.value, float) or math.isfinite(one.value)
    ]
