"""mldx: differential diagnosis for machine-learning training runs.

from mldx import diagnose
print(diagnose("runs/exp1/metrics.csv", n_classes=10, optimizer="adam"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mldx import observe as observe
    from mldx.diagnosis import Diagnosis as Diagnosis
    from mldx.errors import MldxError as MldxError
    from mldx.knowledge import KnowledgeBase
    from mldx.symptoms import Symptoms as Symptoms

_HOMES = {
    "Diagnosis": "mldx.diagnosis",
    "Symptoms": "mldx.symptoms",
    "MldxError": "mldx.errors",
}
__all__ = ["Diagnosis", "MldxError", "Symptoms", "__version__", "diagnose", "observe"]


def diagnose(
    run: Any,
    knowledge: KnowledgeBase | None = None,
    series: Mapping[str, str] | None = None,
    **facts: Any,
) -> Diagnosis:
    """Return the ranked causes of what a run shows, and the next actions.

    run         a path, a run record, a mapping of series, a list of rows, a frame of pandas or
                polars, a Keras History, or Symptoms
    knowledge   the rules to judge by; by default the shipped ones
    series      the run's own names of series by what they are: {"train_loss": "total_loss"}
    facts       what the run does not say, by id: n_classes=10, optimizer="adam"; setup facts and
                symptoms (`mldx rules list facts` and `mldx rules list symptoms`)

    raises   InputError, naming what in the run or in the facts cannot be used
    """
    from mldx.diagnosis import diagnose as of_symptoms
    from mldx.observe.sources import symptoms_of

    return of_symptoms(symptoms_of(run, facts, knowledge, series), knowledge)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `mldx --help` need not wait for numpy."""
    from importlib import import_module

    if name == "observe":
        return import_module("mldx.observe")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'mldx' has no attribute {name!r}")
