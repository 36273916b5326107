"""`mldx rules list`: what there is, one line each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from mldx.cli.rules import options
from mldx.cli.rules.page import Page
from mldx.knowledge import KnowledgeBase, links, load
from mldx.knowledge.parse_text import FACT_ALIASES, takes_flag, takes_number
from mldx.symptoms import Spec

Rows = Iterable[tuple[str, ...]]


@click.command()
@click.argument(
    "kind",
    required=False,
    type=click.Choice(["checks", "causes", "syndromes", "facts", "sources", "cases"]),
)
@options.rules
@options.extend
@options.as_json
def command(kind: str | None, folder: Path | None, extend: tuple[Path, ...], as_json: bool) -> None:
    """List checks, causes, syndromes, facts of the setup, sources or cases; without a kind, how
    many there are of each.
    """
    base = load(folder, extend)
    head, rows = (
        _KINDS[kind](base, folder, extend)
        if kind
        else (("kind", "number"), _counts(base, folder, extend))
    )
    held = list(rows)
    if as_json:
        click.echo(
            json.dumps(
                [dict(zip(head, row, strict=True)) for row in held], indent=2, ensure_ascii=False
            )
        )
    elif held:
        Page().table(held, head, indent=0)


Listing = Callable[[KnowledgeBase, Path | None, tuple[Path, ...]], tuple[tuple[str, ...], Rows]]


def _counts(base: KnowledgeBase, folder: Path | None, extend: tuple[Path, ...]) -> Rows:
    return [
        (kind, str(len(list(listing(base, folder, extend)[1])))) for kind, listing in _KINDS.items()
    ]


def checks(base: KnowledgeBase, *_: Any) -> tuple[tuple[str, ...], Rows]:
    """Every check in walking order."""
    rows = (
        (id, card.stage, card.section, card.kind, f"{card.minutes:g}", card.asks)
        for id, card in base.checks.items()
    )
    return ("id", "stage", "section", "kind", "minutes", "asks"), rows


def causes(base: KnowledgeBase, *_: Any) -> tuple[tuple[str, ...], Rows]:
    """Every cause, stage by stage; the prior is failing runs of 1000."""
    rows = (
        (id, card.stage, f"{card.prior.weight:g}", card.title) for id, card in base.causes.items()
    )
    return ("id", "stage", "prior", "title"), rows


def syndromes(base: KnowledgeBase, *_: Any) -> tuple[tuple[str, ...], Rows]:
    """Every syndrome in the order in which they are reported, and how many causes show as it."""
    rows = (
        (id, str(sum(id in one.shows_as for one in base.causes.values())), card.title)
        for id, card in base.syndromes.items()
    )
    return ("id", "causes", "title"), rows


def facts(base: KnowledgeBase, *_: Any) -> tuple[tuple[str, ...], Rows]:
    """Every fact that `--set` takes: what it may be, and what else it may be called."""
    rows = (
        (spec.id, _values(spec, base), ", ".join(FACT_ALIASES.get(spec.id, ())), spec.text)
        for spec in base.specs.values()
        if spec.kind == "fact"
    )
    return ("id", "values", "also called", "text"), rows


def _values(spec: Spec, base: KnowledgeBase) -> str:
    """Say what a fact may be: a word of the vocabulary, a number, yes or no."""
    words = list(base.vocabulary.get(spec.id, ()))
    if takes_flag(spec):
        words.append("yes or no")
    if takes_number(spec):
        words.append("a number")
    return ", ".join(words) or "numbers"


def sources(base: KnowledgeBase, *_: Any) -> tuple[tuple[str, ...], Rows]:
    """Every source, and how many cards cite it."""
    cited = links.citing(base)
    rows = (
        (
            key,
            "verified" if source.verified else "unverified",
            str(len(cited[key])),
            source.text,
        )
        for key, source in base.sources.items()
    )
    return ("id", "verified", "cards", "text"), rows


def cases(
    base: KnowledgeBase, folder: Path | None, extend: tuple[Path, ...]
) -> tuple[tuple[str, ...], Rows]:
    """Every worked case, and what it claims."""
    rows = (
        (case.id, case.card.claims, case.card.tells) for case in options.cases(base, folder, extend)
    )
    return ("id", "claims", "tells"), rows


_KINDS: dict[str, Listing] = {
    "checks": checks,
    "causes": causes,
    "syndromes": syndromes,
    "facts": facts,
    "sources": sources,
    "cases": cases,
}
