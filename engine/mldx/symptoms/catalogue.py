"""What may be observed: the catalogue of the rules, for values that are checked without rules at
hand.

The rules say what there is to observe, and the ground must not know them; so their catalogue is
looked up by name when it is first needed, and nothing of it is held here.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import Spec

FACTS: dict[str, Spec] = Setup.specs()


def shipped() -> Mapping[str, Spec]:
    """Return every symptom and setup fact of the shipped rules, by id."""
    specs: Mapping[str, Spec] = import_module("mldx.knowledge").load().specs
    return specs
