"""Do output activation, loss and units form a standard pair for the task? A look-up in
`rules/pairs.yaml`.

What departs is named: when the loss stands in some row, the activation (or the units) is the odd
one; when the activation does, the loss is. A loss that applies its own softmax, behind a softmax,
is the pair applied twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mldx.knowledge.cards import Pair

_OWN_LOGITS = {"torch", "lightning", "transformers", "jax"}
_SQUASHED = {"softmax", "sigmoid", "log_softmax"}
_SAME_AS = {
    "forecasting": "regression",
    "sequence_labelling": "multiclass",
    "generation": "multiclass",
}


def output_loss_pair(
    facts: Mapping[str, Any], pairs: Mapping[str, Sequence[Pair]]
) -> tuple[str, str] | None:
    """Return the value of `output_loss_pair` and the figure behind it, or None where the facts do
    not say.

    facts   setup facts with canonical names
    pairs   the standard rows by task
    """
    activation, loss = facts.get("output_activation"), _loss(facts)
    rows = pairs.get(_task(facts) or "")
    if not rows or activation is None or not _known(activation, loss, pairs):
        return None
    units = facts.get("output_units")
    verdict = _verdict(activation, loss, units, facts, rows)
    return None if verdict is None else (verdict, _figure(facts, activation, loss, units))


def _loss(facts: Mapping[str, Any]) -> str | None:
    """In PyTorch's family cross-entropy applies its own softmax, whatever it is called."""
    loss = facts.get("loss_fn")
    if loss in ("cross_entropy", "sparse_cross_entropy") and facts.get("framework") in _OWN_LOGITS:
        return "cross_entropy_with_logits"
    return loss


def _task(facts: Mapping[str, Any]) -> str | None:
    """The task as given, or as the loss and the classes show it."""
    task = facts.get("task")
    if task in _SAME_AS and (task == "forecasting" or facts.get("n_classes")):
        return _SAME_AS[task]
    if task is not None:
        return str(task)
    return _task_of_loss(str(facts.get("loss_fn")), facts)


def _task_of_loss(loss: str, facts: Mapping[str, Any]) -> str | None:
    classes, units = facts.get("n_classes"), facts.get("output_units")
    if loss.startswith("binary") and classes in (None, 2) and units in (None, 1):
        return "binary"
    return "multiclass" if "cross_entropy" in loss and (classes or 0) > 2 else None


def _known(activation: str, loss: str | None, pairs: Mapping[str, Sequence[Pair]]) -> bool:
    """Only activations and losses that some row names can be judged."""
    every = [row for rows in pairs.values() for row in rows]
    return any(activation in row.activation for row in every) and (
        loss is None or any(loss in row.loss for row in every)
    )


def _verdict(
    activation: str,
    loss: str | None,
    units: int | None,
    facts: Mapping[str, Any],
    rows: Sequence[Pair],
) -> str | None:
    of_activation = [row for row in rows if activation in row.activation]
    fitting = [row for row in of_activation if _fits(row.units, units, facts)]
    if loss is None:
        return None if fitting else "wrong_activation"
    reach = _reach([row for row in fitting if loss in row.loss])
    if reach is not None:
        return _verdict_on_targets(reach, facts.get("target_range"))
    return _verdict_on_loss(activation, loss, units, (fitting, of_activation, rows))


def _reach(rows: Sequence[Pair]) -> tuple[float, float] | None:
    """Return what the activation can put out, where each row that takes the loss has a limit."""
    limits = [row.reach for row in rows if row.reach is not None]
    return limits[0] if limits and len(limits) == len(rows) else None


def _verdict_on_targets(
    reach: tuple[float, float], targets: tuple[float, float] | None
) -> str | None:
    """Judge an activation of limited reach by the targets; where they are not known it may be
    right.
    """
    if targets is None:
        return None
    low, high = targets
    return "standard" if reach[0] <= low and high <= reach[1] else "wrong_activation"


def _verdict_on_loss(
    activation: str, loss: str, units: int | None, rows: tuple[Sequence[Pair], ...]
) -> str:
    """Judge the loss by the rows that fit, those of the activation, and all of them."""
    fitting, of_activation, every = rows
    if loss in _losses(fitting):
        return "standard"
    if _squashed_twice(activation, loss):
        return "double_softmax"
    if loss in _losses(of_activation):
        return _wrong_number_of_units(activation, units)
    always = _losses([row for row in every if row.reach is None])
    return "wrong_loss" if fitting and loss not in always else "wrong_activation"


def _squashed_twice(activation: str, loss: str) -> bool:
    return loss.endswith("_with_logits") and activation in _SQUASHED


def _wrong_number_of_units(activation: str, units: int | None) -> str:
    """A softmax over one unit is always 1: no number of units helps."""
    return "wrong_activation" if units == 1 and activation == "softmax" else "wrong_units"


def _losses(rows: Sequence[Pair]) -> set[str]:
    return {loss for row in rows for loss in row.loss}


def _fits(wanted: str, units: int | None, facts: Mapping[str, Any]) -> bool:
    classes = facts.get("n_classes")
    if units is None or wanted == "any":
        return True
    if wanted == "classes":
        return units == classes if classes else units > 1
    return units == 1 if wanted == "1" else units > 1


def _figure(facts: Mapping[str, Any], activation: str, loss: str | None, units: int | None) -> str:
    parts = [f"{activation} output"]
    if units:
        parts.append(f"on {units} unit{'s' if units != 1 else ''}")
    if loss:
        parts.append(f"with {loss}")
    parts.append(f"for {facts.get('task') or _task(facts)}")
    if facts.get("n_classes"):
        parts.append(f"of {facts['n_classes']} classes")
    return " ".join(parts)
