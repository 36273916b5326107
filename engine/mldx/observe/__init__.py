"""The senses: raw things in, `Symptoms` out.

observe.run("runs/exp1/metrics.csv") | observe.history({"loss": [...]}) | Symptoms.of(tiny_overfit_result="pass")
"""

from __future__ import annotations

from mldx.observe.history import history, of_run, run

__all__ = ["history", "of_run", "run"]
