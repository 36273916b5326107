"""The rules as a checklist in Markdown, to follow by hand: stage by stage, a box for each question.

An item tells the question, how to answer it, what to expect, and what the other answers point to. A
setup fact is a line to fill in, a gate a line at which to stop. Packs (questions that apply to some
runs only) say so, and are left out where they cannot apply to the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import filterfalse
from math import log
from typing import Any

from mldx.diagnosis import diagnose
from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, STAGES
from mldx.knowledge.compiled import CompiledBranch, CompiledCheck
from mldx.knowledge.wording import listed, phrase
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
_SUSPECTS, _CLEAR = 4, 3.0
_DB_OF_LOG_ODDS = 10 / log(10)


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


def _brief(node: CompiledCheck, knowledge: KnowledgeBase) -> str:
    """Return an item in three lines: the question, where to look, what the worst answer means."""
    card = knowledge.checks[node.id]
    lines = [
        f"- [ ] **{escaped(card.question)}** ({node.minutes:g} min)",
        f"  - How: {escaped(card.help)}",
    ]
    return "\n".join([*lines, *list(_meanings(node, knowledge, 2))[:1]])


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
    nodes = list(knowledge.compiled.checks)
    if domain is not None:
        nodes = [node for node in nodes if _belongs(node.applies_to, domain)]
    facts, checks = list(filter(_is_fact, nodes)), list(filterfalse(_is_fact, nodes))
    parts = [
        f"# Checklist for a training run{f': {domain}' if domain else ''}",
        _INTRODUCTION,
        _table("", _HEAD),
    ]
    parts += _setup(facts, knowledge)
    for number, stage in enumerate(STAGES, 1):
        items = [node for node in checks if node.stage == stage]
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


def _belongs(scope: Mapping[str, Any] | None, domain: str) -> bool:
    """Can a check apply to runs of this domain?"""
    given = {name: words for name, words in (scope or {}).items() if words}
    if "domain" in given and domain not in given["domain"]:
        return False
    special = [words for name, words in given.items() if name != "domain"]
    return all(any(domain in _BELONGS.get(word, DOMAINS) for word in words) for words in special)


def _is_fact(node: CompiledCheck) -> bool:
    return node.path.startswith("setup.")


def _is_gate(node: CompiledCheck) -> bool:
    """A check that points to nothing decides only whether one goes on."""
    return not any(way.points_to for way in node.branches)


def _table(head: str, rows: Iterable[str]) -> str:
    return "\n".join([f"| {head} | |", "|---|---|", *(f"| {row} | |" for row in rows)])


def _setup(nodes: Sequence[CompiledCheck], knowledge: KnowledgeBase) -> Iterator[str]:
    if nodes:
        yield "## 0. Setup: what was set?"
        yield "Read these off the code and the configuration, not from memory."
        yield "\n".join(line for node in nodes for line in _fact(node, knowledge))


def _fact(node: CompiledCheck, knowledge: KnowledgeBase) -> Iterator[str]:
    name, card = node.symptom.replace("_", " "), knowledge.checks[node.id]
    yield f"- [ ] **{name}** = ________ {escaped(card.question)}"
    yield f"  - How: {escaped(card.help)}"
    yield from _meanings(node, knowledge)


def _stage(
    number: int, stage: str, nodes: Sequence[CompiledCheck], knowledge: KnowledgeBase
) -> Iterator[str]:
    head = knowledge.stages[stage]
    if nodes:
        minutes = sum(node.minutes for node in nodes if not _is_gate(node))
        yield f"## {number}. {escaped(head.title)}: {escaped(head.question)}"
        yield f"{sum(not _is_gate(node) for node in nodes)} questions, about {minutes:g} minutes."
        yield "\n".join(line for node in nodes for line in _item(node, knowledge))


def _item(node: CompiledCheck, knowledge: KnowledgeBase) -> Iterator[str]:
    card = knowledge.checks[node.id]
    if _is_gate(node):
        yield f"- [ ] **Gate.** {escaped(card.question)} {_stop(node)}"
        return
    yield f"- [ ] **{escaped(card.question)}** ({node.minutes:g} min, `{node.id}`)"
    if only := _only(node.applies_to):
        yield f"  - Only for {only}."
    yield f"  - How: {escaped(card.help)}"
    expected = [_words(way, node) for way in node.branches if way not in alarming(node)]
    if expected:
        yield f"  - Expect: {' or '.join(expected)}"
    yield from _meanings(node, knowledge)


def _stop(node: CompiledCheck) -> str:
    stops = [_words(way, node) for way in node.branches if not set(way.then) >= set(node.unknown)]
    return f"Stop at: {listed(stops)}." if stops else ""


def _only(scope: Mapping[str, Any] | None) -> str:
    given = (
        f"{name.replace('_', ' ')} {listed(list(words))}"
        for name, words in (scope or {}).items()
        if words
    )
    return escaped(", ".join(given))


def _words(way: CompiledBranch, node: CompiledCheck) -> str:
    said = phrase(way.when, node.path)
    return "anything else" if said == "otherwise" else escaped(said)


def alarming(node: CompiledCheck) -> list[CompiledBranch]:
    """Return the answers that speak clearly for a fault or against a healthy run; where none does,
    those that hint.
    """
    clear = [way for way in node.branches if _speaks(way, _CLEAR)]
    return clear or [way for way in node.branches if _speaks(way, 0.5)]


def _speaks(way: CompiledBranch, least: float) -> bool:
    return any(
        weight <= -least if cause == HEALTHY else weight >= least
        for cause, weight in way.points_to.items()
    )


def _meanings(
    node: CompiledCheck, knowledge: KnowledgeBase, most: int = _SUSPECTS
) -> Iterator[str]:
    """What each alarming answer points to, the likeliest suspect first."""
    for way in alarming(node):
        suspects = sorted(
            (-weight - _DB_OF_LOG_ODDS * knowledge.prior_log_odds[cause], cause)
            for cause, weight in way.points_to.items()
            if weight > 0 and cause != HEALTHY
        )
        if suspects:
            named = [
                f"{escaped(knowledge.causes[cause].title)} (`{cause}`)"
                for _, cause in suspects[:most]
            ]
            more = f"; {len(suspects) - most} more" if len(suspects) > most else ""
            yield f"  - If {_words(way, node)}: {'; '.join(named)}{more}"
