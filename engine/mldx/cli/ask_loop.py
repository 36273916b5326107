"""The course of an interview on a terminal or in a pipe: show the prompt, take the reply, keep it.

What is asked, and what follows from a reply, is decided by `mldx.interview.dialogue`. A user
interface shows a prompt and returns what was said as text: an answer, `id: value` about anything,
or one of the commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from mldx.cli.ask_store import COMPLAINT_KEY, Store
from mldx.errors import InputError
from mldx.interview import Dialogue, Question, QuestionForm, Stop
from mldx.interview.complaints import nearest_complaints
from mldx.interview.dialogue import AREAS, COMPLAINT, WHAT_WAS_SEEN
from mldx.knowledge.parse_text import is_unknown
from mldx.symptoms import SECTIONS

COMMANDS = {
    "?": "help", "h": "help", "help": "help", "w": "why", "why": "why", "b": "back", "back": "back",
    "s": "skip", "skip": "skip", "": "skip",
    "q": "quit", "quit": "quit", "exit": "quit", "k": "known", "known": "known",
}  # fmt: skip
GREETING = (
    "mldx finds out why a model trains badly: it asks, you answer what you know, and it names the"
    " likely causes. Nothing leaves this machine."
)


def command(said: str) -> str:
    """Return the command that a text is, "skip" for every way not to know; "" for an answer."""
    found = COMMANDS.get(said.strip().lower(), "")
    return found or ("skip" if is_unknown(said) else "")


class InterviewUI(Protocol):
    """How an interview is shown."""

    interactive: bool

    def greet(self, text: str) -> None:
        """Say what this is."""

    def complaint(self, titles: Mapping[str, str], near: Sequence[str]) -> str | None:
        """Ask what is complained of; return an id, the person's own words, or a command.

        near   ids that may be meant, where words were not understood; shown first
        None   nobody is there any more
        """

    def understood(self, words: str, answer: str) -> None:
        """Show how the complaint was understood, and the good first answer."""

    def sections(self, titles: Mapping[str, str]) -> tuple[str, ...] | str | None:
        """Ask which sections were looked at; return them, or a command; None as above."""

    def ask(self, question: Question, dialogue: Dialogue) -> str | None:
        """Show a question and return what was said; None when nobody is there any more."""

    def fill(
        self, form: QuestionForm, dialogue: Dialogue, said: Mapping[str, str]
    ) -> Mapping[str, str] | str | None:
        """Show a form and return what was said on it, or a command; None as above.

        said   what was said before and could not stand
        """

    def go_on(self, stop: Stop, dialogue: Dialogue) -> bool:
        """Say why to stop, and ask whether to go on."""

    def help(self, question: Question) -> None:
        """Show where to look, and what misleads there."""

    def why(self, question: Question) -> None:
        """Show which causes the answer distinguishes, and what is known of them."""

    def known(self, dialogue: Dialogue) -> str | None:
        """Show everything known; return the id of what is to be changed, if anything."""

    def wrong(self, error: InputError) -> None:
        """Show why an answer cannot stand."""


@dataclass
class Interview:
    """One interview under way."""

    dialogue: Dialogue
    ui: InterviewUI
    store: Store
    near: Sequence[str] = ()
    filled: Mapping[str, str] = field(default_factory=dict)

    def hold(self) -> None:
        """Ask until it is time to stop, the person stops, or everything was asked."""
        self.ui.greet(GREETING)
        while self._turn():
            pass

    def state(self, answers: Mapping[str, Any]) -> None:
        """State answers, and the complaints if there are any, without asking."""
        for id, said in answers.items():
            if id == COMPLAINT_KEY:
                self.complain(said)
            else:
                self._take(self.dialogue.answer(id, said))

    def complain(self, said: str) -> None:
        """Take a complaint, by its id or in the person's own words, and show the good first answer.

        raises   InputError, when it is none that the rules know
        """
        before = self.dialogue.complaints
        self._take(self.dialogue.hear(said))
        for id in self.dialogue.complaints[len(before) :]:
            card = self.dialogue.knowledge.complaints[id]
            self.ui.understood(card.words, card.answer)

    def not_understood(self, said: str, error: InputError) -> None:
        """Show that a complaint was not understood; the nearest ones are offered next."""
        self.ui.wrong(error)
        self.near = nearest_complaints(said, self.dialogue.knowledge)

    def _turn(self) -> bool:
        """Show what is asked now and take the reply; False when the interview is to end."""
        prompt = self.dialogue.prompt
        if isinstance(prompt, Question):
            return self._question(prompt) if prompt.form is None else self._form(prompt.form)
        if isinstance(prompt, Stop):
            return self._stop(prompt)
        return self._complaint() if prompt == COMPLAINT else self._sections()

    def _complaint(self) -> bool:
        cards = self.dialogue.knowledge.complaints
        said = self.ui.complaint({id: card.words for id, card in cards.items()}, self.near)
        if said is None or command(said) == "quit":
            return False
        if command(said):
            if command(said) == "skip":
                self._take(self.dialogue.skip(COMPLAINT))
            return True
        try:
            self.complain(said)
        except InputError as error:
            self.not_understood(said, error)
            if not self.ui.interactive:
                self._take(self.dialogue.skip(COMPLAINT))
        return True

    def _sections(self) -> bool:
        said = self.ui.sections({name: SECTIONS[name] for name in AREAS})
        if said is None:
            return False
        if not isinstance(said, str):
            self._take(self.dialogue.look(*said))
        elif command(said) == "quit":
            return False
        elif command(said) == "back":
            self._take(self.dialogue.back())
        elif command(said) == "skip":
            self._take(self.dialogue.skip(WHAT_WAS_SEEN))
        return True

    def _stop(self, stop: Stop) -> bool:
        if stop.then is None or not self.ui.go_on(stop, self.dialogue):
            return False
        self._take(self.dialogue.dismiss())
        return True

    def _question(self, question: Question) -> bool:
        said = self.ui.ask(question, self.dialogue)
        if said is None or command(said) == "quit":
            return False
        try:
            self._reply(said, question)
        except InputError as error:
            self.ui.wrong(error)
        return True

    def _form(self, form: QuestionForm) -> bool:
        said = self.ui.fill(form, self.dialogue, self.filled)
        if said is None or said == "quit":
            return False
        if isinstance(said, str):
            self._reply(said, form.fields[0])
            return True
        self.filled = said
        try:
            self._take(self.dialogue.fill(form.id, {id: said.get(id, "") for id in _ids(form)}))
            self.filled = {}
        except InputError as error:
            self.ui.wrong(error)
        return True

    def _reply(self, said: str, question: Question) -> None:
        """Take an answer or do what a command says.

        raises   InputError, when the answer cannot stand
        """
        match command(said):
            case "help":
                self.ui.help(question)
            case "why":
                self.ui.why(question)
            case "known":
                self._change()
            case "back":
                self._take(self._before())
            case "skip":
                self._take(self.dialogue.skip(question.symptom))
            case _:
                self._take(self.dialogue.reply(said))

    def _before(self) -> Dialogue:
        """Return the dialogue before the last step; a script does not see that it went on past a
        stop.
        """
        dialogue = self.dialogue
        while not self.ui.interactive and dialogue.dismissed_last:
            dialogue = dialogue.back()
        return dialogue.back()

    def _change(self) -> None:
        """Show what is known, and ask next about what the person picks."""
        id = self.ui.known(self.dialogue)
        if id:
            self.dialogue = self.dialogue.change(id)

    def _take(self, dialogue: Dialogue) -> None:
        self.dialogue = dialogue
        self.store.keep(dialogue)


def _ids(form: QuestionForm) -> list[str]:
    return [one.symptom for one in form.fields]
