"""What the rounds of boosted trees show."""

from __future__ import annotations

import numpy as np

from mldx.observe.curves import Curves
from mldx.observe.findings import Finding
from mldx.observe.register import observer
from mldx.readers.names import direction


@observer(needs=(), basis="counted")
def gbdt_best_round(curves: Curves) -> Finding | None:
    """Where the best validation round of boosted trees lies, as a share of all rounds."""
    if curves.facts.get("model_family") != "boosting":
        return None
    score = curves.score
    judged, sign = curves.val, -1
    if score is not None and score[2] is not None:
        judged, sign = score[2], direction(score[0])
    if judged is None or len(judged) < curves.limit("gbdt_best_round.least_points"):
        return None
    best = int(np.argmax(sign * judged.y))
    figure = f"best at round {judged.x[best]:g} of {judged.x[-1]:g}"
    return Finding(best / (len(judged) - 1), figure)
