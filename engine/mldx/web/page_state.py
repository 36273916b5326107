"""Where a person stands, packed into text: the page carries it from request to request, a link
carries its answers.

A link holds what was answered and what was observed in the log, and neither its curves, its figures
nor its name.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mldx.errors import Fault, InputError
from mldx.interview import Session
from mldx.knowledge import KnowledgeBase
from mldx.provenance import Provenance
from mldx.report.html.parts import Reading
from mldx.symptoms import Symptoms
from mldx.symptoms.plot_series import PlotSeries

MOST, MOST_STEPS = 4 << 20, 2000
_DAMAGED = Fault(
    "link",
    "it is damaged or cut off.",
    "a whole link, as it was copied",
    "copy it again, or begin anew",
)


@dataclass(frozen=True)
class PageState:
    """One moment of one interview.

    reading  what was read from a log, to be told; None without a log
    about    the symptom that the person picked; empty when the next question is asked
    asked    the symptom that the page asks about, so that an answer need not find it again; empty
             when it is not known
    past     the reasons to stop that the person went on past
    begun    whether there is anything to ask about: a log, a complaint, or the wish to be asked
    whole    whether the whole checklist is asked in its order
    runs     the runs to choose from, where several were dropped at once
    joinable whether these may be the parts of one run
    choosing whether one of them is still to be chosen
    """

    session: Session
    reading: Reading | None = None
    about: str = ""
    asked: str = ""
    past: frozenset[str] = frozenset()
    begun: bool = False
    whole: bool = False
    runs: tuple[PageState, ...] = ()
    joinable: bool = False
    choosing: bool = False

    @classmethod
    def start(cls, knowledge: KnowledgeBase) -> PageState:
        """Return the place where everyone begins."""
        return cls(Session.of(knowledge=knowledge))

    def to(self, session: Session) -> PageState:
        """Return the place after a step."""
        return replace(self, session=session, about="", asked="", begun=True)

    def packed(self) -> str:
        """Return the whole of it as text."""
        return _packed(self._plain())

    def link(self) -> str:
        """Return what was answered and observed as text for a link."""
        bare = replace(
            self,
            session=replace(self.session, log=_bare(self.session.log), record=None),
            reading=None,
            about="",
            asked="",
            runs=(),
            joinable=False,
        )
        return _packed(bare._plain())

    def _plain(self) -> dict[str, Any]:
        return {
            "session": json.loads(self.session.to_json()),
            "plot_series": [trace.to_plain() for trace in self.session.log.plot_series],
            "reading": self.reading.to_plain() if self.reading else None,
            "about": self.about,
            "asked": self.asked,
            "past": sorted(self.past),
            "begun": self.begun,
            "whole": self.whole,
            "runs": [run._plain() for run in self.runs],
            "joinable": self.joinable,
            "choosing": self.choosing,
        }

    @classmethod
    def unpacked(cls, text: str, knowledge: KnowledgeBase) -> PageState:
        """Return the place that was packed; everything in it is checked anew, for it comes from
        outside.

        raises   InputError, when it is damaged or cannot be
        """
        try:
            place = cls._of_plain(_unpacked(text), knowledge)
        except (
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            ArithmeticError,
            RecursionError,
            zlib.error,
        ) as error:
            raise InputError(_DAMAGED) from error
        if place.about and place.about not in knowledge.specs:
            raise InputError(no_question(place.about))
        return place

    @classmethod
    def _of_plain(cls, plain: Mapping[str, Any], knowledge: KnowledgeBase) -> PageState:
        if len(plain["session"].get("steps", ())) > MOST_STEPS:
            raise ValueError("more steps than anyone takes")
        session = Session.from_json(json.dumps(plain["session"]), "link", knowledge)
        plot_series = tuple(PlotSeries.of_plain(one) for one in plain["plot_series"])
        return cls(
            replace(session, log=session.log.with_plot_series(plot_series)),
            Reading.of_plain(plain["reading"]) if plain["reading"] else None,
            str(plain["about"]),
            str(plain["asked"]),
            frozenset(map(str, plain["past"])),
            bool(plain["begun"]),
            bool(plain["whole"]),
            tuple(cls._of_plain(run, knowledge) for run in plain["runs"]),
            bool(plain["joinable"]),
            bool(plain["choosing"] and plain["runs"]),
        )


def no_question(id: str) -> Fault:
    """Say that there is nothing to ask of this id."""
    return Fault(id[:80], "there is no such question.", "the id of a symptom")


def _packed(plain: Mapping[str, Any]) -> str:
    written = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return (
        urlsafe_b64encode(zlib.compress(written.encode("utf-8", "replace"), 6)).decode().rstrip("=")
    )


def _unpacked(text: str) -> Mapping[str, Any]:
    """Return the plain data in a text; never more than `MOST` bytes of it.

    raises   ValueError, zlib.error, RecursionError, when it is damaged, or holds what no page
             writes: a number that is not finite, half a character
    """
    squeezed = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    stream = zlib.decompressobj()
    written = stream.decompress(squeezed, MOST)
    plain = json.loads(written) if stream.eof else None
    if not isinstance(plain, dict):
        raise ValueError("cut off, or no mapping")
    json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()
    return plain


def _bare(log: Symptoms) -> Symptoms:
    """Return what a log showed, without figures, file names and curves."""
    provenances = {
        id: Provenance(source=provenance.source, basis=provenance.basis)
        for id, provenance in log.provenances.items()
    }
    return log.model_copy(update={"provenances": provenances, "conflicts": ()}).with_plot_series(())
