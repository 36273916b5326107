"""The graph can be walked: no circles, no check that no walk reaches, no answer that ends a walk by
mistake.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import networkx

from mldx.errors import Fault, Place
from mldx.knowledge.cards import STAGES
from mldx.knowledge.compiled import leads_to
from mldx.knowledge.read import RuleFiles

Faults = Iterator[Fault]
Graph: TypeAlias = "networkx.DiGraph[str]"


def circles(reading: RuleFiles) -> Faults:
    """No walk can come back to a check."""
    for circle in _circles(_leading(reading)):
        yield Fault(
            reading.where("check", circle[0]),
            f"these checks lead to one another in a circle: {', '.join(circle)}.",
            "a graph without circles",
            "drop one of the edges",
        )


def backwards(reading: RuleFiles) -> Faults:
    """Checks stand in the order of the walk: each after all that lead to it."""
    graph = _leading(reading)
    number = {id: index for index, id in enumerate(graph)}
    in_circles = {id for circle in _circles(graph) for id in circle}
    for id, other in graph.edges:
        if number[other] <= number[id] and not {id, other} <= in_circles:
            yield Fault(
                reading.where("check", id),
                f"`{id}` leads to `{other}`, which stands before it.",
                "checks in the order of the walk",
                f"write `{id}` above `{other}`; in an extension, name in `leads_from` a check that "
                f"stands above `{other}`",
            )


def consequence_circles(reading: RuleFiles) -> Faults:
    """No cause is, by way of others, its own consequence."""
    causes = reading.content["causes"]
    graph = _graph({id: card["leads_to"] for id, card in causes.items()})
    for circle in _circles(graph):
        yield Fault(
            reading.where("cause", circle[0], "leads_to"),
            f"these causes lead to one another in a circle: {', '.join(circle)}.",
            "roots before consequences",
            "drop one leads_to",
        )


def _leading(reading: RuleFiles) -> Graph:
    return _graph({id: leads_to(check) for id, check in reading.content["checks"].items()})


def _graph(followers: Mapping[str, Sequence[str]]) -> Graph:
    """Return a graph of what leads to what, without names that do not exist."""
    graph: Graph = networkx.DiGraph()
    graph.add_nodes_from(followers)
    graph.add_edges_from(
        (id, other) for id, others in followers.items() for other in others if other in followers
    )
    return graph


def _circles(graph: Graph) -> list[list[str]]:
    """Return what leads to one another, each circle sorted."""
    loops = set(networkx.nodes_with_selfloops(graph))
    return [
        sorted(part)
        for part in networkx.strongly_connected_components(graph)
        if len(part) > 1 or part & loops
    ]


def unreached(reading: RuleFiles) -> Faults:
    """Every stage has a file, and some walk reaches every check."""
    checks, stages = reading.content["checks"], reading.content["stages"]
    graph = _leading(reading)
    starts = {id for head in stages.values() for id in head["start"] if head["entry"]}
    reached = starts.union(*(networkx.descendants(graph, id) for id in starts))
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


def dead_ends(reading: RuleFiles) -> Faults:
    """Not knowing is not an answer: where a branch leads on, an unobserved symptom leads on too."""
    for id, check in reading.content["checks"].items():
        onward = [branch for branch in check["branches"] if branch.get("then")]
        if onward and not check["then"] and check.get("unknown") is None:
            what = f"`{id}` leads nowhere when its symptom is not observed."
            yield Fault(reading.where("check", id), what, "then or unknown")


def unsupported(reading: RuleFiles) -> Faults:
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
