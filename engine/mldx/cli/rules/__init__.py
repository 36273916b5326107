"""`mldx rules`: check the rules, read them, test them, compare two versions of them."""

from __future__ import annotations

import click

from mldx.cli.lazy import LazyGroup

COMMANDS = {
    "check": "Check the rules as a compiler would.",
    "list": "List checks, causes, syndromes, facts, sources or cases.",
    "show": "Show a cause, check, syndrome, source or case with everything around it.",
    "test": "Run the worked cases through the rules.",
    "calibrate": "Fit the stated probabilities on runs whose cause is known.",
    "diff": "Tell which cases two versions of the rules judge differently.",
    "schema": "Print or write the JSON schemas of the rule files, for editors.",
}


@click.command(cls=LazyGroup, known=COMMANDS, module="mldx.cli.rules.{}_")
def command() -> None:
    """Check, read, test and compare the rules."""
