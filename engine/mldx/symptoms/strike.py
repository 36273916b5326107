"""An odd fact of a run that a reader would want to know before anything else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strike:
    """One odd fact.

    id        what it is: `no_validation`, `few_steps`, ...
    sentence  what is odd, with its figure
    """

    id: str
    sentence: str
