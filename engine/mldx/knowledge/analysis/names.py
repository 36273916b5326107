"""Every name that one card uses is the name of another: causes, checks, syndromes, sources, and the
words of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from mldx.errors import Fault, Place
from mldx.knowledge.cards import HEALTHY, SCOPES, STAGES
from mldx.knowledge.names import squeezed
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near, no_card, no_cause, no_check, no_syndrome
from mldx.symptoms.setup import Setup

Faults = Iterator[Fault]


def causes(reading: RuleFiles) -> Faults:
    """Every cause that is named has a card, and no card mistakes a cause for itself."""
    known = {*reading.content["causes"], HEALTHY}
    for id, check in reading.content["checks"].items():
        for path, table in tables(check):
            for cause in unlisted(table.get("with", {}), known):
                where = reading.where("check", id, *path, "with", cause)
                yield no_card(where, f"`{id}` has a row for `{cause}`", cause, known)
    for id, card in reading.content["causes"].items():
        for field in ("mistaken_for", "leads_to"):
            for cause in card[field]:
                if cause not in known or cause in (id, HEALTHY):
                    say = no_cause if cause in known else no_card
                    yield say(
                        reading.where("cause", id, field, cause),
                        f"`{id}` names `{cause}` in {field}",
                        cause,
                        known,
                    )


def stages(reading: RuleFiles) -> Faults:
    """Every stage says what it is called and which question it settles."""
    for number, stage in enumerate(STAGES, 1):
        if stage not in reading.content["stages"]:
            where = reading.start(f"{number}-{stage}/checks.yaml")
            expected = "`stage: {title: ..., question: ...}`"
            yield Fault(where, f"the stage `{stage}` has no head.", expected)


def unlisted(names: Iterable[str], known: Container[str]) -> list[str]:
    """Return the names that are not known, in their order."""
    return [name for name in names if name not in known]


def tables(check: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Yield every table of a check with its place in the card."""
    yield (), check
    for index, given in enumerate(check.get("given", ())):
        yield ("given", index), given


def syndromes(reading: RuleFiles) -> Faults:
    """Every syndrome that is named has a card, and what a syndrome asks is a check or a fact."""
    known = reading.content["syndromes"]
    for id, card in reading.content["causes"].items():
        for index, syndrome in enumerate(card.get("shows_as", ())):
            if syndrome not in known:
                where = reading.where("cause", id, "shows_as", index)
                yield no_syndrome(where, f"`{id}` shows as `{syndrome}`", syndrome, known)
    for id, card in known.items():
        for index, other in enumerate(card.get("unless", ())):
            if other not in known or other == id:
                where = reading.where("syndrome", id, "unless", index)
                yield no_syndrome(where, f"`{id}` gives way to `{other}`", other, known)
        for index, symptom in enumerate(card["asks"]):
            if symptom not in reading.ids:
                where = reading.where("syndrome", id, "asks", index)
                yield no_check(where, f"`{id}` asks `{symptom}`", symptom, reading.ids)


def sources(reading: RuleFiles) -> Faults:
    """Every source that a card cites stands in sources.yaml."""
    known = {*reading.content["sources"], "own"}
    for id, card in reading.content["causes"].items():
        for key in unlisted(card["sources"], known):
            where = reading.where("cause", id, "sources", key)
            what = f"`{id}` cites `{key}`, which is no source."
            yield Fault(where, what, "a key of sources.yaml, or `own`", near(key, known))


def uncited(reading: RuleFiles) -> Faults:
    """Every source is cited by some card."""
    cited = {key for card in reading.content["causes"].values() for key in card["sources"]}
    for key in reading.content["sources"]:
        if key not in cited:
            yield Fault(
                reading.where("source", key),
                f"no card cites `{key}`.",
                "a card that points into it",
                "cite or drop it",
            )


def scopes(reading: RuleFiles) -> Faults:
    """Where a card applies is told in words of the vocabulary; another word would never be met."""
    words = {name: reading.content["vocabulary"].get(name, {}) for name in SCOPES}
    if any(words.values()):
        yield from _scope_words(reading, words)
        yield from _prior_words(reading, words)


def _scope_words(reading: RuleFiles, words: Mapping[str, Mapping[str, Any]]) -> Faults:
    """The scopes of checks and causes, each in words of its own field."""
    for kind, group in (("check", "checks"), ("cause", "causes")):
        for id, card in reading.content[group].items():
            for field in ("applies_to", "not_for", "only_for"):
                for name, given in (card.get(field) or {}).items():
                    yield from _unspoken(
                        reading.where(kind, id, field, name), name, given, words[name]
                    )


def _prior_words(reading: RuleFiles, words: Mapping[str, Mapping[str, Any]]) -> Faults:
    """The factors of a prior, each by a word of any field."""
    every = {word: None for known in words.values() for word in known}
    for id, card in reading.content["causes"].items():
        where = reading.where("cause", id, "prior", "domains")
        yield from _unspoken(
            where, "domain, task or model family", card["prior"].get("domains") or (), every
        )


def _unspoken(where: Place, name: str, given: Any, known: Mapping[str, Any]) -> Faults:
    for word in given:
        if known and word not in known:
            yield Fault(
                where,
                f"`{word}` is no {name.replace('_', ' ')}.",
                "a name of vocabulary.yaml",
                canonical(word, known),
            )


def canonical(word: str, known: Mapping[str, Any]) -> str:
    """Name the word that a spelling stands for, or the nearest."""
    meant = [
        name for name, others in known.items() if squeezed(word) in map(squeezed, others or ())
    ]
    return f"write `{meant[0]}`" if meant else near(word, known)


def pairs(reading: RuleFiles) -> Faults:
    """The vocabulary is about setup facts, and losses, activations and tasks of a standard pair are
    names of it.
    """
    vocabulary = reading.content["vocabulary"]
    for field in vocabulary:
        if field not in Setup.model_fields:
            where = reading.where("vocabulary", "", field)
            yield Fault(
                where,
                f"`{field}` is no setup fact.",
                "a field of Setup",
                near(field, Setup.model_fields),
            )
    for task, rows in reading.content["pairs"].items():
        where = reading.where("pairs", "", task)
        yield from _unspoken(where, "task", [task], vocabulary.get("task", {}))
        for index, row in enumerate(rows):
            where = reading.where("pairs", "", task, index)
            yield from _unspoken(
                where, "activation", row["activation"], vocabulary.get("output_activation", {})
            )
            yield from _unspoken(where, "loss", row["loss"], vocabulary.get("loss_fn", {}))
