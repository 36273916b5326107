"""What a person types, brought to ids and values: one parser for `--set`, answers, files, the page.

symptom_id("lr", knowledge)                       "learning_rate"
parse_number("5k")  parse_number("5,000")         5000.0
parse_text("41 %", "bad_label_fraction", …)       0.41
is_unknown("n/a")                                 True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.names import squeezed
from mldx.symptoms import Spec
from mldx.symptoms.setup import Setup

FACT_ALIASES: Mapping[str, tuple[str, ...]] = {
    "learning_rate": ("lr", "lr0", "rate", "initial lr", "init lr", "base lr", "max lr"),
    "batch_size": ("batch", "bs", "batchsize", "train batch size"),
    "optimizer": ("optim", "opt", "optimiser"),
    "loss_fn": ("loss", "loss function", "criterion"),
    "epochs_planned": ("epochs", "max epochs", "num epochs", "n epochs", "num train epochs"),
    "weight_decay": ("wd", "l2"),
    "dropout": ("dropout rate", "drop rate"),
    "n_classes": ("classes", "num classes", "number of classes", "num labels"),
    "output_units": ("units", "num outputs"),
    "output_activation": ("activation", "last activation"),
    "gradient_clipping": ("clip", "grad clip", "max grad norm", "gradient clip val"),
    "model_family": ("model", "architecture", "arch"),
    "train_size": ("n train", "train samples", "training samples", "n samples"),
    "val_size": ("n val", "val samples", "validation samples", "validation size"),
    "inputs_normalized": ("normalized", "normalised"),
    "inputs_range": ("input range",),
    "split_method": ("split",),
}
_UNKNOWN = frozenset(
    {
        "?", "~", "-", "skip", "na", "n/a", "idk", "unknown", "unsure", "null", "not_sure",
        "don't_know", "dont_know", "do_not_know", "i_don't_know", "i_dont_know", "i_do_not_know",
        "not_known", "no_idea",
    }
)  # fmt: skip
_YES_NO = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_SCALED = re.compile(rf"(?:~|about |ca\.? )?({_NUMBER})\s*([kmb]?)")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2}(?:[, '_]\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_BETWEEN_NUMBERS = re.compile(r"\s*(?:[,;]|\.\.|\bto\b|(?<=\d)\s*-\s*(?=\d)|\s)\s*")


def is_unknown(text: str) -> bool:
    """Does a text say that nobody knows: "don't know", "n/a", "skip", "?"?"""
    plain = text.strip().lower().replace("’", "'").rstrip(".")
    return "_".join(plain.split()) in _UNKNOWN


def symptom_id(text: str, knowledge: KnowledgeBase) -> str:
    """Return the id that a name stands for: itself, another name of a fact, another spelling.

    What stands for none is returned as it was typed, so that an error can name it.
    """
    typed = text.strip()
    if typed in knowledge.specs:
        return typed
    return _spellings(knowledge).get(squeezed(typed), typed)


@lru_cache(maxsize=4)
def _spellings(knowledge: KnowledgeBase) -> dict[str, str]:
    """Return id by squeezed spelling; an id comes before another name of a fact."""
    others = {squeezed(name): id for id, names in FACT_ALIASES.items() for name in names}
    return {**others, **{squeezed(id): id for id in knowledge.specs}}


def parse_number(text: str) -> float | None:
    """Return a number as people type it ("5k", "5,000", "1e-3"), or None where it is not one."""
    plain = text.strip().lower()
    if _THOUSANDS.fullmatch(plain):
        return float(re.sub(r"[, '_]", "", plain))
    if _DECIMAL_COMMA.fullmatch(plain):
        return float(plain.replace(",", "."))
    scaled = _SCALED.fullmatch(plain)
    if scaled:
        return float(scaled[1]) * _FACTORS[scaled[2]]
    try:
        return float(plain)  # nan and inf, which are refused where they cannot stand
    except ValueError:
        return None


def parse_text(text: str, id: str, knowledge: KnowledgeBase) -> Any:
    """Return what a text says of a symptom or fact, not yet checked: a number, a flag, a word.

    id   must be one of `knowledge.specs`
    """
    spec, text = knowledge.specs[id], text.strip()
    if _is_tuple(spec):
        return _numbers(text)
    number = _number(text, spec)
    if number is not None:
        return number
    if takes_flag(spec) and text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    return text if spec.kind == "fact" else text.lower().replace(" ", "_")


def takes_flag(spec: Spec) -> bool:
    """Is yes or no an answer?"""
    return spec.kind == "flag" or (spec.kind == "fact" and "bool" in _annotation(spec))


def takes_number(spec: Spec) -> bool:
    """Is a number an answer?"""
    annotation = _annotation(spec) if spec.kind == "fact" else ""
    numeric = "int" in annotation or "float" in annotation
    return spec.kind == "number" or (numeric and not _is_tuple(spec))


def _annotation(spec: Spec) -> str:
    return str(Setup.model_fields[spec.id].annotation)


def _is_tuple(spec: Spec) -> bool:
    return spec.kind == "fact" and "tuple" in _annotation(spec)


def _numbers(text: str) -> Any:
    """Return the numbers of a list ("[900, 100]", "0..255"), or the text where it is not one."""
    parts = [part for part in _BETWEEN_NUMBERS.split(text.strip("[]() ")) if part]
    numbers = [parse_number(part) for part in parts]
    if not numbers or None in numbers:
        return text
    return [_whole(number) for number in numbers if number is not None]


def _number(text: str, spec: Spec) -> float | int | None:
    """Return the number, a percentage of a share as a share, a whole one of a fact as whole."""
    number = parse_number(text.removesuffix("%"))
    if number is None:
        return None
    if text.endswith("%"):
        return number / 100 if spec.unit.startswith("share") else number
    return _whole(number) if spec.kind == "fact" else number


def _whole(number: float) -> float | int:
    return int(number) if isfinite(number) and number == int(number) else number
