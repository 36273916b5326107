"""The knowledge base in memory: cards and checks by id, thresholds by name, and the table that a
walk runs over.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Any

from mldx.errors import Fault, InputError, RulesError, nearest
from mldx.knowledge.conditions import Scales
from mldx.knowledge.custom import specs
from mldx.knowledge.schema import HEALTHY, STAGES, Cause, Check, StageHead
from mldx.knowledge.table import Table, build
from mldx.symptoms import Spec
from mldx.symptoms.model import SPECS
from mldx.symptoms.setup import Setup

if TYPE_CHECKING:
    import networkx

SPECS_BY_PATH = {spec.path: spec for spec in SPECS.values()}


class KnowledgeBase:
    """Everything in `rules/`, checked and compiled.

    content  plain data: stages, checks, causes, thresholds, levels, vocabulary, pairs, sources, symptoms,
             complaints
    specs    every symptom by id: ours, and those that the rules declare
    version  a short hash of the files it was read from
    """

    def __init__(self, content: Mapping[str, Any], version: str) -> None:
        self.content = content
        self.version = version
        self._causes: dict[str, Cause] = {}
        self._checks: dict[str, Check] = {}
        self.specs: dict[str, Spec] = specs(content["symptoms"])
        self.scales = Scales({self.specs[id]: levels for id, levels in content["levels"].items()})
        self.table: Table = build(content["stages"], content["checks"], self.paths, self.scales)

    def known_cause(self, id: str) -> str:
        """Return the id, if it is one of a cause.

        raises   InputError with the nearest id, when there is no such cause
        """
        if id not in self.content["causes"]:
            near = nearest(id, self.content["causes"])
            raise InputError(
                Fault(id, f"`{id}` is no cause.", "a cause's id", f"write `{near}`" if near else "")
            )
        return id

    def cause(self, id: str) -> Cause:
        """Return the card of a cause.

        raises   InputError with the nearest id, when there is no such cause
        """
        if id not in self._causes:
            found = self.content["causes"][self.known_cause(id)]
            card = {key: value for key, value in found.items() if key != "stage"}
            self._causes[id] = Cause.model_validate(card)
        return self._causes[id]

    def check(self, id: str) -> Check:
        """Return a check."""
        if id not in self._checks:
            card = {
                key: value for key, value in self.content["checks"][id].items() if key != "stage"
            }
            self._checks[id] = Check.model_validate(card)
        return self._checks[id]

    def stage_of(self, cause: str) -> str:
        """Return the stage in which a cause is settled; `healthy` has none."""
        return "" if cause == HEALTHY else self.content["causes"][cause]["stage"]

    def stage(self, id: str) -> StageHead:
        """Return the head of a stage."""
        return StageHead.model_validate(self.content["stages"][id])

    def threshold(self, name: str) -> float:
        """Return a number an observer compares with, by its name: "train_loss_flat.least_fall".

        raises   RulesError, when these rules do not give it
        """
        if name not in self._thresholds:
            near = nearest(name, self._thresholds)
            what = f"`{name}` is not in these rules."
            raise RulesError(
                Fault(
                    "thresholds.yaml",
                    what,
                    "its value, unit and source",
                    f"rename `{near}`" if near else "",
                )
            )
        return self._thresholds[name]

    @cached_property
    def paths(self) -> dict[str, Spec]:
        """Every symptom by its name in rules: `training.loss_shape`."""
        return {spec.path: spec for spec in self.specs.values()}

    @cached_property
    def spellings(self) -> dict[str, dict[str, str]]:
        """Squeezed spelling -> canonical name, by setup key; none where the vocabulary has no
        names.
        """
        from mldx.knowledge.names import index

        vocabulary = self.content["vocabulary"]
        return {field: index(vocabulary.get(field, {})) for field in Setup.model_fields}

    @cached_property
    def _thresholds(self) -> dict[str, float]:
        return {
            f"{group}.{name}": float(entry["value"])
            for group, entries in self.content["thresholds"].items()
            for name, entry in entries.items()
        }

    @cached_property
    def prior_log_odds(self) -> dict[str, float]:
        """Logit of the prior of every cause, and of `healthy`, before any domain factor."""
        odds = {
            id: log_odds(cause["prior"]["weight"] / 1000)
            for id, cause in self.content["causes"].items()
        }
        return {**odds, HEALTHY: log_odds(self.threshold("diagnosis.healthy_prior"))}

    @cached_property
    def domain_factors(self) -> dict[str, dict[str, float]]:
        """Log of the factors on a prior, by cause, then by domain, task or model family."""
        return {
            id: {name: log(factor) for name, factor in cause["prior"]["domains"].items()}
            for id, cause in self.content["causes"].items()
            if cause["prior"].get("domains")
        }

    @cached_property
    def scopes(self) -> dict[str, tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
        """(applies_to, not_for) of every cause that has either."""
        cards = self.content["causes"].items()
        return {
            id: (card.get("applies_to"), card.get("not_for"))
            for id, card in cards
            if card.keys() & {"applies_to", "not_for"}
        }

    @cached_property
    def roots(self) -> dict[str, tuple[str, ...]]:
        """For every cause the causes that lead to it."""
        found: dict[str, list[str]] = {}
        for id, card in self.content["causes"].items():
            for consequence in card["leads_to"]:
                found.setdefault(consequence, []).append(id)
        return {id: tuple(roots) for id, roots in found.items()}

    @cached_property
    def benign(self) -> frozenset[str]:
        """Causes that are facts to know and no faults."""
        return frozenset(id for id, card in self.content["causes"].items() if card.get("benign"))

    @cached_property
    def syndromes(self) -> frozenset[str]:
        """Causes that are what several others look like."""
        return frozenset(id for id, card in self.content["causes"].items() if card.get("syndrome"))

    @cached_property
    def loudest(self) -> dict[str, dict[str, float]]:
        """For every check the most dB that an answer to it gives each cause."""
        return {
            node.id: {
                cause: max(way.points.get(cause, 0.0) for way in node.exits)
                for cause in dict.fromkeys(cause for way in node.exits for cause in way.points)
            }
            for node in self.table.nodes
        }

    @cached_property
    def order(self) -> dict[str, tuple[int, str]]:
        """What breaks a tie between causes: the stage, then the id."""
        return {
            id: (STAGES.index(cause["stage"]), id) for id, cause in self.content["causes"].items()
        }

    @cached_property
    def graph(self) -> networkx.MultiDiGraph[str]:
        """The checks as a directed graph, an edge for each branch and for `unknown`; for analysis
        and drawing.
        """
        from mldx.knowledge.graph import as_networkx

        return as_networkx(self)


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p))."""
    return log(probability / (1 - probability))
