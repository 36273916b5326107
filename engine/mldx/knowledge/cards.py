"""The cards of the knowledge base as they are used in memory: light, frozen, typed.

`mldx.knowledge.schema` says what YAML may hold and checks it with pydantic; what passed is kept as
plain data, and a card is made of it when it is first asked for. A card has the fields of its shape;
where the rules' word is not the one of the code, `RENAMED` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from math import inf
from typing import Any, Generic, Literal, TypeVar

from mldx.knowledge.frequencies import FrequencyTable

Kind = Literal["flag", "choice", "number"]
StageId = Literal["data", "learning", "stability", "generalization", "drill_down"]
STAGES: tuple[StageId, ...] = ("data", "learning", "stability", "generalization", "drill_down")
HEALTHY = "healthy"
SCOPES = ("domain", "task", "model_family", "framework")

Card = TypeVar("Card")


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a check or cause applies; a fact that is not observed neither includes nor excludes."""

    domain: tuple[str, ...] = ()
    task: tuple[str, ...] = ()
    model_family: tuple[str, ...] = ()
    framework: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prior:
    """How common a cause is: failing runs of 1000 that have it, why we believe that, and factors
    by domain, task or model family.
    """

    weight: float
    basis: str
    domains: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, and how long it takes a person, in minutes."""

    do: str
    minutes: float


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The cheapest decisive test of a cause; `expect` is what is seen if the cause is right."""

    do: str
    minutes: float
    expect: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause's card.

    benign     it explains what is seen and is not a fault: only the reading of it is to be
    corrected
    shows_as   the syndromes it is seen as
    """

    id: str
    stage: StageId
    title: str
    meaning: str
    prior: Prior
    confirm: Confirmation
    fix: tuple[Task, ...]
    mistaken_for: Mapping[str, str]
    sources: Mapping[str, str]
    leads_to: tuple[str, ...] = ()
    applies_to: Scope | None = None
    not_for: Scope | None = None
    shows_as: tuple[str, ...] = ()
    benign: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a check.

    below  where the answer of a number ends, itself not included
    word   a word that answers a number and is not a part of its range
    rest   takes every name that no other answer does
    """

    id: str
    say: str
    below: float | None = None
    word: bool = False
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """Another table for other circumstances: where `when` holds."""

    when: Any
    table: FrequencyTable


@dataclass(frozen=True, slots=True)
class Gate:
    """The answers that end the walk for the stages it closes."""

    answers: tuple[str | bool, ...]
    closes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check's card; its id is that of the symptom and of the observer.

    kind      flag (yes or no), choice, number
    asks      the question
    title     what is observed, as a noun
    table     how often each answer is given; `given` holds those for other circumstances
    """

    id: str
    stage: StageId
    section: str
    kind: Kind
    asks: str
    help: str
    title: str
    minutes: float
    answers: tuple[Answer, ...]
    table: FrequencyTable
    given: tuple[Given, ...]
    basis: str
    unit: str = ""
    low: float = -inf
    high: float = inf
    family: str | None = None
    only_for: Scope | None = None
    gate: Gate | None = None
    skip_if: Any = None
    status: str = "stable"
    since: str = ""
    renamed_from: str | None = None


@dataclass(frozen=True, slots=True)
class Syndrome:
    """What a run shows, in the words a person uses; see `schema.SyndromeShape`."""

    id: str
    title: str
    says: str
    signs: tuple[Mapping[str, Any], ...]
    unless: tuple[str, ...]
    first_aid: str
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A setup fact as it is asked for."""

    id: str
    asks: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage is called and the question it settles."""

    id: str
    title: str
    question: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a person says first, and what a helpful expert says then.

    words            the complaint as a person says it
    answer           the good first answer, in a sentence or two
    implies          what the words themselves observe: symptom or setup fact -> value
    first_questions  the first questions back, by symptom or setup fact, in order
    phrases          by which it is known in free text
    """

    id: str
    words: str
    answer: str
    implies: Mapping[str, bool | float | str]
    first_questions: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """Several questions on one screen; see `schema.FormShape`."""

    id: str
    asks: str
    help: str
    minutes: float
    fields: tuple[str, ...]
    judges: str


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that an observer compares with."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One standard pair of output activation and loss; see `schema.PairShape`."""

    activation: tuple[str, ...]
    loss: tuple[str, ...]
    units: str
    reach: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A text that cards point into."""

    text: str
    url: str
    verified: bool


class Cards(Mapping[str, Card], Generic[Card]):
    """Cards by id, each made of plain data when it is first asked for."""

    def __init__(self, plain: Mapping[str, Any], make: Callable[[str, Any], Card]) -> None:
        self._plain = plain
        self._make = make
        self._made: dict[str, Card] = {}

    def __getitem__(self, id: str) -> Card:
        if id not in self._made:
            self._made[id] = self._make(id, self._plain[id])
        return self._made[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def __contains__(self, id: object) -> bool:
        return id in self._plain


def cause(id: str, plain: Mapping[str, Any]) -> Cause:
    """Return the card of a cause."""
    return _card(
        Cause,
        {
            **plain,
            "id": id,
            "prior": _card(Prior, {"domains": {}, **plain["prior"]}),
            "confirm": _card(Confirmation, plain["confirm"]),
            "fix": tuple(_card(Task, one) for one in plain["fix"]),
            "applies_to": _scope(plain.get("applies_to")),
            "not_for": _scope(plain.get("not_for")),
        },
    )


def check(id: str, plain: Mapping[str, Any]) -> Check:
    """Return the card of a check."""
    answers = tuple(
        _card(Answer, {**one, "id": name}) for name, one in plain.get("answers", {}).items()
    )
    given = tuple(Given(one["when"], table(one, answers)) for one in plain.get("given", ()))
    gate = plain.get("gate")
    return _card(
        Check,
        {
            **plain,
            **(plain.get("number") or {}),
            "id": id,
            "kind": _kind(plain, answers),
            "title": plain.get("title", ""),
            "answers": answers,
            "table": table(plain, answers),
            "given": given,
            "gate": None if gate is None else _card(Gate, gate),
            "only_for": _scope(plain.get("only_for")),
        },
    )


def _kind(plain: Mapping[str, Any], answers: Sequence[Answer]) -> Kind:
    """Return how a check is answered: with a number, one of its words, or yes and no."""
    if plain.get("number") is not None:
        return "number"
    return "choice" if answers else "flag"


def table(plain: Mapping[str, Any], answers: Sequence[Answer]) -> FrequencyTable:
    """Return a table of percentages as shares, one for each answer; an even one where nothing is
    said.
    """
    names = [answer.id for answer in answers]
    count = len(names) or 2
    usual = plain.get("usual")
    even = (1 / count,) * count
    rows = {cause: _row(row, names) for cause, row in plain.get("with", {}).items()}
    return FrequencyTable(even if usual is None else _row(usual, names), rows)


def _row(row: float | Mapping[str, float], names: Sequence[str]) -> tuple[float, ...]:
    """Return a row as shares that add up to 1; one number is the share of yes."""
    if not isinstance(row, Mapping):
        return (row / 100, 1 - row / 100)
    whole = sum(row.values())
    return tuple(row[name] / whole for name in names)


def syndrome(id: str, plain: Mapping[str, Any]) -> Syndrome:
    """Return the card of a syndrome."""
    return _card(Syndrome, {"unless": (), **plain, "id": id})


def fact(id: str, plain: Mapping[str, Any]) -> Fact:
    """Return a setup fact as it is asked for."""
    return _card(Fact, {**plain, "id": id})


def stage(id: str, plain: Mapping[str, Any]) -> Stage:
    """Return the head of a stage."""
    return _card(Stage, {**plain, "id": id})


def complaint(id: str, plain: Mapping[str, Any]) -> Complaint:
    """Return the card of a complaint."""
    return _card(Complaint, {**plain, "id": id})


def form(id: str, plain: Mapping[str, Any]) -> Form:
    """Return the card of a form."""
    return _card(Form, {"judges": "", **plain, "id": id})


def pair(plain: Mapping[str, Any]) -> Pair:
    """Return one standard pair of output activation and loss."""
    return _card(Pair, plain)


def threshold(id: str, plain: Mapping[str, Any]) -> Mapping[str, Threshold]:
    """Return the thresholds of one observer, by name."""
    return {name: _card(Threshold, one) for name, one in plain.items()}


def source(id: str, plain: Mapping[str, Any]) -> Citation:
    """Return a text that is cited."""
    return _card(Citation, plain)


def _scope(plain: Mapping[str, Any] | None) -> Scope | None:
    return None if plain is None else _card(Scope, plain)


RENAMED: dict[Any, dict[str, str]] = {
    Complaint: {"states": "implies", "asks": "first_questions", "heard": "phrases"},
}


def _card(shape: type[Card], plain: Mapping[str, Any]) -> Card:
    """Return a card of plain data, lists as tuples."""
    names = RENAMED.get(shape, {})
    known = _fields(shape)  # type: ignore[arg-type]
    values = {
        names.get(key, key): tuple(value) if isinstance(value, list) else value
        for key, value in plain.items()
    }
    return shape(**{key: value for key, value in values.items() if key in known})


@cache
def _fields(shape: Any) -> frozenset[str]:
    return frozenset(field.name for field in fields(shape))
