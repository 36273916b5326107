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
from tests.kit.rules import write_files
from tests.kit.tiny import TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The tiny rules."""
    return write_files(tmp_path / "tiny", TINY)


def test_item(tiny):
    """An item says what to ask, how, what to expect, and what it means if it is otherwise."""
    text = checklist(load(tiny))

    assert (
        "- [ ] **What share of 50 labels is wrong?** (10 min, `labels`)\n"
        "  - How: Look at them.\n"
        "  - Expect: below 0.1\n"
        "  - If at least 0.1: Wrong labels (`label_noise`)\n"
    ) in text


def test_setup_facts_are_lines_to_fill_in(tiny):
    """What is read off the configuration stands together, above the stages."""
    text = checklist(load(tiny))

    assert (
        "- [ ] **train size** = \\_\\_\\_\\_" in text
        or "- [ ] **train size** = ________ How many samples?" in text
    )
    assert text.index("train size") < text.index("## 1. Data")


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


def test_gates_say_where_to_stop():
    """A gate is no question but a place to stop."""
    text = checklist(load())

    assert "- [ ] **Gate.** Did the loss stay a number?" in text
    assert "Stop at: plateau or diverge." in text


@pytest.mark.parametrize("domain", DOMAINS)
def test_packs_stand_where_they_apply(domain):
    """Questions about images are asked of images, questions about tokens of text."""
    text, base = checklist(load(), domain), load()

    for check in (
        "colors_and_layout",
        "tokens_with_labels",
        "series_changes",
        "missing_values",
        "chat_template",
    ):
        applies = domain in base.content["checks"][check]["applies_to"]["domain"]
        assert (f"`{check}`" in text) == applies, check


def test_every_question_is_asked():
    """Without a domain nothing is left out."""
    text = checklist(load())

    assert text.count("- [ ] ") == len(load().content["checks"])


def test_suspects_stand_strongest_first():
    """Of the suspects the one that the answer speaks for most comes first."""
    line = next(
        line
        for line in checklist(load()).splitlines()
        if "more likely" in line or "If huge:" in line
    )

    assert line.strip().startswith("- If huge: Inputs not scaled")


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
