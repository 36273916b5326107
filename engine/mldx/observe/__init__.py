"""The senses: raw things in, `Symptoms` out.

observe.run("runs/exp1/metrics.csv") | observe.history({"loss": [...]}) |
Symptoms.of(tiny_overfit_result="pass")
"""

from __future__ import annotations

from typing import Any

from mldx.observe.intake import observed

__all__ = ["data", "history", "model", "observed", "predictions", "run"]


def __getattr__(name: str) -> Any:
    """Import what needs numpy when it is first used."""
    if name in ("history", "run"):
        from mldx.observe import from_python

        return getattr(from_python, name)
    if name == "data":
        from mldx.observe.dataset import data

        return data
    if name == "model":
        from mldx.errors import Fault, ObservationError

        try:
            from mldx.observe.network import model
        except ImportError as error:
            fault = Fault("model", "torch is not installed.", "", "pip install 'mldx[torch]'")
            raise ObservationError(fault) from error
        return model
    if name == "predictions":
        from mldx.observe.outputs import predictions

        return predictions
    raise AttributeError(f"module 'mldx.observe' has no attribute {name!r}")
