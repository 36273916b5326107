"""What holds for the whole of the shipped rules."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import mldx
from mldx.knowledge import load
from mldx.knowledge.cards import HEALTHY
from tests.kit import CATALOGUE

ENGINE = Path(mldx.__file__).parent
CAUSES = list(load().content["causes"])
CHECKS = list(load().content["checks"])
LEGAL = re.compile(r"[a-z][a-z0-9_]*")
THRESHOLD = re.compile(r'"([a-z][a-z0-9_]*\.[a-z][a-z0-9_]*)"')


def test_the_whole_catalogue_of_causes_is_there():
    """Each of the 107 causes of the catalogue has a card, under the same id."""
    if not CATALOGUE.is_file():
        pytest.skip("the catalogue is not here")
    ids = {entry["id"] for entry in json.loads(CATALOGUE.read_text(encoding="utf-8"))["causes"]}

    assert (len(ids), ids - set(CAUSES)) == (107, set())


@pytest.mark.parametrize("cause", CAUSES)
def test_a_card_is_whole(cause):
    """A cause has a meaning, a source, a test with what it would show, a fix, and a neighbour to
    part it from.
    """
    card = load().causes[cause]
    texts = [
        card.title,
        card.meaning,
        card.prior.basis,
        card.confirm.do,
        card.confirm.expect,
        *(deed.do for deed in card.fix),
    ]

    assert all(text.strip() for text in [*texts, *card.mistaken_for.values()])
    assert card.sources and card.mistaken_for and card.fix


def decibans() -> dict[str, list[float]]:
    """What the answers say of each cause, in dB, in any circumstances."""
    found: dict[str, list[float]] = {cause: [] for cause in CAUSES}
    for check in load().compiled.checks:
        for _, table in check.tables:
            for answer in range(len(check.answers)):
                for cause, db in table.decibans(((answer, 1.0),)).items():
                    if cause != HEALTHY:
                        found[cause].append(db)
    return found


def test_every_cause_can_be_brought_up():
    """Some answer speaks for every cause."""
    assert [cause for cause, told in decibans().items() if max(told, default=0) <= 0.5] == []


def test_every_cause_can_be_refuted():
    """Some answer speaks against every cause; a list of suspects that only grows is no
    diagnosis.
    """
    assert [cause for cause, told in decibans().items() if min(told, default=0) >= 0] == []


def test_ids_are_legal_names():
    """Every id is lower-case words joined by underscores."""
    assert [
        id for id in (*CAUSES, *CHECKS, *load().specs, *load().syndromes) if not LEGAL.fullmatch(id)
    ] == []


def test_healthy_is_no_cause():
    """Healthy is a hypothesis of its own and has no card."""
    assert HEALTHY not in CAUSES


def test_every_answer_has_words():
    """A person is offered sentences and not ids."""
    answers = [(id, one) for id in CHECKS for one in load().checks[id].answers]

    assert [(id, one.id) for id, one in answers if not one.say.strip()] == []


def test_questions_end_as_questions():
    """A question ends with its mark or, where a word follows, with a full stop."""
    assert [id for id in CHECKS if not load().checks[id].asks.rstrip().endswith(("?", "."))] == []


def test_every_threshold_that_is_asked_for_exists():
    """No observer compares with a number that the rules do not hold."""
    asked = {
        name
        for file in ENGINE.rglob("*.py")
        for call in re.findall(
            r"(?:limit|threshold)\((.*?)\)", file.read_text(encoding="utf-8"), re.DOTALL
        )
        for name in THRESHOLD.findall(f"{call}")
    }

    assert asked and [name for name in sorted(asked) if not _held(name)] == []


def _held(name: str) -> bool:
    group, _, field = name.partition(".")
    return field in load().content["thresholds"].get(group, {})


def test_every_threshold_is_used():
    """No number stands in the rules that nothing compares with."""
    named = {
        name
        for file in ENGINE.rglob("*.py")
        for name in THRESHOLD.findall(file.read_text(encoding="utf-8"))
    }
    held = {
        f"{group}.{name}"
        for group, entries in load().content["thresholds"].items()
        for name in entries
    }

    assert sorted(held - named) == []


def test_every_threshold_has_a_source():
    """A number says where it is from, if only from our own judgement."""
    entries = [entry for group in load().content["thresholds"].values() for entry in group.values()]

    assert all(entry["source"].strip() and entry["unit"].strip() for entry in entries)
