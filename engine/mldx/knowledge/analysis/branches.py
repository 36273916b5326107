"""The branches of a check: every answer takes one, no branch is dead, no condition contradicts
itself.

All of it is exact over the joint cells of the symptoms that the branches compare (see `cells`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mldx.errors import Fault, Place
from mldx.knowledge.analysis.cells import LIMIT, Ways, shown, ways
from mldx.knowledge.conditions import Condition, Joint, Otherwise, compiled, symptoms
from mldx.knowledge.read import RuleFiles

Faults = Iterator[Fault]


def contradictions(reading: RuleFiles) -> Faults:
    """No condition, and no part of an `any`, is one that holds for no value."""
    for id in reading.content["checks"]:
        found = ways(reading, id)
        for index, condition in enumerate(found.conditions):
            where = reading.where("check", id, "branches", index, "when")
            for part, whole in _alternatives(condition):
                if found.size <= LIMIT and not _can_hold(part, found, reading):
                    yield _contradiction(where, part, whole)


def _alternatives(condition: Condition) -> Iterator[tuple[Condition, bool]]:
    """Return the condition itself and every arm of an `any` in it; True marks the whole."""
    waiting = [(condition, True)]
    while waiting:
        part, whole = waiting.pop()
        if isinstance(part, Otherwise):
            continue
        if whole or isinstance(part, Joint):
            yield part, whole
        if isinstance(part, Joint):
            waiting += [
                (arm, False) for arm in part.parts if part.kind == "any" or isinstance(arm, Joint)
            ]


def _can_hold(condition: Condition, found: Ways, reading: RuleFiles) -> bool:
    holds = compiled(condition, reading.scales)
    return any(holds(cell) is True for cell in _projected(condition, found))


def _projected(condition: Condition, found: Ways) -> Iterator[Mapping[str, Any]]:
    """Return the cells of the symptoms in this condition alone."""
    mine = symptoms(condition)
    kept = {path: values for path, values in found.values.items() if path in mine}
    return Ways(found.id, found.asked, found.conditions, kept).cells()


def _contradiction(where: Place, part: Condition, whole: bool) -> Fault:
    named = ", ".join(f"`{path}`" for path in sorted(symptoms(part)))
    what = (
        "no value takes this branch" if whole else "a part of this condition can hold for no value"
    )
    return Fault(
        where,
        f"{what}: its comparisons of {named} exclude one another.",
        "a condition that can hold",
        "correct it or remove it",
    )


def coverage(reading: RuleFiles) -> Faults:
    """Whatever a symptom says, one branch of its check answers; and no branch is left without an
    answer of its own.
    """
    for id in reading.content["checks"]:
        found = ways(reading, id)
        if found.size > LIMIT:
            continue
        taken = list(found.taken(reading.scales))
        yield from _gaps(reading, found, taken)
        yield from _overlaps(reading, found)
        yield from _dead(reading, found, {index for _, hits in taken for index in hits})


Taken = Sequence[tuple[Mapping[str, Any], tuple[int, ...]]]


def _gaps(reading: RuleFiles, found: Ways, taken: Taken) -> Faults:
    """Answers that no branch takes though everything is known; of what is not known, no branch need
    say anything.
    """
    where, told = reading.where("check", found.id, "branches"), set[Any]()
    for cell, hits in taken:
        answer = cell[found.asked]
        if not hits and answer not in told and len(cell) == len(found.values):
            told.add(answer)
            beside = {path: value for path, value in cell.items() if path != found.asked}
            unless = f" (with {shown(beside)})" if beside else ""
            what = f"`{found.id}` has no branch for {answer!r}{unless}."
            yield Fault(where, what, "branches over the whole range", "add `when: otherwise`")


def _overlaps(reading: RuleFiles, found: Ways) -> Faults:
    """Two branches for one answer; a branch that compares other symptoms too may refine another
    one's answer.
    """
    plain = [
        (index, one) for index, one in enumerate(found.conditions) if symptoms(one) == {found.asked}
    ]
    holds = [(index, compiled(one, reading.scales)) for index, one in plain]
    for answer in found.values[found.asked]:
        hits = [index for index, held in holds if held({found.asked: answer})]
        if len(hits) > 1:
            where = reading.where("check", found.id, "branches", hits[1])
            what = f"`{found.id}` has {len(hits)} branches for {answer!r}."
            yield Fault(
                where, what, "one branch for each value", f"narrow it, or branch {hits[0] + 1}"
            )


def _dead(reading: RuleFiles, found: Ways, live: set[int]) -> Faults:
    for index, condition in enumerate(found.conditions):
        if index not in live and isinstance(condition, Otherwise):
            where = reading.where("check", found.id, "branches", index)
            what = f"the other branches of `{found.id}` leave nothing to `otherwise`."
            yield Fault(where, what, "a value that no other branch takes", "remove it")


def unanswered(reading: RuleFiles) -> Faults:
    """Answers that no branch takes while a symptom beside the asked one is not observed;
    `otherwise` waits for it too.
    """
    for id in reading.content["checks"]:
        found = ways(reading, id)
        if found.size <= LIMIT and reading.paths[found.asked].kind != "fact":
            yield from _waiting(reading, found)


def _waiting(reading: RuleFiles, found: Ways) -> Faults:
    where, told = reading.where("check", found.id, "branches"), set[Any]()
    cells = [
        cell
        for cell, hits in found.taken(reading.scales)
        if not hits and len(cell) < len(found.values)
    ]
    for cell in sorted(cells, key=len, reverse=True):
        if cell[found.asked] not in told:
            told.add(cell[found.asked])
            yield _unanswered(where, found, cell)


def _unanswered(where: Place, found: Ways, cell: Mapping[str, Any]) -> Fault:
    missing = [f"`{path}`" for path in found.values if path not in cell]
    unseen = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not observed"
    beside = shown({path: value for path, value in cell.items() if path != found.asked})
    among = f" (with {beside})" if beside else ""
    what = f"`{found.id}` has no branch for {cell[found.asked]!r} while {unseen}{among}."
    return Fault(where, what, "a branch for every answer", "let one branch ask the symptom alone")


def unexamined(reading: RuleFiles) -> Faults:
    """A check that compares so many symptoms at once that its cells are not gone through."""
    for id in reading.content["checks"]:
        size = ways(reading, id).size
        if size > LIMIT:
            what = (
                f"`{id}` tells {size} cases apart, "
                "too many to go through for gaps and contradictions."
            )
            yield Fault(
                reading.where("check", id), what, f"at most {LIMIT}", "split it into two checks"
            )
