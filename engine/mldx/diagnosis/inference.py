"""What a walk left behind: the plain data that a diagnosis, and the next question, are worked out
from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from mldx.diagnosis.rank import Ranking, Tally, rank, tally
from mldx.diagnosis.walk import Trail, facts, readings, walk
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.table import Node
from mldx.observe.setup import completed
from mldx.provenance import Provenance
from mldx.symptoms import Symptoms


@dataclass(frozen=True, slots=True)
class Inference:
    """The graph walked over what was observed.

    values   observed values by path, levels brought to numbers
    known    the facts that decide where a check or a cause applies
    found    strongest dB for and against, by cause and family
    ranking  the supported causes, and the log-odds of all that was spoken of
    """

    knowledge: KnowledgeBase
    symptoms: Symptoms
    values: Mapping[str, Any]
    known: Mapping[str, Any]
    trail: Trail
    found: Tally
    ranking: Ranking

    @classmethod
    def of(cls, symptoms: Symptoms, knowledge: KnowledgeBase) -> Self:
        """Walk the graph over what was observed."""
        complete = completed(symptoms, knowledge)
        values = readings(complete, knowledge)
        known = facts(values)
        trail = walk(knowledge.table, values, known)
        found = tally(trail)
        return cls(knowledge, complete, values, known, trail, found, rank(found, knowledge, known))

    def saw(self, node: Node) -> Any:
        """Return what was observed of the symptom that a check asks."""
        return self.symptoms.observed.get(node.asked)

    def provenance(self, node: Node) -> Provenance:
        """Return who observed it, and the figure behind it."""
        return self.symptoms.provenances.get(node.asked, Provenance())
