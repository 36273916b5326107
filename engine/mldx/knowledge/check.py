"""What must hold between the cards, though each is well formed: names that exist, values in range, a graph one can walk.

Every check of this kind is a function from a `Reading` to faults; `cross_faults` runs them all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mldx.errors import Fault, nearest
from mldx.knowledge.base import SPECS_BY_PATH
from mldx.knowledge.conditions import Condition, ConditionError, Joint, Scales, Test, parse, symptoms, tests
from mldx.knowledge.read import Reading
from mldx.knowledge.regions import cuts, samples
from mldx.knowledge.schema import HEALTHY, STAGES
from mldx.knowledge.table import decider, leads_to, walking_order
from mldx.symptoms import LEVELS, Spec
from mldx.symptoms.model import SPECS

Faults = Iterator[Fault]

_NEVER = Joint("any", ())


def cross_faults(reading: Reading) -> list[Fault]:
    """Return every fault between the cards, in file order."""
    first = [fault for analysis in (_symptoms, _causes, _checks_named, _sources, _levels) for fault in analysis(reading)]
    later: Iterable[Callable[[Reading], Faults]] = () if first else (_circles, _unreached, _dead_ends, _branches)
    found = first + [fault for analysis in later for fault in analysis(reading)]
    return sorted(dict.fromkeys(found), key=_place)


def _place(fault: Fault) -> tuple[str, int]:
    file, _, line = fault.where.rpartition(":")
    return file, int(line)


def _symptoms(reading: Reading) -> Faults:
    """Every symptom that a check asks or compares exists, and is compared with values it can have."""
    scales = _scales(reading)
    for id, check in reading.content["checks"].items():
        asked = check["asks"]
        if asked not in SPECS_BY_PATH:
            yield _no_symptom(reading.where("check", id, "asks"), f"`{id}` asks `{asked}`, which is no symptom.", asked)
            continue
        for index, branch in enumerate(check["branches"]):
            where = reading.where("check", id, "branches", index, "when")
            yield from _condition_faults(where, branch["when"], asked, scales)


def _condition_faults(where: str, when: Any, asked: str, scales: Scales) -> Faults:
    try:
        condition = parse(when, asked)
    except ConditionError as error:
        yield Fault(where, f"{error}.", "a condition")
        return
    for test in tests(condition):
        spec = SPECS_BY_PATH.get(test.symptom)
        if spec is None:
            yield _no_symptom(where, f"the condition names `{test.symptom}`, which is no symptom.", test.symptom)
        elif spec.kind != "fact":
            yield from _operand_faults(where, test, spec, scales)


def _operand_faults(where: str, test: Test, spec: Spec, scales: Scales) -> Faults:
    for operand in test.operand if test.operator == "in" else (test.operand,):
        if spec.kind == "number" and operand in LEVELS and spec.path not in scales:
            mend = f"give `{spec.id}` levels in thresholds.yaml"
            yield Fault(where, f"`{spec.id}` has no levels to compare with `{operand}`.", "a number", mend)
        elif not _can_be(spec, operand):
            yield Fault(where, f"`{spec.path}` is never {operand!r}.", spec.expected, _near_word(operand, spec.words))


def _can_be(spec: Spec, operand: Any) -> bool:
    if spec.kind == "flag":
        return isinstance(operand, bool)
    if spec.kind == "choice" or isinstance(operand, str):
        return operand in spec.words or (spec.kind == "number" and operand in LEVELS)
    return not isinstance(operand, bool) and spec.low <= operand <= spec.high


def _causes(reading: Reading) -> Faults:
    """Every cause that is named has a card, and no card mistakes a cause for itself."""
    known = {*reading.content["causes"], HEALTHY}
    for id, check in reading.content["checks"].items():
        for index, branch in enumerate(check["branches"]):
            for cause in branch["points_to"]:
                if cause not in known:
                    where = reading.where("check", id, "branches", index, "points_to", cause)
                    yield _no_cause(where, f"`{id}` points to `{cause}`", cause, known)
    for id, card in reading.content["causes"].items():
        for field in ("mistaken_for", "leads_to"):
            for cause in card[field]:
                if cause not in known or cause in (id, HEALTHY):
                    yield _no_cause(
                        reading.where("cause", id, field, cause), f"`{id}` names `{cause}` in {field}", cause, known
                    )
    yield from _consequence_circles(reading)


def _consequence_circles(reading: Reading) -> Faults:
    graph = {id: {"branches": [], "then": card["leads_to"]} for id, card in reading.content["causes"].items()}
    try:
        walking_order(graph)
    except ValueError as error:
        first = str(error).rsplit(": ", 1)[1].split(", ")[0]
        where = reading.where("cause", first, "leads_to")
        yield Fault(where, f"{str(error).replace('checks', 'causes')}.", "roots before consequences", "drop one leads_to")


def _checks_named(reading: Reading) -> Faults:
    """Every check that another leads to, or that a stage starts with, exists."""
    known = reading.content["checks"]
    for id, check in known.items():
        for other in leads_to(check):
            if other not in known:
                yield _no_check(reading.where("check", id), f"`{id}` leads to `{other}`", other, known)
    for stage, head in reading.content["stages"].items():
        for other in head["start"]:
            if other not in known:
                yield _no_check(
                    reading.where("stage", stage, "start"), f"stage {stage} starts with `{other}`", other, known
                )


def _sources(reading: Reading) -> Faults:
    """Every source that a card cites stands in sources.yaml."""
    known = {*reading.content["sources"], "own"}
    for id, card in reading.content["causes"].items():
        for key in card["sources"]:
            if key not in known:
                where = reading.where("cause", id, "sources", key)
                yield Fault(
                    where,
                    f"`{id}` cites `{key}`, which is no source.",
                    "a key of sources.yaml, or `own`",
                    _near_word(key, known),
                )


def _levels(reading: Reading) -> Faults:
    """Levels belong to numbers, and rise or fall all the way."""
    for id, levels in reading.content["levels"].items():
        where = reading.where("levels", id)
        if id not in SPECS or SPECS[id].kind != "number":
            yield Fault(where, f"`{id}` is no symptom with a number.", "a number's id", _near_word(id, SPECS))
            continue
        bounds = [levels[level] for level in LEVELS]
        if bounds != sorted(bounds) and bounds != sorted(bounds, reverse=True):
            yield Fault(
                where, f"the levels of `{id}` neither rise nor fall: {bounds}.", "none, mild, moderate, strong in order"
            )


def _circles(reading: Reading) -> Faults:
    """No walk can come back to a check."""
    try:
        walking_order(reading.content["checks"])
    except ValueError as error:
        first = str(error).rsplit(": ", 1)[1].split(", ")[0]
        yield Fault(reading.where("check", first), f"{error}.", "a graph without circles", "drop one of the edges")


def _unreached(reading: Reading) -> Faults:
    """Every stage has a file, and some walk reaches every check."""
    checks = reading.content["checks"]
    reached: set[str] = set()
    waiting = [id for head in reading.content["stages"].values() for id in head["start"] if head["entry"]]
    while waiting:
        id = waiting.pop()
        if id not in reached:
            reached.add(id)
            waiting += leads_to(checks[id])
    for id in checks:
        if id not in reached:
            yield Fault(reading.where("check", id), f"no walk reaches `{id}`.", "a check or a stage that leads to it")
    for stage in STAGES:
        if stage not in reading.content["stages"]:
            yield Fault(f"{reading.folder}:1", f"the stage {stage} has no flowchart file.", f"flowchart/{stage}.yaml")


def _dead_ends(reading: Reading) -> Faults:
    """Not knowing is no answer: where some branch leads on, an unobserved symptom must lead on too."""
    for id, check in reading.content["checks"].items():
        onward = [branch for branch in check["branches"] if branch.get("then")]
        if onward and not check["then"] and check.get("unknown") is None:
            yield Fault(
                reading.where("check", id), f"`{id}` leads nowhere when its symptom is not observed.", "then or unknown"
            )


def _branches(reading: Reading) -> Faults:
    """Whatever a symptom says, some branch of its check answers; and no branch is dead or says what another says."""
    scales = _scales(reading)
    for id, check in reading.content["checks"].items():
        spec = SPECS_BY_PATH[check["asks"]]
        conditions = [parse(branch["when"], check["asks"]) for branch in check["branches"]]
        if spec.kind != "fact":
            yield from _coverage(reading, id, spec, conditions, scales)


def _coverage(reading: Reading, id: str, spec: Spec, conditions: list[Condition], scales: Scales) -> Faults:
    """Gaps, overlaps and dead branches of a check, exact over the cells of its symptom.

    A branch that compares other symptoms too fills no gap by itself, and may overlap: it refines its cell.
    """
    alone = [not symptoms(condition) - {spec.path} for condition in conditions]
    plain = [one if own else _NEVER for one, own in zip(conditions, alone, strict=True)]
    decide = decider(spec, plain, scales)
    cells = samples(spec, cuts(spec, [test for condition in plain for test in tests(condition)], scales))
    taken = {index for cell in cells for index in decide({spec.path: cell})}
    where = reading.where("check", id, "branches")
    for cell in cells:
        hits = decide({spec.path: cell})
        if not hits:
            yield Fault(
                where, f"`{id}` has no branch for {cell!r}.", "branches over the whole range", "add `when: otherwise`"
            )
        elif len(hits) > 1:
            yield Fault(
                where, f"`{id}` has {len(hits)} branches for {cell!r}.", "one branch for each value", "narrow one of them"
            )
    for index, own in enumerate(alone):
        if own and index not in taken:
            dead = reading.where("check", id, "branches", index)
            yield Fault(
                dead, f"no value of `{spec.path}` takes this branch.", "a condition that can hold", "mend or remove it"
            )


def _scales(reading: Reading) -> Scales:
    levels: Mapping[str, Mapping[str, Any]] = reading.content["levels"]
    return Scales({SPECS[id]: bounds for id, bounds in levels.items() if id in SPECS})


def _no_symptom(where: str, what: str, path: str) -> Fault:
    section, _, id = path.partition(".")
    near = SPECS[id].path if id in SPECS else nearest(path, SPECS_BY_PATH)
    return Fault(where, what, f"a field of Symptoms.{section}", f"write `{near}`" if near else "")


def _no_cause(where: str, what: str, id: str, known: Iterable[str]) -> Fault:
    return Fault(where, f"{what}, which is no other cause.", "the id of a card in causes/", _near_word(id, known))


def _no_check(where: str, what: str, id: str, known: Iterable[str]) -> Fault:
    return Fault(where, f"{what}, which is no check.", "the id of a check in flowchart/", _near_word(id, known))


def _near_word(word: Any, known: Iterable[str]) -> str:
    near = nearest(str(word), known)
    return f"write `{near}`" if near else ""
