"""The knowledge base in memory: cards and checks by id, thresholds by name, and the table that a
walk runs over.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import prod
from typing import Any

from mldx.errors import Fault, InputError, RulesError, nearest
from mldx.knowledge import cards
from mldx.knowledge.cards import HEALTHY, STAGES, Cards
from mldx.knowledge.catalogue import catalogue
from mldx.knowledge.compiled import CompiledCheck, CompiledGraph, build
from mldx.knowledge.scope import Known, applies, excludes
from mldx.symptoms import Spec
from mldx.symptoms.setup import Setup

SOMETHING_ELSE = "something_else"


class KnowledgeBase:
    """Everything in `rules/`, checked and compiled.

    version     a short hash of the files it was read from
    checks      the cards by id; so causes, stages, complaints, forms, pairs, sources, thresholds
    vocabulary  fact -> canonical name -> spellings
    specs       every symptom by id: ours, and those that the rules declare
    compiled    the checks ready for a walk
    """

    def __init__(self, content: Mapping[str, Any], version: str) -> None:
        """Take plain data, checked: cards by kind and id, as YAML has them."""
        self.content = content
        self.version = version
        self.checks = Cards(content["checks"], cards.check)
        self.causes = Cards(content["causes"], cards.cause)
        self.stages = Cards(content["stages"], cards.stage)
        self.complaints = Cards(content["complaints"], cards.complaint)
        self.forms = Cards(content["forms"], cards.form)
        self.sources = Cards(content["sources"], cards.source)
        self.syndromes = Cards(content["syndromes"], cards.syndrome)
        self.facts = Cards(content["facts"], cards.fact)
        self.thresholds = Cards(content["thresholds"], cards.threshold)
        self.vocabulary: Mapping[str, Mapping[str, list[str]]] = content["vocabulary"]
        self.groups: Mapping[str, list[str]] = content["groups"]
        self.calibration: Mapping[str, Any] = content["calibration"]

    @cached_property
    def specs(self) -> dict[str, Spec]:
        """Every symptom and setup fact by id: what it may hold."""
        return catalogue(self.checks)

    @cached_property
    def compiled(self) -> CompiledGraph:
        """The checks ready for a walk."""
        softness = self.threshold("diagnosis.softness")
        return build(self.checks, self.syndromes, self.groups, softness)

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

    def possible(self, cause: str, known: Known) -> bool:
        """Can a cause apply to what is known of the run?"""
        applies_to, not_for = self.scopes.get(cause, (None, None))
        return applies(applies_to, known) is not False and not excludes(not_for, known)

    def priors(self, known: Known) -> Mapping[str, float]:
        """Return the prior of every hypothesis in the field of a run: of each cause that can apply
        there, of `healthy` and of `something_else`; they add up to 1.

        known   domain, task, model family, framework, as far as known
        """
        key = tuple(sorted(known.items()))
        if key not in self._priors:
            self._priors[key] = self._priors_of(known)
        return self._priors[key]

    def _priors_of(self, known: Known) -> dict[str, float]:
        healthy = self.threshold("diagnosis.healthy_prior")
        other = self.threshold("diagnosis.something_else")
        weights = {
            id: cause["prior"]["weight"] * self._factor(cause["prior"], known)
            for id, cause in self.content["causes"].items()
            if self.possible(id, known)
        }
        whole = sum(weights.values())
        share = 1 - healthy - other
        return {
            HEALTHY: healthy,
            SOMETHING_ELSE: other,
            **{id: share * weight / whole for id, weight in weights.items()},
        }

    @staticmethod
    def _factor(prior: Mapping[str, Any], known: Known) -> float:
        factors: Mapping[str, float] = prior.get("domains") or {}
        return prod(factors.get(value, 1.0) for value in known.values())

    @cached_property
    def _priors(self) -> dict[tuple[tuple[str, Any], ...], Mapping[str, float]]:
        return {}

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
    def max_support(self) -> dict[str, dict[str, float]]:
        """For every check the most dB that an answer to it gives each cause, in any of its
        tables.
        """
        return {check.id: _max_support(check) for check in self.compiled.checks}

    @cached_property
    def order(self) -> dict[str, tuple[int, str]]:
        """What breaks a tie between causes: the stage, then the id."""
        return {
            id: (STAGES.index(cause["stage"]), id) for id, cause in self.content["causes"].items()
        }


def _max_support(check: CompiledCheck) -> dict[str, float]:
    most: dict[str, float] = {}
    for _, table in check.tables:
        for answer in range(len(check.answers)):
            for cause, db in table.decibans(((answer, 1.0),)).items():
                most[cause] = max(most.get(cause, 0.0), db)
    return most
