"""What each tool takes. The descriptions go to the agent; what is in a run is judged by the reader
of run records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from reprlib import repr as short
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from mldx.errors import Fault, InputError, nearest, wanted
from mldx.knowledge import load
from mldx.symptoms import SECTIONS
from mldx.symptoms.catalogue import shipped
from mldx.symptoms.setup import Setup


def _setup_schema() -> dict[str, Any]:
    """The setup facts with their types and meanings, without what an agent need not read."""
    fields = Setup.model_json_schema()["properties"]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {id: _plain(fields[id]) for id in fields},
    }


def _plain(field: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a fact without null, which stands for nothing here."""
    types = [one for one in field["anyOf"] if one.get("type") != "null"]
    kinds = types[0] if len(types) == 1 else {"type": [one["type"] for one in types]}
    return {"description": field["description"], **kinds}


def _asked_first() -> frozenset[str]:
    """What complaints ask first: the symptoms that settle most."""
    return frozenset(id for card in load().complaints.values() for id in card.first_questions)


def _answers_schema() -> dict[str, Any]:
    """The twenty symptoms that are asked first, and room for all others."""
    first = {
        id: {"description": f"{spec.text}: {spec.expected}"}
        for id, spec in shipped().items()
        if id in _asked_first()
    }
    return {
        "type": "object",
        "properties": first,
        "additionalProperties": {"type": ["boolean", "number", "string"]},
    }


_CURVES = {
    "type": "object",
    "additionalProperties": {"type": "array", "items": {"type": ["number", "string", "null"]}},
}
_ANSWERS = {"type": "object", "additionalProperties": {"type": ["boolean", "number", "string"]}}
_NAMES = {"type": "array", "items": {"type": "string", "enum": list(SECTIONS)}}


class ToolInput(BaseModel):
    """Base of what a tool takes: nothing unknown; null is as good as absent; an object may come as
    its JSON text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _unpacked(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        packed = {name for name, field in cls.model_fields.items() if field.annotation is not str}
        return {
            key: _object(value) if key in packed else value
            for key, value in given.items()
            if value is not None
        }

    @classmethod
    def of(cls, given: Any, tool: str) -> Self:
        """Return the arguments of a call.

        raises   InputError with a fault for each that is unknown, missing, or of a wrong type
        """
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InputError(
                *(_fault(one["loc"], one, tool, cls.model_fields) for one in error.errors())
            ) from error


def _object(value: Any) -> Any:
    """Return the object or list that a text of JSON stands for; anything else as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _fault(place: tuple[Any, ...], told: Any, tool: str, names: Iterable[str]) -> Fault:
    where, name = ".".join(map(str, (tool, *place))), str(place[-1]) if place else tool
    if told["type"] == "extra_forbidden":
        near = nearest(name[:80], names)
        expected = "one of " + ", ".join(names)
        return Fault(
            where,
            f"`{name[:80]}` is no argument of `{tool}`.",
            expected,
            f"write `{near}`" if near else "",
        )
    if told["type"] == "missing":
        return Fault(where, f"`{name}` is missing.", wanted(told["msg"]))
    return Fault(where, f"it is {short(told['input'])}.", wanted(told["msg"]))


Path = Annotated[str, Field(max_length=4096)]


_CHOSEN: Any = Field(
    default_factory=dict,
    description='Which series of the log is which, where it chose wrongly: {"train_loss": "its own '
    'name"}; `read_run` names them.',
)


class RunInput(ToolInput):
    """A run: a log, the facts themselves, or both."""

    path: Path = Field(
        "",
        description="A log file, a run folder, or a run record (.json, .yaml), below the folders "
        "that are open."
        " Leave it out to send the facts themselves.",
    )
    series: dict[str, str] = _CHOSEN
    setup: Annotated[dict[str, Any], WithJsonSchema(_setup_schema())] = Field(
        default_factory=dict,
        description="What the training code says of the setup, worth a lot: the commonest faults "
        "show in no curve."
        ' Names as the code writes them: "nn.CrossEntropyLoss", "Adam(lr=3e-4)".',
    )
    history: Annotated[dict[str, Any], WithJsonSchema(_CURVES)] = Field(
        default_factory=dict,
        description="Curves, all of one length, where no log is at hand:"
        ' {"epoch": [1, 2], "train_loss": [2.3, 1.9], "val_loss": [2.3, 2.1], "val_accuracy": '
        "[0.1, 0.3]}; also `step`,"
        ' `lr`, `grad_norm`. null: no value there; "nan", "inf": it was not finite.',
    )


class DiagnoseInput(RunInput):
    """A run, and how much to tell of it."""

    answers: Annotated[dict[str, Any], WithJsonSchema(_answers_schema())] = Field(
        default_factory=dict,
        description="What was seen, by symptom id: true or false, a word, a number, or a level "
        "(none, mild, moderate,"
        " strong). These are asked first; `next_question` and the open questions name others. "
        "Leave out what nobody"
        " looked at: it is not a no.",
    )
    most: int | None = Field(
        None,
        ge=1,
        le=20,
        description="The most causes, actions and open questions; by default those of the report.",
    )
    full: bool = Field(
        False, description="Add the whole diagnosis, every cause and the walk: some 20,000 tokens."
    )


class QuestionInput(RunInput):
    """What is known so far, and what cannot be said."""

    answers: Annotated[dict[str, Any], WithJsonSchema(_ANSWERS)] = Field(
        default_factory=dict, description="The answers so far, by the `id` of each question."
    )
    complaint: str = Field(
        "",
        max_length=2000,
        description="What the person complains of, in their words; its questions are asked first.",
    )
    skipped: tuple[str, ...] = Field(
        (), description="The `id` of each question that could not be answered."
    )
    looked: Annotated[tuple[str, ...] | None, WithJsonSchema(_NAMES)] = Field(
        None,
        description="The sections that were, or can easily be, looked at; these are asked about "
        "first."
        " Leave it out when that is not known.",
    )


class CauseInput(ToolInput):
    """Which cause."""

    id: str = Field(
        max_length=200,
        description="The id of a cause, as in a diagnosis: `learning_rate_too_high`.",
    )


class LogInput(ToolInput):
    """Which log."""

    path: Path = Field(
        min_length=1,
        description="A log file, a run folder, or a run record (.json, .yaml), below the folders "
        "that are open.",
    )
    series: dict[str, str] = _CHOSEN
    most: int = Field(30, ge=1, le=500, description="The most series to tell.")
