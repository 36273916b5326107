"""What one symptom may hold, and how a value given for it is checked.

A symptom is a flag (yes or no), a choice (one word of a list) or a number. A number also takes the
names of its answers, because a person sees "clearly up" and not 0.41.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from reprlib import repr as short
from typing import Any, Literal

from mldx.errors import Fault, InputError, nearest

Value = bool | float | str
Kind = Literal["flag", "choice", "number", "fact"]

_WORDS_FOR_BOOL = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Spec:
    """What a symptom may hold.

    kind      flag, choice, number, or fact (a setup fact, whose type pydantic checks)
    words      the names of its answers
    low, high  the range of a number, ends included
    """

    id: str
    section: str
    kind: Kind
    text: str
    words: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    unit: str = ""

    @property
    def expected(self) -> str:
        """What a value must be, for an error message."""
        if self.kind == "flag":
            return "true or false"
        if self.kind == "choice":
            return "one of " + ", ".join(self.words)
        span = f"a number in {_bound(self.low)}..{_bound(self.high)}"
        unit = f" ({self.unit})" if self.unit else ""
        return f"{span}{unit}, or one of {', '.join(self.words)}"

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
                    self.id,
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
            return value if value in self.words else None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        if not self.low <= value <= self.high or not math.isfinite(value):
            return None  # JSON knows no infinity, and no symptom is one
        return float(value)

    def _help(self, value: object) -> str:
        near = nearest(value, self.words) if isinstance(value, str) else None
        return f"write `{near}`" if near else ""


def plain(value: Any) -> Any:
    """Bring a numpy scalar to the Python value it stands for."""
    item = getattr(value, "item", None)
    return item() if item is not None and getattr(value, "ndim", None) == 0 else value


def _bound(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:g}"
