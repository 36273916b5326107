"""`mldx checklist`: a template to follow by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from mldx.cli.checklist import command
from mldx.errors import InputError
from mldx.flowchart.checklist import DOMAINS, checklist, short_checklist
from mldx.knowledge import load
from tests.kit.rules import edited, write_files
from tests.kit.tiny import TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The tiny rules."""
    return write_files(tmp_path / "tiny", TINY)


def test_item(tiny):
    """An item says what to ask, how, what to expect, and what it means if it is otherwise."""
    text = checklist(load(tiny))

    assert (
        "- [ ] **What share of 50 labels is wrong?** (10 min, `bad_label_fraction`)\n"
        "  - How: Look at them.\n"
        "  - Expect: below 10 %\n"
        "  - If 10 % or more: Wrong labels (`label_noise`)\n"
    ) in text


def test_setup_facts_are_lines_to_fill_in(tiny):
    """What is read off the configuration stands together, above the stages, whether it is judged or
    only noted.
    """
    text = checklist(load(tiny))

    assert "- [ ] **optimizer** = ________ Which optimizer is used?" in text
    assert "- [ ] **train size** = ________ How many samples?" in text
    assert text.index("train size") < text.index("## 1. Data")


def test_an_item_says_when_it_is_answered_already(tiny):
    """A question that another answer settles says so."""
    assert "  - Skip it if train loss flat.\n" in checklist(load(tiny))


def test_header_and_stages():
    """The checklist opens with what decides the run, and follows the stages in their order."""
    text = checklist(load())

    assert all(
        f"| {name} | |" in text
        for name in ("Task", "Metric that decides", "Baseline to beat", "Target")
    )
    assert [int(number) for number in re.findall(r"^## (\d)\.", text, re.MULTILINE)] == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]


def test_gates_say_where_to_stop(tiny):
    """A gate says at which answers to stop, and before what."""
    assert "  - **Gate.** Stop at: yes. Settle it before Drill down.\n" in checklist(load(tiny))


@pytest.mark.parametrize("domain", DOMAINS)
def test_packs_stand_where_they_apply(domain):
    """A question that is asked of some domains only is left out for the others."""
    text, base = checklist(load(), domain), load()
    packs = [card for card in base.checks.values() if card.only_for and card.only_for.domain]

    assert packs
    for card in packs:
        if domain not in card.only_for.domain:
            assert f"`{card.id}`" not in text, card.id


def test_every_question_is_asked():
    """Without a domain nothing is left out: each check and each fact has its box."""
    text, base = checklist(load()), load()

    assert text.count("- [ ] ") == len(base.checks.keys() | base.facts.keys())


def test_suspects_stand_likeliest_first(tmp_path):
    """Of two causes that an answer speaks for equally the commoner one comes first."""
    rows = (
        "    label_noise: {mild: 10, strong: 90}",
        "    label_noise: {mild: 10, strong: 90}\n    rate_too_low: {mild: 10, strong: 90}",
    )
    common = (
        "title: The rate is too low\n  meaning: It is so.\n  prior: {weight: 50",
        "title: The rate is too low\n  meaning: It is so.\n  prior: {weight: 500",
    )
    rules = load(write_files(tmp_path, edited(TINY, rows, common)))

    assert "If 10 % or more: The rate is too low (`rate_too_low`); Wrong labels" in checklist(rules)


def test_unknown_domain():
    """A domain that is none is told with the nearest."""
    with pytest.raises(InputError, match="write `vision`"):
        checklist(load(), "visoin")


def test_output_goes_to_a_file(tiny, tmp_path):
    """`--output` writes the same text that is printed without it."""
    file = tmp_path / "checklist.md"
    printed = CliRunner().invoke(command, ["--rules", str(tiny)])
    written_ = CliRunner().invoke(command, ["--rules", str(tiny), "--output", str(file)])

    assert (printed.exit_code, written_.exit_code) == (0, 0)
    assert file.read_text(encoding="utf-8") == printed.output


def test_a_folder_cannot_be_written(tiny, tmp_path):
    """What cannot be written is told, without a traceback."""
    result = CliRunner().invoke(command, ["--rules", str(tiny), "--output", str(tmp_path)])

    assert isinstance(result.exception, InputError)


@pytest.mark.parametrize("domain", [None, *DOMAINS])
def test_short_form_is_one_page_of_ten_minutes(domain):
    """The short form takes at most 60 lines and ten minutes, with questions of several stages."""
    text = short_checklist(load(), domain)

    minutes = sum(float(one) for one in re.findall(r"\((\d+(?:\.\d+)?) min\)", text))
    assert len(text.splitlines()) <= 60
    assert 8 <= minutes <= 10
    assert text.count("\n## ") >= 4


def test_short_form_on_the_command_line():
    """`--short` prints the first ten minutes in place of the handbook."""
    told = CliRunner().invoke(command, ["--short"])

    assert told.output.startswith("# The first ten minutes")
