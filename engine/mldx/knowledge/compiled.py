"""The decision graph made ready for walking: everything that does not depend on the run is worked
out once, and only for the checks that a run asks.

Checks stand in the order of the walk: by stage, then as they stand in their file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from mldx.knowledge.cards import STAGES, Check, Syndrome
from mldx.knowledge.conditions import Holds, Values, compiled, parse, tests
from mldx.knowledge.frequencies import FrequencyTable, Mixture, between, soft_widths
from mldx.knowledge.scope import Known, applies
from mldx.provenance import Shares

YES, NO = 0, 1
FLAG_ANSWERS: tuple[bool, ...] = (True, False)


@dataclass(frozen=True)
class CompiledCheck:
    """A check, ready.

    number   its place in the walking order
    answers  what may be said: words, or True and False
    borders  of a number: where each answer but the last ends
    widths   half the width of the soft zone around each border
    """

    card: Check
    number: int
    answers: tuple[str | bool, ...]
    borders: tuple[float, ...]
    widths: tuple[float, ...]
    named: Callable[[str, Any], Any] = field(repr=False)
    groups: Mapping[str, Sequence[str]] = field(repr=False)

    @property
    def id(self) -> str:
        """The id of the check, the symptom and the observer."""
        return self.card.id

    @property
    def symptom(self) -> str:
        """The same: a check is its symptom."""
        return self.card.id

    @property
    def stage(self) -> str:
        """The stage it belongs to."""
        return self.card.stage

    @property
    def minutes(self) -> float:
        """What it takes a person to look."""
        return self.card.minutes

    @cached_property
    def family(self) -> str:
        """Observations that restate one another share it."""
        return self.card.family or self.card.id

    @cached_property
    def tables(self) -> tuple[tuple[Holds | None, FrequencyTable], ...]:
        """The tables with the circumstances in which each applies; the last one always does."""
        special = [(self._holds(given.when), given.table) for given in self.card.given]
        return (*special, (None, self.card.table))

    @cached_property
    def closing(self) -> frozenset[int]:
        """The numbers of the answers that close later stages."""
        gate = self.card.gate
        answers = () if gate is None else gate.answers
        return frozenset(self.answers.index(answer) for answer in answers)

    @cached_property
    def skips(self) -> Holds | None:
        """The condition under which it is not asked."""
        return self._holds(self.card.skip_if) if self.card.skip_if else None

    def applies(self, known: Known) -> bool | None:
        """Does the check make sense for a run? None when a fact that decides it is not known."""
        return applies(self._scope, known)

    @cached_property
    def _scope(self) -> Mapping[str, Any] | None:
        scope = self.card.only_for
        return (
            None if scope is None else {one.name: getattr(scope, one.name) for one in fields(scope)}
        )

    def asks(self, values: Values) -> bool:
        """Is it worth asking, or do the observed values answer it?"""
        return self.skips is None or self.skips(values) is not True

    def answer(self, value: Any) -> int | None:
        """Return the number of the answer that a value is; None where no answer takes it."""
        if self.card.kind == "flag":
            return NO if value in (False, 0) else YES
        if self.card.kind == "number" and not isinstance(value, str):
            if value is True:  # there is some, and nobody says how much
                return None
            return bisect_right(self.borders, value)
        return self._numbers.get(value, self._rest)

    def mixture(self, value: Any, shares: Shares = ()) -> Mixture | None:
        """Return the answers of a value: one, or two where a number lies close to a border; those
        of all that it may be, where a curve does not settle it.
        """
        if shares:
            return self._mixture_of(shares)
        answer = self.answer(value)
        if answer is None:
            return None
        if self.card.kind == "number" and not isinstance(value, str):
            return between(float(value), self.borders, self.widths)
        return ((answer, 1.0),)

    def _mixture_of(self, shares: Shares) -> Mixture | None:
        if self.card.kind == "flag":  # each of the two once
            return tuple((YES if value else NO, share) for value, share in shares)
        weights: dict[int, float] = {}
        for value, share in shares:
            for answer, weight in self.mixture(value) or ():
                weights[answer] = weights.get(answer, 0.0) + share * weight
        return tuple(weights.items()) or None

    @cached_property
    def circumstances(self) -> tuple[str, ...]:
        """The symptoms whose answers decide which table applies."""
        named = {
            test.symptom
            for given in self.card.given
            for test in tests(parse(given.when))
            if test.operator in ("is", "in")
        }
        return tuple(sorted(named))

    def table(self, values: Values) -> FrequencyTable:
        """Return the table that applies to what was observed."""
        for holds, table in self.tables:
            if holds is None or holds(values):
                return table
        raise AssertionError("the last table always applies")

    @cached_property
    def _numbers(self) -> dict[Any, int]:
        return {answer: number for number, answer in enumerate(self.answers)}

    @cached_property
    def _rest(self) -> int | None:
        rest = [answer.id for answer in self.card.answers if answer.rest]
        return self._numbers[rest[0]] if rest else None

    def _holds(self, when: Any) -> Holds:
        return compiled(parse(when), self.named, self.groups)


@dataclass(frozen=True)
class CompiledSyndrome:
    """A syndrome, ready: each sign as the conditions that must all hold, with what they compare."""

    card: Syndrome
    signs: tuple[tuple[Holds, tuple[str, ...]], ...]

    def sign(self, values: Values) -> tuple[str, ...] | None:
        """Return the symptoms of the first sign that holds, or None."""
        return next((seen for holds, seen in self.signs if holds(values)), None)


@dataclass(frozen=True)
class CompiledGraph:
    """All checks in walking order, and the syndromes in the order in which they are reported."""

    checks: tuple[CompiledCheck, ...]
    by_id: Mapping[str, CompiledCheck]
    syndromes: tuple[CompiledSyndrome, ...]


def build(
    checks: Mapping[str, Check],
    syndromes: Mapping[str, Syndrome],
    groups: Mapping[str, Sequence[str]],
    softness: float,
) -> CompiledGraph:
    """Return the graph of checked cards."""
    by_id: dict[str, CompiledCheck] = {}

    def named(symptom: str, value: Any) -> Any:
        """Return the answer that a value is."""
        check = by_id.get(symptom)
        answer = None if check is None else check.answer(value)
        return value if check is None or answer is None else check.answers[answer]

    order = sorted(checks.values(), key=lambda card: STAGES.index(card.stage))
    for number, card in enumerate(order):
        by_id[card.id] = _compiled(card, number, softness, named, groups)
    return CompiledGraph(
        tuple(by_id.values()),
        by_id,
        tuple(_syndrome(card, named, groups) for card in syndromes.values()),
    )


def _compiled(
    card: Check,
    number: int,
    softness: float,
    named: Callable[[str, Any], Any],
    groups: Mapping[str, Sequence[str]],
) -> CompiledCheck:
    answers = FLAG_ANSWERS if card.kind == "flag" else tuple(one.id for one in card.answers)
    borders = tuple(one.below for one in card.answers if one.below is not None)
    widths = soft_widths(borders, softness, card.low, card.high)
    return CompiledCheck(card, number, answers, borders, widths, named, groups)


def _syndrome(
    card: Syndrome, named: Callable[[str, Any], Any], groups: Mapping[str, Sequence[str]]
) -> CompiledSyndrome:
    signs = [(compiled(parse(sign), named, groups), tuple(sign)) for sign in card.signs]
    return CompiledSyndrome(card, tuple(signs))
