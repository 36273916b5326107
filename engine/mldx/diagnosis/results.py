"""What a diagnosis tells: causes with their evidence, actions, questions, the walk step by step."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["faulty", "healthy", "undecided"]
Confidence = Literal["confirmed", "likely", "possible", "unlikely"]


class ReportPart(BaseModel):
    """Base of what a diagnosis tells."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Evidence(ReportPart):
    """One observation that spoke for or against a cause.

    db       decibans, for (> 0) or against (< 0)
    counted  False where a stronger item of the same family was counted instead
    """

    check: str
    symptom: str
    saw: Any
    figure: str
    source: str
    db: float
    family: str
    counted: bool


class Pending(ReportPart):
    """An observation that would bear on a cause: not made, or made and not as the cause would have
    it.
    """

    check: str
    symptom: str
    question: str
    db: float
    saw: Any = None


class NamedCause(ReportPart):
    """A cause in the ranking, with what speaks for it and against it.

    probability      how often a run of which this is said has the cause, or one that cannot be told
                     apart from it on what is known
    posterior        its share of the hypotheses, which add up to 1 with those of the other causes
    absent           what the cause would lead one to see, and was seen otherwise
    unknown          what would speak for it, and was not observed
    consequence_of   the likelier root that produces it, if one is listed
    shows_as         the syndromes it is seen as
    benign           a fact to know and not a fault
    """

    id: str
    title: str
    stage: str
    probability: float
    posterior: float
    confidence: Confidence
    shows_as: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...]
    absent: tuple[Pending, ...] = ()
    unknown: tuple[Pending, ...] = ()
    consequence_of: str | None = None
    benign: bool = False


class Action(ReportPart):
    """Something to do next.

    kind    test (confirms a cause), fix (of a cause), check (answers an open question)
    gain    bits expected of a test or a check, probability of repair of a fix
    worth   gain per minute
    """

    kind: Literal["test", "fix", "check"]
    about: str
    do: str
    expect: str
    minutes: float
    gain: float
    worth: float


class OpenQuestion(ReportPart):
    """A check that was reached and not answered; `separates` are the causes it would part."""

    symptom: str
    check: str
    stage: str
    question: str
    help: str
    minutes: float
    gain: float
    separates: tuple[str, ...]


class ShownSyndrome(ReportPart):
    """What the run shows.

    sentence   its title, a colon, and the figures behind it
    signs      the observations by which it is recognized
    degree     how far these are settled: 1, or less where a curve leaves them in doubt
    asks       the checks that tell its causes apart, in order
    at         the epoch or step where it was seen
    """

    id: str
    title: str
    sentence: str
    signs: tuple[str, ...]
    degree: float
    first_aid: str
    asks: tuple[str, ...]
    at: float | None = None

    @property
    def told(self) -> str:
        """The sentence behind its title."""
        return self.sentence.removeprefix(f"{self.title}: ")


class Step(ReportPart):
    """One step of the walk: which check, what was seen, which answer that is, what it pointed to,
    and the stages it closed.

    answer     the id of the answer
    says       the answer in words
    points_to  dB by cause, for (> 0) or against (< 0)
    """

    check: str
    stage: str
    symptom: str
    saw: Any
    answer: str | bool
    says: str
    points_to: dict[str, float]
    closes: tuple[str, ...] = ()


class Unexplained(ReportPart):
    """An alarming observation that no listed cause explains."""

    symptom: str
    saw: Any
    figure: str


class StageState(ReportPart):
    """How far a stage could be judged: how many of its checks were answered, or why none was."""

    stage: str
    title: str
    answered: int
    open: int
    why: str = ""


class SmallestChange(ReportPart):
    """One observation that, seen otherwise, would put another cause on top."""

    symptom: str
    saw: Any
    instead: Any
    top: str
    probability: float
