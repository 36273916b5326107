"""Facts of the command line: `--set lr=0.1`, `n_train=5k`, `optimizer=Adam(lr=3e-4)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mldx.errors import Fault, InputError, nearest
from mldx.knowledge.cards import SCOPES

if TYPE_CHECKING:
    from mldx.knowledge import KnowledgeBase


def given(facts: Sequence[str], rules: KnowledgeBase, option: str = "--set") -> dict[str, Any]:
    """Return the facts and answers that are written as `ID=VALUE`.

    raises   InputError, for what has no `=`, an unknown id, or a name that the rules do not know
    """
    return dict(_fact(text, rules, option) for text in facts)


def _fact(text: str, rules: KnowledgeBase, option: str) -> tuple[str, Any]:
    from mldx.knowledge.parse_text import parse_text, symptom_id

    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        help = f"write for example {option} optimizer=adam"
        raise InputError(Fault(option, f"{text!r} is not a fact.", "ID=VALUE", help))
    id = symptom_id(name, rules)
    found = parse_text(value, id, rules) if id in rules.specs else value
    if id in SCOPES and isinstance(found, str):
        _check_scope(id, found, rules)
    return id, found


def _check_scope(id: str, value: str, rules: KnowledgeBase) -> None:
    """Refuse a kind of data, task or model that the rules do not know: it decides what applies."""
    from mldx.knowledge.names import canonical

    if canonical(value, rules.spellings[id])[0] is None:
        names = rules.vocabulary[id]
        near = nearest(value, names)
        what = f"{value!r} is not a `{id}` that the rules know."
        help = f"write `{near}`" if near else "leave it out"
        raise InputError(Fault(f"--set {id}", what, "one of " + ", ".join(names), help))
