"""The shapes of the knowledge base: checks, causes, syndromes, facts, thresholds, complaints, as
written in YAML.

These models say what a file may hold. What must hold between files (ids that exist, a graph without
cycles) is in `mldx.knowledge.analysis`.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
    shows_as   the syndromes it is seen as
    """

    title: str
    meaning: str
    prior: PriorShape
    confirm: ConfirmationShape
    fix: Annotated[
        tuple[TaskShape, ...],
        BeforeValidator(_listed, json_schema_input_type=TaskShape | list[TaskShape]),
        Field(min_length=1),
    ]
    mistaken_for: dict[Id, str] = Field(min_length=1)
    shows_as: tuple[Id, ...] = ()
    leads_to: tuple[Id, ...] = ()
    sources: dict[str, str] = Field(min_length=1)
    applies_to: ScopeShape | None = None
    not_for: ScopeShape | None = None
    benign: bool = False


Percent = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Row = Percent | dict[str, Percent]


class NumberShape(Shape):
    """What a number may be: its unit and its range, ends included."""

    unit: str = ""
    low: float = -math.inf
    high: float = math.inf

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"the range {self.low:g}..{self.high:g} is empty")
        return self


class AnswerShape(Shape):
    """One answer, in the words of a person.

    below  where the answer of a number ends, itself not included; the last one has none
    word   a word that answers a number and is not a part of its range
    rest   takes every name that no other answer does
    """

    say: str
    below: float | None = None
    word: bool = False
    rest: bool = False


class TableShape(Shape):
    """How often a check is answered how, of 100 runs.

    usual  of 100 failing runs with none of the causes below
    with   of 100 runs with that cause, and of 100 healthy ones

    A row gives a share to every answer and adds up to 100; of a yes-or-no check it is one number,
    how many say yes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, populate_by_name=True)

    usual: Row | None = None
    with_: dict[Id, Row] = Field(default_factory=dict, alias="with")


class GivenShape(TableShape):
    """Another table for other circumstances: where `when` holds. The first that holds applies."""

    when: Any


class GateShape(Shape):
    """The answers that end the walk for the stages it closes."""

    answers: tuple[str | bool, ...] = Field(min_length=1)
    closes: tuple[Literal["learning", "stability", "generalization", "drill_down"], ...] = Field(
        min_length=1
    )


class CheckShape(TableShape):
    """A check: one observation, one card. Its id is that of the symptom, and of the observer.

    section   the group of a questionnaire that it belongs to: training, validation, data ...
    asks      the question, as a person can answer it by looking
    help      where to look, and what misleads there
    title     what is observed, as a noun
    answers   what may be said, in rising order for a number; none for a yes-or-no check
    family    observations that restate one another share it; by default the check's own id
    only_for  where the check makes sense
    gate      answers that close later stages
    skip_if   what else, once observed, answers it: where this holds it is not asked
    given     other tables, for other circumstances
    basis     where the rows come from
    """

    section: str = Field(pattern=r"^[a-z]+$")
    asks: str
    help: str
    title: str = ""
    minutes: float = Field(gt=0)
    number: NumberShape | None = None
    answers: dict[str, AnswerShape] = {}
    family: Id | None = None
    only_for: ScopeShape | None = None
    gate: GateShape | None = None
    skip_if: Any = None
    given: tuple[GivenShape, ...] = ()
    basis: str
    status: Literal["draft", "stable"] = "stable"
    since: str = ""
    renamed_from: Id | None = None


class RowsShape(TableShape):
    """Rows that an extension adds to a check that stands elsewhere."""

    basis: str = ""


class SyndromeShape(Shape):
    """What a run shows, in the words a person uses.

    says       the sentence; the figures behind the sign that holds complete it
    signs      alternatives, the surest first: it holds when all conditions of one of them do
    unless     syndromes that say the same more exactly
    first_aid  what helps whatever the cause
    asks       the checks that tell its causes apart, in order
    """

    title: str
    says: str
    signs: tuple[dict[Id, Any], ...] = Field(min_length=1)
    unless: tuple[Id, ...] = ()
    first_aid: str
    asks: tuple[Id, ...] = Field(min_length=1)


class FactShape(Shape):
    """A setup fact as it is asked for."""

    asks: str
    help: str = ""


class StageShape(Shape):
    """What a stage is called, and the question it settles."""

    title: str
    question: str


class ThresholdShape(Shape):
    """A number that an observer compares with."""

    value: float
    unit: str
    source: str


class PairShape(Shape):
    """One standard pair of output activation and loss; `units` are those of the last layer, and
    `reach` what the activation can put out, where that is less than every number.
    """

    activation: tuple[str, ...] = Field(min_length=1)
    loss: tuple[str, ...] = Field(min_length=1)
    units: Literal["1", "two", "many", "classes", "any"]
    reach: tuple[float, float] | None = None


class ComplaintShape(Shape):
    """What a person says first, and what a helpful expert says then.

    words   the complaint as a person says it
    answer  the good first answer, in a sentence or two
    states  what the words themselves observe: symptom or setup fact -> value
    asks    the first questions back, by symptom or setup fact, in order; one that is stated is
    asked for all that, where
            words seldom say how much or when
    heard   phrases by which it is known in free text: their words in this order, a few others
    between them allowed
    """

    words: str
    answer: str
    states: dict[str, bool | float | str] = {}
    asks: tuple[str, ...] = Field(min_length=1)
    heard: tuple[str, ...] = Field(min_length=1)


class FormShape(Shape):
    """Several questions on one screen.

    asks     what is to be looked at or looked up
    minutes  that it takes, all questions together
    fields   what is asked, by symptom or setup fact, in order
    judges   the check in whose place the facts are asked; a form without it is a look
    """

    asks: str
    help: str
    minutes: float = Field(gt=0)
    fields: tuple[str, ...] = Field(min_length=2)
    judges: str | None = None


class ChangesShape(Shape):
    """What an extension changes in cards that stand elsewhere: the fields that differ, written as
    they are there.
    """

    priors: dict[Id, dict[str, Any]] = {}
    thresholds: dict[Id, dict[str, dict[str, Any]]] = {}


class CitationShape(Shape):
    """A text that cards point into."""

    text: str
    url: str
    verified: bool
