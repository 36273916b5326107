"""Statements of DOT: the document, nodes, edges, and how an edge looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldx.flowchart import style


def document(label: str, body: Sequence[str], **attributes: str) -> str:
    """Return a digraph with our defaults."""
    given = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    font = f'fontname="{style.FONT}" fontcolor="{style.INK}" fontsize="{style.SIZE}"'
    paper = f'bgcolor="{style.PAPER}" pad="0.25" labelloc="t" labeljust="l"'
    faint = f'color="{style.FAINT}" arrowsize="0.7" penwidth="1.2"'
    return "\n".join(
        [
            "digraph mldx {",
            f"  graph [{given} {font} {paper} label=<{label}>]",
            f'  node [shape="plain" {font}]',
            f'  edge [{font} fontsize="{style.SIZE}" {faint}]',
            *(f"  {line}" for line in body),
            "}",
            "",
        ]
    )


def quoted(id: str) -> str:
    """Return a name as DOT writes it."""
    return '"' + id.replace("\\", "\\\\").replace('"', '\\"') + '"'


def node(id: str, label: str) -> str:
    """Return a node with an HTML-like label."""
    return f"{quoted(id)} [label=<{label}>]"


def together(ids: Iterable[str]) -> str:
    """Return nodes as one rank."""
    return "{rank=same; " + "; ".join(map(quoted, ids)) + "}"


def edge(tail: str, head: str, label: str = "", **attributes: str) -> str:
    """Return an edge; an end may carry a port behind a colon ("check:row:e"), the edge an HTML-like
    label.
    """
    given = " ".join(f'{name}="{value}"' for name, value in attributes.items() if value)
    given += f" label=<{label}>" if label else ""
    ends = " -> ".join(":".join(map(quoted, end.split(":"))) for end in (tail, head))
    return f"{ends} [{given}]"


def shade(walking: bool, gone: bool, stops: bool = False) -> dict[str, str]:
    """Return the look of an edge: thick where the walk went, pale where it did not, red where a
    gate stops.
    """
    if walking and gone:
        return {"color": style.STOP if stops else style.INK, "penwidth": "2.6"}
    if walking:
        return {"color": style.LINE}
    return {"color": style.STOP, "penwidth": "1.6"} if stops else {}
