"""What a person typed or a file holds, brought to a value that a symptom takes.

"yes"  "y"  "2"  (the second choice)  "mild"  "0.41"  "41 %"  (of a share)  "Adam(lr=3e-4)"
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview.question import Question, kind
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.names import canonical
from mldx.symptoms import Spec, Symptoms

_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}


def value(text: str, id: str, knowledge: KnowledgeBase, question: Question | None = None) -> Any:
    """Return the value that a text stands for.

    question  the one that is answered; with it the number of a choice stands for the choice

    raises   InputError, naming the symptom and what was expected
    """
    spec = knowledge.specs.get(id)
    if spec is None:
        Symptoms.of(**{id: text}).checked_by(knowledge.specs)
    assert spec is not None
    text = text.strip()
    picked = _picked(text, question) if question else None
    found = picked if picked is not None else _read(text, spec, knowledge)
    return Symptoms.of(**{id: found}).checked_by(knowledge.specs).observed[id]


def _picked(text: str, question: Question) -> Any:
    """The choice whose number was typed; where a number is asked for, a number is that number."""
    if (
        question.kind == "number"
        or not text.isdecimal()
        or not 1 <= int(text) <= len(question.choices)
    ):
        return None
    return question.choices[int(text) - 1].value


def _read(text: str, spec: Spec, knowledge: KnowledgeBase) -> Any:
    number = _number(text, spec)
    if number is not None:
        return number
    if kind(spec) == "flag" and text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    if spec.kind != "fact":
        return text.lower().replace(" ", "_")
    if knowledge.content["vocabulary"].get(spec.id):
        return _named(text, spec, knowledge)
    return text


def _number(text: str, spec: Spec) -> float | int | None:
    """Return the number, a percentage of a share as a share."""
    share = text.endswith("%")
    try:
        number = float(text.removesuffix("%"))
    except ValueError:
        return None
    if share:
        return number / 100 if spec.unit.startswith("share") else number
    return (
        int(number)
        if spec.kind == "fact" and isfinite(number) and number == int(number)
        else number
    )


def _named(text: str, spec: Spec, knowledge: KnowledgeBase) -> str:
    """Return a name that the vocabulary knows, as it was written; another one is refused, for it
    would tell nothing.
    """
    name, _ = canonical(text, knowledge.spellings[spec.id])
    if name is None:
        words = ", ".join(knowledge.content["vocabulary"][spec.id])
        raise InputError(
            Fault(spec.path, f"{text!r} is no `{spec.id}` that the rules know.", f"one of {words}")
        )
    return text
