"""What the page carries from request to request: the dialogue, what was read, what is asked.

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
from mldx.interview import Dialogue, Question, Stop
from mldx.interview.encoding import bare, of_plain, to_plain
from mldx.knowledge import KnowledgeBase
from mldx.symptoms.reading import Reading

MOST, MOST_STEPS = 4 << 20, 2000
_DAMAGED = Fault(
    "link",
    "it is damaged or cut off.",
    "a whole link, as it was copied",
    "copy it again, or begin again",
)
_ODD = (
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    zlib.error,
)


@dataclass(frozen=True)
class PageState:
    """One moment of one interview on the page.

    asked    the symptom that the page asks about, so that an answer need not find it again; empty
             when it is not known
    runs     the runs to choose from, where several were dropped at once
    joinable whether these may be the parts of one run
    choosing whether one of them is still to be chosen
    """

    dialogue: Dialogue
    asked: str = ""
    runs: tuple[PageState, ...] = ()
    joinable: bool = False
    choosing: bool = False

    @classmethod
    def start(cls, knowledge: KnowledgeBase) -> PageState:
        """Return the state where everyone begins."""
        return cls(Dialogue.of(knowledge=knowledge))

    @property
    def reading(self) -> Reading | None:
        """What was read from a log; None without one."""
        return self.dialogue.log.reading

    def to(self, dialogue: Dialogue) -> PageState:
        """Return the state after a move."""
        return replace(self, dialogue=dialogue, asked="")

    @property
    def begun(self) -> bool:
        """Is there anything to ask about: a log, a complaint, or the wish to be asked?"""
        dialogue = self.dialogue
        said = dialogue.steps or dialogue.picked or dialogue.log.observed
        return bool(said) or self.reading is not None

    @property
    def prompt(self) -> Question | Stop | None:
        """The question that is asked, or the stop that is due; None where a dialogue opens."""
        found = self.dialogue.prompt if self.begun else None
        return None if isinstance(found, str) else found

    def packed(self) -> str:
        """Return the whole of it as text."""
        return _packed(self._plain())

    def link(self) -> str:
        """Return what was answered and observed as text for a link."""
        dialogue = bare(replace(self.dialogue, picked=""))
        return _packed(PageState(dialogue)._plain())

    def _plain(self) -> dict[str, Any]:
        return {
            "dialogue": to_plain(self.dialogue),
            "asked": self.asked,
            "runs": [run._plain() for run in self.runs],
            "joinable": self.joinable,
            "choosing": self.choosing,
        }

    @classmethod
    def unpacked(cls, text: str, knowledge: KnowledgeBase) -> PageState:
        """Return the state that was packed; everything in it is checked again, for it comes from
        outside.

        raises   InputError, when it is damaged or cannot be
        """
        try:
            return cls._of_plain(_unpacked(text), knowledge)
        except _ODD as error:
            raise InputError(_DAMAGED) from error

    @classmethod
    def _of_plain(cls, plain: Mapping[str, Any], knowledge: KnowledgeBase) -> PageState:
        if len(plain["dialogue"].get("steps", ())) > MOST_STEPS:
            raise ValueError("more steps than anyone takes")
        return cls(
            of_plain(plain["dialogue"], "link", knowledge),
            str(plain["asked"]),
            tuple(cls._of_plain(run, knowledge) for run in plain["runs"]),
            bool(plain["joinable"]),
            bool(plain["choosing"] and plain["runs"]),
        )


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
        raise ValueError("cut off, or not a mapping")
    json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()
    return plain
