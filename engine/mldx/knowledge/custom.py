"""A user's own symptoms: declared in the `symptoms.yaml` of an extension, and known to the rules
that declare them.

    symptoms.yaml      augmentation_seed_fixed: {kind: flag, text: Augmentations repeat}
    flowchart/*.yaml   asks: custom.augmentation_seed_fixed
    an answer          {"custom.augmentation_seed_fixed": true}

The id carries its section, `custom.`, in rules and answers alike, so that no later release of ours
can take it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mldx.symptoms import Spec
from mldx.symptoms.model import SPECS

SECTION = "custom"


@dataclass(frozen=True, slots=True)
class CustomSpec(Spec):
    """A declared symptom; its id is its path."""

    @property
    def path(self) -> str:
        """The name in rules and answers: `custom.my_symptom`."""
        return self.id


def specs(declared: Mapping[str, Mapping[str, Any]]) -> dict[str, Spec]:
    """Return every symptom by id: ours, and the declared ones."""
    return {
        **SPECS,
        **{f"{SECTION}.{id}": _spec(f"{SECTION}.{id}", card) for id, card in declared.items()},
    }


def _spec(id: str, card: Mapping[str, Any]) -> Spec:
    low, high = card.get("low"), card.get("high")
    return CustomSpec(
        id=id,
        section=SECTION,
        kind=card["kind"],
        text=card["text"],
        words=tuple(card.get("words", ())),
        low=-math.inf if low is None else low,
        high=math.inf if high is None else high,
        unit=card.get("unit", ""),
    )
