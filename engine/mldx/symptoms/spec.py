"""How one symptom is declared, and how a value given for it is checked.

A symptom is a flag (yes or no), a choice (one word of a list) or a number. A number also takes a
level, because a person sees "clearly up" and not 0.41, and it may take words of its own beside
them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from reprlib import repr as short
from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo

from mldx.errors import Fault, InputError, nearest

Level = Literal["none", "mild", "moderate", "strong"]
LEVELS: tuple[str, ...] = get_args(Level)
Value = bool | float | str
Kind = Literal["flag", "choice", "number", "fact"]

_WORDS_FOR_BOOL = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a symptom may hold.

    kind      flag, choice, number, or fact (a setup fact, whose type pydantic checks)
    words     the choices; for a number, words it takes beside the levels
    low, high the range of a number, ends included
    tier      1 the first twenty questions, 2 further general ones, 3 asked only where they apply
    """

    id: str
    section: str
    kind: Kind
    text: str
    words: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""
    tier: int = 2

    @property
    def path(self) -> str:
        """The name in rules: `training.loss_shape`."""
        return f"{self.section}.{self.id}"

    @property
    def expected(self) -> str:
        """What a value must be, for an error message."""
        if self.kind == "flag":
            return "true or false"
        if self.kind == "choice":
            return "one of " + ", ".join(self.words)
        span = f"a number in {_bound(self.low)}..{_bound(self.high)}"
        unit = f" ({self.unit})" if self.unit else ""
        return f"{span}{unit}, or one of {', '.join((*LEVELS, *self.words))}"

    def checked(self, value: object) -> Value:
        """Return the value in its own type, or raise InputError that names the symptom and what was
        expected.
        """
        value = plain(value)
        if isinstance(value, str):
            value = value.strip().lower()
        found = getattr(self, f"_{self.kind}")(value)
        if found is None:
            raise InputError(
                Fault(
                    self.path,
                    f"{short(value)} is not a value of `{self.id}`.",
                    self.expected,
                    self._help(value),
                )
            )
        return found  # type: ignore[no-any-return]

    def _flag(self, value: object) -> bool | None:
        if isinstance(value, str):
            return _WORDS_FOR_BOOL.get(value)
        return value if isinstance(value, bool) else None

    def _choice(self, value: object) -> str | None:
        return value if isinstance(value, str) and value in self.words else None

    def _number(self, value: object) -> float | str | None:
        if isinstance(value, str):
            return value if value in LEVELS or value in self.words else None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if not self.low <= value <= self.high or not math.isfinite(value):
            return None  # JSON knows no infinity, and no symptom is one
        return float(value)

    def _help(self, value: object) -> str:
        words = (*self.words, *(LEVELS if self.kind == "number" else ()))
        near = nearest(value, words) if isinstance(value, str) else None
        return f"write `{near}`" if near else ""


def plain(value: Any) -> Any:
    """Bring a numpy scalar to the Python value it stands for."""
    item = getattr(value, "item", None)
    return item() if item is not None and getattr(value, "ndim", None) == 0 else value


def flag(text: str, tier: int = 2) -> Any:
    """Declare a symptom that is there or not."""
    return _declare("flag", text, tier=tier)


def choice(text: str, tier: int = 2) -> Any:
    """Declare a symptom that is one word of its annotation's list."""
    return _declare("choice", text, tier=tier)


def number(
    text: str, low: float = -math.inf, high: float = math.inf, unit: str = "", tier: int = 2
) -> Any:
    """Declare a symptom with a number or a level; low and high are included in its range."""
    return _declare("number", text, low=low, high=high, unit=unit, tier=tier)


def _declare(kind: Kind, text: str, **declared: Any) -> Any:
    return Field(
        default=None,
        description=text,
        json_schema_extra={"symptom": {"kind": kind, **_finite(declared)}},
    )


def _finite(declared: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in declared.items()
        if not (isinstance(value, float) and math.isinf(value))
    }


def _bound(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:g}"


class Section(BaseModel):
    """A group of symptoms; every field is optional and None means not observed."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    title: ClassVar[str] = ""

    @classmethod
    @cache
    def specs(cls, section: str) -> dict[str, Spec]:
        """Return the declared symptoms of this section by id."""
        return {name: _spec(section, name, info) for name, info in cls.model_fields.items()}

    @model_validator(mode="before")
    @classmethod
    def _check(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        specs = cls.specs(cls.__name__.lower())
        return {
            name: specs[name].checked(value)
            if name in specs and specs[name].kind != "fact" and value is not None
            else value
            for name, value in values.items()
        }


def _spec(section: str, name: str, info: FieldInfo) -> Spec:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    declared: Any = extra.get("symptom", {"kind": "fact"})
    words = _words(info.annotation)
    if declared["kind"] == "number":
        words = tuple(word for word in words if word not in LEVELS)
    return Spec(id=name, section=section, text=info.description or "", words=words, **declared)


def _words(annotation: Any) -> tuple[str, ...]:
    """Collect the literal words in an annotation."""
    words: list[str] = []
    for part in get_args(annotation):
        words += [part] if isinstance(part, str) else _words(part)
    return tuple(dict.fromkeys(words))
