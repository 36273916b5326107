"""Symptoms: everything observed of one run, from every source, with who reports it.

Observations compose. Where two sources disagree the one of higher precedence is kept
(`mldx.provenance`) and the disagreement is kept beside it:

    observe.history(h) | Symptoms.of(tiny_overfit_result="pass")
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from mldx.provenance import Basis, Conflict, Provenance, Source
from mldx.symptoms.checking import CUSTOM, SPECS, checked
from mldx.symptoms.merging import merged, once, same
from mldx.symptoms.plot_series import PlotSeries
from mldx.symptoms.sections import (
    SECTIONS,
    Ablations,
    Adversarial,
    Boosting,
    Data,
    Internals,
    Predictions,
    Sanity,
    System,
    Text,
    Timeseries,
    Training,
    Validation,
    Vision,
)
from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import LEVELS, Spec, Value

# shared, because pydantic would copy a default section at every construction
_EMPTY: dict[str, Any] = {name: section.model_construct() for name, section in SECTIONS.items()}


@dataclass(frozen=True, slots=True)
class Observation:
    """One symptom as an observer saw it: its id, its value, and the figure behind the value.

    at      the epoch or step where it was seen
    basis   how it was measured; see `Provenance`
    """

    id: str
    value: Any
    figure: str = ""
    at: float | None = None
    basis: Basis = ""


class Symptoms(BaseModel):
    """What was observed of one run; an unobserved symptom is None, and None is never "no".

    plot_series    the curves of the run, for drawing only
    rules_version  the version of the rules by which setup names were made canonical and symptoms
                   derived from them; empty when they were not

    These two say nothing about the run: they do not count in a comparison and not in JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    setup: Setup = Setup.model_construct()
    sanity: Sanity = Sanity.model_construct()
    training: Training = Training.model_construct()
    validation: Validation = Validation.model_construct()
    predictions: Predictions = Predictions.model_construct()
    internals: Internals = Internals.model_construct()
    data: Data = Data.model_construct()
    ablations: Ablations = Ablations.model_construct()
    text: Text = Text.model_construct()
    vision: Vision = Vision.model_construct()
    timeseries: Timeseries = Timeseries.model_construct()
    boosting: Boosting = Boosting.model_construct()
    adversarial: Adversarial = Adversarial.model_construct()
    system: System = System.model_construct()
    custom: dict[str, Value] = Field(
        default_factory=dict, description="Symptoms that the rules declare, by custom.id"
    )
    provenances: dict[str, Provenance] = Field(
        default_factory=dict, description="Who reports it, by symptom id"
    )
    conflicts: tuple[Conflict, ...] = ()
    plot_series: tuple[PlotSeries, ...] = Field(default=(), exclude=True, repr=False)
    rules_version: str = Field(default="", exclude=True, repr=False)

    @classmethod
    def of(cls, /, **answers: Any) -> "Symptoms":
        """Return symptoms from a flat mapping of id to value, as a person answered them.

        raises   InputError, naming every field that is unknown, of a wrong type or out of range
        """
        return cls.gather(Observation(id, value) for id, value in answers.items())

    @classmethod
    def gather(
        cls, seen: Iterable[Observation], source: Source = Source.ANSWERED, origin: str = ""
    ) -> "Symptoms":
        """Return symptoms from observations of one source; an observation whose value is None was
        not made.
        """
        made = {one.id: one for one in seen if one.value is not None}
        values = checked({id: one.value for id, one in made.items()})
        provenances = {
            id: Provenance(source, one.figure, origin, one.at, one.basis)
            for id, one in made.items()
        }
        return cls.assembled(values, provenances)

    @classmethod
    def assembled(
        cls,
        values: Mapping[str, Any],
        provenances: dict[str, Provenance],
        conflicts: tuple[Conflict, ...] = (),
        plot_series: tuple[PlotSeries, ...] = (),
        rules_version: str = "",
    ) -> "Symptoms":
        """Return symptoms from values that are checked; they are not looked at again."""
        sections: dict[str, dict[str, Any]] = {}
        custom: dict[str, Any] = {}
        for id, value in values.items():
            if id in SPECS:
                sections.setdefault(SPECS[id].section, {})[id] = value
            else:
                custom[id] = value
        filled = {
            name: SECTIONS[name].model_construct(**fields) for name, fields in sections.items()
        }
        return cls.model_construct(
            **{**_EMPTY, **filled},
            custom=custom,
            provenances=provenances,
            conflicts=conflicts,
            plot_series=plot_series,
            rules_version=rules_version,
        )

    def __eq__(self, other: object) -> bool:
        """Is the same observed, by the same sources?"""
        if not isinstance(other, Symptoms):
            return NotImplemented
        return (self.observed, self.provenances, self.conflicts) == (
            other.observed,
            other.provenances,
            other.conflicts,
        )

    __hash__ = None  # type: ignore[assignment]  # it holds mappings

    @cached_property
    def observed(self) -> dict[str, Any]:
        """Every observed value by id, in the order of the questionnaire."""
        ours = {
            id: value
            for name in SECTIONS
            for id, value in getattr(self, name).__dict__.items()
            if value is not None
        }
        return {**ours, **self.custom}

    def __or__(self, other: "Symptoms") -> "Symptoms":
        """Return both together; where they disagree precedence decides, then the later wins."""
        values, provenances, conflicts = merged(
            (self.observed, self.provenances), (other.observed, other.provenances)
        )
        return self.assembled(
            values,
            provenances,
            once((*self.conflicts, *other.conflicts, *conflicts)),
            once((*self.plot_series, *other.plot_series)),
            self._common_version(other),
        )

    def _common_version(self, other: "Symptoms") -> str:
        """The rules version of both together: facts of two sources have to be looked at again."""
        with_facts = [one for one in (self, other) if one.facts or one.custom]
        return with_facts[0].rules_version if len(with_facts) == 1 else ""

    def with_plot_series(self, plot_series: tuple[PlotSeries, ...]) -> "Symptoms":
        """Return these symptoms with the curves they were seen in."""
        return self.model_copy(update={"plot_series": plot_series})

    @property
    def facts(self) -> dict[str, Any]:
        """The setup facts that are known, by id."""
        return {id: value for id, value in self.setup.__dict__.items() if value is not None}

    def checked_by(self, specs: Mapping[str, Spec]) -> "Symptoms":
        """Return these symptoms with those of the section `custom` checked by the rules that
        declare them.

        specs    every symptom that the rules know, by id
        raises   InputError, naming every one that they do not declare or whose value cannot be
        """
        if not self.custom:
            return self
        known = self.model_copy(update={"custom": checked(self.custom, specs)})
        known.__dict__.pop("observed", None)  # the cache of what was observed before
        return known

    def without(self, *ids: str) -> "Symptoms":
        """Return these symptoms with the given ids not observed."""
        return self.assembled(
            {id: value for id, value in self.observed.items() if id not in ids},
            {id: provenance for id, provenance in self.provenances.items() if id not in ids},
            tuple(one for one in self.conflicts if one.symptom not in ids),
            self.plot_series,
        )


__all__ = ["CUSTOM", "LEVELS", "SPECS", "Observation", "Symptoms", "same"]
