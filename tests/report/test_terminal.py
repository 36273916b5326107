"""The report on a terminal: on one screen, in any encoding, with and without colour."""

import math
import re

import pytest

from mldx import Symptoms, diagnose
from mldx.observe import observed
from mldx.readers.record import of_mapping
from mldx.report.lines import Look, encodable
from mldx.report.outline import outline
from mldx.report.runs_table import summary, summary_row
from mldx.report.terminal import report, text
from tests.kit import recorded_runs

KEYS = ("setup", "history", "answers")
RUNS = [
    of_mapping({key: run[key] or {} for key in KEYS}, run["id"])
    for name in ("dev", "dev2")
    for run in recorded_runs(name)
    if run["id"] != "rp-umlaut-b-lr"  # a learning rate of -1000 is refused
]
LOSSES = {"train_loss": [2.3, 1.9, 1.5, 1.1, 0.9, 0.8], "val_loss": [2.3, 2.0, 1.8, 1.9, 2.2, 2.6]}
SCORES = {"val_accuracy": [0.1, 0.2, 0.3, 0.4, 0.4, 0.4]}
RUN = of_mapping({"history": {**LOSSES, **SCORES}}, "run.json")
FOUND = diagnose(observed(RUN))


def test_every_recorded_run_fits_a_screen():
    """The short report takes at most 22 lines of at most 80 columns, so the verdict stays on it."""
    for run in RUNS:
        lines = text(diagnose(observed(run))).splitlines()

        assert len(lines) <= 22
        assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("width", [40, 60, 80, 100, 130])
@pytest.mark.parametrize("full", [False, True])
def test_no_line_is_wider_than_the_screen(width, full):
    """Text is broken, and plots are drawn, to the width of the screen."""
    assert max(map(len, text(FOUND, full, width).splitlines())) <= width


def test_colour_changes_no_word():
    """With colour the same words stand in the same places."""
    plain, coloured = (report(FOUND, True, Look(colour=colour)) for colour in (False, True))

    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured).splitlines()
    drawn = re.compile(r"│|loss: ")
    assert [line for line in bare if not drawn.search(line)] == [
        line for line in plain.splitlines() if not drawn.search(line)
    ]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "utf-8"])
def test_any_encoding_can_take_it(encoding):
    """What an encoding does not have is replaced: no report ends in an error."""
    shown = report(FOUND, True, Look(encoding=encoding))

    assert shown.encode(encoding)
    assert encodable("│ × … 日本", "ascii") == "| x ~ ??"


def test_the_score_is_drawn_beside_the_loss():
    """A run with an accuracy has its curve beside the loss."""
    [legend] = [line for line in text(FOUND).splitlines() if " loss: " in line]

    assert "accuracy:" in legend


def test_print_is_the_terminal_text():
    """`print(diagnosis)` shows the terminal's text."""
    assert str(FOUND) == text(FOUND)


def test_several_runs_in_one_log_are_said_at_the_top():
    """What the reader has to say stands above the verdict."""
    run = of_mapping({"history": LOSSES}, "run.json")
    run.notes = ["4 runs in one log; the last is judged"]
    lines = text(diagnose(observed(run))).splitlines()

    assert lines[2] == "4 runs in one log; the last is judged"


def test_control_characters_do_not_reach_the_terminal():
    """A name cannot move the cursor."""
    run = of_mapping({"history": LOSSES}, "a\x1b[2Jb\x07.json")

    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text(diagnose(observed(run)), full=True))


def test_lost_points_and_huge_values_are_drawn():
    """What is not finite is a cross, and a value near the largest float stays in the picture."""
    run = of_mapping({"history": {"train_loss": [1e308, 1.0, math.nan, -1e308]}}, "run.json")

    assert "! not finite" in text(diagnose(observed(run)), full=True)


def test_what_it_shows_is_said_first():
    """The first line below what was read says what the run shows."""
    assert text(FOUND).splitlines()[2].startswith("It overfits: val loss")


def test_the_faulty_come_first_in_the_table():
    """Of many runs there is one table, the faulty ones first, and a count of each verdict."""
    calm = diagnose(
        Symptoms.of(
            loss_shape="falling",
            generalization_gap="none",
            tiny_overfit_result="pass",
            loss_nonfinite="never",
            val_loss_turns_up="none",
            output_loss_pair="standard",
            loss_still_falling_at_end=False,
            train_loss_flat=False,
            both_bad=False,
        )
    )
    sick = diagnose(Symptoms.of(loss_nonfinite="early"))

    rows = [summary_row(*run) for run in (("calm", calm), ("gone", None), ("sick", sick))]
    told = summary(rows, Look()).splitlines()
    assert [line.split()[0] for line in told[1:4]] == ["sick", "gone", "calm"]
    assert told[-1] == "1 faulty, 0 undecided, 1 healthy, 1 unreadable"
    assert outline(sick).causes[0].title[:30] in told[1]
