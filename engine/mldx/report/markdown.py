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

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.diagnosis.results import Action, Evidence, NamedCause, Pending

_DETAILED, _ACTIONS, _QUESTIONS, _ITEMS, _NAMED = 5, 3, 5, 4, 10
_SYNTAX = re.compile(r"([\\`*_{}\[\]<>#|~$!])")
_LIST = re.compile(r"^([-+=]+(?=\s|$))|^(\d+)(?=[.)](?:\s|$))")


def report(diagnosis: Diagnosis) -> str:
    """Return the report of a diagnosis; sections with nothing to say are left out."""
    sections = (
        ("Causes", _causes(diagnosis)),
        ("Next actions", _actions(diagnosis.actions[:_ACTIONS])),
        ("Open questions", _questions(diagnosis)),
        ("Sources that disagree", _conflicts(diagnosis)),
        ("Not explained by any cause", _unexplained(diagnosis)),
        ("Stages that could not be judged", _stages(diagnosis)),
        ("Not used as given", (f"- {escaped(note)}" for note in diagnosis.notes)),
    )
    parts = ["# Diagnosis of a training run", _verdict(diagnosis)]
    parts += [f"## {title}\n\n{told}" for title, lines in sections if (told := "\n".join(lines))]
    return (
        "\n\n".join(
            [*parts, f"mldx {escaped(diagnosis.mldx)}, rules `{escaped(diagnosis.knowledge)}`"]
        )
        + "\n"
    )


def escaped(value: Any) -> str:
    """Return text on one line that Markdown shows as it is written."""
    line = " ".join(str(value).split())
    line = _SYNTAX.sub(r"\\\1", line.replace("&", "&amp;"))
    return _LIST.sub(_no_list, line).replace("@", "&#64;<!-- -->")


def _no_list(start: re.Match[str]) -> str:
    return f"\\{start[1]}" if start[1] else f"{start[2]}\\"


def _verdict(diagnosis: Diagnosis) -> str:
    """Say in one sentence what is wrong, and how sure that is."""
    top = next((cause for cause in diagnosis.causes if not cause.benign), None)
    if diagnosis.verdict == "healthy":
        return f"**Nothing is wrong, as far as was observed** ({_share(diagnosis.healthy)} that the run is healthy)."
    if top is None:
        return "**Undecided:** nothing observed points to a fault; the open questions say what to look at."
    lead = "This run is faulty" if diagnosis.verdict == "faulty" else "Undecided"
    return f"**{lead}; {top.confidence} cause: {escaped(top.title)}** (`{top.id}`, {_share(top.probability)})."


def _share(probability: float) -> str:
    percent = round(100 * probability)
    return "over 99 %" if percent >= 100 else "under 1 %" if percent < 1 else f"{percent} %"


def _causes(diagnosis: Diagnosis) -> Iterator[str]:
    """Tell at most five causes in detail, each with its consequences under it, and name the rest."""
    listed = {cause.id for cause in diagnosis.causes}
    roots = [cause for cause in diagnosis.causes if cause.consequence_of not in listed]
    told = [cause for cause in roots if cause.confidence != "unlikely"][:_DETAILED] or roots[:1]
    for number, cause in enumerate(told, 1):
        yield f"{number}. **{escaped(cause.title)}** (`{cause.id}`): {_certainty(cause)}"
        yield f"   {escaped(diagnosis.card(cause.id).meaning)}"
        yield from (
            f"   - {line}" for line in [*_reasons(cause), *_consequences(diagnosis, cause.id)]
        )
    rest = [cause for cause in roots if cause not in told]
    if rest:
        yield f"\nLess likely: {_named(rest)}."


def _consequences(diagnosis: Diagnosis, root: str) -> Iterator[str]:
    found = list(_under(diagnosis, root))
    unlikely = [cause for cause in found if cause.confidence == "unlikely"]
    for cause in found:
        if cause not in unlikely:
            yield f"leads to: **{escaped(cause.title)}** (`{cause.id}`): {_certainty(cause)}"
    if unlikely:
        yield f"leads to, but unlikely: {_named(unlikely)}"


def _named(causes: Sequence[NamedCause]) -> str:
    more = f" and {len(causes) - _NAMED} more" if len(causes) > _NAMED else ""
    return (
        ", ".join(f"`{cause.id}` ({_share(cause.probability)})" for cause in causes[:_NAMED]) + more
    )


def _under(diagnosis: Diagnosis, root: str) -> Iterator[NamedCause]:
    """Every consequence of a root, and of its consequences."""
    for cause in diagnosis.causes:
        if cause.consequence_of == root:
            yield cause
            yield from _under(diagnosis, cause.id)


def _certainty(cause: NamedCause) -> str:
    return f"{cause.confidence}, {_share(cause.probability)}{', a fact to know and no fault' if cause.benign else ''}"


def _reasons(cause: NamedCause) -> Iterator[str]:
    yield from (f"for: {_item(item)}" for item in cause.evidence if item.db > 0)
    yield from (f"against: {_item(item)}" for item in cause.evidence if item.db < 0)
    yield from _few(
        "expected, but seen otherwise",
        (f"{_asked(one)} (seen: {_saw(one.saw)})" for one in cause.absent),
    )
    yield from _few("not known", map(_asked, cause.unknown))


def _item(item: Evidence) -> str:
    figure = f", {escaped(item.figure)}" if item.figure else ""
    once = "" if item.counted else ", restates another and is not counted"
    return f"`{item.symptom}` is {_saw(item.saw)}{figure} ({item.source}, {item.db:+g} dB{once})"


def _asked(one: Pending) -> str:
    return f"`{one.symptom}`: {escaped(one.question)}"


def _few(title: str, told: Iterable[str]) -> Iterator[str]:
    found = list(told)
    yield from (f"{title}: {line}" for line in found[:_ITEMS])
    if len(found) > _ITEMS:
        yield f"{title}: {len(found) - _ITEMS} more"


def _saw(value: Any) -> str:
    return escaped(words(value))


def _actions(actions: Sequence[Action]) -> Iterator[str]:
    for number, action in enumerate(actions, 1):
        yield f"{number}. {escaped(action.do)} ({words(action.minutes)} min; {action.kind} for `{action.about}`)"
        yield f"   Expect: {escaped(action.expect)}"


def _questions(diagnosis: Diagnosis) -> Iterator[str]:
    for one in diagnosis.open_questions[:_QUESTIONS]:
        parts = (
            f"; would part {', '.join(f'`{id}`' for id in one.separates)}" if one.separates else ""
        )
        yield f"- {escaped(one.question)} (`{one.symptom}`, {words(one.minutes)} min{parts})"
    more = len(diagnosis.open_questions) - _QUESTIONS
    if more > 0:
        yield f"- and {more} more"


def _conflicts(diagnosis: Diagnosis) -> Iterator[str]:
    for one in diagnosis.conflicts:
        kept, dropped = one.kept_by.source.value, one.dropped_by.source.value
        yield f"- `{one.symptom}`: {_saw(one.kept)} ({kept}) is used; {_saw(one.dropped)} ({dropped}) is not"


def _unexplained(diagnosis: Diagnosis) -> Iterator[str]:
    for one in diagnosis.unexplained:
        yield f"- `{one.symptom}` is {_saw(one.saw)}" + (
            f", {escaped(one.figure)}" if one.figure else ""
        )


def _stages(diagnosis: Diagnosis) -> Iterator[str]:
    return (
        f"- {escaped(stage.title)}: {escaped(stage.why)}" for stage in diagnosis.stages if stage.why
    )
