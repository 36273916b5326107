"""The register of the observers of curves: what each needs, how it measures, where it is marked.

    @observer(needs=("train", "val"), points=3, mark=MarkSpec("val", "loss", "validation turns up"))
    def val_loss_turns_up(curves: Curves, train: Curve, val: Curve) -> Finding:

An observer bears the name of its symptom, and is called only when all that it needs is there: too
short or missing is "not observed" and never "no". It returns the value and the figure behind it, or
None where the curve does not decide it after all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

import numpy as np

from mldx.observe.curves import Curve, Curves
from mldx.observe.findings import Finding
from mldx.provenance import Basis
from mldx.symptoms import Observation

Need = Literal[
    "train",
    "finite_train",
    "val",
    "train_accuracy",
    "val_accuracy",
    "val_score",
    "steps",
    "lr",
    "grad_norm",
    "chance_loss",
    "seen",
]
Points = int | str


@dataclass(frozen=True, slots=True)
class MarkSpec:
    """Where a symptom is marked: in the curve of which split and metric, and in which words."""

    split: str
    metric: str
    words: str


@dataclass(frozen=True, slots=True)
class Observer:
    """One observer, as it declares itself.

    needs    what is handed to it, in this order, and without which it is not called
    points   the least number of points of each curve that it needs: a number that arithmetic asks
             for, or the name of a threshold
    basis    counted where the value follows from the logged figures by arithmetic alone; shape
             where a threshold on the form of the curve decides
    """

    symptom: str
    observe: Callable[..., Finding | None]
    needs: tuple[Need, ...]
    points: Mapping[Need, Points]
    basis: Basis
    mark: MarkSpec | None

    def observation(self, curves: Curves, seen: Mapping[str, Observation]) -> Observation | None:
        """Return what it sees, or None where something that it needs is missing or too short.

        seen   what the observers before it reported, by id
        """
        there = [seen if need == "seen" else self._there(need, curves) for need in self.needs]
        if any(one is None for one in there):
            return None
        found = self.observe(curves, *there)
        if found is None or _overflowed(found.value):
            return None
        at = None if found.at is None or not math.isfinite(found.at) else found.at
        basis = found.basis or self.basis
        return Observation(self.symptom, found.value, found.figure, at, basis, found.shares)

    def _there(self, need: Need, curves: Curves) -> Any:
        found = _NEEDS[need](curves)
        if found is None or isinstance(found, float):
            return found
        points = self.points.get(need, 1)
        least = curves.limit(points) if isinstance(points, str) else points
        return found if len(found) >= least else None


def _finite_train(curves: Curves) -> Curve | None:
    """The training loss, where no NaN broke it off."""
    train = curves.train
    return None if train is None or train.first_bad is not None else train


_NEEDS: dict[Need, Callable[[Curves], Any]] = {
    "train": lambda curves: curves.train,
    "finite_train": _finite_train,
    "val": lambda curves: curves.val,
    "train_accuracy": lambda curves: curves.accuracy[0],
    "val_accuracy": lambda curves: curves.accuracy[1],
    "val_score": lambda curves: curves.score[2] if curves.score else None,
    "steps": lambda curves: curves.steps,
    "lr": lambda curves: curves.lr,
    "grad_norm": lambda curves: curves.grad_norm,
    "chance_loss": lambda curves: curves.chance_loss,
}


def _overflowed(value: Any) -> bool:
    """Values too large to compute with allow no observation."""
    return isinstance(value, float) and not math.isfinite(value)


OBSERVERS: list[Observer] = []


def observer(
    *,
    needs: Sequence[Need],
    points: Points | Mapping[Need, Points] = 1,
    basis: Basis = "shape",
    mark: MarkSpec | None = None,
) -> Callable[[Callable[..., Finding | None]], Callable[..., Finding | None]]:
    """Register a function as the observer of the symptom whose name it bears.

    points   for every curve that it needs, or by need
    """

    def register(function: Callable[..., Finding | None]) -> Callable[..., Finding | None]:
        by_need = points if isinstance(points, Mapping) else dict.fromkeys(needs, points)
        name = function.__name__
        OBSERVERS.append(Observer(name, function, tuple(needs), by_need, basis, mark))
        return function

    return register


def registered() -> tuple[Observer, ...]:
    """Return every observer, in the order in which they look; the shape sums up those before it."""
    for module in _MODULES:
        import_module(f"mldx.observe.{module}")
    return tuple(OBSERVERS)


_MODULES = (
    "nonfinite",
    "plateau",
    "trend",
    "guessing",
    "overfitting",
    "validation",
    "collapse",
    "detection",
    "boosting",
    "steps",
    "rates",
    "shape",
    "policy",
)


def marks() -> dict[str, MarkSpec]:
    """Return where each symptom that has a place is marked, by id."""
    return {one.symptom: one.mark for one in registered() if one.mark is not None}


def measured(curves: Curves) -> list[Observation]:
    """Return every observation that the curves allow."""
    made: dict[str, Observation] = {}
    with np.errstate(all="ignore"):
        for one in registered():
            found = one.observation(curves, made)
            if found is not None:
                made[found.id] = found
    return list(made.values())
