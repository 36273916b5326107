"""A diagnosis as Markdown, for an issue: the verdict first, then what a reader would ask next, in
that order.

Text that came from a user or a log is escaped: it can neither format the report nor mention people
in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mldx.knowledge.wording import words
from mldx.report.outline import (
    LEGEND_DB,
    LEGEND_PERCENT,
    ListedAction,
    ListedCause,
    Outline,
    outline,
)

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.diagnosis.results import Evidence, Pending

_ITEMS, _NAMED, _READ = 4, 10, 10
_SYNTAX = re.compile(r"([\\`*_{}\[\]<>#|~$!])")
_LIST = re.compile(r"^([-+=]+(?=\s|$))|^(\d+)(?=[.)](?:\s|$))")


def report(diagnosis: Diagnosis, full: bool = False) -> str:
    """Return the report of a diagnosis; sections with nothing to say are left out.

    full   nothing is left out for brevity
    """
    outlined = outline(diagnosis, full)
    sections = (
        (outlined.causes_title, _causes(diagnosis, outlined)),
        ("Next actions", _actions(outlined.actions)),
        ("After these", _actions(outlined.more_actions)),
        ("Open questions", _questions(outlined)),
        ("Doubts", (f"- {escaped(doubt)}" for doubt in outlined.doubts)),
        ("What was read", _notes(outlined)),
    )
    parts = [
        "# Diagnosis of a training run",
        "\n\n".join(_read(outlined)),
        "\n".join(_shown(outlined)),
        f"**{outlined.label.upper()}** {escaped(outlined.headline)}",
    ]
    parts += [f"## {title}\n\n{body}" for title, lines in sections if (body := "\n".join(lines))]
    version = f"mldx {escaped(diagnosis.mldx)}, rules `{escaped(diagnosis.knowledge)}`"
    return "\n\n".join([*filter(None, parts), version]) + "\n"


def escaped(value: Any) -> str:
    """Return text on one line that Markdown shows as it is written."""
    line = " ".join(str(value).split())
    line = _SYNTAX.sub(r"\\\1", line.replace("&", "&amp;"))
    return _LIST.sub(_no_list, line).replace("@", "&#64;<!-- -->")


def _no_list(start: re.Match[str]) -> str:
    return f"\\{start[1]}" if start[1] else f"{start[2]}\\"


def _read(outlined: Outline) -> Iterator[str]:
    """Yield what was read, in a line, and why that may be wrong."""
    if outlined.read is None:
        return
    read = outlined.read
    series = f"; {escaped(read.series)}" if read.series else ""
    yield f"{escaped(read.origin)}, read as {escaped(read.form)}{series}"
    if read.doubt:
        yield f"**{escaped(read.doubt)}**"


def _notes(outlined: Outline) -> Iterator[str]:
    if outlined.read is not None:
        yield from (f"- {escaped(note)}" for note in outlined.read.notes[:_READ])
        yield from (f"- not judged, {escaped(one)}" for one in outlined.read.others[:_READ])


def _shown(outlined: Outline) -> Iterator[str]:
    """Yield what the run shows, each with what helps whatever the cause is, and what strikes."""
    for one in outlined.syndromes:
        yield f"- **{escaped(one.title)}:** {escaped(one.told)} {escaped(one.first_aid)}"
    yield from (f"- {escaped(one)}" for one in outlined.strikes)


def _causes(diagnosis: Diagnosis, outlined: Outline) -> Iterator[str]:
    """Tell the listed causes in detail, and name the others."""
    if outlined.deciding:
        yield f"{escaped(outlined.deciding)}\n"
    number = 0
    for group in outlined.groups:
        if group.title:
            yield f"**{escaped(group.title)}**\n"
        for one in group.causes:
            number += 1
            yield f"{number}. **{escaped(one.title)}** (`{one.id}`): {_certainty(one)}"
            yield f"   {escaped(diagnosis.card(one.id).meaning)}"
            yield from (f"   - {line}" for line in _reasons(one))
        yield ""
    if outlined.rest:
        yield f"Less likely: {_named(outlined.rest)}."
    if outlined.causes:
        yield f"\n{LEGEND_PERCENT} {LEGEND_DB}"


def _certainty(one: ListedCause) -> str:
    remark = f", {escaped(one.remark)}" if one.remark else ""
    return f"{one.percent}, {one.confidence}{remark}"


def _named(causes: Sequence[ListedCause]) -> str:
    more = f" and {len(causes) - _NAMED} more" if len(causes) > _NAMED else ""
    return ", ".join(f"`{one.id}` ({one.percent})" for one in causes[:_NAMED]) + more


def _reasons(one: ListedCause) -> Iterator[str]:
    yield from (f"{'for' if item.db > 0 else 'against'}: {_item(item)}" for item in one.evidence)
    absent = (f"{_asked(pending)} (seen: {_saw(pending.saw)})" for pending in one.cause.absent)
    yield from _few("expected, but seen otherwise", absent)
    yield from _few("not known", map(_asked, one.cause.unknown))


def _item(item: Evidence) -> str:
    figure = f", {escaped(item.figure)}" if item.figure else ""
    return f"`{item.symptom}` is {_saw(item.saw)}{figure} ({item.source}, {item.db:+g} dB)"


def _asked(one: Pending) -> str:
    return f"`{one.symptom}`: {escaped(one.question)}"


def _few(title: str, lines: Iterable[str]) -> Iterator[str]:
    found = list(lines)
    yield from (f"{title}: {line}" for line in found[:_ITEMS])
    if len(found) > _ITEMS:
        yield f"{title}: {len(found) - _ITEMS} more"


def _saw(value: Any) -> str:
    return escaped(words(value))


def _actions(actions: Sequence[ListedAction]) -> Iterator[str]:
    for number, one in enumerate(actions, 1):
        yield f"{number}. {escaped(one.do)} ({one.cost})"
        yield f"   {escaped(one.aim)}"


def _questions(outlined: Outline) -> Iterator[str]:
    for one in outlined.questions:
        apart = ", ".join(f"`{id}`" for id in one.separates)
        distinguishes = f"; would distinguish {apart}" if apart else ""
        cost = f"{words(one.minutes)} min"
        yield f"- {escaped(one.question)} (`{one.symptom}`, {cost}{distinguishes})"
    if outlined.questions_left:
        yield f"- and {outlined.questions_left} more"
