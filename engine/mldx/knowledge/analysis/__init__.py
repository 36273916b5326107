"""The rules checked as a compiler would check them (being rewritten)."""

from __future__ import annotations

from mldx.errors import Fault
from mldx.knowledge.read import Reading


def faults(reading: Reading) -> list[Fault]:
    """Return what a load refuses."""
    return reading.faults
