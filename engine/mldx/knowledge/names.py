"""Names as people write them, brought to one vocabulary (`rules/vocabulary.yaml`).

"nn.CrossEntropyLoss()", "categorical_crossentropy" and "Adam(lr=3e-4)" all say something; what
follows in brackets may say more. A spelling that is not in the vocabulary is kept as written and
reported, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CALL = re.compile(r"^(?P<name>[^()]*?)\s*\((?P<arguments>.*)\)\s*$", re.DOTALL)
_ARGUMENT = re.compile(r"(\w+)\s*=\s*([^,()]+)")
_BETWEEN = re.compile(r"[\s_\-.+/]+")
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
_SHORT_NOT = re.compile(r"\b(do|does|did|is|are|was|were|wo|ca|has|have|had)n['’]?t\b|\b(can)not\b")


def squeezed(name: str) -> str:
    """Return a name without case, spaces and joints: what two spellings of one thing share."""
    return _BETWEEN.sub("", name.strip().lower())


def worded(text: str) -> tuple[str, ...]:
    """Return the words of a text in small letters, without punctuation, and with "isn't" as "is
    not".
    """
    return tuple(_WORD.findall(_SHORT_NOT.sub(r"\1\2 not", text.lower())))


def index(spellings: Mapping[str, list[str]]) -> dict[str, str]:
    """Return squeezed spelling -> canonical name."""
    found = {squeezed(other): name for name, others in spellings.items() for other in others}
    return {**found, **{squeezed(name): name for name in spellings}}


def canonical(text: str, known: Mapping[str, str]) -> tuple[str | None, dict[str, str]]:
    """Return the canonical name of a spelling, or None, and the arguments written behind it."""
    call = _CALL.match(text.strip())
    name = call["name"] if call and call["name"] else text
    arguments = dict(_ARGUMENT.findall(call["arguments"])) if call else {}
    for form in _forms(text, name):
        if form in known:
            return known[form], arguments
    return None, arguments


def _forms(text: str, name: str) -> list[str]:
    """From the most to the least specific: as written, without arguments, without module, without a
    last "loss".
    """
    last = squeezed(name.strip().rsplit(".", 1)[-1])
    return [
        squeezed(text),
        squeezed(name),
        last,
        last.removesuffix("loss"),
        last.removesuffix("optimizer"),
    ]


def number(text: Any) -> float | None:
    """Return a number written as text, or None."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
