"""What a person typed or a file holds, brought to a value that a symptom takes.

"yes"  "y"  "2"  (the second choice)  "mild"  "0.41"  "41 %"  (of a share)  "Adam(lr=3e-4)"

How numbers, flags and names of facts are typed is known to `mldx.knowledge.parse_text`.
"""

from __future__ import annotations

from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview.question import choices, kind
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.names import canonical
from mldx.knowledge.parse_text import parse_text
from mldx.symptoms import Spec
from mldx.symptoms.checking import checked


def parse_answer(text: str, id: str, knowledge: KnowledgeBase, *, numbered: bool = False) -> Any:
    """Return the value that a text stands for.

    numbered  the choices were shown with their numbers, so that a number stands for a choice

    raises   InputError, naming the symptom and what was expected
    """
    spec = knowledge.specs.get(id)
    if spec is None:
        checked({id: text}, knowledge.specs)
    assert spec is not None
    text = text.strip()
    picked = _picked(text, spec, knowledge) if numbered else None
    found = picked if picked is not None else _read(text, spec, knowledge)
    return checked({id: found}, knowledge.specs)[id]


def _picked(text: str, spec: Spec, knowledge: KnowledgeBase) -> Any:
    """The choice whose number was typed; where a number is asked for, a number is that number."""
    if kind(spec) == "number" or not text.isdecimal():
        return None
    offered = choices(spec, knowledge)
    return offered[int(text) - 1].value if 1 <= int(text) <= len(offered) else None


def _read(text: str, spec: Spec, knowledge: KnowledgeBase) -> Any:
    found = parse_text(text, spec.id, knowledge)
    if isinstance(found, str) and knowledge.vocabulary.get(spec.id):
        _check_known(found, spec, knowledge)
    return found


def _check_known(text: str, spec: Spec, knowledge: KnowledgeBase) -> None:
    """Refuse a name that the vocabulary does not know, for it would tell nothing."""
    name, _ = canonical(text, knowledge.spellings[spec.id])
    if name is None:
        words = ", ".join(knowledge.vocabulary[spec.id])
        what = f"{text!r} is not a `{spec.id}` that the rules know."
        raise InputError(Fault(spec.id, what, f"one of {words}"))
