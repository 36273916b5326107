"""What a report holds beside curves, causes and path: the verdict, what to do, what is open, what
is doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mldx.knowledge.wording import words
from mldx.readers.run import Run
from mldx.report.html.markup import Markup, joined, tag
from mldx.report.outline import ListedAction, Outline

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis

_NOTES = 20


def section(title: str, id: str, *inner: Markup | None) -> Markup | None:
    """Return a section under its title, or None when there is nothing in it."""
    body = [part for part in inner if part]
    return (
        tag("section", tag("h2", title, id=id), body, aria_labelledby=id, class_=id)
        if body
        else None
    )


def head(said: Outline) -> Markup:
    """Return the verdict: its label, a sentence with its figures, and what to know first."""
    chip = tag("span", said.label, class_=f"verdict {said.tone}")
    warnings = [tag("p", one, class_="warning") for one in said.warnings]
    return joined(tag("p", chip, " ", said.headline, class_="told"), warnings)


def actions(said: Outline) -> Markup | None:
    """Return what to do next, as a checklist; what comes after is folded away."""
    rows = [_action(number, one) for number, one in enumerate(said.actions)]
    if not rows:
        return None
    first = tag("ul", rows, class_="actions")
    later = [_action(number, one) for number, one in enumerate(said.more_actions, len(rows))]
    if not later:
        return first
    summary = tag("summary", f"{len(later)} more")
    return joined(first, tag("details", summary, tag("ul", later, class_="actions")))


def _action(number: int, one: ListedAction) -> Markup:
    box = tag("input", type="checkbox", id=f"do-{number}")
    facts = tag("span", one.cost, class_="minutes")
    label = tag("label", one.do, " ", facts, for_=f"do-{number}")
    return tag("li", box, tag("div", label, tag("p", one.aim, class_="faint small")))


def questions(said: Outline) -> Markup | None:
    """Return what was reached and not answered, worth most first."""
    rows = [
        tag(
            "li",
            one.question,
            " ",
            tag("span", f"{one.symptom}, {words(one.minutes)} min", class_="minutes"),
        )
        for one in said.questions
    ]
    left = said.questions_left
    more = tag("p", f"and {left} more", class_="faint") if left else None
    return joined(tag("ul", rows, class_="plain"), more) if rows else None


def doubts(said: Outline) -> Markup | None:
    """Return what disagrees, what nothing explains, what could not be judged or used as given."""
    rows = [tag("li", line) for line in said.doubts]
    return tag("ul", rows, class_="plain") if rows else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, in words: (file, format), the series with their sizes, and what the reader has
    to say.
    """

    files: tuple[tuple[str, str], ...]
    sizes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, *runs: Run) -> Reading:
        """Return what was read of one or more runs that are taken together."""
        sizes = [
            f"{one.split} {one.metric}: {len(one)} points" for run in runs for one in run.series
        ]
        notes = [note for run in runs for note in _notes(run)]
        return cls(
            tuple((run.origin, run.format) for run in runs), tuple(sizes[:_NOTES]), tuple(notes)
        )

    @property
    def name(self) -> str:
        """What the run is called: the last part of each path."""
        return ", ".join(re.split(r"[\\/]", file.rstrip("\\/"))[-1] for file, _ in self.files)

    def to_plain(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "files": [list(pair) for pair in self.files],
            "sizes": list(self.sizes),
            "notes": list(self.notes),
        }

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> Reading:
        """Return what `to_plain` wrote.

        raises   KeyError, TypeError, ValueError, when it is none
        """
        files = tuple((str(file), str(format)) for file, format in plain["files"])
        return cls(files, tuple(map(str, plain["sizes"])), tuple(map(str, plain["notes"])))


def _notes(run: Run) -> list[str]:
    messages = [event.text for event in run.events if event.kind == "message"]
    told = [*run.notes, *messages, *(f"not used: {one}" for one in run.ignored)]
    return [*told[:_NOTES], *([f"and {len(told) - _NOTES} more"] if len(told) > _NOTES else [])]


def read(reading: Reading) -> Markup:
    """Return what was read, and what was left."""
    return joined(
        [tag("p", tag("b", file), f", read as {format}") for file, format in reading.files],
        tag("p", "; ".join(reading.sizes), class_="small") if reading.sizes else None,
        tag("ul", [tag("li", note) for note in reading.notes], class_="small plain")
        if reading.notes
        else None,
    )


def seen(diagnosis: Diagnosis) -> Markup | None:
    """Return everything that was observed, with who says so."""
    symptoms = diagnosis.symptoms
    rows = [
        tag(
            "tr",
            tag("th", id.replace("_", " "), scope="row"),
            tag("td", words(value)),
            tag("td", _basis(diagnosis, id)),
        )
        for id, value in symptoms.observed.items()
    ]
    columns = [
        tag("th", name, scope="col")
        for name in ("Symptom", "Seen", "By whom, and the figure behind it")
    ]
    table = tag("table", tag("thead", tag("tr", columns)), tag("tbody", rows), class_="seen")
    summary = tag("summary", f"{len(rows)} observations")
    return tag("details", summary, tag("div", table, class_="wide")) if rows else None


def _basis(diagnosis: Diagnosis, id: str) -> str:
    provenance = diagnosis.symptoms.provenances.get(id)
    return (
        ", ".join(filter(None, (provenance.source.value, provenance.figure)))
        if provenance
        else "answered"
    )
