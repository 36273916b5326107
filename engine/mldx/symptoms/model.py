"""Symptoms: everything observed of one run, from every source, with who reports it.

Observations compose. Where two sources disagree the one of higher precedence is kept
(`mldx.provenance`) and the disagreement is kept beside it:

    observe.history(h) | Symptoms.of(tiny_overfit_result="pass")
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from mldx.provenance import Basis, Conflict, Provenance, Shares, Source
from mldx.symptoms.catalogue import FACTS, shipped
from mldx.symptoms.checking import checked
from mldx.symptoms.merging import merged, once, same
from mldx.symptoms.plot_series import PlotSeries
from mldx.symptoms.reading import Reading
from mldx.symptoms.sections import SECTIONS
from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import Spec, Value
from mldx.symptoms.strike import Strike


@dataclass(frozen=True, slots=True)
class Observation:
    """One symptom as an observer saw it: its id, its value, and the figure behind the value.

    at      the epoch or step where it was seen
    basis   how it was measured; see `Provenance`
    shares  the values that it may be, where the curve does not settle it; see `Provenance`
    """

    id: str
    value: Any
    figure: str = ""
    at: float | None = None
    basis: Basis = ""
    shares: Shares = ()


_NO_SETUP = Setup.model_construct()  # shared: pydantic would copy it at every construction


class Symptoms(BaseModel):
    """What was observed of one run; an unobserved symptom is None, and None is never "no".

    plot_series    the curves of the run, for drawing only
    strikes        odd facts of its log
    reading        what was read of it; None where nothing was
    rules_version  the version of the rules by which setup names were made canonical and symptoms
                   derived from them; empty when they were not

    These four are no observations: they do not count in a comparison and not in JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    setup: Setup = _NO_SETUP
    values: dict[str, Value] = Field(
        default_factory=dict, description="What was observed, by symptom id"
    )
    provenances: dict[str, Provenance] = Field(
        default_factory=dict, description="Who reports it, by symptom id"
    )
    conflicts: tuple[Conflict, ...] = ()
    plot_series: tuple[PlotSeries, ...] = Field(default=(), exclude=True, repr=False)
    strikes: tuple[Strike, ...] = Field(default=(), exclude=True, repr=False)
    reading: Reading | None = Field(default=None, exclude=True, repr=False)
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
            id: Provenance(source, one.figure, origin, one.at, one.basis, one.shares)
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
        facts = {id: value for id, value in values.items() if id in FACTS}
        return cls.model_construct(
            setup=Setup.model_construct(**facts) if facts else _NO_SETUP,
            values={id: value for id, value in values.items() if id not in facts},
            provenances=provenances,
            conflicts=conflicts,
            plot_series=plot_series,
            rules_version=rules_version,
        )

    @field_validator("values")
    @classmethod
    def _checked(cls, values: dict[str, Value]) -> dict[str, Value]:
        """Values that come from outside are checked against the shipped rules."""
        return checked(values)

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
        """Every observed value by id, setup facts first."""
        return {**self.facts, **self.values}

    def __getattr__(self, name: str) -> Any:
        """Return a section by its name: `symptoms.training.loss_shape`, None where not observed."""
        if name not in SECTIONS:
            return super().__getattr__(name)  # type: ignore[misc]
        ids = [id for id, spec in shipped().items() if spec.section == name]
        return SimpleNamespace(**{id: self.values.get(id) for id in ids})

    def section(self, name: str) -> dict[str, Value]:
        """Return what was observed in one section of the questionnaire."""
        specs = shipped()
        return {
            id: value
            for id, value in self.observed.items()
            if id in specs and specs[id].section == name
        }

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
        ).with_log(once((*self.strikes, *other.strikes)), self._both_readings(other))

    def _both_readings(self, other: "Symptoms") -> Reading | None:
        if self.reading is None or other.reading is None:
            return self.reading or other.reading
        return self.reading.with_also(other.reading)

    def _common_version(self, other: "Symptoms") -> str:
        """The rules version of both together: facts of two sources have to be looked at again."""
        with_facts = [one for one in (self, other) if one.facts]
        return with_facts[0].rules_version if len(with_facts) == 1 else ""

    def with_plot_series(self, plot_series: tuple[PlotSeries, ...]) -> "Symptoms":
        """Return these symptoms with the curves they were seen in."""
        return self.model_copy(update={"plot_series": plot_series})

    def with_log(self, strikes: tuple[Strike, ...], reading: Reading | None) -> "Symptoms":
        """Return these symptoms with the odd facts of their log, and what was read of it."""
        return self.model_copy(update={"strikes": strikes, "reading": reading})

    @property
    def facts(self) -> dict[str, Any]:
        """The setup facts that are known, by id."""
        return {id: value for id, value in self.setup.__dict__.items() if value is not None}

    def checked_by(self, specs: Mapping[str, Spec]) -> "Symptoms":
        """Return these symptoms with their values checked by the rules that are to judge them.

        specs    every symptom that the rules know, by id
        raises   InputError, naming every one that they do not declare or whose value cannot be
        """
        known = self.model_copy(update={"values": checked(self.values, specs)})
        known.__dict__.pop("observed", None)  # the cache of what was observed before
        return known

    def without(self, *ids: str) -> "Symptoms":
        """Return these symptoms with the given ids not observed."""
        return self.assembled(
            {id: value for id, value in self.observed.items() if id not in ids},
            {id: provenance for id, provenance in self.provenances.items() if id not in ids},
            tuple(one for one in self.conflicts if one.symptom not in ids),
            self.plot_series,
        ).with_log(self.strikes, self.reading)


__all__ = ["Observation", "Symptoms", "same"]
