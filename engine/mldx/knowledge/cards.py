"""The cards of the knowledge base as they are used in memory: light, frozen, typed.

`mldx.knowledge.schema` says what YAML may hold and checks it with pydantic; what passed is kept as
plain data, and a card is made of it when it is first asked for. A card has the fields of its shape;
where the rules' word is not the one of the code, `RENAMED` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import inf
from typing import Any, Generic, Literal, TypeVar

StageId = Literal["data", "learning", "stability", "generalization", "drill_down"]
STAGES: tuple[StageId, ...] = ("data", "learning", "stability", "generalization", "drill_down")
HEALTHY = "healthy"
SCOPES = ("domain", "task", "model_family", "framework")

STRENGTHS: dict[str, float] = {
    "weak": 2.0,
    "moderate": 5.0,
    "strong": 10.0,
    "direct": 15.0,
    "against_weak": -1.0,
    "against_moderate": -5.0,
    "against": -8.0,
    "rules_out": -20.0,
}

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

    benign     it explains what is seen and is not a fault: only its reading is to be corrected
    syndrome   it is what several causes look like; the causes behind it are named before it
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
    benign: bool = False
    syndrome: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One answer to a check: when it holds, what it points to (dB), and where to go next."""

    when: Any
    points_to: Mapping[str, float]
    then: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A check's card; it asks one symptom.

    asks     the symptom's name in rules: `training.loss_shape`
    answers  what a word or a level that answers it means, where the word alone does not say
    family   observations that restate one another share it; by default the symptom's own id
    then     where a branch leads that does not say it itself
    unknown  where an unobserved symptom leads; by default like `then`
    skip_if  what else, once observed, answers it: where this holds it is not asked
    """

    id: str
    stage: StageId
    asks: str
    question: str
    help: str
    minutes: float
    branches: tuple[Branch, ...]
    answers: Mapping[str, str]
    family: str | None = None
    applies_to: Scope | None = None
    then: tuple[str, ...] = ()
    unknown: tuple[str, ...] | None = None
    skip_if: Any = None


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage is called and the question it settles; `start` are its first checks.

    entry   whether every walk starts here too; else only the branches of other checks lead in
    """

    id: str
    title: str
    question: str
    start: tuple[str, ...]
    entry: bool = False


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
class Threshold:
    """A number that an observer compares with."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Levels:
    """Where the levels of a number begin; they rise or fall from none to strong."""

    none: float
    mild: float
    moderate: float
    strong: float
    source: str


@dataclass(frozen=True, slots=True)
class Pair:
    """One standard pair of output activation and loss; `units` are those of the last layer."""

    activation: tuple[str, ...]
    loss: tuple[str, ...]
    units: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A text that cards point into."""

    text: str
    url: str
    verified: bool


@dataclass(frozen=True, slots=True)
class DeclaredSymptom:
    """A symptom of a user's own, of the section `custom`."""

    kind: Literal["flag", "choice", "number"]
    text: str
    words: tuple[str, ...] = ()
    low: float = -inf
    high: float = inf
    unit: str = ""


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
    return _card(
        Check,
        {
            "answers": {},
            **plain,
            "id": id,
            "branches": tuple(
                _card(Branch, {"points_to": {}, **branch}) for branch in plain["branches"]
            ),
            "applies_to": _scope(plain.get("applies_to")),
        },
    )


def stage(id: str, plain: Mapping[str, Any]) -> Stage:
    """Return the head of a stage."""
    return _card(Stage, {**plain, "id": id})


def complaint(id: str, plain: Mapping[str, Any]) -> Complaint:
    """Return the card of a complaint."""
    return _card(Complaint, {**plain, "id": id})


def pair(plain: Mapping[str, Any]) -> Pair:
    """Return one standard pair of output activation and loss."""
    return _card(Pair, plain)


def threshold(id: str, plain: Mapping[str, Any]) -> Mapping[str, Threshold]:
    """Return the thresholds of one observer, by name."""
    return {name: _card(Threshold, one) for name, one in plain.items()}


def levels(id: str, plain: Mapping[str, Any]) -> Levels:
    """Return where the levels of a symptom begin."""
    return _card(Levels, plain)


def source(id: str, plain: Mapping[str, Any]) -> Citation:
    """Return a text that is cited."""
    return _card(Citation, plain)


def declared(id: str, plain: Mapping[str, Any]) -> DeclaredSymptom:
    """Return a symptom of a user's own."""
    return _card(DeclaredSymptom, plain)


def _scope(plain: Mapping[str, Any] | None) -> Scope | None:
    return None if plain is None else _card(Scope, plain)


RENAMED = {
    Check: {"moot": "skip_if"},
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
