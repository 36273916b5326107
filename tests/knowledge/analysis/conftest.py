"""The tiny rules in a folder, broken in one place, and what the analysis says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mldx.cli.rules.judge import judge
from mldx.knowledge.analysis import Diagnostic, analyse
from mldx.knowledge.analysis.reach import Judge
from mldx.knowledge.loader import reading
from tests.kit.rules import write_files
from tests.kit.tiny import TINY

Summary = list[tuple[str, str, str]]
Broken = Callable[..., Summary]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The tiny rules in a folder of their own."""
    return write_files(tmp_path / "tiny", TINY)


def summary(diagnostics: list[Diagnostic]) -> Summary:
    """(level, kind, what is wrong) of each diagnostic."""
    return [(found.level, found.kind, found.fault.what) for found in diagnostics]


def analysed(folder: Path, *extend: Path) -> list[Diagnostic]:
    """Every diagnostic on a folder, tried out by the real walk."""
    read = reading(folder, extend)

    @cache
    def judge_of_these() -> Judge:
        return judge(read.compiled())  # made at the first call: broken rules cannot be compiled

    def probabilities(answers: Mapping[str, Any]) -> Mapping[str, float]:
        return judge_of_these()(answers)

    return analyse(read, probabilities)


@pytest.fixture
def broken(tiny: Path) -> Broken:
    """Replace one text in one file of the tiny rules, and return what the analysis says; an empty
    text is the end of the file.
    """

    def change(file: str, old: str, new: str) -> Summary:
        path = tiny / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
        return summary(analysed(tiny))

    return change
