"""`mldx rules show`: one card with everything around it, collected from the whole graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from mldx.cli.rules import options
from mldx.cli.rules.page import Page
from mldx.knowledge import KnowledgeBase, links, load
from mldx.knowledge.analysis.reach import Witness
from mldx.knowledge.cards import HEALTHY, SCOPES, Cause, Confirmation, Scope, Task
from mldx.knowledge.compiled import CompiledBranch, CompiledCheck
from mldx.knowledge.wording import phrase
from mldx.symptoms import LEVELS, Spec


@click.command()
@click.argument("id", required=False)
@click.option(
    "--case",
    "case",
    metavar="ID",
    help="Show a worked case: what it shows, the walk, causes, actions.",
)
@options.rules
@options.extend
def command(
    id: str | None, case: str | None, folder: Path | None, extend: tuple[Path, ...]
) -> None:
    """Show what ID is: a cause, a check, a symptom, a source; or a worked case. What has several
    meanings shows all.
    """
    base = load(folder, extend)
    if case is not None:
        from mldx.cli.rules.case import show

        show(Page(), case, base, folder, extend)
    elif id is not None:
        _show(Page(), id, base, folder, extend)
    else:
        raise click.UsageError("name an ID, or a case by --case ID")


def _show(
    page: Page, id: str, base: KnowledgeBase, folder: Path | None, extend: tuple[Path, ...]
) -> None:
    parts = [show for known, show in _kinds(base) if id in known]
    for index, show in enumerate(parts):
        if index:
            page.text("")
        show(page, base, id)
    if not parts:
        _case(page, id, base, folder, extend)


def _case(
    page: Page, id: str, base: KnowledgeBase, folder: Path | None, extend: tuple[Path, ...]
) -> None:
    """Show a case, or say that nothing has this id."""
    from mldx.cli.rules.case import show

    known = [case.id for case in options.cases(base, folder, extend)]
    if id not in known:
        ids = [*(name for names, _ in _kinds(base) for name in names), *known]
        raise options.unknown(id, "cause, check, symptom, source or case", ids)
    show(page, id, base, folder, extend)


Show = Callable[[Page, KnowledgeBase, str], None]


def _kinds(base: KnowledgeBase) -> list[tuple[Iterable[str], Show]]:
    symptoms = {**base.specs, **base.paths}
    return [
        (base.causes, cause),
        (base.checks, check),
        (symptoms, symptom),
        (base.sources, source),
    ]


def cause(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a cause: its card, what points to it and away from it, its roots and consequences, its
    sources.
    """
    card = base.causes[id]
    page.title(
        f"{id}: {card.title}",
        "cause, a fact to know and not a fault" if card.benign else "cause",
    )
    page.text(card.meaning)
    page.table(_facts(base, id, card))
    pointers = links.pointers(base, id)
    _pointers(page, base, "Points to it", [one for one in pointers if one.db > 0])
    _pointers(page, base, "Points away from it", [one for one in reversed(pointers) if one.db < 0])
    page.heading("Confirm")
    _task(page, card.confirm)
    page.text(f"Expect: {card.confirm.expect}", 2)
    page.heading("Fix")
    for task in card.fix:
        _task(page, task)
    page.heading("Mistaken for")
    page.table(card.mistaken_for.items())
    page.heading("Sources")
    page.table([(key, links.cited(base, key, note)) for key, note in card.sources.items()])


def _facts(base: KnowledgeBase, id: str, card: Cause) -> list[tuple[str, str]]:
    prior = card.prior
    domains = ", ".join(f"{name} x{factor:g}" for name, factor in prior.domains.items())
    among = f"; {domains}" if domains else ""
    rows = {
        "stage": card.stage,
        "prior": f"{prior.weight:g} of 1000 failing runs{among}. {prior.basis}",
        "only for": _scope(card.applies_to),
        "never for": _scope(card.not_for),
        "leads to": ", ".join(card.leads_to),
        "comes from": ", ".join(base.roots.get(id, ())),
        "at most": str(_raised(base, id)),
    }
    return [(name, text) for name, text in rows.items() if text]


def _raised(base: KnowledgeBase, id: str) -> Witness:
    """Return the answers that raise a cause the most that was found."""
    from mldx.cli.rules.judge import judge
    from mldx.knowledge.analysis.reach import Reachability

    return Reachability(base).witness(id, judge(base), 1.0)


def _scope(scope: Scope | None) -> str:
    words = {name: getattr(scope, name) for name in SCOPES if scope}
    return "; ".join(
        f"{name.replace('_', ' ')} {', '.join(names)}" for name, names in words.items() if names
    )


def _pointers(page: Page, base: KnowledgeBase, head: str, pointers: list[links.Pointer]) -> None:
    page.heading(f"{head}: {len(pointers)}")
    rows = [
        (_db(one.db), one.check, phrase(one.when, one.symptom), base.checks[one.check].question)
        for one in pointers
    ]
    if rows:
        page.table(rows)


def _db(weight: float) -> str:
    return f"{weight:+g} dB"


def _task(page: Page, task: Task | Confirmation) -> None:
    page.text(f"{task.do} ({task.minutes:g} min)", 2)


def check(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a check: its question and help, its branches in words, where each leads, and who leads
    here.
    """
    card, compiled = base.checks[id], base.compiled.by_id[id]
    page.title(f"{id}: {card.question}", "check")
    page.text(card.help)
    rows = {
        "asks": f"{compiled.path} ({base.paths[compiled.path].text})",
        "stage": compiled.stage,
        "minutes": f"{compiled.minutes:g}",
        "family": compiled.family if compiled.family != compiled.symptom else "",
        "only for": _scope(card.applies_to),
        "reached from": ", ".join(links.leading(base, id)),
    }
    page.table([(name, text) for name, text in rows.items() if text])
    for branch in compiled.branches:
        page.heading(_answer(base, compiled, branch))
        page.table(
            [
                (_db(db), cause, _title(base, cause))
                for cause, db in sorted(branch.points_to.items(), key=lambda item: -item[1])
            ]
            or [("says nothing",)]
        )
    page.heading(f"not known → {_goes(base, compiled.unknown)}")


def _answer(base: KnowledgeBase, check: CompiledCheck, branch: CompiledBranch) -> str:
    return f"{phrase(branch.when, check.path)} → {_goes(base, branch.then)}"


def _goes(base: KnowledgeBase, numbers: tuple[int, ...]) -> str:
    return ", ".join(links.followers(base, numbers)) or "the walk ends here"


def _title(base: KnowledgeBase, cause: str) -> str:
    return "nothing is wrong" if cause == HEALTHY else base.causes[cause].title


def symptom(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a symptom: what it may hold, its levels and thresholds, and the checks that ask or
    compare it.
    """
    spec = base.specs[id] if id in base.specs else base.paths[id]
    asked, compared = links.asking(base, spec.path)
    page.title(f"{spec.path}: {spec.text}", "setup fact" if spec.kind == "fact" else "symptom")
    rows = {
        "takes": _takes(base, spec),
        "asked by": ", ".join(asked),
        "compared by": ", ".join(compared),
    }
    page.table([(name, text) for name, text in rows.items() if text])
    if spec.id in base.levels:
        levels = base.levels[spec.id]
        page.heading("Levels begin at")
        page.table(
            [
                *((level, f"{getattr(levels, level):g}") for level in LEVELS),
                ("source", levels.source),
            ]
        )
    if spec.id in base.thresholds:
        page.heading("Measured by")
        page.table(
            [
                (f"{spec.id}.{name}", f"{one.value:g} {one.unit}", one.source)
                for name, one in base.thresholds[spec.id].items()
            ]
        )


def _takes(base: KnowledgeBase, spec: Spec) -> str:
    """Say what a symptom may hold; a number without levels takes no words for them."""
    if spec.kind == "number" and spec.path not in base.scales:
        return ", or one of ".join(
            filter(None, (spec.expected.split(", or one of ")[0], ", ".join(spec.words)))
        )
    return "" if spec.kind == "fact" else spec.expected


def source(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a source and the cards that cite it."""
    cited = base.sources[id]
    page.title(f"{id}: {cited.text}", "source" if cited.verified else "source, not verified")
    page.text(cited.url)
    page.table([("cited by", ", ".join(links.citing(base)[id]) or "no card")])
