"""mldx: differential diagnosis for machine-learning training runs.

from mldx import diagnose, observe, Symptoms
diagnosis = diagnose(Symptoms.of(loss_nonfinite="early"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mldx import observe as observe
    from mldx.diagnosis import Diagnosis as Diagnosis
    from mldx.diagnosis import diagnose as diagnose
    from mldx.errors import MldxError as MldxError
    from mldx.symptoms import Symptoms as Symptoms

_HOMES = {
    "diagnose": "mldx.diagnosis",
    "Diagnosis": "mldx.diagnosis",
    "Symptoms": "mldx.symptoms",
    "MldxError": "mldx.errors",
}
__all__ = ["Diagnosis", "MldxError", "Symptoms", "__version__", "diagnose", "observe"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `mldx --help` need not wait for numpy."""
    from importlib import import_module

    if name == "observe":
        return import_module("mldx.observe")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mldx' has no attribute {name!r}")
