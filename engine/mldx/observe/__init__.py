"""The senses: raw things in, `Symptoms` out.

observe.run("runs/exp1/metrics.csv") | observe.history({"loss": [...]}) |
Symptoms.of(tiny_overfit_result="pass")
"""

from __future__ import annotations

from typing import Any

from mldx.observe.history import history, of_run, run

__all__ = ["history", "of_run", "predictions", "run"]


def __getattr__(name: str) -> Any:
    """Import what is seldom needed when it is first used."""
    if name == "predictions":
        from mldx.observe.outputs import predictions

        return predictions
    raise AttributeError(f"module 'mldx.observe' has no attribute {name!r}")
