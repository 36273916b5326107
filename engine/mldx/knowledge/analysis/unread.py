"""Thresholds that nothing reads: the names that stand in the engine's own source.

A threshold is read by its name, `threshold("train_loss_flat.least_fall")`, so that a number whose
name stands nowhere in the source decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from mldx.errors import Fault
from mldx.knowledge.read import RuleFiles

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_ENGINE = Path(__file__).parents[2]


def unread(reading: RuleFiles) -> Iterator[Fault]:
    """Every threshold is compared with somewhere."""
    for group, entries in reading.content["thresholds"].items():
        for name in entries:
            if f"{group}.{name}" not in _named():
                yield Fault(
                    reading.where("threshold", group, name),
                    f"nothing reads `{group}.{name}`.",
                    "a number that an observer compares with",
                    "drop it, or correct its name",
                )


@cache
def _named() -> frozenset[str]:
    """Return every dotted name in the source of the engine."""
    texts = (file.read_text(encoding="utf-8") for file in _ENGINE.rglob("*.py"))
    return frozenset(name for text in texts for name in _NAME.findall(text))
