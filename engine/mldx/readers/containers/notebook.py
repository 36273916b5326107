"""Jupyter notebooks: what the cells printed.

A cell that trains is a run of its own. Its curve stands in a table of HTML (the Hugging Face
Trainer and fastai draw one) or in what was printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mldx.readers.containers.tables import as_csv, html_tables, is_curve
from mldx.readers.faults import unreadable
from mldx.readers.source import LogSource

_KEYS = ('"cells"', '"nbformat"')
_PRINTED = "text/plain"
_HTML = "text/html"
_RICH_REPR = "<IPython.core.display"


def parts(source: LogSource) -> list[LogSource] | None:
    """Return the outputs of a notebook's cells, None when the source is no notebook.

    raises   UnreadableRun when no cell has an output
    """
    document = source.document if any(key in source.sample for key in _KEYS) else None
    if not isinstance(document, dict) or "nbformat" not in document:
        return None
    cells = _numbered(_cells(document))
    found = [part for number, cell in cells for part in _of_cell(source, number, cell)]
    if not found:
        what = "it is a notebook in which no cell has printed anything."
        help = "run the cells and save the notebook with its outputs"
        raise unreadable(source.origin, what, "a notebook with outputs", help)
    return found


def _cells(notebook: Mapping[str, Any]) -> list[object]:
    """Return the cells; before version 4 they stood in worksheets."""
    sheets = notebook.get("worksheets") or [notebook]
    cells = (sheet.get("cells") for sheet in sheets if isinstance(sheet, dict))
    return [cell for some in cells if isinstance(some, list) for cell in some]


def _numbered(cells: Iterable[object]) -> list[tuple[int, Mapping[str, Any]]]:
    """Number the code cells as Jupyter shows them, `[7]`, if it does; else by their place."""
    code = [
        (place, cell)
        for place, cell in enumerate(cells, 1)
        if isinstance(cell, dict) and cell.get("outputs")
    ]
    shown = [cell.get("execution_count") for _, cell in code]
    told = all(isinstance(one, int) for one in shown) and len(set(shown)) == len(shown)
    return [(cell["execution_count"] if told else place, cell) for place, cell in code]


def _of_cell(source: LogSource, number: int, cell: Mapping[str, Any]) -> list[LogSource]:
    outputs = [one for one in _listed(cell["outputs"]) if isinstance(one, dict)]
    texts = _curves(outputs) or [text for text in ["".join(map(_text, outputs))] if text.strip()]
    several = len(texts) > 1
    return [
        source.part(
            text.encode("utf-8", "replace"),
            f"cell {number}, table {place}" if several else f"cell {number}",
            f"output of cell {number}",
        )
        for place, text in enumerate(texts, 1)
    ]


def _listed(outputs: object) -> list[object]:
    return outputs if isinstance(outputs, list) else []


def _curves(outputs: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the tables of HTML that hold a curve, as CSV."""
    pages = (_data(output, _HTML) for output in outputs)
    return [as_csv(rows) for page in pages for rows in html_tables(page) if is_curve(rows)]


def _text(output: Mapping[str, Any]) -> str:
    if "text" in output:
        return _joined(output.get("text"))
    if output.get("output_type") == "error":
        return "\n".join((str(output.get("ename")), str(output.get("evalue")))) + "\n"
    text = _data(output, _PRINTED)
    return "" if not text or text.startswith(_RICH_REPR) else text.removesuffix("\n") + "\n"


def _data(output: Mapping[str, Any], kind: str) -> str:
    data = output.get("data")
    return _joined(data.get(kind)) if isinstance(data, dict) else ""


def _joined(text: object) -> str:
    """Return a text of nbformat, which may be a list of lines."""
    if isinstance(text, list):
        return "".join(map(str, text))
    return text if isinstance(text, str) else ""
