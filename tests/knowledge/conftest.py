"""Copies of the shipped rules with one thing changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mldx.errors import Fault, RulesError
from mldx.knowledge import load, rules_folder

Broken = Callable[[str, str, str], tuple[Fault, ...]]


@pytest.fixture
def rules(tmp_path) -> Path:
    """A copy of the shipped rules that a test may change."""
    return Path(shutil.copytree(rules_folder(), tmp_path / "rules"))


@pytest.fixture
def changed(rules) -> Callable[[str, str, str], Path]:
    """Change the first place of one file where the old text stands."""

    def change(file: str, old: str, new: str) -> Path:
        path = rules / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return rules

    return change


@pytest.fixture
def broken(changed) -> Broken:
    """Change the rules and return the faults with which they are refused."""

    def faults(file: str, old: str, new: str) -> tuple[Fault, ...]:
        with pytest.raises(RulesError) as caught:
            load(changed(file, old, new))
        return caught.value.faults

    return faults
