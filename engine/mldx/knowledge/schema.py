"""The shapes of the knowledge base: causes, checks, thresholds, complaints, a user's own symptoms,
as written in YAML.

These models say what a file may hold. What must hold between files (ids that exist, a graph without
cycles) is in `mldx.knowledge.analysis`.
"""

from __future__ import annotations

from math import inf
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from mldx.knowledge.cards import STRENGTHS


def _decibans(value: Any) -> Any:
    """Bring a word of the scale to dB; a plain number is dB already."""
    if isinstance(value, str):
        if value not in STRENGTHS:
            raise ValueError(f"a number of dB, or one of {', '.join(STRENGTHS)}")
        return STRENGTHS[value]
    return value


Decibans = Annotated[float, BeforeValidator(_decibans), Field(ge=-60, le=60, allow_inf_nan=False)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Shape(BaseModel):
    """Base of everything written in YAML: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ScopeShape(Shape):
    """Where a check or cause applies; a fact that is not observed neither includes nor excludes."""

    domain: tuple[str, ...] = ()
    task: tuple[str, ...] = ()
    model_family: tuple[str, ...] = ()
    framework: tuple[str, ...] = ()


class PriorShape(Shape):
    """How common a cause is before anything is observed.

    weight   failing runs of 1000 that have it
    basis    why we believe that
    domains  factor on the weight for a domain, a task or a model family
    """

    weight: float = Field(gt=0, lt=1000)
    basis: str
    domains: dict[str, Annotated[float, Field(gt=0)]] = {}


class TaskShape(Shape):
    """Something to do, and how long it takes a person, in minutes."""

    do: str
    minutes: float = Field(gt=0)


class ConfirmationShape(TaskShape):
    """The cheapest decisive test; `expect` is what is seen if the cause is right, and what would
    prove it wrong.
    """

    expect: str


def _listed(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


class CauseShape(Shape):
    """A cause's card.

    benign     it explains what is seen and is no fault: only the reading of it is to be corrected
    syndrome   it is what several causes look like; the causes behind it are named before it
    """

    title: str
    meaning: str
    prior: PriorShape
    confirm: ConfirmationShape
    fix: Annotated[tuple[TaskShape, ...], BeforeValidator(_listed), Field(min_length=1)]
    mistaken_for: dict[Id, str] = Field(min_length=1)
    leads_to: tuple[Id, ...] = ()
    sources: dict[str, str] = Field(min_length=1)
    applies_to: ScopeShape | None = None
    not_for: ScopeShape | None = None
    benign: bool = False
    syndrome: bool = False


class BranchShape(Shape):
    """One answer to a check: when it holds, what it points to, and where to go next."""

    when: Any
    points_to: dict[Id, Decibans] = {}
    then: tuple[Id, ...] | None = None


class CheckShape(Shape):
    """A node of the decision graph; it asks one symptom.

    answers  what a word or a level that answers it means, where the word alone does not say
    family   observations that restate one another share it; by default the symptom's own id
    then     where a branch leads that does not say it itself
    unknown  where an unobserved symptom leads; by default like `then`
    moot     what else, once observed, answers it: where this holds it is not asked
    leads_from  checks of another file that lead here too, so that an extension can be reached
                without editing them
    """

    asks: str = Field(pattern=r"^([a-z]+\.)?[a-z][a-z0-9_]*$")
    question: str
    help: str
    minutes: float = Field(gt=0)
    answers: dict[str, str] = {}
    branches: tuple[BranchShape, ...] = Field(min_length=1)
    family: Id | None = None
    applies_to: ScopeShape | None = None
    then: tuple[Id, ...] = ()
    unknown: tuple[Id, ...] | None = None
    moot: Any = None
    leads_from: tuple[Id, ...] = ()


class StageShape(Shape):
    """What a stage is called and the question it settles; `start` are its first checks.

    entry   whether every walk starts here too; else only the branches of other checks lead in
    """

    title: str
    question: str
    start: tuple[Id, ...] = Field(min_length=1)
    entry: bool = False


class ThresholdShape(Shape):
    """A number that an observer compares with."""

    value: float
    unit: str
    source: str


class LevelsShape(Shape):
    """Where the levels of a number begin; they rise or fall from none to strong."""

    none: float
    mild: float
    moderate: float
    strong: float
    source: str


class PairShape(Shape):
    """One standard pair of output activation and loss; `units` are those of the last layer."""

    activation: tuple[str, ...] = Field(min_length=1)
    loss: tuple[str, ...] = Field(min_length=1)
    units: Literal["1", "two", "many", "classes", "any"]


class DeclaredSymptomShape(Shape):
    """A symptom of a user's own, of the section `custom`.

    words      the choices of a choice; for a number, words it takes beside the levels
    low, high  the range of a number, ends included
    """

    kind: Literal["flag", "choice", "number"]
    text: str
    words: tuple[str, ...] = ()
    low: float = -inf
    high: float = inf
    unit: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "choice" and len(set(self.words)) < 2:
            raise ValueError("a choice has at least two different words")
        if self.kind == "flag" and self.words:
            raise ValueError("a flag is true or false and has no words")
        if any(word != word.strip().lower() for word in self.words):
            raise ValueError("words are written in small letters")
        if self.kind != "number" and self.model_fields_set & {"low", "high", "unit"}:
            raise ValueError("only a number has a range and a unit")
        if not self.low < self.high:
            raise ValueError(f"the range {self.low:g}..{self.high:g} is empty")
        return self


class ComplaintShape(Shape):
    """What a person says first, and what a helpful expert says then.

    words   the complaint as a person says it
    answer  the good first answer, in a sentence or two
    states  what the words themselves observe: symptom or setup fact -> value
    asks    the first questions back, by symptom or setup fact, in order; one that is stated too,
            for words seldom say how much or when
    heard   phrases by which it is known in free text: their words in this order, a few others
            between them allowed
    """

    words: str
    answer: str
    states: dict[str, bool | float | str] = {}
    asks: tuple[str, ...] = Field(min_length=1)
    heard: tuple[str, ...] = Field(min_length=1)


class ChangesShape(Shape):
    """What an extension changes in cards that stand elsewhere: the fields that differ, written as
    they are there.
    """

    priors: dict[Id, dict[str, Any]] = {}
    thresholds: dict[Id, dict[str, dict[str, Any]]] = {}
    levels: dict[str, dict[str, Any]] = {}


class CitationShape(Shape):
    """A text that cards point into."""

    text: str
    url: str
    verified: bool
