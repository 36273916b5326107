"""A group that imports a command when it is called, so that `--help` is quick."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose commands live in modules of their own, each in a function `command`.

    known   what each command does, in the order a user needs them
    module  the module of a command, `{}` in place of its name
    """

    def __init__(
        self, *arguments: Any, known: Mapping[str, str], module: str, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.known, self.module = known, module

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the commands in the order a user needs them."""
        return list(self.known)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in self.known:
            return None
        found: click.Command = import_module(self.module.format(name)).command
        return found

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.known.items()))
