"""Values as they were given, brought to their own types, or refused with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from reprlib import repr as short
from typing import Any

from pydantic import ValidationError

from mldx.errors import Fault, InputError, nearest, wanted
from mldx.symptoms.catalogue import FACTS, shipped
from mldx.symptoms.exact import exact
from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import Spec

_LISTED = 50


def checked(
    values: Mapping[str, Any], declared: Mapping[str, Spec] | None = None
) -> dict[str, Any]:
    """Return values by id, each in its own type; a value of None was not observed.

    declared   every symptom and setup fact that the rules know, by id; by default the shipped rules
    raises     InputError, with a fault for every value that cannot stand
    """
    faults: list[Fault] = []
    given = {id: value for id, value in values.items() if value is not None}
    facts = {id: given[id] for id in given if id in FACTS}
    others = {id: given[id] for id in given if id not in facts}
    found = _checked_setup(facts, faults) | _checked_symptoms(others, declared, faults)
    if faults:
        raise InputError(*faults)
    return {id: found[id] for id in given if id in found}


def _checked_symptoms(
    values: Mapping[str, Any], declared: Mapping[str, Spec] | None, faults: list[Fault]
) -> dict[str, Any]:
    """Return symptoms in their own types; the shipped rules are read only where there are some."""
    if not values:
        return {}
    specs = shipped() if declared is None else declared
    known = {id: value for id, value in values.items() if id in specs}
    faults += _unknown([id for id in values if id not in specs], specs)
    return {id: _checked_value(specs[id], value, faults) for id, value in known.items()}


def _checked_value(spec: Spec, value: Any, faults: list[Fault]) -> Any:
    """Return the value in its own type; a value that cannot stand adds its fault."""
    try:
        return spec.checked(value)
    except InputError as error:
        faults.extend(error.faults)
        return value


def _checked_setup(facts: dict[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Return setup facts in their own types."""
    as_they_are = exact(facts)
    if as_they_are is not None:
        return as_they_are
    try:
        setup = Setup(**facts)
    except InputError as error:
        faults.extend(error.faults)
    except ValidationError as error:
        faults.extend(_setup_faults(error))
    else:
        return {id: getattr(setup, id) for id in facts}
    return {}


def _setup_faults(error: ValidationError) -> list[Fault]:
    """One fault for each field, though pydantic reports one for each member of a union."""
    messages: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    for item in error.errors():
        field_name = str(item["loc"][0]) if item["loc"] else ""
        messages.setdefault(field_name, []).append(wanted(item["msg"]))
        given.setdefault(field_name, item["input"])
    return [
        Fault(
            f"setup.{name}",
            f"{short(given[name])} is not a value of `{name}`.",
            " or ".join(dict.fromkeys(expected)),
        )
        for name, expected in messages.items()
    ]


def known_symptom(id: str, specs: Mapping[str, Spec]) -> Spec:
    """Return what a symptom or setup fact may hold.

    raises   InputError with the nearest id, when there is none
    """
    if id not in specs:
        raise InputError(*_unknown([id], specs))
    return specs[id]


def _unknown(ids: Sequence[str], specs: Mapping[str, Spec]) -> list[Fault]:
    """One fault for each id that does not exist; beyond what anyone mistypes they are counted."""
    what, expected = "is not a symptom and not a setup fact.", "an id of `mldx rules list symptoms`"
    near = {id: nearest(id, [*specs, *FACTS]) for id in ids[:_LISTED]}
    return [
        *(Fault(id, f"`{id}` {what}", expected, _help(name)) for id, name in near.items()),
        *_more(ids),
    ]


def _help(name: str | None) -> str:
    return f"write `{name}`" if name else "is it one of your own? pass --extend FOLDER"


def _more(ids: Sequence[str]) -> list[Fault]:
    left = len(ids) - _LISTED
    return [Fault("", f"... and {left} more of the kind.")] if left > 0 else []
