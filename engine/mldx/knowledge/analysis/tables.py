"""Every table gives each answer a share, adds up, and says something.

A row that does not add up to 100 has forgotten an answer; a table whose rows are all alike
distinguishes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mldx.errors import Fault, Place
from mldx.knowledge.analysis.names import tables
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.suggest import near

Faults = Iterator[Fault]
_WHOLE = 100.0
_ROUNDING = 0.5  # of 100; rows are written with two digits


def answers(reading: RuleFiles) -> Faults:
    """The answers of a check cover every value once: a number's borders rise and its last answer
    has none.
    """
    for id, check in reading.content["checks"].items():
        given = check.get("answers", {})
        where = reading.where("check", id, "answers")
        if check.get("number") is not None:
            yield from _borders(where, id, given)
        elif any(one.get("below") is not None for one in given.values()):
            help = "give `number: {unit, low, high}`, or drop `below`"
            yield Fault(where, f"`{id}` is not a number and has borders.", "words alone", help)
        elif len(given) == 1:
            yield Fault(where, f"`{id}` has one answer.", "two answers or more, or none for yes/no")
        if sum(bool(one.get("rest")) for one in given.values()) > 1:
            yield Fault(where, f"two answers of `{id}` take the rest.", "one")


def _borders(where: Place, id: str, given: Mapping[str, Mapping[str, Any]]) -> Faults:
    parts = [one for one in given.values() if not one.get("word")]
    borders: list[Any] = [one.get("below") for one in parts]
    if not parts:
        help = "write for example `none: {below: 0.1, say: hardly}`"
        yield Fault(where, f"`{id}` is a number without answers.", "answers with borders", help)
    elif borders[-1] is not None or None in borders[:-1]:
        what = f"the answers of `{id}` do not cover its range."
        yield Fault(where, what, "`below` on every answer but the last", "drop or add a `below`")
    elif borders[:-1] != sorted(set(borders[:-1])):
        yield Fault(where, f"the borders of `{id}` do not rise.", "each `below` above the last")
    yield from _words_last(where, id, given)


def _words_last(where: Place, id: str, given: Mapping[str, Mapping[str, Any]]) -> Faults:
    words = [name for name, one in given.items() if one.get("word")]
    if words and list(given)[-len(words) :] != words:
        yield Fault(where, f"a word of `{id}` stands between its numbers.", "words last")


def rows(reading: RuleFiles) -> Faults:
    """Every row has the answers of its check and adds up to 100."""
    for id, check in reading.content["checks"].items():
        names = list(check.get("answers", {}))
        for path, table in tables(check):
            if table.get("with") and table.get("usual") is None:
                where = reading.where("check", id, *path, "with")
                yield Fault(where, f"`{id}` has rows and no `usual`.", "how often it is usual")
            if table.get("usual") is not None:
                where = reading.where("check", id, *path, "usual")
                yield from _row(where, f"`usual` of `{id}`", table["usual"], names)
            for cause, row in table.get("with", {}).items():
                where = reading.where("check", id, *path, "with", cause)
                yield from _row(where, f"`{cause}` of `{id}`", row, names)


def _row(where: Place, what: str, row: Any, names: Sequence[str]) -> Faults:
    if isinstance(row, Mapping) != bool(names):
        expected = "a share for each answer" if names else "one number: how many of 100 say yes"
        yield Fault(where, f"{what} is {row!r}.", expected)
        return
    if not isinstance(row, Mapping):
        return
    for name in row:
        if name not in names:
            yield Fault(where, f"{what} has `{name}`.", ", ".join(names), near(name, names))
    missing = [name for name in names if name not in row]
    if missing:
        yield Fault(where, f"{what} leaves out {', '.join(missing)}.", ", ".join(names))
    elif abs(sum(row.values()) - _WHOLE) > _ROUNDING:
        yield Fault(where, f"{what} adds up to {sum(row.values()):g}.", "100")


def gates(reading: RuleFiles) -> Faults:
    """The answers of a gate are answers of its check."""
    for id, check in reading.content["checks"].items():
        names = list(check.get("answers", {})) or [True, False]
        for index, answer in enumerate((check.get("gate") or {}).get("answers", ())):
            if answer not in names:
                where = reading.where("check", id, "gate", "answers", index)
                expected = "one of " + ", ".join(map(str, names))
                yield Fault(where, f"`{answer}` is not an answer of `{id}`.", expected)


def idle(reading: RuleFiles) -> Faults:
    """A check whose rows are all like the usual one distinguishes nothing."""
    for id, check in reading.content["checks"].items():
        every = [(table.get("usual"), row) for _, table in tables(check)
                 for row in table.get("with", {}).values()]  # fmt: skip
        if all(row == usual for usual, row in every) and not check.get("gate"):
            if check["section"] == "setup":
                continue  # a fact decides how other answers are read
            where = reading.where("check", id)
            yield Fault(where, f"`{id}` distinguishes nothing.", "a row that differs from `usual`")
