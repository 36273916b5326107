"""The run record, this library's own exchange format, in JSON or YAML; every key is optional.

    {"setup": {...}, "history": {"epoch": [...], "train_loss": [...], "val_loss": [...]},
     "answers": {"id": value}, "overruled": ["id"],
     "events": [{"kind": "resume", "text": "...", "at": 12}]}

What is counted in the curves (NaN, a gap) comes before an answer, and an answer before what their
shape is read as; the answers listed as `overruled` stand against a count too. Each disagreement is
reported. `null` in a series means that there is no value;
`nan`, `inf` and `-inf`, bare or as strings, are values. What cannot be used is told all at once,
each fault with its path in the record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from reprlib import repr as short
from typing import Any

import numpy as np

from mldx.errors import Fault, InputError, nearest
from mldx.readers import names
from mldx.readers.assemble import gathered
from mldx.readers.faults import FaultList, unreadable
from mldx.readers.numbers import Mask, has_unit, plain
from mldx.readers.run import Array, Event, Run
from mldx.readers.source import LogSource
from mldx.readers.table import Table
from mldx.symptoms import Spec
from mldx.symptoms.catalogue import shipped
from mldx.symptoms.checking import checked
from mldx.symptoms.setup import Setup

FORMAT = "run record"
LARGEST_YAML = 2 << 20
PARTS = ("setup", "history", "answers")
KEYS = (*PARTS, "overruled", "events")
_KINDS = ("restart", "resume", "message")
_FIGURES = ("at", "before", "after")
_TOP = re.compile(r"^([A-Za-z_]\w*)\s*:(?:\s|$)")
_SERIES = 'a list of numbers, of which some may be null, "nan", "inf" or "-inf"'


def recognises(source: LogSource) -> bool:
    """Is one of the three keys at the top, or something that was meant to be one?"""
    document = source.document
    if isinstance(document, dict):
        return not document or (
            not _is_foreign(document)
            and any(
                _meant(str(key))
                for key, value in document.items()
                if isinstance(value, dict) or key in KEYS
            )
        )
    return document is None and _looks_like_yaml(source.sample)


def _is_foreign(document: Mapping[str, Any]) -> bool:
    """Is a `history` in it that of another tool: beside keys no record has, or with lists below
    lists?
    """
    history = document.get("history")
    if history is None or set(document) & {"setup", "answers", "overruled"}:
        return False
    nested = not isinstance(history, dict) or any(map(_is_nested, history.values()))
    return nested or not all(map(_meant, document))


def _is_nested(values: object) -> bool:
    inner = values[:1] if isinstance(values, list) else []
    return isinstance(values, dict) or any(isinstance(one, (dict, list)) for one in inner)


def _looks_like_yaml(sample: str) -> bool:
    lines = [line for line in sample.split("\n") if line.strip() and line[0] not in " \t#-]}"]
    keys = [found[1] for line in lines if (found := _TOP.match(line))]
    return len(keys) > 0.8 * len(lines) and any(map(_meant, keys))


def _meant(key: str) -> bool:
    return key in KEYS or (len(key) > 4 and nearest(key, KEYS) is not None and key != "historical")


def read(source: LogSource) -> list[Run]:
    """Return the run in a record.

    raises   InputError with a fault for every key, symptom or number that cannot be used
    """
    record = source.document if source.document is not None else _yaml(source)
    return [of_mapping(record, source.origin)]


def of_mapping(record: object, origin: str, declared: Mapping[str, Spec] | None = None) -> Run:
    """Return the run in a record that is already parsed.

    declared   every symptom that the rules know, by id; by default those of the shipped rules
    """
    if not isinstance(record, Mapping):
        raise unreadable(
            origin,
            f"a run record is a mapping, this is {short(record)}.",
            "the keys " + ", ".join(KEYS),
        )
    faults = FaultList()
    parts = {key: _part(record, key, origin, faults) for key in PARTS}
    for key in record:
        if key not in KEYS:
            faults.add(_unknown(f"{origin}: {key}", str(key), KEYS, "key of a run record"))
    tables = _history(parts["history"], f"{origin}: history", faults)
    _check_setup(parts["setup"], origin, faults)
    _check(dict(parts["answers"]), origin, "answers.", faults, declared)
    overruled = _overruled(
        record.get("overruled"), _there(parts["answers"]), f"{origin}: overruled", faults
    )
    events = _events(record.get("events"), f"{origin}: events", faults)
    faults.check()
    run = gathered(origin, FORMAT, tables)
    run.doubts = []  # a record is a person's own word
    run.setup, run.answers = _there(parts["setup"]), _there(parts["answers"])
    run.overruled = overruled
    run.events += events
    return run


def _there(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _part(record: Mapping[Any, Any], key: str, origin: str, faults: FaultList) -> Mapping[str, Any]:
    part = record.get(key)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        faults.add(Fault(f"{origin}: {key}", f"`{key}` is {short(part)}.", "a mapping"))
        return {}
    for name in [name for name in part if not isinstance(name, str)]:
        faults.add(
            Fault(
                f"{origin}: {key}",
                f"the key {short(name)} is no text.",
                "names as keys",
                "put it in quotes",
            )
        )
    return {name: value for name, value in part.items() if isinstance(name, str)}


def _unknown(where: str, key: str, right: tuple[str, ...], what: str) -> Fault:
    near = nearest(key[:80], right)
    return Fault(
        where,
        f"`{key[:80]}` is no {what}.",
        "one of " + ", ".join(right),
        f"write `{near}`" if near else "",
    )


def _history(history: Mapping[str, Any], where: str, faults: FaultList) -> list[Table]:
    columns = {
        name: _series(values, f"{where}.{name}", faults)
        for name, values in history.items()
        if values is not None
    }
    if not faults.count:
        _same_lengths(columns, where, faults)
        _check_axes(columns, where, faults)
    size = max((len(there) for _, there in columns.values()), default=0)
    if faults.count or not size:
        return []
    table = Table.of(columns, size)
    table.mark_shares({name for name in columns if any(map(has_unit, history[name]))})
    table.count_epochs()
    return [table]


def _same_lengths(columns: Mapping[str, tuple[Array, Mask]], where: str, faults: FaultList) -> None:
    sizes = {name: len(there) for name, (_, there) in columns.items()}
    if len(set(sizes.values())) > 1:
        named = ", ".join(f"{name} {size}" for name, size in sizes.items())
        what = f"the series are of different lengths: {named}."
        faults.add(Fault(where, what, "one value, or null, for each epoch in every series"))


def _check_axes(columns: Mapping[str, tuple[Array, Mask]], where: str, faults: FaultList) -> None:
    """An axis may leave rows empty only where another has them all."""
    axes = {name: there for name, (_, there) in columns.items() if names.axis(name)}
    if any(there.all() for there in axes.values()):
        return
    for name, there in axes.items():
        place = int(np.argmin(there))
        faults.add(Fault(f"{where}.{name}[{place}]", "it is null.", "a number"))


def _series(values: object, where: str, faults: FaultList) -> tuple[Array, Mask]:
    if not isinstance(values, (list, tuple)):
        faults.add(Fault(where, f"it is {short(values)}.", _SERIES))
        return np.empty(0), np.empty(0, np.bool_)
    axis = names.axis(where.rpartition(".")[2])
    numbers = [plain(value) for value in values]
    expected = "a number" if axis else 'a number, null, "nan", "inf" or "-inf"'
    for place, (value, number) in enumerate(zip(values, numbers, strict=True)):
        if not _fits_series(value, number, axis=bool(axis)):
            what = "null" if value is None else f"{short(value)}, which is not a number"
            faults.add(Fault(f"{where}[{place}]", f"it is {what}.", expected))
    there = np.array([number is not None for number in numbers], np.bool_)
    return np.array([np.nan if number is None else number for number in numbers], np.float64), there


def _fits_series(value: object, number: float | None, *, axis: bool) -> bool:
    """Is this a number or null? An axis is never infinite."""
    if number is None:
        return value is None
    return isfinite(number) or not axis


def _check_setup(setup: Mapping[str, Any], origin: str, faults: FaultList) -> None:
    right = tuple(Setup.model_fields)
    for key in setup:
        if key not in right:
            faults.add(_unknown(f"{origin}: setup.{key}", key, right, "setup fact"))
    _check({key: value for key, value in setup.items() if key in right}, origin, "", faults)


def _check(
    values: dict[str, Any],
    origin: str,
    under: str,
    faults: FaultList,
    declared: Mapping[str, Spec] | None = None,
) -> None:
    """Check the values, and tell their faults by their place in the record."""
    try:
        checked(values, declared)
    except InputError as error:
        for fault in error.faults:
            where = str(fault.where)
            path = where if where.startswith("setup.") else under + where.rpartition(".")[2]
            faults.add(Fault(f"{origin}: {path}", fault.what, fault.expected, fault.help))


def _overruled(ids: object, answers: Mapping[str, Any], where: str, faults: FaultList) -> list[str]:
    """Return the ids of answers that stand against the curves; each must have an answer."""
    if ids is None:
        return []
    if not isinstance(ids, (list, tuple)) or not all(isinstance(id, str) for id in ids):
        faults.add(Fault(where, f"it is {short(ids)}.", "a list of the ids of answers"))
        return []
    for place, id in enumerate(ids):
        if id not in answers:
            near = nearest(id, answers)
            known = id in shipped()
            what = f"`{id[:80]}` {'has no answer' if known else 'is not a symptom'}."
            name = where.rsplit(maxsplit=1)[-1]
            other = f"give it a value in `answers`, or drop it from `{name}`"
            help = f"write `{near}`" if near else other
            faults.add(Fault(f"{where}[{place}]", what, "the id of one of the answers", help))
    return list(dict.fromkeys(ids))


def _events(events: object, where: str, faults: FaultList) -> list[Event]:
    """Return what happened to the run beside its numbers, as it was read of its log."""
    if events is None:
        return []
    if not isinstance(events, (list, tuple)):
        faults.add(Fault(where, f"it is {short(events)}.", "a list of events"))
        return []
    found = []
    for place, one in enumerate(events):
        if _is_event(one):
            figures = {name: plain(one[name]) for name in _FIGURES if name in one}
            found.append(Event(one["kind"], one["text"], **figures))
        else:
            expected = f"kind ({', '.join(_KINDS)}) and text, and at, before, after as numbers"
            faults.add(Fault(f"{where}[{place}]", f"it is {short(one)}.", expected))
    return found


def _is_event(one: object) -> bool:
    if not isinstance(one, Mapping) or not set(one) <= {"kind", "text", *_FIGURES}:
        return False
    figures = (one.get(name) for name in _FIGURES)
    plain_figures = all(figure is None or plain(figure) is not None for figure in figures)
    return one.get("kind") in _KINDS and isinstance(one.get("text"), str) and plain_figures


def _yaml(source: LogSource) -> object:
    from mldx.readers.side_files import parsed_yaml

    if len(source.content) > LARGEST_YAML:
        told = f"it is YAML of more than {LARGEST_YAML >> 20} MB, which takes minutes to read."
        raise unreadable(
            source.origin, told, "a large record as JSON", "write the same record as JSON"
        )
    return parsed_yaml(source.text, source.origin)
