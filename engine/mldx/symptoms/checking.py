"""Values as they were given, brought to their own types, or refused with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from reprlib import repr as short
from typing import Any

from pydantic import ValidationError

from mldx.errors import Fault, InputError, nearest, wanted
from mldx.symptoms.exact import exact
from mldx.symptoms.sections import SECTIONS
from mldx.symptoms.setup import Setup
from mldx.symptoms.spec import Spec, plain

CUSTOM = "custom."
_LISTED = 50
SPECS: dict[str, Spec] = {
    id: spec for name, section in SECTIONS.items() for id, spec in section.specs(name).items()
}


def checked(
    values: Mapping[str, Any], declared: Mapping[str, Spec] | None = None
) -> dict[str, Any]:
    """Return values by id, each in its own type; a value of None was not observed.

    declared   every symptom that the rules know, by id; without them a symptom of `custom` is taken
               as it is
    raises     InputError, with a fault for every value that cannot stand
    """
    faults: list[Fault] = []
    given = {id: value for id, value in values.items() if value is not None}
    facts = {id: given[id] for id in filter(_is_fact, given)}
    others = {id: given[id] for id in given if id not in facts}
    found = _checked_setup(facts, faults) | _checked_symptoms(others, declared, faults)
    if faults:
        raise InputError(*faults)
    return {id: found[id] for id in given if id in found}


def _checked_symptoms(
    values: Mapping[str, Any], declared: Mapping[str, Spec] | None, faults: list[Fault]
) -> dict[str, Any]:
    specs = {**SPECS, **(declared or {})}
    found: dict[str, Any] = {}
    strange: list[str] = []
    for id, value in values.items():
        if id in specs:
            found[id] = _checked_value(specs[id], value, faults)
        elif declared is None and id.startswith(CUSTOM):
            found[id] = plain(value)
        else:
            strange.append(id)
    faults += _strangers(strange, declared or {})
    return found


def _strangers(ids: Sequence[str], declared: Mapping[str, Spec]) -> list[Fault]:
    custom = [id for id in ids if id.startswith(CUSTOM)]
    unknown = [id for id in ids if id not in custom]
    return [*_unknown(unknown), *_undeclared(custom, declared)]


def _is_fact(id: str) -> bool:
    return id in SPECS and SPECS[id].kind == "fact"


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


def _unknown(ids: Sequence[str]) -> list[Fault]:
    """One fault for each id that does not exist; beyond what anyone mistypes they are counted."""
    what, expected = "is not a symptom and not a setup fact.", "an id of the symptom catalogue"
    near = {id: nearest(id, SPECS) for id in ids[:_LISTED]}
    return [
        *(
            Fault(id, f"`{id}` {what}", expected, f"write `{name}`" if name else "")
            for id, name in near.items()
        ),
        *_more(ids),
    ]


def _undeclared(ids: Sequence[str], declared: Mapping[str, Spec]) -> list[Fault]:
    """One fault for each id that the rules do not declare; beyond some they are counted."""
    what, expected = "is not a symptom of these rules.", "a symptom that a symptoms.yaml declares"
    near = {id: nearest(id, declared) for id in ids[:_LISTED]}
    return [
        *(
            Fault(
                id,
                f"`{id}` {what}",
                expected,
                f"write `{name}`" if name else "name its folder by --extend",
            )
            for id, name in near.items()
        ),
        *_more(ids),
    ]


def _more(ids: Sequence[str]) -> list[Fault]:
    left = len(ids) - _LISTED
    return [Fault("", f"... and {left} more of the kind.")] if left > 0 else []
