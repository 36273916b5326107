"""What may be observed: every check of the rules and every setup fact, with what its value may
be.
"""

from __future__ import annotations

from collections.abc import Mapping

from mldx.knowledge.cards import Check
from mldx.symptoms import Spec
from mldx.symptoms.catalogue import FACTS

SETUP = "setup"


def catalogue(checks: Mapping[str, Check]) -> dict[str, Spec]:
    """Return every symptom and setup fact by id."""
    return {**FACTS, **{id: _spec(card) for id, card in checks.items() if card.section != SETUP}}


def _spec(card: Check) -> Spec:
    return Spec(
        id=card.id,
        section=card.section,
        kind=card.kind,
        text=card.title or card.asks,
        words=tuple(answer.id for answer in card.answers),
        low=card.low,
        high=card.high,
        unit=card.unit,
    )
