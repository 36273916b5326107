"""Two causes that no answer tells apart are one cause with two names, as far as a run can show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from mldx.errors import Fault
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.read import RuleFiles

_ALIKE = 1.0  # dB; rows that differ by less say the same
Signature = dict[tuple[str, int, int], float]


def twins(reading: RuleFiles, base: KnowledgeBase) -> Iterator[Fault]:
    """No two causes of one field are spoken of alike by every answer."""
    signatures = {id: _signature(base, id) for id in reading.content["causes"]}
    for one, other in combinations(sorted(signatures), 2):
        if _alike(signatures[one], signatures[other]):
            where = reading.where("cause", other)
            what = f"no answer tells `{other}` from `{one}`."
            yield Fault(where, what, "a check whose rows differ", "add a row, or merge the two")


def _signature(base: KnowledgeBase, cause: str) -> Signature:
    found: Signature = {}
    for check in base.compiled.checks:
        for number, (_, table) in enumerate(check.tables):
            if cause in table.rows:
                for answer in range(len(check.answers)):
                    key = (check.id, number, answer)
                    found[key] = table.decibans(((answer, 1.0),))[cause]
    return found


def _alike(one: Signature, other: Signature) -> bool:
    if not one or not other:
        return False
    return all(abs(one.get(key, 0.0) - other.get(key, 0.0)) < _ALIKE for key in {*one, *other})
