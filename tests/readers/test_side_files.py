"""The settings beside a log: whatever stands in them, the log is read."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldx.errors import UnreadableRun
from mldx.readers.side_files import parsed_yaml, setup_beside

ARGS = (
    "task: detect\nepochs: 100\nbatch: 16\noptimizer: auto\nlr0: 0.01\nlrf: 1e-2\nseed: 0x1f\n"
    "started: 2024-03-01T12:00:00\nnames: !!python/tuple [cat, dog]\nflag: !!bool yes\n"
)
BROKEN = (".", "0x", "0b", "2024-13-99", "!!timestamp soon", "!!bool maybe", "!!int x", "0o9", "+_")


@pytest.mark.parametrize("scalar", BROKEN)
def test_a_scalar_that_only_looks_like_one(scalar):
    """A broken number, date or tag is told or is text; it is never an error of the library."""
    try:
        assert "lr" in parsed_yaml(f"lr: {scalar}\n", "args.yaml")
    except UnreadableRun as error:
        assert "args.yaml" in str(error)


@given(
    st.lists(
        st.tuples(st.integers(0, len(ARGS)), st.integers(0, 8), st.text(max_size=3)), max_size=6
    )
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_mutated_side_file_does_no_harm(tmp_path, cuts):
    """A side file with characters cut out and put in gives facts or none, never an error."""
    text = ARGS
    for at, size, new in cuts:
        text = text[:at] + new + text[at + size :]
    (tmp_path / "args.yaml").write_text(text, encoding="utf-8", errors="replace")

    facts, _ = setup_beside(tmp_path)
    assert isinstance(facts, dict)
