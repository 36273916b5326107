"""What was read of a run, in words and figures: its form, its series, its facts, and what was left
out.

It travels beside the symptoms, so that every report can say what it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Number = float | str  # what is not finite is text, as in a run record: "nan", "inf", "-inf"


class ReadPart(BaseModel):
    """Base of what was read; what comes from outside is checked."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ReadSeries(ReadPart):
    """One series, in figures."""

    name: str = Field(description="As the log names it.")
    split: Literal["train", "val", "test", "other"]
    metric: str
    key: str = Field(description="Its name in a run record, and for `--series`.")
    judged: bool = Field(description="False where another series of its split and metric is taken.")
    axis: Literal["epoch", "step"]
    points: int
    start: Number | None = Field(description="The least place on its axis.")
    end: Number | None = Field(description="The greatest place on its axis.")
    first: Number | None = Field(description="The first value.")
    last: Number | None = Field(description="The last value.")
    min: Number | None = Field(description="The least of the finite values.")
    max: Number | None = Field(description="The greatest of the finite values.")
    not_finite: int


class ReadEvent(ReadPart):
    """Something that happened to the run beside its numbers."""

    kind: Literal["restart", "resume", "message"]
    text: str
    at: Number | None = Field(None, description="Where on the axis of the loss, if known.")


class Reading(ReadPart):
    """What was read of one run, or of several sources that are taken together."""

    origin: str = Field(description="The file, folder or stream.")
    format: str = Field(description="What it was recognised as, in words.")
    name: str = Field("", description="What the log calls this run, where it holds several.")
    series: tuple[ReadSeries, ...] = ()
    setup: dict[str, Any] = Field(
        default_factory=dict, description="Setup facts in the log or beside it, as written there."
    )
    answers: dict[str, Any] = Field(
        default_factory=dict, description="Symptoms that the log itself states."
    )
    events: tuple[ReadEvent, ...] = Field((), description="Restarts, resumes and messages.")
    others: tuple[str, ...] = Field((), description="Other runs in it, a line for each.")
    ignored: tuple[str, ...] = Field((), description="What was there and not used.")
    notes: tuple[str, ...] = Field((), description="What the reader did and chose.")
    doubts: tuple[str, ...] = Field(
        (), description="Why it may have been misread; its curves are then not judged."
    )

    def with_also(self, other: Reading) -> Reading:
        """Return both as one, for sources that are taken together."""
        if self == other:
            return self
        both = {
            name: (*getattr(self, name), *getattr(other, name))
            for name in ("series", "events", "others", "ignored", "notes", "doubts")
        }
        words = {
            "origin": ", ".join(dict.fromkeys((self.origin, other.origin))),
            "format": " and ".join(dict.fromkeys((self.format, other.format))),
            "setup": {**self.setup, **other.setup},
            "answers": {**self.answers, **other.answers},
        }
        return self.model_copy(update={**both, **words})

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data that JSON can hold."""
        return self.model_dump(mode="json")

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Reading:
        """Return the reading that `to_plain` wrote.

        raises   ValueError, when it is not one
        """
        return cls.model_validate(plain)
