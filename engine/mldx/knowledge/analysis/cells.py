"""The joint cells of a check: one assignment of all its symptoms for everything its branches can
tell apart.

Each symptom is cut into values on which every comparison of the check says the same (`regions`); of
values that all comparisons take alike one is kept. The product over the symptoms is exact: what
holds on every cell holds everywhere. A symptom that is compared beside the asked one may also be
unobserved, and is then absent from the cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import NoneType
from typing import Any, Protocol, get_args, get_origin

from mldx.knowledge.compiled import generic
from mldx.knowledge.conditions import Condition, Scales, Test, comparison, parse, tests
from mldx.knowledge.regions import cuts, numbers, samples
from mldx.symptoms import Spec
from mldx.symptoms.setup import Setup

LIMIT = 100_000
ANOTHER = "another name"
_ANY_TUPLE = ((),)


class Rules(Protocol):
    """What is needed of rules to go through their cells; read or compiled, they have it."""

    @property
    def content(self) -> Mapping[str, Any]: ...  # noqa: D102

    @property
    def paths(self) -> Mapping[str, Spec]: ...  # noqa: D102

    @property
    def scales(self) -> Scales: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Ways:
    """What the branches of one check can tell apart.

    conditions  of its branches, in order
    values      by symptom path the values that matter, the asked symptom first; None is "not
                observed"
    """

    id: str
    asked: str
    conditions: tuple[Condition, ...]
    values: Mapping[str, Sequence[Any]]

    @property
    def size(self) -> int:
        """How many cells there are."""
        return math.prod(map(len, self.values.values()))

    def cells(self) -> Iterator[dict[str, Any]]:
        """Every cell, as observed values by symptom path."""
        for chosen in product(*self.values.values()):
            yield {
                path: value
                for path, value in zip(self.values, chosen, strict=True)
                if value is not None
            }

    def taken(self, scales: Scales) -> Iterator[tuple[dict[str, Any], tuple[int, ...]]]:
        """Every cell with the numbers of the branches that hold there."""
        decide = generic(self.conditions, scales)
        return ((cell, decide(cell)) for cell in self.cells())


def ways(rules: Rules, id: str) -> Ways:
    """Return what the branches of a check can tell apart, where the check applies."""
    check = rules.content["checks"][id]
    asked = check["asks"]
    conditions = tuple(parse(branch["when"], asked) for branch in check["branches"])
    compared = [test for condition in conditions for test in tests(condition)]
    scope = check.get("applies_to") or {}
    kept = {asked: values(rules, asked, compared, scope.get(_fact_name(asked)) or None)}
    for path in dict.fromkeys(test.symptom for test in compared):
        if path != asked:
            wanted = scope.get(_fact_name(path)) or None
            kept[path] = [*values(rules, path, compared, wanted), None]
    return Ways(id, asked, conditions, kept)


def _fact_name(path: str) -> str:
    """Return the name of a setup fact, or nothing."""
    section, _, name = path.partition(".")
    return name if section == "setup" else ""


def values(
    rules: Rules, path: str, compared: Sequence[Test], scope: Sequence[str] | None
) -> list[Any]:
    """Return the values of a symptom that the comparisons take differently, one of each kind."""
    spec, mine = rules.paths[path], [test for test in compared if test.symptom == path]
    all_values = (
        _fact_values(rules, spec, mine)
        if spec.kind == "fact"
        else samples(spec, cuts(spec.path, mine, rules.scales))
    )
    held = [comparison(test, rules.scales) for test in mine]
    kept: dict[Any, Any] = {}
    for value in all_values:
        if scope is None or value in scope:
            told_apart = value if spec.kind == "choice" else tuple(holds(value) for holds in held)
            kept.setdefault(told_apart, value)
    return list(kept.values())


def _fact_values(rules: Rules, spec: Spec, compared: Sequence[Test]) -> list[Any]:
    """Return values of a setup fact: its type's, cut where it is compared, its names of the
    vocabulary and another one.
    """
    held, breaks, values = kinds(spec.id), cuts(spec.path, compared, rules.scales), list[Any]()
    low = _least(spec.id)
    if bool in held:
        values += [True, False]
    if int in held:
        values += _integers(breaks, low)
    if float in held:
        values += numbers(low, math.inf, breaks)
    if str in held:
        named = [one for test in compared for one in _operands(test) if isinstance(one, str)]
        values += dict.fromkeys([*rules.content["vocabulary"].get(spec.id, {}), *named, ANOTHER])
    return values or list(_ANY_TUPLE)


def _integers(breaks: Sequence[float], low: float) -> list[int]:
    """Return the whole numbers at and beside every cut."""
    beside = {1} if not breaks else set[int]()
    for cut in breaks:
        below, above = math.floor(cut), math.ceil(cut)
        beside |= {below - 1, below, above, above + 1}
    return sorted(value for value in beside if value >= low)


def _operands(test: Test) -> tuple[Any, ...]:
    return test.operand if isinstance(test.operand, tuple) else (test.operand,)


@cache
def kinds(fact: str) -> tuple[type, ...]:
    """Return the types of a setup fact that a condition can compare: bool, int, float, str."""
    annotation = Setup.model_fields[fact].annotation
    return tuple(
        kind for kind in get_args(annotation) if kind is not NoneType and get_origin(kind) is None
    )


def _least(fact: str) -> float:
    """Return the least value of a fact with a number."""
    bounds = [
        float(item.ge)
        for item in Setup.model_fields[fact].metadata
        if getattr(item, "ge", None) is not None
    ]
    return bounds[0] if bounds else 0.0


def shown(cell: Mapping[str, Any]) -> str:
    """Write a cell as a person reads it: `setup.optimizer` adam, `setup.learning_rate` 0.02."""
    return ", ".join(f"`{path}` {_word(value)}" for path, value in cell.items())


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)
