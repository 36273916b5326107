"""`mldx rules`: check the rules, read them, test them, compare two versions of them."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "check": "Check the rules as a compiler would.",
    "list": "List checks, causes, symptoms, sources or cases.",
    "show": "Show a cause, check, symptom, source or case with everything around it.",
    "test": "Run the worked cases through the rules.",
    "diff": "Tell which cases two versions of the rules judge differently.",
}


class Lazy(click.Group):
    """A group whose commands live in modules of their own: `mldx.cli.rules.NAME_`, function `command`."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the commands in the order a user needs them."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import one command."""
        if name not in COMMANDS:
            return None
        found: click.Command = import_module(f"mldx.cli.rules.{name}_").command
        return found

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Lazy)
def command() -> None:
    """Check, read, test and compare the rules."""
