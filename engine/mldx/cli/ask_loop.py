"""The course of an interview, whoever shows it: ask, hear, take the answer or the command, keep,
ask on.

A face shows a question and returns what was said as text: an answer, `id: value` about anything, or
one of the commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from mldx.cli.ask_store import COMPLAINT, Store
from mldx.diagnosis.inference import Inference
from mldx.errors import InputError
from mldx.interview.complaints import named
from mldx.interview.parse_answer import parse_answer
from mldx.interview.question import Question
from mldx.interview.session import Session
from mldx.interview.stop import Stop
from mldx.knowledge import KnowledgeBase
from mldx.symptoms import SECTIONS, Symptoms

COMMANDS = {
    "?": "help", "h": "help", "help": "help", "w": "why", "why": "why", "b": "back", "back": "back",
    "s": "skip", "skip": "skip", "don't know": "skip", "dont know": "skip", "": "skip",
    "q": "quit", "quit": "quit", "exit": "quit", "k": "known", "known": "known",
}  # fmt: skip
AREAS = ("training", "validation", "sanity", "predictions", "data", "internals", "ablations")
USUAL = ("training", "validation")


class Face(Protocol):
    """How an interview is shown."""

    lasting: bool

    def areas(self, titles: Mapping[str, str]) -> tuple[str, ...] | None:
        """Ask which sections were looked at; None when nobody says."""

    def complaint(self, titles: Mapping[str, str]) -> str | None:
        """Ask what is complained of; return an id or the person's own words, None for nothing of
        the kind.
        """

    def answered(self, words: str, answer: str) -> None:
        """Show how the complaint was understood, and the good first answer."""

    def ask(self, question: Question, turn: int, position: Inference) -> str | None:
        """Show a question with its number and return what was said; None when nobody is there any
        more.
        """

    def go_on(self, stop: Stop, position: Inference) -> bool:
        """Tell why to stop, and ask whether to go on."""

    def help(self, question: Question) -> None:
        """Show where to look, and what misleads there."""

    def why(self, question: Question) -> None:
        """Show which causes the answer would part, and what is known of them."""

    def known(self, symptoms: Symptoms) -> str | None:
        """Show everything known; return the id of what is to be changed, if anything."""

    def wrong(self, error: InputError) -> None:
        """Show why an answer cannot stand."""


@dataclass
class Talk:
    """One interview under way. `past` are the reasons to stop that the person went on past."""

    session: Session
    knowledge: KnowledgeBase
    face: Face
    store: Store
    whole: bool = False
    past: set[str] = field(default_factory=set)

    def hold(self) -> None:
        """Ask until it is time to stop, the person stops, or everything was asked."""
        if all(step.kind == "complaint" for step in self.session.steps):
            self._open()
        while (question := self._question()) is not None:
            if not self._turn(question):
                return

    def state(self, answers: Mapping[str, Any]) -> None:
        """State answers, and the complaint if there is one, without asking."""
        for id, said in answers.items():
            if id == COMPLAINT:
                self.complain(said)
            else:
                self._take(self.session.answer(id, said))

    def complain(self, said: str) -> None:
        """Take a complaint, by its id or in the person's own words, and show the good first answer.

        raises   InputError, when it is none that the rules know
        """
        id = named(said, self.knowledge)
        self._take(self.session.complain(id, self.knowledge))
        card = self.knowledge.content["complaints"][id]
        self.face.answered(card["words"], card["answer"])

    def _open(self) -> None:
        """Ask the two things that make the other questions fewer: what is complained of, and what
        was looked at.
        """
        if not self.session.steps and not self.session.log.observed:
            self._hear()
        if not self.whole:
            looked = self.face.areas({name: SECTIONS[name].title for name in AREAS})
            if looked is not None:
                packs = [name for name in SECTIONS if name not in AREAS]
                self._take(self.session.look(*looked, *packs))

    def _hear(self) -> None:
        """Ask for the complaint until one is understood; of a script once."""
        titles = {id: card["words"] for id, card in self.knowledge.content["complaints"].items()}
        while titles and (said := self.face.complaint(titles)) is not None:
            try:
                self.complain(said)
                return
            except InputError as error:
                self.face.wrong(error)
                if not self.face.lasting:
                    return

    def _question(self) -> Question | None:
        found = self.session.next(self.knowledge, whole=self.whole)
        if isinstance(found, Question):
            return found
        if found.then is not None and (
            found.reason in self.past or self.face.go_on(found, self._position())
        ):
            self.past.add(found.reason)
            return found.then
        return None

    def _turn(self, question: Question) -> bool:
        """Ask one question until it is answered; False when the interview is to end."""
        while (said := self.face.ask(question, self.session.turn, self._position())) is not None:
            deed = COMMANDS.get(said.strip().lower())
            if deed == "quit":
                return False
            if deed in ("help", "why"):
                getattr(self.face, deed)(question)
            elif deed == "known":
                self._change()
                return True
            elif self._heard(said, deed, question):
                return True
        return False

    def _heard(self, said: str, deed: str | None, question: Question) -> bool:
        """Take back, skip or answer; False when the answer cannot stand."""
        try:
            if deed == "back":
                self._take(self.session.back())
            elif deed == "skip":
                self._take(self.session.skip(question.symptom))
            else:
                self._take(self._answered(said, question))
        except InputError as error:
            self.face.wrong(error)
            return False
        return True

    def _answered(self, said: str, question: Question) -> Session:
        """Take an answer to this question, or `id: value` about any."""
        id, colon, rest = said.partition(":")
        if colon and id.strip() in self.knowledge.specs:
            if COMMANDS.get(rest.strip().lower()) == "skip":
                return self.session.skip(id.strip())
            return self.session.answer(id.strip(), parse_answer(rest, id.strip(), self.knowledge))
        return self.session.answer(
            question.symptom, parse_answer(said, question.symptom, self.knowledge, question)
        )

    def _change(self) -> None:
        """Show what is known, and ask again about what the person picks."""
        id = self.face.known(self.session.symptoms(self.knowledge))
        if id is not None and id in self.knowledge.specs:
            self._turn(self.session.about(id, self.knowledge))

    def _position(self) -> Inference:
        return self.session.position(self.knowledge)

    def _take(self, session: Session) -> None:
        self.session = session
        self.store.keep(session)
