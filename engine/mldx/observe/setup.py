"""What the setup alone shows: names in one vocabulary, and the symptoms that follow from the facts.

The commonest faults of runs that do not crash are wrong output activations and wrong losses
(Jahangirova et al. 2025: 26 % and 16 % of 128), and they can be read off the setup before any
curve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.names import canonical, number
from mldx.observe.pairs import output_loss_pair
from mldx.symptoms import Observation, Symptoms

_NAMED = (
    "framework",
    "domain",
    "task",
    "model_family",
    "optimizer",
    "loss_fn",
    "output_activation",
    "precision",
    "tuning",
    "phase",
    "split_method",
)
_AMOUNTS = (
    "pretrained",
    "frozen_layers",
    "augmentation",
    "dropout",
    "weight_decay",
    "gradient_clipping",
)
# beyond any data set; the range of `class_imbalance_ratio` ends here
MOST_IMBALANCED = 1e12
_ENTROPIES = {"cross_entropy", "sparse_cross_entropy", "binary_cross_entropy"}
_BOOSTERS = {"xgboost", "lightgbm", "catboost"}


def unknown_names(symptoms: Symptoms, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """Return a note for every setup name that the vocabulary does not know."""
    facts, vocabulary = symptoms.setup.__dict__, knowledge.vocabulary
    return tuple(
        f"{field}: {facts[field]!r} is not in the vocabulary; "
        "it is kept as written and says nothing."
        for field in _NAMED
        if facts.get(field) is not None and facts[field] not in vocabulary.get(field, ())
    )


def canonical_facts(facts: Mapping[str, Any], knowledge: KnowledgeBase) -> dict[str, Any]:
    """Return the facts with canonical names, with what their arguments say, and with plain answers
    where none is "0".
    """
    named = dict(facts)
    for field in _NAMED:
        if isinstance(facts.get(field), str):
            name, arguments = canonical(facts[field], knowledge.spellings[field])
            named[field] = name or facts[field]
            _take_arguments(field, arguments, named)
    for field in _AMOUNTS:
        if field in named and not isinstance(named[field], bool):
            named[field] = _amount(named[field])
    if named.get("framework") in _BOOSTERS:
        named.setdefault("model_family", "boosting")
    if "n_classes" not in named and named.get("class_counts"):
        named["n_classes"] = len(named["class_counts"])
    return named


def _amount(value: float | str) -> bool | float:
    """A rate of 0 is "no", a name ("bert-base", "all but the head") is "yes"; other numbers
    stay.
    """
    if isinstance(value, str):
        return value.strip().lower() not in ("", "none", "no", "false", "0")
    return value or False


def _take_arguments(field: str, arguments: Mapping[str, str], named: dict[str, Any]) -> None:
    """Take what stands behind a name: the rate and momentum of an optimizer, from_logits of a
    loss.
    """
    if field == "optimizer":
        _take_optimizer(arguments, named)
    if named.get("loss_fn") in _ENTROPIES and arguments.get("from_logits", "").strip() == "True":
        named["loss_fn"] = f"{named['loss_fn'].removeprefix('sparse_')}_with_logits"


def _take_optimizer(arguments: Mapping[str, str], named: dict[str, Any]) -> None:
    rate = number(arguments.get("lr") or arguments.get("learning_rate"))
    if rate is not None and math.isfinite(rate):
        named.setdefault("learning_rate", rate)
    if named["optimizer"] != "sgd":
        return
    if arguments.get("nesterov", "").strip() == "True":
        named["optimizer"] = "nesterov"
    elif number(arguments.get("momentum")):
        named["optimizer"] = "momentum"


def derive(facts: Mapping[str, Any], knowledge: KnowledgeBase) -> Iterator[Observation]:
    """Every symptom that follows from canonical setup facts alone."""
    limit = knowledge.threshold
    pair = output_loss_pair(facts, knowledge.pairs)
    if pair:
        yield _derived("output_loss_pair", *pair)
    if facts.get("inputs_range"):
        low, high = facts["inputs_range"]
        figure = f"inputs span {low:g}..{high:g}"
        yield _derived("input_scale_class", scale_class(low, high, limit), figure)
    counts = facts.get("class_counts") or ()
    if len(counts) > 1 and min(counts) > 0:
        ratio = min(max(counts) / min(counts), MOST_IMBALANCED)
        figure = f"{max(counts)} against {min(counts)} samples"
        yield _derived("class_imbalance_ratio", ratio, figure)
    size = facts.get("val_size")
    if size is not None and size < limit("val_size_effective.small"):
        yield _derived("val_size_effective", size, f"{size} validation samples")


def _derived(id: str, value: Any, figure: str) -> Observation:
    return Observation(id, value, figure, basis="derived")


def scale_class(low: float, high: float, limit: Callable[[str], float]) -> str | None:
    """Return the class of inputs that span low..high, or None where the span does not say."""
    greatest = max(abs(low), abs(high))
    if low == high:
        return "constant"
    if greatest > limit("input_scale_class.huge"):
        return "huge"
    if low >= 0 and limit("input_scale_class.bytes") <= high <= 255:
        return "0-255"
    if greatest <= 1:
        return "unit"
    centred = low < 0 and greatest <= limit("input_scale_class.standardised")
    return "standardised" if centred else None
