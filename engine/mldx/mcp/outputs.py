"""What each tool gives. The descriptions go to the agent, whose attention is dear: every field
earns its place.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mldx.diagnosis.results import Confidence, Verdict
from mldx.interview.question import Kind
from mldx.interview.stop import Reason

Number = float | str


class ToolOutput(BaseModel):
    """Base of what a tool gives; a field that says nothing is left out on the wire."""

    model_config = ConfigDict(frozen=True)


class TaskOutput(ToolOutput):
    """Something to do."""

    do: str
    minutes: float


class ConfirmationOutput(TaskOutput):
    """A test, and what it shows if the cause is right."""

    expect: str


class CauseOutput(ToolOutput):
    """A cause in the ranking."""

    id: str
    title: str
    probability: float
    confidence: Confidence = Field(description="confirmed: by an observation of the fault itself.")


class Suspect(CauseOutput):
    """A cause, why it is suspected, how to be sure, and what to do."""

    stage: str
    shows_as: list[str] = Field([], description="The syndromes it is seen as.")
    speaks_for: list[str] = Field(
        description="Observations with their figures; dB, 10 is ten to one."
    )
    speaks_against: list[str] = []
    confirm: ConfirmationOutput
    fix: TaskOutput
    consequence_of: str = Field(
        "", description="The likelier cause that produces it: settle that one first."
    )
    benign: bool = Field(False, description="A fact to know, and no fault.")


class NextAction(TaskOutput):
    """What to do next, worth most per minute first."""

    kind: Literal["test", "fix", "check"]
    about: str = Field(description="The cause or the check.")
    expect: str


class Open(ToolOutput):
    """What nobody has looked at, and would tell most."""

    id: str = Field(description="The key under `answers`.")
    words: str
    minutes: float


class SyndromeOutput(ToolOutput):
    """What the run shows."""

    id: str
    sentence: str = Field(description="With the figures behind it.")
    first_aid: str = Field(description="What helps whatever the cause is.")


class Diagnosed(ToolOutput):
    """A diagnosis in short."""

    read: list[str] = Field([], description="What was read: form, losses from first to last value.")
    syndromes: list[SyndromeOutput] = Field(
        [], description="What the run shows, surest first: facts, not guesses."
    )
    strikes: list[str] = Field([], description="The oddest facts of the run.")
    verdict: Verdict
    headline: str = Field(description="The verdict in a sentence.")
    healthy: float = Field(description="Probability that nothing is wrong.")
    causes: list[Suspect] = Field(description="Likeliest first, each root before its consequences.")
    causes_left: int = Field(description="Further causes with less support.")
    actions: list[NextAction]
    open_questions: list[Open]
    questions_left: int
    conflicts: list[str] = Field(
        [],
        description="Where sources disagree; a count outranks an answer, an answer a curve's "
        "shape.",
    )
    unexplained: list[str] = Field(
        [], description="Alarming observations that no likely cause explains."
    )
    notes: list[str] = Field(
        [], description="How the log was read, and what could not be used as given."
    )
    full: dict[str, Any] | None = Field(
        None, description="The document that `mldx diagnose --json` prints."
    )


class Option(ToolOutput):
    """One thing to say."""

    value: bool | str
    meaning: str = Field("", description="What a level is in numbers.")


class SeparatedCause(ToolOutput):
    """A cause that the answer would part from others."""

    id: str
    title: str


class QuestionOutput(ToolOutput):
    """A question."""

    id: str = Field(description="The key under `answers`, or the entry in `skipped`.")
    words: str
    about: str = Field(description="What exactly is to be said.")
    help: str = Field(description="Where to look, and what misleads there.")
    section: str
    kind: Kind = Field(
        description="flag: true or false; choice: a word; number: or a level of it; text."
    )
    choices: list[Option] = []
    unit: str = ""
    low: float | None = None
    high: float | None = None
    minutes: float
    separates: list[SeparatedCause] = Field(
        description="Why it is asked: the causes it would part, most parted first."
    )
    known: list[str] = Field([], description="What was seen of these causes already.")
    form: FormOutput | None = Field(
        None, description="What is quicker asked together; this question is its first field."
    )


class FormOutput(ToolOutput):
    """Several questions that one look, or one glance at the code, answers."""

    id: str = Field(description="An entry in `skipped`, when nobody can look.")
    words: str
    help: str
    minutes: float
    fields: list[QuestionOutput]


class Stopped(ToolOutput):
    """Why no further question is worth asking."""

    reason: Reason
    told: str
    leading: list[str] = Field(
        [], description="The likely causes: `show_cause` tells how to confirm and fix each."
    )
    then: QuestionOutput | None = Field(
        None, description="The question to go on with, for whoever wants to."
    )


class NextQuestion(ToolOutput):
    """The next question or a stop, and the ranking so far."""

    question: QuestionOutput | None = None
    stop: Stopped | None = None
    verdict: Verdict
    ranking: list[CauseOutput]
    notes: list[str] = Field([], description="What could not be used as given.")


class PointerOutput(ToolOutput):
    """An observation that speaks for a cause or against it."""

    id: str = Field(description="The symptom: the key under `answers`.")
    seen: str
    db: float


class CauseCardOutput(ToolOutput):
    """The card of a cause."""

    id: str
    title: str
    stage: str
    meaning: str
    benign: bool = False
    confirm: ConfirmationOutput
    fixes: list[TaskOutput]
    mistaken_for: dict[str, str] = Field(
        description="Its look-alikes, and the sign that parts each from it."
    )
    leads_to: list[str] = []
    comes_from: list[str] = []
    points_to_it: list[PointerOutput]
    points_away: list[PointerOutput]
    sources: list[str]


class SeriesOutput(ToolOutput):
    """One series, in figures. `nan` and `inf` are values; min and max are of the finite ones."""

    name: str = Field(description="As the log names it.")
    split: Literal["train", "val", "test", "other"]
    metric: str
    key: str = Field(description="Its key in `series` and in a run record.")
    judged: bool = Field(description="False where another series is taken as the same.")
    axis: Literal["epoch", "step"]
    points: int
    first: Number | None = None
    last: Number | None = None
    min: Number | None = None
    max: Number | None = None
    not_finite: int = 0


class ObservationOutput(ToolOutput):
    """One symptom that the log shows or states, with the figure behind it."""

    id: str
    value: bool | float | str
    figure: str = ""


class LogRead(ToolOutput):
    """What was read."""

    origin: str
    format: str
    series: list[SeriesOutput]
    series_left: int = 0
    setup: dict[str, Any] = Field(
        {}, description="Setup facts in the log or beside it; the more are given, the better."
    )
    observed: list[ObservationOutput] = []
    events: list[str] = []
    others: list[str] = Field([], description="Other runs in it, not judged.")
    notes: list[str] = []
    ignored: list[str] = []
    doubts: list[str] = Field([], description="Why it may have been misread; then say the loss.")
