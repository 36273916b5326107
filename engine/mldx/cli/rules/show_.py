"""`mldx rules show`: one card with everything around it, the numbers of all checks in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from mldx.cli.rules import options
from mldx.cli.rules.page import Page
from mldx.knowledge import KnowledgeBase, links, load
from mldx.knowledge.analysis.base_rates import implied
from mldx.knowledge.cards import SCOPES, Answer, Cause, Check, Confirmation, Scope, Task
from mldx.knowledge.frequencies import FrequencyTable, Row
from mldx.knowledge.wording import phrase, words
from mldx.symptoms import Spec


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
    """Show what ID is: a cause, a check, a syndrome, a fact, a source; or a worked case. What has
    several meanings shows all.
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
        raise options.unknown(id, "cause, check, syndrome, fact, source or case", ids)
    show(page, id, base, folder, extend)


Show = Callable[[Page, KnowledgeBase, str], None]


def _kinds(base: KnowledgeBase) -> list[tuple[Iterable[str], Show]]:
    facts = [id for id, spec in base.specs.items() if spec.kind == "fact" and id not in base.checks]
    return [
        (base.causes, cause),
        (base.checks, check),
        (base.syndromes, syndrome),
        (facts, fact),
        (base.sources, source),
    ]


def cause(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a cause: its card, its rows from all checks, its roots and consequences, its sources."""
    card = base.causes[id]
    page.title(
        f"{id}: {card.title}",
        "cause, a fact to know and not a fault" if card.benign else "cause",
    )
    page.text(card.meaning)
    page.table(_facts(base, id, card))
    page.heading("Of 100 such runs (of 100 failing ones without it), and what that says")
    page.table(_rows(base, id) or [("no check has a row for it",)])
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
    raised = _raised(base, id)
    rows = {
        "stage": card.stage,
        "prior": f"{prior.weight:g} of 1000 failing runs{among}. {prior.basis}",
        "before": _before(base, id, card),
        "only for": _scope(card.applies_to),
        "never for": _scope(card.not_for),
        "shows as": ", ".join(card.shows_as),
        "leads to": ", ".join(card.leads_to),
        "comes from": ", ".join(base.roots.get(id, ())),
        "raised by": raised,
    }
    return [(name, text) for name, text in rows.items() if text]


def _before(base: KnowledgeBase, id: str, card: Cause) -> str:
    """Say how likely it is in its own field before anything is observed."""
    scope = card.applies_to
    field = {name: getattr(scope, name)[0] for name in SCOPES if scope and getattr(scope, name)}
    where = f" for {', '.join(field.values())}" if field else ""
    return f"{base.priors(field)[id]:.2%} of all runs that are looked at{where}"


def _raised(base: KnowledgeBase, id: str) -> str:
    """Say which answers raise a cause above the reporting line, or as far as they do."""
    from mldx.cli.rules.judge import judge
    from mldx.knowledge.analysis.reach import witness

    best = witness(base, id, judge(base), base.threshold("diagnosis.reporting_line"))
    told = ", ".join(f"{one} {words(answer)}" for one, answer in best.answers.items())
    return f"{told}: {best.probability:.0%}" if told else ""


def _rows(base: KnowledgeBase, id: str) -> list[tuple[str, ...]]:
    """Return the rows of a cause, those that say most first."""
    found = sorted(links.rows(base, id), key=lambda row: -max(map(abs, row.decibans)))
    return [(row.check, _where(row.given) + _answers(row)) for row in found]


def _where(given: str) -> str:
    return f"where {given}: " if given else ""


def _answers(row: links.CauseRow) -> str:
    """Say "never 58 (89) -1.8 dB, early 9 (3) +5.0 dB"; of a yes-or-no check only yes."""
    parts = zip(row.answers, row.row, row.usual, row.decibans, strict=True)
    told = [
        f"{answer} {_of_100(share)} ({_of_100(usual)}) {_db(db)}"
        for answer, share, usual, db in parts
    ]
    return ", ".join(told)


def _of_100(share: float) -> str:
    return f"{100 * share:.2g}" if share < 0.1 else f"{100 * share:.0f}"


def _db(weight: float) -> str:
    return f"{weight:+.1f} dB"


def _scope(scope: Scope | None) -> str:
    names = {name: getattr(scope, name) for name in SCOPES if scope}
    return "; ".join(
        f"{name.replace('_', ' ')} {', '.join(among)}" for name, among in names.items() if among
    )


def _task(page: Page, task: Task | Confirmation) -> None:
    page.text(f"{task.do} ({task.minutes:g} min)", 2)


def check(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a check: its question and help, its answers in words, and the rows of all causes."""
    card = base.checks[id]
    page.title(f"{id}: {card.asks}", "check")
    page.text(card.help)
    rows = {
        "observes": card.title,
        "takes": _takes(card),
        "stage": card.stage,
        "minutes": f"{card.minutes:g}",
        "family": card.family or "",
        "only for": _scope(card.only_for),
        "not asked": f"where {phrase(card.skip_if)}" if card.skip_if else "",
        "closes": _closes(card),
        "compared by": ", ".join(links.comparing(base, id)),
        "basis": card.basis,
    }
    page.table([(name, text) for name, text in rows.items() if text])
    if card.answers:
        page.heading("Answers")
        page.table([(one.id, _bound(card, one), one.say) for one in card.answers])
    for given, table in links.tables(card):
        page.heading(f"Of 100 runs, where {given}" if given else "Of 100 runs, and in dB")
        names = [words(answer) for answer in base.compiled.by_id[id].answers]
        page.table(_table(base, card, table), ("", *names))
    _measured_by(page, base, id)


def _takes(card: Check) -> str:
    if card.kind == "number":
        return f"a number in {card.low:g}..{card.high:g} {card.unit}".rstrip()
    return "yes or no" if card.kind == "flag" else "one of its answers"


def _bound(card: Check, answer: Answer) -> str:
    """Say where an answer of a number ends."""
    if answer.below is not None:
        return f"below {answer.below:g}"
    if answer.rest:
        return "any other"
    return "as a word" if card.kind == "number" and answer.word else ""


def _closes(card: Check) -> str:
    if card.gate is None:
        return ""
    answers = ", ".join(words(answer) for answer in card.gate.answers)
    return f"{', '.join(card.gate.closes)} when answered {answers}"


def _table(base: KnowledgeBase, card: Check, table: FrequencyTable) -> Iterator[tuple[str, ...]]:
    """Yield the usual row, what priors and rows imply of all failing runs, and each cause's row
    with its dB, the most telling first.
    """
    yield ("usual", *map(_of_100, table.usual))
    yield ("all failing runs", *map(_of_100, implied(base, card, table)))
    decibans = {cause: _decibans(table, cause) for cause in table.rows}
    for cause in sorted(table.rows, key=lambda one: -max(map(abs, decibans[one]))):
        cells = zip(table.rows[cause], decibans[cause], strict=True)
        yield (cause, *(f"{_of_100(share)} ({db:+.1f})" for share, db in cells))


def _decibans(table: FrequencyTable, cause: str) -> Row:
    return tuple(table.decibans(((answer, 1.0),))[cause] for answer in range(len(table.usual)))


def _measured_by(page: Page, base: KnowledgeBase, id: str) -> None:
    if id in base.thresholds:
        page.heading("Measured by")
        page.table(
            [
                (f"{id}.{name}", f"{one.value:g} {one.unit}", one.source)
                for name, one in base.thresholds[id].items()
            ]
        )


def syndrome(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a syndrome: by what it is recognized, what helps, what is asked, and what it may come
    from.
    """
    card = base.syndromes[id]
    page.title(f"{id}: {card.title}", "syndrome")
    page.text(f"{card.says}.")
    page.heading("Recognized by")
    page.table([(phrase(sign),) for sign in card.signs])
    page.heading("First aid")
    page.text(card.first_aid, 2)
    page.heading("Asks")
    page.table([(asked, _question(base, asked)) for asked in card.asks])
    page.heading("Comes from")
    shown = [(one.id, one.title) for one in base.causes.values() if id in one.shows_as]
    page.table(shown or [("no cause",)])
    if card.unless:
        page.heading("Said more exactly by")
        page.table([(other, base.syndromes[other].title) for other in card.unless])


def _question(base: KnowledgeBase, id: str) -> str:
    if id in base.checks:
        return base.checks[id].asks
    return base.facts[id].asks if id in base.facts else base.specs[id].text


def fact(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a setup fact: how it is asked for, and what compares it."""
    spec: Spec = base.specs[id]
    page.title(f"{id}: {_question(base, id)}", "setup fact")
    names: Any = base.vocabulary.get(id, {})
    rows = {"names": ", ".join(names), "compared by": ", ".join(links.comparing(base, spec.id))}
    page.table([(name, text) for name, text in rows.items() if text])


def source(page: Page, base: KnowledgeBase, id: str) -> None:
    """Show a source and the cards that cite it."""
    cited = base.sources[id]
    page.title(f"{id}: {cited.text}", "source" if cited.verified else "source, not verified")
    page.text(cited.url)
    page.table([("cited by", ", ".join(links.citing(base)[id]) or "no card")])
