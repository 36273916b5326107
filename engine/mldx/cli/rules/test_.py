"""`mldx rules test`: the worked cases, what of the rules they reach, and whether they notice a rule
that is broken.

Exit code 0 when every case passes, 1 when one fails, 2 when the rules or the cases are bad.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from mldx.cli.rules import options
from mldx.knowledge import KnowledgeBase, load
from mldx.knowledge.loader import reading
from mldx.knowledge.read import RuleFiles
from mldx.lab.case import Case
from mldx.lab.coverage import Coverage
from mldx.lab.running import CaseResult, run_all


@click.command()
@options.folder
@options.extend
@click.option(
    "--coverage",
    is_flag=True,
    help="Say which checks, answers, causes and syndromes the cases reach.",
)
@click.option(
    "--mutate", is_flag=True, help="Break each rule in turn, and say which breaks no case notices."
)
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --mutate: so many mutants, drawn at random.",
)
@click.option("--seed", type=int, default=0, help="With --sample: the seed.")
@options.as_json
def command(
    folder: Path | None,
    extend: tuple[Path, ...],
    coverage: bool,
    mutate: bool,
    sample: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Run the worked cases of DIR (by default the shipped ones) through its rules."""
    base = load(folder, extend)
    held = options.cases(base, folder, extend)
    results = run_all(held, base)
    if as_json:
        click.echo(
            json.dumps([_document(result) for result in results], indent=2, ensure_ascii=False)
        )
    else:
        _print(results)
        if coverage:
            click.echo(str(Coverage.of(results, base)))
        if mutate:
            click.echo(_mutants(held, base, sample, seed, reading(folder, extend)))
    return int(any(not result.passed for result in results))


def _print(results: list[CaseResult]) -> None:
    failed = [result for result in results if not result.passed]
    for result in failed:
        click.echo(str(result))
    click.echo(f"{len(results) - len(failed)} of {len(results)} cases passed")


def _document(result: CaseResult) -> dict[str, object]:
    return {
        "id": result.case.id,
        "where": str(result.case.where),
        "passed": result.passed,
        "misses": list(result.misses),
        "shows": list(result.shown),
        "causes": [
            {"id": cause, "probability": round(share, 4)} for cause, share in result.ranking
        ],
    }


def _mutants(
    held: list[Case], base: KnowledgeBase, sample: int | None, seed: int, places: RuleFiles
) -> str:
    from mldx.lab import mutate

    return str(mutate.score(held, base, sample, seed, places))
