"""What a message looks like, whatever it quotes."""

from __future__ import annotations

import pytest

from mldx.errors import Fault, InputError


def test_a_fault_says_where_what_expected_and_help():
    """A fault is a small diagnosis of four lines at most."""
    error = InputError(Fault("run.csv:3", "it is odd.", "a number", "write one"))

    assert str(error) == "run.csv:3: it is odd.\n  expected: a number\n  help: write one"


@pytest.mark.parametrize(
    "quoted, written",
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\rb", "a\\rb"),
        ("\u202efdp", "\\u202efdp"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_steers_a_terminal_is_escaped(quoted, written):
    """A name that holds control characters is shown and does nothing."""
    assert str(InputError(Fault(quoted, "it is odd."))) == f"{written}: it is odd."


def test_letters_of_any_script_stay():
    """Umlauts, signs and ideographs are written as they are."""
    assert str(InputError(Fault("Löß_损失", "≥ 0"))) == "Löß_损失: ≥ 0"
