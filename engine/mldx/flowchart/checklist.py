"""The rules as a checklist in Markdown, to follow by hand: stage by stage, a box for each question.

An item says the question, how to answer it, what to expect, and what the other answers point to. A
setup fact is a line to fill in; a gate says at which answers to stop. Questions that apply to some
runs only say so, and are left out where they cannot apply to the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from math import log10

from mldx.diagnosis import diagnose
from mldx.errors import Fault, InputError, nearest
from mldx.flowchart.cards import says, scope_words
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, STAGES, Scope
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.wording import listed, phrase, words
from mldx.report.markdown import escaped
from mldx.symptoms import Symptoms

DOMAINS = ("vision", "text", "timeseries", "tabular", "llm")
_BELONGS = {
    "detection": ("vision",),
    "segmentation": ("vision",),
    "gan": ("vision",),
    "diffusion": ("vision",),
    "representation": ("vision", "text"),
    "forecasting": ("timeseries",),
    "boosting": ("tabular", "timeseries"),
    "regression": ("vision", "text", "timeseries", "tabular"),
    "rl": ("llm",),
}
_HEAD = (
    "Task",
    "Data, and how it was split",
    "Metric that decides",
    "Baseline to beat",
    "Target",
    "Code and data version",
    "Date",
)
_SUSPECTS = 4
_CLEAR, _HINT = 3.0, 0.5  # dB


def short_checklist(knowledge: KnowledgeBase, domain: str | None = None) -> str:
    """Return the first ten minutes on one page: the questions that settle most per minute while
    nothing is known, in the order of the walk.

    raises   InputError, when there is no such domain
    """
    _known(domain)
    chosen = _first_questions(knowledge, domain)
    minutes = sum(one.minutes for one in chosen)
    parts = [
        f"# The first ten minutes with a training run{f': {domain}' if domain else ''}",
        f"{len(chosen)} questions, about {minutes:g} minutes. {_HANDBOOK}",
    ]
    for number, stage in enumerate(STAGES, 1):
        head = knowledge.stages[stage]
        items = [_brief(one, knowledge) for one in chosen if one.stage == stage]
        if items:
            parts.append(f"## {number}. {escaped(head.title)}: {escaped(head.question)}")
            parts.append("\n".join(items))
    parts.append(_AFTER)
    return "\n\n".join(parts) + "\n"


def _first_questions(knowledge: KnowledgeBase, domain: str | None) -> list[CompiledCheck]:
    """Return the checks worth most per minute that fit into ten, a few of each stage."""
    known = Symptoms() if domain is None else Symptoms.of(domain=domain)
    left = _SHORT_MINUTES
    room: dict[str, int] = dict.fromkeys(STAGES, _EACH_STAGE)
    kept = set()
    for one in diagnose(known, knowledge).open_questions:
        if room[one.stage] and one.minutes <= left:
            kept.add(one.check)
            room[one.stage] -= 1
            left -= one.minutes
    return [check for check in knowledge.compiled.checks if check.id in kept]


def _brief(check: CompiledCheck, knowledge: KnowledgeBase) -> str:
    """Return an item in three lines: the question, where to look, what the worst answer means."""
    lines = [
        f"- [ ] **{escaped(check.card.asks)}** ({words(check.minutes)} min)",
        f"  - How: {escaped(check.card.help)}",
    ]
    return "\n".join([*lines, *list(_meanings(check, knowledge, 2))[:1]])


_SHORT_MINUTES, _EACH_STAGE = 10.0, 3
_HANDBOOK = (
    "They are those that usually settle most. `mldx diagnose LOG` answers what a log shows; "
    "`mldx checklist` is the whole handbook."
)
_AFTER = (
    "Nothing found? Train on ten fixed samples, augmentation and regularization off: the loss has "
    "to go to almost 0. If it does not, the fault is in the code or the setup; if it does, look at "
    "50 samples with their labels."
)


def _known(domain: str | None) -> None:
    if domain is not None and domain not in DOMAINS:
        near = nearest(domain, DOMAINS)
        what = f"`{domain}` is not a domain of a checklist."
        help = f"write `{near}`" if near else ""
        raise InputError(Fault("domain", what, f"one of {', '.join(DOMAINS)}", help))


def checklist(knowledge: KnowledgeBase, domain: str | None = None) -> str:
    """Return the whole checklist, for any run or for the runs of one domain.

    raises   InputError, when there is no such domain
    """
    _known(domain)
    checks = [
        check
        for check in knowledge.compiled.checks
        if domain is None or _belongs(check.card.only_for, domain)
    ]
    parts = [
        f"# Checklist for a training run{f': {domain}' if domain else ''}",
        _INTRODUCTION,
        _table("", _HEAD),
        *_facts(knowledge, checks),
    ]
    for number, stage in enumerate(STAGES, 1):
        items = [check for check in checks if check.stage == stage and not _is_fact(check)]
        parts += _stage(number, stage, items, knowledge)
    parts.append(_FOUND)
    parts.append(f"Made from the rules, version `{knowledge.version}`.")
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = (
    "Go from the top to the bottom: each stage rules out sources of failure before the next one is "
    "asked. Tick what you have looked at, and write down what you saw. Where an answer points to a "
    "suspect, `mldx rules show ID` says how to confirm it and how to fix it."
)
_FOUND = (
    "## What was found\n\n"
    "| Seen | Suspect | Confirmed by | Fixed by |\n|---|---|---|---|\n| | | | |"
)


def _belongs(scope: Scope | None, domain: str) -> bool:
    """Can a check apply to runs of this domain?"""
    if scope is None:
        return True
    if scope.domain and domain not in scope.domain:
        return False
    special = (getattr(scope, field.name) for field in fields(scope) if field.name != "domain")
    return all(
        any(domain in _BELONGS.get(word, DOMAINS) for word in words_)
        for words_ in special
        if words_
    )


def _is_fact(check: CompiledCheck) -> bool:
    return check.card.section == "setup"


def _table(head: str, rows: Iterable[str]) -> str:
    return "\n".join([f"| {head} | |", "|---|---|", *(f"| {row} | |" for row in rows)])


def _facts(knowledge: KnowledgeBase, checks: Sequence[CompiledCheck]) -> Iterator[str]:
    """Yield the facts to fill in: those that are only noted, then those that are judged."""
    noted = [fact for id, fact in knowledge.facts.items() if id not in knowledge.checks]
    lines = [f"- [ ] **{words(fact.id)}** = ________ {escaped(fact.asks)}" for fact in noted]
    for check in filter(_is_fact, checks):
        lines += _fact(check, knowledge)
    if lines:
        yield "## 0. Setup: what was set?"
        yield "Read these off the code and the configuration, not from memory."
        yield "\n".join(lines)


def _fact(check: CompiledCheck, knowledge: KnowledgeBase) -> Iterator[str]:
    yield f"- [ ] **{words(check.id)}** = ________ {escaped(check.card.asks)}"
    yield from _conditions(check)
    yield f"  - How: {escaped(check.card.help)}"
    yield from _meanings(check, knowledge)


def _stage(
    number: int, stage: str, checks: Sequence[CompiledCheck], knowledge: KnowledgeBase
) -> Iterator[str]:
    head = knowledge.stages[stage]
    if checks:
        minutes = sum(check.minutes for check in checks)
        yield f"## {number}. {escaped(head.title)}: {escaped(head.question)}"
        yield f"{len(checks)} questions, about {words(minutes)} minutes."
        yield "\n".join(line for check in checks for line in _item(check, knowledge))


def _item(check: CompiledCheck, knowledge: KnowledgeBase) -> Iterator[str]:
    card = check.card
    yield f"- [ ] **{escaped(card.asks)}** ({words(check.minutes)} min, `{check.id}`)"
    yield from _conditions(check)
    yield f"  - How: {escaped(card.help)}"
    expected = [_said(check, one) for one in _answers(check) if one not in alarming(check)]
    if expected:
        yield f"  - Expect: {' / '.join(dict.fromkeys(expected))}"
    yield from _meanings(check, knowledge)
    if card.gate:
        stops = " / ".join(escaped(says(card, answer)) for answer in card.gate.answers)
        titles = listed([knowledge.stages[stage].title for stage in card.gate.closes])
        yield f"  - **Gate.** Stop at: {stops}. Settle it before {escaped(titles)}."


def _conditions(check: CompiledCheck) -> Iterator[str]:
    """Say of which runs a check is asked, and what answers it already."""
    if only := scope_words(check.card.only_for):
        yield f"  - Only for {escaped(only)}."
    if check.card.skip_if:
        yield f"  - Skip it if {escaped(phrase(check.card.skip_if))}."


def _answers(check: CompiledCheck) -> range:
    return range(len(check.answers))


def _said(check: CompiledCheck, answer: int) -> str:
    return escaped(says(check.card, check.answers[answer]))


def alarming(check: CompiledCheck) -> list[int]:
    """Return the numbers of the answers that speak clearly for a fault or against a healthy run;
    where none does, of those that hint.
    """
    found = [one for one in _answers(check) if _speaks(check, one, _CLEAR)]
    return found or [one for one in _answers(check) if _speaks(check, one, _HINT)]


def _speaks(check: CompiledCheck, answer: int, least: float) -> bool:
    return any(
        db <= -least if cause == HEALTHY else db >= least
        for cause, db in check.card.table.decibans(((answer, 1.0),)).items()
    )


def _meanings(
    check: CompiledCheck, knowledge: KnowledgeBase, most: int = _SUSPECTS
) -> Iterator[str]:
    """Yield what each alarming answer points to, the likeliest suspect first."""
    told = ((_said(check, one), _suspects(check, one, knowledge)) for one in alarming(check))
    for suspects, group in groupby(told, lambda one: one[1]):
        said = " / ".join(dict.fromkeys(said for said, _ in group))
        if suspects:
            named = [f"{escaped(knowledge.causes[id].title)} (`{id}`)" for id in suspects[:most]]
            more = f"; {len(suspects) - most} more" if len(suspects) > most else ""
            yield f"  - If {said}: {'; '.join(named)}{more}"


def _suspects(check: CompiledCheck, answer: int, knowledge: KnowledgeBase) -> list[str]:
    """Return the causes that an answer speaks for, the likeliest first after that answer."""
    priors = knowledge.priors({})
    found = [
        (-db - 10 * log10(priors[cause]), cause)
        for cause, db in check.card.table.decibans(((answer, 1.0),)).items()
        if db >= _CLEAR and cause in priors and cause != HEALTHY
    ]
    return [cause for _, cause in sorted(found)]
