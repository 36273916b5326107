"""`mldx rules check`: the rules checked as a compiler would check them.

Exit code 0 when there are no errors (warnings are told), 2 when there are. What breaks a diagnosis
is an error; what merely wastes the reader's time, or an expert's, is a warning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from mldx.cli.rules import options
from mldx.cli.rules.judge import judge
from mldx.cli.rules.page import Page
from mldx.errors import Fault
from mldx.knowledge import KnowledgeBase, links
from mldx.knowledge.analysis import Diagnostic, analyse, in_order, reach
from mldx.knowledge.loader import reading
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.wording import words


@click.command()
@options.folder
@options.extend
@click.option(
    "--sources", is_flag=True, help="List every source: is it verified, and how many cards cite it?"
)
@click.option(
    "--witnesses",
    is_flag=True,
    help="For every cause, show answers that raise it above the reporting line.",
)
@options.as_json
def command(
    folder: Path | None, extend: tuple[Path, ...], sources: bool, witnesses: bool, as_json: bool
) -> int:
    """Check the rules in DIR (by default the shipped ones); errors end with exit code 2, warnings
    are told.
    """
    read = reading(folder, extend)
    remarks = found(read)
    sound = not any(remark.level == "error" and remark.kind not in LATER for remark in remarks)
    base = read.compiled() if sound else None
    if as_json:
        click.echo(
            json.dumps(document(read, remarks, base, witnesses), indent=2, ensure_ascii=False)
        )
    else:
        _print(read, remarks, base, sources, witnesses)
    return 2 if any(remark.level == "error" for remark in remarks) else 0


LATER = ("unsupported", "unraisable")


def found(read: RuleFiles) -> list[Diagnostic]:
    """Return every remark, the checks that no case reaches among them where there are cases."""
    refused = analyse(read) if read.faults else None
    if refused:
        return refused
    remarks = analyse(read, _lazily(read))
    if any(remark.level == "error" and remark.kind not in LATER for remark in remarks):
        return remarks
    return in_order(
        [
            *remarks,
            *(
                Diagnostic("warning", "unreached", fault)
                for fault in unreached(read, read.compiled())
            ),
        ]
    )


def _lazily(read: RuleFiles) -> reach.Judge:
    """Return the judge of rules that may turn out too faulty to be compiled: it is made when it is
    first asked.
    """
    made: list[reach.Judge] = []

    def judged(answers: Any) -> Any:
        if not made:
            made.append(judge(read.compiled()))
        return made[0](answers)

    return judged


def unreached(read: RuleFiles, base: KnowledgeBase) -> list[Fault]:
    """Return a fault for every check that no worked case of the folders answers; none where there
    are no cases.
    """
    from mldx.lab.running import run_all

    held = options.cases(base, read.folder, read.extend)
    reached = {check for result in run_all(held, base) for check, _ in result.taken}
    return [
        Fault(
            read.where("check", id),
            f"no case reaches `{id}`.",
            "a case in cases.yaml that answers it",
            f"tell a run with `answers: {{{id}: ...}}`",
        )
        for id in base.compiled.by_id
        if held and id not in reached
    ]


def document(
    read: RuleFiles, remarks: Sequence[Diagnostic], base: KnowledgeBase | None, witnesses: bool
) -> dict[str, Any]:
    """Return what the check found, as JSON tells it."""
    told: dict[str, Any] = {
        "rules": str(read.folder),
        "extend": [str(place) for place in read.extend],
        "errors": sum(remark.level == "error" for remark in remarks),
        "warnings": sum(remark.level == "warning" for remark in remarks),
        "remarks": [_remark(remark) for remark in remarks],
    }
    if base is not None:
        told["sources"] = [dict(zip(SOURCE, row, strict=True)) for row in source_rows(base)]
        told["only_own"] = links.only_own(base)
    if base is not None and witnesses:
        told["witnesses"] = {
            one.cause: {"probability": round(one.probability, 4), "answers": dict(one.answers)}
            for one in _witnesses(base)
        }
    return told


def _remark(remark: Diagnostic) -> dict[str, Any]:
    fault = remark.fault
    return {
        "level": remark.level, "kind": remark.kind, "where": str(fault.where), "what": fault.what,
        "expected": fault.expected, "help": fault.help,
    }  # fmt: skip


def _print(
    read: RuleFiles,
    remarks: Sequence[Diagnostic],
    base: KnowledgeBase | None,
    sources: bool,
    witnesses: bool,
) -> None:
    for remark in remarks:
        click.echo(str(remark))
    if base is not None and sources:
        _print_sources(base)
    if base is not None and witnesses:
        _print_witnesses(base)
    click.echo(_summary(read, remarks))


def _summary(read: RuleFiles, remarks: Sequence[Diagnostic]) -> str:
    counts = ", ".join(
        f"{len(read.content[kind])} {kind}" for kind in ("checks", "causes", "syndromes", "sources")
    )
    errors, warnings = (
        sum(remark.level == level for remark in remarks) for level in ("error", "warning")
    )
    told = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((errors, "error"), (warnings, "warning"))
        if number
    ]
    return f"{read.folder}: {', '.join(told) or 'no faults'} ({counts})"


SOURCE = ("key", "verified", "cards", "text", "url")


def source_rows(base: KnowledgeBase) -> list[tuple[str, bool, int, str, str]]:
    """Return (key, verified, cards that cite it, text, url) of every source, the unverified ones
    first.
    """
    cited = links.citing(base)
    rows = [
        (key, source.verified, len(cited[key]), source.text, source.url)
        for key, source in base.sources.items()
    ]
    return sorted(rows, key=lambda row: row[1])


def _print_sources(base: KnowledgeBase) -> None:
    page = Page()
    rows = [
        (key, "verified" if verified else "UNVERIFIED", str(cards), text)
        for key, verified, cards, text, _ in source_rows(base)
    ]
    page.heading(
        f"Sources: {sum(row[1] == 'UNVERIFIED' for row in rows)} of {len(rows)} unverified"
    )
    page.table(rows, ("key", "", "cards", "text"))
    own = links.only_own(base)
    page.heading(f"Cards that rest on our own judgement alone: {len(own)}")
    page.text(", ".join(own) or "none", 2)


def _print_witnesses(base: KnowledgeBase) -> None:
    page = Page()
    page.heading("Answers that raise each cause")
    page.table(
        [(one.cause, f"{one.probability:.0%}", _said(one.answers)) for one in _witnesses(base)]
    )


def _said(answers: Mapping[str, Any]) -> str:
    return ", ".join(f"{id} {words(answer)}" for id, answer in answers.items())


def _witnesses(base: KnowledgeBase) -> list[reach.Witness]:
    line = base.threshold("diagnosis.reporting_line")
    return list(reach.witnesses(base, judge(base), line).values())
