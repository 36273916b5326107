"""The compiled decision graph as a networkx graph, for analysis and drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx

if TYPE_CHECKING:
    from mldx.knowledge.compiled import CompiledGraph


def as_networkx(compiled: CompiledGraph) -> networkx.MultiDiGraph[str]:
    """Return a node for each check (with its `stage`), an edge for each branch (`branch` its
    number, or "unknown").
    """
    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    nodes = compiled.checks
    for node in nodes:
        graph.add_node(node.id, stage=node.stage)
    for node in nodes:
        for index, way in enumerate(node.branches):
            graph.add_edges_from(
                (node.id, nodes[other].id, {"branch": index}) for other in way.then
            )
        graph.add_edges_from(
            (node.id, nodes[other].id, {"branch": "unknown"}) for other in node.unknown
        )
    return graph
