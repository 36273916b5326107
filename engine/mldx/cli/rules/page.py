"""A page of headings, sentences and tables: with rich on a terminal, and as plain lines where it is
piped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


class Page:
    """Prints one part after another. Plain lines are never wrapped or cut, so that they can be
    searched.
    """

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.rich = self.console.is_terminal

    def title(self, text: str, beside: str = "") -> None:
        """Print what the page is about."""
        if self.rich:
            self.console.print(Text.assemble((text, "bold"), f"  {beside}" if beside else ""))
        else:
            click.echo(f"{text}  {beside}".rstrip())

    def heading(self, text: str) -> None:
        """Print the head of a part."""
        if self.rich:
            self.console.print(Text(f"\n{text}", style="bold cyan"))
        else:
            click.echo(f"\n{text}")

    def text(self, text: str, indent: int = 0) -> None:
        """Print a sentence."""
        if self.rich:
            self.console.print(Padding(Text(text), (0, 0, 0, indent)))
        else:
            click.echo(" " * indent + text)

    def table(
        self, rows: Iterable[Sequence[str]], head: Sequence[str] = (), indent: int = 2
    ) -> None:
        """Print rows in columns; the last column takes the room that is left."""
        held = [tuple(row) for row in rows]
        if self.rich:
            self.console.print(Padding(_grid(held, head), (0, 0, 0, indent)))
        else:
            for row in _columns([tuple(head), *held] if head else held):
                click.echo((" " * indent + row).rstrip())


def _grid(rows: Sequence[Sequence[str]], head: Sequence[str]) -> Table:
    grid = Table(
        box=None, show_header=bool(head), header_style="bold", pad_edge=False, padding=(0, 2, 0, 0)
    )
    width = len(rows[0]) if rows else len(head)
    for index in range(width):
        last = index == width - 1
        grid.add_column(
            head[index] if head else "",
            overflow="fold",
            no_wrap=not last,
            ratio=1 if last else None,
        )
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    return grid


def _columns(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
