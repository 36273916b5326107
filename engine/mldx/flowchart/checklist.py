"""The rules as a checklist in Markdown, to follow by hand: stage by stage, a box for each question.

An item tells the question, how to answer it, what to expect, and what the other answers point to. A
setup fact is a line to fill in, a gate a line at which to stop. Packs (questions that apply to some
runs only) say so, and are left out where they cannot apply to the domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, STAGES
from mldx.knowledge.compiled import CompiledBranch, CompiledCheck
from mldx.knowledge.wording import listed, phrase
from mldx.report.markdown import escaped

DOMAINS = ("vision", "text", "timeseries", "tabular", "llm")
_BELONGS = {
    "detection": ("vision",), "segmentation": ("vision",), "gan": ("vision",), "diffusion": ("vision",),
    "representation": ("vision", "text"), "forecasting": ("timeseries",), "boosting": ("tabular", "timeseries"),
    "regression": ("vision", "text", "timeseries", "tabular"), "rl": ("llm",),
}  # fmt: skip
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


def checklist(knowledge: KnowledgeBase, domain: str | None = None) -> str:
    """Return the checklist, for any run or for the runs of one domain.

    raises   InputError, when there is no such domain
    """
    if domain is not None and domain not in DOMAINS:
        near = nearest(domain, DOMAINS)
        what, help = f"`{domain}` is no domain of a checklist.", f"write `{near}`" if near else ""
        raise InputError(Fault("domain", what, f"one of {', '.join(DOMAINS)}", help))
    nodes = [
        node
        for node in knowledge.compiled.checks
        if domain is None or _belongs(node.applies_to, domain)
    ]
    parts = [
        f"# Checklist for a training run{f': {domain}' if domain else ''}",
        _INTRODUCTION,
        _table("", _HEAD),
    ]
    parts += _setup([node for node in nodes if _is_fact(node)], knowledge)
    for number, stage in enumerate(STAGES, 1):
        items = [node for node in nodes if node.stage == stage and not _is_fact(node)]
        parts += _stage(number, stage, items, knowledge)
    parts.append(_FOUND)
    parts.append(f"Made from the rules, version `{knowledge.version}`.")
    return "\n\n".join(parts) + "\n"


_INTRODUCTION = (
    "Go from the top to the bottom: each stage rules out sources of failure before the next one is asked. Tick what you "
    "have looked at, and write down what you saw. Where an answer points to a suspect, `mldx rules show ID` says how to "
    "confirm it and how to fix it."
)
_FOUND = "## What was found\n\n| Seen | Suspect | Confirmed by | Fixed by |\n|---|---|---|---|\n| | | | |"


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
    name = node.symptom.replace("_", " ")
    yield f"- [ ] **{name}** = ________ {escaped(_card(node, knowledge)['question'])}"
    yield f"  - How: {escaped(_card(node, knowledge)['help'])}"
    yield from _meanings(node, knowledge)


def _stage(
    number: int, stage: str, nodes: Sequence[CompiledCheck], knowledge: KnowledgeBase
) -> Iterator[str]:
    head = knowledge.content["stages"][stage]
    if nodes:
        minutes = sum(node.minutes for node in nodes if not _is_gate(node))
        yield f"## {number}. {escaped(head['title'])}: {escaped(head['question'])}"
        yield f"{sum(not _is_gate(node) for node in nodes)} questions, about {minutes:g} minutes."
        yield "\n".join(line for node in nodes for line in _item(node, knowledge))


def _item(node: CompiledCheck, knowledge: KnowledgeBase) -> Iterator[str]:
    card = _card(node, knowledge)
    if _is_gate(node):
        yield f"- [ ] **Gate.** {escaped(card['question'])} {_stop(node)}"
        return
    yield f"- [ ] **{escaped(card['question'])}** ({node.minutes:g} min, `{node.id}`)"
    if only := _only(node.applies_to):
        yield f"  - Only for {only}."
    yield f"  - How: {escaped(card['help'])}"
    expected = [_words(way, node) for way in node.branches if way not in alarming(node)]
    if expected:
        yield f"  - Expect: {' or '.join(expected)}"
    yield from _meanings(node, knowledge)


def _card(node: CompiledCheck, knowledge: KnowledgeBase) -> Mapping[str, Any]:
    card: Mapping[str, Any] = knowledge.content["checks"][node.id]
    return card


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


def _meanings(node: CompiledCheck, knowledge: KnowledgeBase) -> Iterator[str]:
    """What each alarming answer points to, the strongest suspect first."""
    titles = knowledge.content["causes"]
    for way in alarming(node):
        suspects = sorted(
            (-weight, cause)
            for cause, weight in way.points_to.items()
            if weight > 0 and cause != HEALTHY
        )
        if suspects:
            named = [
                f"{escaped(titles[cause]['title'])} (`{cause}`)"
                for _, cause in suspects[:_SUSPECTS]
            ]
            more = f"; {len(suspects) - _SUSPECTS} more" if len(suspects) > _SUSPECTS else ""
            yield f"  - If {_words(way, node)}: {'; '.join(named)}{more}"
