"""The knowledge base in memory: cards and checks by id, thresholds by name, and the table that a
walk runs over.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import log
from typing import TYPE_CHECKING, Any

from mldx.errors import Fault, InputError, RulesError, nearest
from mldx.knowledge import cards
from mldx.knowledge.cards import HEALTHY, STAGES, Cards
from mldx.knowledge.compiled import CompiledCheck, CompiledGraph, build
from mldx.knowledge.conditions import Scales
from mldx.knowledge.custom import specs
from mldx.knowledge.scope import Known, applies, excludes
from mldx.symptoms import Spec
from mldx.symptoms.model import SPECS
from mldx.symptoms.setup import Setup

if TYPE_CHECKING:
    import networkx

SPECS_BY_PATH = {spec.path: spec for spec in SPECS.values()}


class KnowledgeBase:
    """Everything in `rules/`, checked and compiled.

    version     a short hash of the files it was read from
    checks      the cards by id; so causes, stages, complaints, pairs, sources, levels, thresholds
    vocabulary  fact -> canonical name -> spellings
    specs       every symptom by id: ours, and those that the rules declare
    compiled    the checks ready for a walk
    content     the data that all of this is made of: cards by kind and id, as YAML has them
    """

    def __init__(self, content: Mapping[str, Any], version: str) -> None:
        self.content = content
        self.version = version
        self.checks = Cards(content["checks"], cards.check)
        self.causes = Cards(content["causes"], cards.cause)
        self.stages = Cards(content["stages"], cards.stage)
        self.complaints = Cards(content["complaints"], cards.complaint)
        self.sources = Cards(content["sources"], cards.source)
        self.levels = Cards(content["levels"], cards.levels)
        self.thresholds = Cards(content["thresholds"], cards.threshold)
        self.vocabulary: Mapping[str, Mapping[str, list[str]]] = content["vocabulary"]
        self.specs: dict[str, Spec] = specs(content["symptoms"])
        self.scales = Scales({self.specs[id]: levels for id, levels in content["levels"].items()})
        self.compiled: CompiledGraph = build(
            content["stages"], content["checks"], self.paths, self.scales
        )

    @cached_property
    def pairs(self) -> dict[str, tuple[cards.Pair, ...]]:
        """The standard pairs of output activation and loss, by task."""
        return {
            task: tuple(cards.pair(row) for row in rows)
            for task, rows in self.content["pairs"].items()
        }

    def known_cause(self, id: str) -> str:
        """Return the id, if it is one of a cause.

        raises   InputError with the nearest id, when there is no such cause
        """
        if id not in self.causes:
            near = nearest(id, self.causes)
            raise InputError(
                Fault(id, f"`{id}` is no cause.", "a cause's id", f"write `{near}`" if near else "")
            )
        return id

    def stage_of(self, cause: str) -> str:
        """Return the stage in which a cause is settled; `healthy` has none."""
        return "" if cause == HEALTHY else self.content["causes"][cause]["stage"]

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
    def path_of(self) -> dict[str, str]:
        """The name in rules of every symptom, by id: loss_shape -> training.loss_shape."""
        return {id: spec.path for id, spec in self.specs.items()}

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

        vocabulary = self.vocabulary
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

    def possible(self, cause: str, known: Known) -> bool:
        """Can a cause apply to what is known of the run?"""
        applies_to, not_for = self.scopes.get(cause, (None, None))
        return applies(applies_to, known) is not False and not excludes(not_for, known)

    def priors(self, known: Known) -> Mapping[str, float]:
        """Return the log-odds, before any evidence, of every cause that can apply to such a run,
        and of `healthy`; remembered, for many runs are of one kind.

        known   domain, task, model family, framework, as far as known
        """
        kind = tuple(known.items())
        if kind not in self._priors:
            self._priors[kind] = {
                cause: log_odds + self._domain_factor(cause, known)
                for cause, log_odds in self.prior_log_odds.items()
                if self.possible(cause, known)
            }
        return self._priors[kind]

    def _domain_factor(self, cause: str, known: Known) -> float:
        """Return what domain, task and model family add to the log-odds of a prior."""
        factors = self.domain_factors.get(cause)
        return sum(factors.get(value, 0.0) for value in known.values()) if factors else 0.0

    @cached_property
    def _priors(self) -> dict[tuple[tuple[str, Any], ...], dict[str, float]]:
        return {}

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
    def max_support(self) -> dict[str, dict[str, float]]:
        """For every check the most dB that an answer to it gives each cause."""
        return {check.id: _max_support(check) for check in self.compiled.checks}

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

        return as_networkx(self.compiled)


def log_odds(probability: float) -> float:
    """Return ln(p / (1 - p))."""
    return log(probability / (1 - probability))


def _max_support(check: CompiledCheck) -> dict[str, float]:
    causes = dict.fromkeys(cause for branch in check.branches for cause in branch.points_to)
    return {
        cause: max(branch.points_to.get(cause, 0.0) for branch in check.branches)
        for cause in causes
    }
