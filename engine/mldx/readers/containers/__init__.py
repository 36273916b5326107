"""Unpack what logs are kept in, before any reader looks at them.

    run.csv.gz                      the log in it
    logs.zip, logs.tar.xz           every member that may be a log
    train.ipynb                     the output of every cell
    README.md, report.html          every table and every fenced block
    a log with a table in it        the table
    a log with objects in its lines the objects, as rows
    a log that ends with lists      the lists
    a log with merge-conflict marks each side of them

A container is known by its content. What is none is its own only part. Containers may hold others;
how much comes out of them is bounded, so that an archive made to fill the memory is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from mldx.readers.containers import archives, documents, notebook
from mldx.readers.faults import unreadable
from mldx.readers.normalise import is_text
from mldx.readers.source import LogSource

_DEEPEST = 4
# Each returns the parts of a container of its kind, or None when the source is no such container.
_Unpack = Callable[[LogSource], list[LogSource] | None]
_OF_TEXT: tuple[_Unpack, ...] = (
    documents.conflict_parts,
    notebook.parts,
    documents.markdown_parts,
    documents.html_parts,
    documents.rows_parts,
    documents.table_parts,
    documents.lists_parts,
)


def unpacked(source: LogSource, depth: int = 0) -> list[LogSource]:
    """Return the logs in a source, `[source]` when it is no container.

    raises   UnreadableRun for an archive that is damaged, too large, locked, or nested too deep
    """
    if depth > _DEEPEST:
        raise unreadable(source.origin, "archives are nested too deep in it.", "the log itself")
    found = None if source.fallback else _parts(source)
    if found is None:
        return [source]
    return [inner for part in found for inner in unpacked(part, depth + 1)]


def _parts(source: LogSource) -> list[LogSource] | None:
    found = archives.parts(source)
    if found is not None or not is_text(source.head):
        return found
    parts = (unpack(source) for unpack in _OF_TEXT)
    return next((some for some in parts if some is not None), None)
