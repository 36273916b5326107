"""The graph can be walked: no circles, no check that no walk reaches, no answer that ends a walk by
mistake.
"""

from __future__ import annotations

from collections.abc import Iterator

from mldx.errors import Fault, Place
from mldx.knowledge.cards import STAGES
from mldx.knowledge.compiled import leads_to, walking_order
from mldx.knowledge.read import Reading

Faults = Iterator[Fault]


def circles(reading: Reading) -> Faults:
    """No walk can come back to a check."""
    try:
        walking_order(reading.content["checks"])
    except ValueError as error:
        yield Fault(
            reading.where("check", _first(error)),
            f"{error}.",
            "a graph without circles",
            "drop one of the edges",
        )


def consequence_circles(reading: Reading) -> Faults:
    """No cause is, by way of others, its own consequence."""
    graph = {
        id: {"branches": [], "then": card["leads_to"]}
        for id, card in reading.content["causes"].items()
    }
    try:
        walking_order(graph)
    except ValueError as error:
        where = reading.where("cause", _first(error), "leads_to")
        yield Fault(
            where,
            f"{str(error).replace('checks', 'causes')}.",
            "roots before consequences",
            "drop one leads_to",
        )


def _first(error: ValueError) -> str:
    return str(error).rsplit(": ", 1)[1].split(", ")[0]


def unreached(reading: Reading) -> Faults:
    """Every stage has a file, and some walk reaches every check."""
    checks, stages = reading.content["checks"], reading.content["stages"]
    reached: set[str] = set()
    waiting = [id for head in stages.values() for id in head["start"] if head["entry"]]
    while waiting:
        id = waiting.pop()
        if id not in reached:
            reached.add(id)
            waiting += leads_to(checks[id])
    for id in checks:
        if id not in reached:
            help = "name it in a `then`, or give it `leads_from: [check]`"
            yield Fault(
                reading.where("check", id),
                f"no walk reaches `{id}`.",
                "a check or a stage that leads to it",
                help,
            )
    for stage in STAGES:
        if stage not in stages:
            yield Fault(
                Place(str(reading.folder), 1),
                f"the stage {stage} has no flowchart file.",
                f"flowchart/{stage}.yaml",
            )


def dead_ends(reading: Reading) -> Faults:
    """Not knowing is no answer: where some branch leads on, an unobserved symptom must lead on too."""
    for id, check in reading.content["checks"].items():
        onward = [branch for branch in check["branches"] if branch.get("then")]
        if onward and not check["then"] and check.get("unknown") is None:
            what = f"`{id}` leads nowhere when its symptom is not observed."
            yield Fault(reading.where("check", id), what, "then or unknown")


def unsupported(reading: Reading) -> Faults:
    """Some branch points to every cause; else nothing observed could ever name it."""
    checks = reading.content["checks"].values()
    weights = [
        item
        for check in checks
        for branch in check["branches"]
        for item in branch["points_to"].items()
    ]
    named = {cause for cause, weight in weights if weight > 0}
    for id in reading.content["causes"]:
        if id not in named:
            yield Fault(
                reading.where("cause", id),
                f"nothing points to `{id}`.",
                "a branch that speaks for it",
                _mend(id),
            )


def _mend(id: str) -> str:
    return f"write `points_to: {{{id}: moderate}}` at the answer that shows it"
