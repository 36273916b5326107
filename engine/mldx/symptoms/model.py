"""Symptoms: everything observed of one run, from every source, with who says so.

Observations compose. Where two sources disagree the higher rank is kept (a measurement outranks an
answer, a probe both) and the disagreement is kept beside it:

    observe.history(h) | Symptoms.of(tiny_overfit_result="pass")
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from reprlib import repr as short
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mldx.errors import Fault, InputError, nearest, wanted
from mldx.provenance import Conflict, Provenance, Source
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
)  # fmt: skip
from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import LEVELS, Spec, Value, plain

_Item = TypeVar("_Item")
CUSTOM = "custom."
_TOLD = 50
_EMPTY: dict[str, Any] = {name: section.model_construct() for name, section in SECTIONS.items()}
SPECS: dict[str, Spec] = {
    id: spec for name, section in SECTIONS.items() for id, spec in section.specs(name).items()
}


@dataclass(frozen=True, slots=True)
class Observation:
    """One symptom as an observer saw it: its id, its value, and the figure behind the value."""

    id: str
    value: Any
    figure: str = ""
    at: float | None = field(default=None)


class Symptoms(BaseModel):
    """What was observed of one run; an unobserved symptom is None, and None is never "no"."""

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
        default_factory=dict, description="Who says so, by symptom id"
    )
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def of(cls, /, **answers: Any) -> "Symptoms":
        """Return symptoms from a flat mapping of id to value, as a person answered them.

        raises   InputError, naming every field that is unknown, of a wrong type, or out of its range
        """
        return cls.gather(Observation(id, value) for id, value in answers.items())

    @classmethod
    def gather(
        cls, seen: Iterable[Observation], source: Source = Source.ANSWERED, origin: str = ""
    ) -> "Symptoms":
        """Return symptoms from observations of one source; an observation whose value is None was
        not made.
        """
        made = [one for one in seen if one.value is not None]
        values = _sorted_into_sections({one.id: one.value for one in made})
        provenances = {
            one.id: Provenance(source=source, figure=one.figure, origin=origin, at=one.at)
            for one in made
        }
        return cls._built(values, provenances)

    @classmethod
    def _built(
        cls,
        sections: dict[str, Any],
        provenances: dict[str, Provenance],
        conflicts: tuple[Conflict, ...] = (),
        plot_series: tuple[PlotSeries, ...] = (),
    ) -> "Symptoms":
        """Return symptoms from sections whose values are checked already."""
        filled = {
            **_EMPTY,
            **sections,
        }  # shared, for pydantic would copy a default at every construction
        return cls.model_construct(
            **filled, provenances=provenances, conflicts=conflicts
        ).with_plot_series(plot_series)

    @cached_property
    def observed(self) -> dict[str, Any]:
        """Every observed value by id, in the order of the questionnaire."""
        ours = {
            id: value
            for name in SECTIONS
            for id, value in getattr(self, name).__dict__.items()
            if value is not None
        }  # fmt: skip
        return {**ours, **self.custom}

    def __or__(self, other: "Symptoms") -> "Symptoms":
        """Return both together; of two values for one symptom the higher rank wins, then the later."""
        values, provenances, conflicts = (
            dict(self.observed),
            dict(self.provenances),
            [*self.conflicts, *other.conflicts],
        )
        for id, value in other.observed.items():
            mine, theirs = (
                provenances.get(id, Provenance()),
                other.provenances.get(id, Provenance()),
            )
            if id not in values or same(values[id], value):
                keep = id not in values or theirs.source.rank >= mine.source.rank
            else:
                keep = theirs.source.rank >= mine.source.rank
                conflicts.append(_conflict(id, (values[id], mine), (value, theirs), keep))
            if keep:
                values[id], provenances[id] = value, theirs
        return self._built(
            _sorted_into_sections(values),
            provenances,
            _once(conflicts),
            _once([*self.plot_series, *other.plot_series]),
        )

    @property
    def completed_by(self) -> str:
        """The version of the rules by which setup names were brought to one vocabulary; empty when
        they were not.
        """
        return str(self.__dict__.get("completed by", ""))

    def completed(self, version: str) -> "Symptoms":
        """Return these symptoms, marked as completed by these rules."""
        marked = self.model_copy()
        marked.__dict__["completed by"] = (
            version  # no field, so that it does not count in a comparison
        )
        return marked

    @property
    def plot_series(self) -> tuple[PlotSeries, ...]:
        """The curves of the run, for drawing only."""
        return tuple(self.__dict__.get("drawn curves", ()))

    def with_plot_series(self, plot_series: tuple[PlotSeries, ...]) -> "Symptoms":
        """Return these symptoms with the curves they were seen in."""
        if plot_series == self.plot_series:
            return self
        drawn = self.model_copy()
        drawn.__dict__["drawn curves"] = plot_series  # no field either
        return drawn

    @property
    def facts(self) -> dict[str, Any]:
        """The setup facts that are known, by id."""
        return {id: value for id, value in self.setup.__dict__.items() if value is not None}

    def with_setup(self, facts: Mapping[str, Any]) -> "Symptoms":
        """Return these symptoms with setup facts replaced or added, each with the provenance it had."""
        values = {**self.observed, **facts}
        provenances = {**{id: Provenance() for id in facts}, **self.provenances}
        return self._built(
            _sorted_into_sections(values), provenances, self.conflicts, self.plot_series
        )

    def checked_by(self, specs: Mapping[str, Spec]) -> "Symptoms":
        """Return these symptoms with those of the section `custom` checked by the rules that
        declare them.

        specs    every symptom that the rules know, by id
        raises   InputError, naming every one that they do not declare or whose value cannot be
        """
        if not self.custom:
            return self
        faults = _undeclared([id for id in self.custom if id not in specs], specs)
        checked = {
            id: _declared(specs[id], value, faults)
            for id, value in self.custom.items()
            if id in specs
        }
        if faults:
            raise InputError(*faults)
        known = self.model_copy(update={"custom": checked})
        known.__dict__.pop("observed", None)
        return known

    def without(self, *ids: str) -> "Symptoms":
        """Return these symptoms with the given ids not observed."""
        kept = {id: value for id, value in self.observed.items() if id not in ids}
        provenances = {
            id: provenance for id, provenance in self.provenances.items() if id not in ids
        }
        conflicts = tuple(one for one in self.conflicts if one.symptom not in ids)
        return self._built(_sorted_into_sections(kept), provenances, conflicts, self.plot_series)


def _once(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """Each item once, in the order met."""
    kept: list[_Item] = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return tuple(kept)


def same(one: Any, other: Any) -> bool:
    """Are two values of one symptom equal, numbers within a tenth of each other?"""
    if any(isinstance(value, (bool, str, tuple)) for value in (one, other)):
        return bool(one == other)
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=0.1, abs_tol=1e-9)


def _conflict(
    id: str, old: tuple[Any, Provenance], new: tuple[Any, Provenance], keep_new: bool
) -> Conflict:
    kept, dropped = (new, old) if keep_new else (old, new)
    return Conflict(
        symptom=id,
        kept=_scalar(kept[0]),
        kept_by=kept[1],
        dropped=_scalar(dropped[0]),
        dropped_by=dropped[1],
    )


def _scalar(value: Any) -> bool | float | str:
    return value if isinstance(value, (bool, int, float, str)) else str(list(value))


def _sorted_into_sections(values: Mapping[str, Any]) -> dict[str, Any]:
    """Build the sections, or raise InputError with a fault for every value that cannot stand."""
    faults: list[Fault] = []
    sections: dict[str, dict[str, Any]] = {}
    custom = {id: plain(value) for id, value in values.items() if id.startswith(CUSTOM)}
    for id, value in values.items():
        if id in SPECS:
            sections.setdefault(SPECS[id].section, {})[id] = value
    faults += _unknown([id for id in values if id not in SPECS and id not in custom])
    built = {name: _build(name, fields, faults) for name, fields in sections.items()}
    if faults:
        raise InputError(*faults)
    return {**built, "custom": custom} if custom else built


def _undeclared(ids: Sequence[str], specs: Mapping[str, Spec]) -> list[Fault]:
    """One fault for each id that the rules do not declare; beyond some they are only counted."""
    what, expected = "is no symptom of these rules.", "a symptom that a symptoms.yaml declares"
    near = {id: nearest(id, specs) for id in ids[:_TOLD]}
    helps = {
        id: f"write `{name}`" if name else "name its folder by --extend"
        for id, name in near.items()
    }
    return [
        *(Fault(id, f"`{id}` {what}", expected, help) for id, help in helps.items()),
        *_more(ids),
    ]


def _declared(spec: Spec, value: Any, faults: list[Fault]) -> Any:
    """Return the checked value of a declared symptom."""
    try:
        return spec.checked(value)
    except InputError as error:
        faults.extend(error.faults)
        return value


def _build(name: str, fields: dict[str, Any], faults: list[Fault]) -> Any:
    """Build one section field by field, so that all its faults are told together."""
    if name == "setup":
        return _built_setup(fields, faults)
    checked: dict[str, Any] = {}
    for id, value in fields.items():
        try:
            checked[id] = SPECS[id].checked(value)
        except InputError as error:
            faults.extend(error.faults)
    return SECTIONS[name].model_construct(**checked)


def _built_setup(fields: dict[str, Any], faults: list[Fault]) -> Setup | None:
    try:
        return Setup(**fields)
    except InputError as error:
        faults.extend(error.faults)
    except ValidationError as error:
        faults.extend(_setup_faults(error))
    return None


def _setup_faults(error: ValidationError) -> list[Fault]:
    """One fault for each field, though pydantic tells one for each member of a union."""
    told: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    for item in error.errors():
        field_name = str(item["loc"][0]) if item["loc"] else ""
        told.setdefault(field_name, []).append(wanted(item["msg"]))
        given.setdefault(field_name, item["input"])
    return [
        Fault(
            f"setup.{name}",
            f"{short(given[name])} is no value of `{name}`.",
            " or ".join(dict.fromkeys(messages)),
        )
        for name, messages in told.items()
    ]


def _unknown(ids: Sequence[str]) -> list[Fault]:
    """One fault for each id that is none; far more of them than anyone mistypes are only counted."""
    what, expected = "is no symptom and no setup fact.", "an id of the symptom catalogue"
    near = {id: nearest(id, SPECS) for id in ids[:_TOLD]}
    told = [
        Fault(id, f"`{id}` {what}", expected, f"write `{name}`" if name else "")
        for id, name in near.items()
    ]
    return [*told, *_more(ids)]


def _more(ids: Sequence[str]) -> list[Fault]:
    return [Fault("", f"... and {len(ids) - _TOLD} more of the kind.")] if len(ids) > _TOLD else []


__all__ = ["LEVELS", "SPECS", "Observation", "Symptoms", "same"]
