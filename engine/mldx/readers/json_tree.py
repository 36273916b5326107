"""JSON of any shape: the curves are wherever a loss has a list of numbers, or a row of each epoch.

    {"train": {"loss": [..]}, "val": {"loss": [..]}}     lists, the split above them or below
    {"epochs": [{"epoch": 1, "train": {"loss": ..}}]}    rows, nested or not
    {"1": {"loss": ..}, "2": {"loss": ..}}               rows by their epoch
    {"metrics": [{"name": "loss", "values": [..]}]}      series that say their name
    {"columns": [..], "data": [[..]]}                    a table of pandas, in any orientation
    {"fold_0": {"loss": [..]}, "fold_1": {..}}           several runs

A key counts where it says a split or a metric; one that holds settings is read for setup facts.
Keys that say neither, beside each other with a loss in each, are runs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from mldx.errors import UnreadableRun
from mldx.readers import names
from mldx.readers.assemble import assembled
from mldx.readers.faults import unreadable
from mldx.readers.hyperparameters import setup_of
from mldx.readers.json_rows import SETTINGS, is_object_list, table_of
from mldx.readers.numbers import has_unit, plain
from mldx.readers.run import Run
from mldx.readers.several import finished, is_search, runs_of
from mldx.readers.source import LogSource
from mldx.readers.table import Table

FORMAT = "JSON"
_DEEPEST = 12
_NUMBERED = re.compile(
    r"(?:epoch|step|iter(?:ation)?|round)?[\s_:-]*(\d+(?:\.\d+)?)", re.IGNORECASE
)
_NAMES = ("name", "metric", "key", "tag", "label", "series", "title")
_VALUES = ("values", "value", "data", "y", "history", "points", "vals", "scores")
_PLACES = ("steps", "step", "x", "epochs", "epoch", "iterations", "iteration", "iters")
_COMPONENTS = frozenset(
    """
    generator discriminator critic actor policy value encoder decoder g d netg netd gen disc
    teacher student content style reconstruction
    """.split()  # noqa: SIM905
)
Series = list[Any]


@dataclass(slots=True, eq=False)
class _Found:
    """What may be a run.

    lists  series by their path, without a place for each value
    rows   tables of rows, each with its names
    """

    name: str = ""
    lists: dict[str, Series] = field(default_factory=dict)
    rows: list[list[dict[str, Any]]] = field(default_factory=list)
    setup: dict[str, Any] = field(default_factory=dict)

    def take(self, other: _Found, under: str = "") -> None:
        """Add what was found under a key."""
        self.lists |= {_path(under, name): values for name, values in other.lists.items()}
        self.rows += [
            [{_path(under, name): value for name, value in row.items()} for row in rows]
            for rows in other.rows
        ]
        self.setup = {**other.setup, **self.setup}

    def called(self, name: str, setup: Mapping[str, Any] | None = None) -> None:
        """Put what stands above before its own name, and the facts that hold there too."""
        self.name = ", ".join(filter(None, (name, self.name)))
        self.setup = {**(setup or {}), **self.setup}

    @property
    def names(self) -> set[str]:
        """The names of all series."""
        return {*self.lists, *(name for rows in self.rows for row in rows[:50] for name in row)}

    @property
    def has_loss(self) -> bool:
        """Is one of the series a loss?"""
        return any(names.direction(names.named(name).metric) < 0 for name in self.names)


def recognises(source: LogSource) -> bool:
    """Is it one JSON document?"""
    return source.document is not None


def read(source: LogSource) -> list[Run]:
    """Return the runs.

    raises   UnreadableRun when no list and no rows in the document are the curve of a loss
    """
    found = _found(source)
    runs: list[Run] = []
    errors: list[UnreadableRun] = []
    for one in found:
        try:
            runs += [_named(run, one) for run in _runs(source.origin, one)]
        except UnreadableRun as error:
            errors.append(error)
    if not runs:
        raise errors[0] if errors else _nothing(source)
    return runs


def _found(source: LogSource) -> list[_Found]:
    document = source.document
    found = [one for one in _walk(document, 0) if one.lists or one.rows]
    pairs = _pairs(source.tag or "loss", document) if isinstance(document, list) else None
    return found or [one for one in [pairs] if one]


def _named(run: Run, found: _Found) -> Run:
    run.name = ", ".join(filter(None, (found.name, run.name)))
    run.setup = {**found.setup, **run.setup}
    return run


def _nothing(source: LogSource) -> UnreadableRun:
    document = source.document
    keys = ", ".join(f"`{key}`" for key in list(document)[:8]) if isinstance(document, dict) else ""
    return unreadable(
        source.origin,
        "it is JSON in which no list of numbers and no rows are the curve of a loss"
        + (f"; its keys are {keys}." if keys else "."),
        "a loss for each epoch or step, as a list or as rows",
    )


def _walk(node: object, depth: int) -> list[_Found]:
    if depth > _DEEPEST:
        return []
    if isinstance(node, Mapping):
        return _of_mapping({str(key): value for key, value in node.items()}, depth)
    return _of_list(node, depth) if isinstance(node, list) and is_object_list(node) else []


def _of_list(items: list[dict[str, Any]], depth: int) -> list[_Found]:
    if entries := _entries(items):
        return [entries]
    if _are_rows(items):
        return [_Found(rows=[items])]
    runs = list[_Found]()
    for number, item in enumerate(items, 1):
        for one in _with_loss(_walk(item, depth + 1)):
            one.name = one.name or _identity(item) or f"run {number}"
            runs.append(one)
    return runs or [_Found(rows=[items])]


def _are_rows(items: Sequence[Mapping[str, Any]]) -> bool:
    """Does the first of them hold a loss as one number?"""
    return any(_is_loss(name) and plain(value) is not None for name, value in _scalars(items[0]))


def _with_loss(found: Iterable[_Found]) -> list[_Found]:
    return [one for one in found if one.has_loss]


def _scalars(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in item.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}/{name}", one) for name, one in value.items())
        else:
            yield str(key), value


def _identity(item: Mapping[str, Any]) -> str:
    """Return what an object calls itself: `fold 2`, `resnet18`."""
    for key in ("name", "run", "run_name", "model", "id"):
        if isinstance(item.get(key), str):
            return str(item[key])
    for key in ("fold", "seed", "trial", "run", "rank", "id"):
        if plain(item.get(key)) is not None:
            return f"{key} {item[key]}"
    return ""


def _entries(items: Sequence[Mapping[str, Any]]) -> _Found | None:
    """Return the series of a list whose items each say a name, `{"name": "loss", "values": []}`."""
    found = _Found()
    points: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        name, value, place = (_first(item, keys) for keys in (_NAMES, _VALUES, _PLACES))
        if not isinstance(name, str) or value is None:
            return None
        if series := _series(name, {"x": place, "y": value} if place else value):
            found.take(series)
        elif None not in (place, plain(value)):
            points.setdefault(name, []).append({"step": place, name: value})
    found.rows += list(points.values())
    return found if found.lists or found.rows else None


def _first(item: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((item[key] for key in keys if key in item), None)


def _of_mapping(node: dict[str, Any], depth: int) -> list[_Found]:
    if rows := _table_rows(node):
        return [_Found(rows=[rows])]
    if numbered := _numbered(node):
        return _of_numbered(numbered, depth)
    here, others = _Found(), list[tuple[str, _Found]]()
    for key, value in node.items():
        if SETTINGS.fullmatch(key) and isinstance(value, Mapping):
            here.setup |= setup_of(value)
        elif series := _series(key, value):
            here.take(series)
        else:
            others += [(key, found) for found in _walk(value, depth + 1)]
    return _merged(here, others)


def _merged(here: _Found, below: Sequence[tuple[str, _Found]]) -> list[_Found]:
    """Return the runs of a mapping: what its keys say of one run, and apart the keys that are
    runs.
    """
    apart = _keys_of_runs(below)
    runs = list[_Found]()
    for key, one in below:
        if key in apart:
            one.called(key if len(apart) > 1 else "", here.setup)
            runs.append(one)
        else:
            here.take(one, key if _says(key) else "")
    return [here, *runs] if here.has_loss or not runs else runs


def _keys_of_runs(below: Iterable[tuple[str, _Found]]) -> set[str]:
    """Return the keys that are runs; a single one is only a key around everything."""
    named = {key for key, one in below if one.has_loss and one.name}
    unsaid = {key for key, one in below if one.has_loss and not _says(key)}
    return named | unsaid if named or len(unsaid) > 1 else set()


def _says(key: str) -> bool:
    """Does a key say of which part of the run is what stands under it?"""
    return names.says_part(key) or key.lower() in _COMPONENTS


def _is_loss(name: str) -> bool:
    return names.is_loss(names.named(name).metric)


def _path(above: str, name: str) -> str:
    """Return the name under a key; the axis stays one."""
    return name if not above or names.axis(name) in ("epoch", "step") else f"{above}/{name}"


def _table_rows(node: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of a table that pandas wrote with `orient="split"` or `"table"`."""
    columns, data = node.get("columns"), node.get("data")
    if "schema" in node and isinstance(data, list) and is_object_list(data):
        return data
    if not isinstance(columns, list) or not isinstance(data, list):
        return None
    if not all(isinstance(row, list) and len(row) == len(columns) for row in data):
        return None
    return [dict(zip(map(str, columns), row, strict=True)) for row in data]


def _numbered(node: Mapping[str, Any]) -> list[tuple[float, str, Any]] | None:
    """Return the values of a mapping whose keys are all numbers, or `epoch 3`, in their order."""
    found = [(_NUMBERED.fullmatch(key), key, value) for key, value in node.items()]
    if not found or not all(match and isinstance(value, Mapping) for match, _, value in found):
        return None
    numbers = [(float(match[1]), key, value) for match, key, value in found if match]
    return sorted(numbers, key=lambda one: one[0])


def _of_numbered(items: list[tuple[float, str, Any]], depth: int) -> list[_Found]:
    rows = [{"epoch": number, **value} for number, _, value in items]
    if _are_rows(rows):
        return [_Found(rows=[rows])]
    runs = list[_Found]()
    for _, key, value in items:
        for one in _with_loss(_walk(value, depth + 1)):
            one.called(f"run {key}" if key.isdigit() else key)
            runs.append(one)
    return runs or [_Found(rows=[rows])]


def _series(name: str, value: object) -> _Found | None:
    """Return one series under its name: a list, numbers by their index, pairs, or `x` and `y`."""
    if isinstance(value, Mapping):
        return _series_of_mapping(name, value)
    if not isinstance(value, list) or not value:
        return None
    if _is_series(value):
        return _Found(lists={name: value})
    return _pairs(name, value) or _points(name, value)


def _series_of_mapping(name: str, value: Mapping[Any, Any]) -> _Found | None:
    values, places = _first(value, _VALUES), _first(value, _PLACES)
    if isinstance(values, list) and isinstance(places, list):
        return _pairs(name, list(map(list, zip(places, values, strict=False))))
    indices = [plain(str(key)) for key in value]
    if len(value) < 2 or None in indices or not _is_series(list(value.values())):
        return None
    order = sorted(zip(indices, value.values(), strict=True), key=lambda one: one[0] or 0.0)
    return _Found(lists={name: [one for _, one in order]})


def _is_series(values: Sequence[object]) -> bool:
    """Are these numbers, of which some may be missing?"""
    numbers = [plain(one) for one in values if one is not None]
    return bool(numbers) and None not in numbers


def _pairs(name: str, value: list[Any]) -> _Found | None:
    """Return a series of `[step, value]` or, as TensorBoard has it, `[time, step, value]`."""
    if not all(isinstance(one, list) and len(one) in (2, 3) for one in value):
        return None
    rows = [{"step": one[-2], name: one[-1]} for one in value]
    return _Found(rows=[rows]) if _is_rising([plain(row["step"]) for row in rows]) else None


def _is_rising(places: Sequence[float | None]) -> bool:
    """Are these at least two whole numbers, each higher than the one before?"""
    known = [place for place in places if place is not None and place % 1 == 0]
    rising = all(earlier < later for earlier, later in pairwise(known))
    return rising and 1 < len(known) == len(places)


def _points(name: str, value: list[Any]) -> _Found | None:
    """Return a series of `{"step": 1, "value": 0.5}`."""
    if not is_object_list(value):
        return None
    holds = next((key for key in ("value", "y") if plain(value[0].get(key)) is not None), None)
    if holds is None or any(isinstance(value[0].get(key), str) for key in _NAMES if key != "key"):
        return None
    called = {holds: name, "x": "step"}
    return _Found(rows=[[{called.get(key, key): one for key, one in row.items()} for row in value]])


def _runs(origin: str, found: _Found) -> list[Run]:
    if is_search(found.lists):
        raise finished(origin, max(map(len, found.lists.values())))
    tables = [table_of(rows) for rows in found.rows]
    tables += _tables_of_lists(origin, found.lists)
    if len(tables) == 1:
        return runs_of(origin, FORMAT, tables[0])
    return [assembled(origin, FORMAT, tables)]


def _tables_of_lists(origin: str, lists: Mapping[str, Series]) -> list[Table]:
    """Return a table for each length of list.

    raises   UnreadableRun when the losses are of lengths that do not fit together
    """
    tables = [_table(lists, size) for size in _sizes(lists)]
    bare = [table for table in tables if table.epoch is None and table.step is None]
    if len(tables) > 1 and bare:
        _place(origin, tables, lists)
    for table in bare:
        table.count_epochs()
    return tables


def _sizes(lists: Mapping[str, Series]) -> list[int]:
    """Return the lengths of the lists that are curves of losses; without one, the commonest."""
    sizes = {len(values) for name, values in lists.items() if _is_curve(name)}
    common = Counter(map(len, lists.values())).most_common(1)
    return sorted(sizes) or [size for size, _ in common]


def _is_curve(name: str) -> bool:
    told = names.named(name)
    return names.axis(name) is None and names.direction(told.metric) < 0


def _table(lists: Mapping[str, Series], size: int) -> Table:
    own = {name: values for name, values in lists.items() if len(values) == size}
    table = Table.of({name: _column(values) for name, values in own.items()}, size)
    table.mark_shares({name for name, values in own.items() if any(map(has_unit, values))})
    return table


def _column(values: Series) -> tuple[Any, Any]:
    numbers = [plain(value) for value in values]
    there = np.array([number is not None for number in numbers], np.bool_)
    return np.array([np.nan if one is None else one for one in numbers], np.float64), there


def _place(origin: str, tables: list[Table], lists: Mapping[str, Series]) -> None:
    """Lay lists of different lengths on one axis of steps, where the longest has as many values for
    each of the others.
    """
    longest = max(table.size for table in tables)
    if any(longest % table.size for table in tables):
        sizes = {name: len(values) for name, values in lists.items() if _is_curve(name)}
        named = ", ".join(f"{name} {size}" for name, size in list(sizes.items())[:8])
        what = f"the lists are of different lengths: {named}."
        raise unreadable(origin, what, "one number an epoch in each list")
    for table in tables:
        table.epoch, table.step = None, np.arange(1.0, table.size + 1) * (longest // table.size)
