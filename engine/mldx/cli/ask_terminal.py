"""The interview on a terminal, with questionary: a page for each question, choices by arrow keys or
digits, commands by one key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import questionary
from prompt_toolkit.application import Application
from prompt_toolkit.filters import Condition
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from mldx.cli.ask_loop import command
from mldx.cli.ask_show import (
    amount,
    counted,
    form_page,
    help_text,
    known_rows,
    page,
    ranking,
    tall,
    why_text,
)
from mldx.errors import InputError
from mldx.interview import Dialogue, Question, QuestionForm, Stop
from mldx.interview.dialogue import USUAL_AREAS

_KEYS = {"?": "help", "h": "help", "w": "why", "b": "back", "k": "known", "s": "skip", "q": "quit"}
_FOOT = "digits choose  ? help  w why  b back  k what is known  q stop"
_FORM_FOOT = "digits choose  0 go on  b back  k what is known  q stop"
_DONE = "done"
_NUMBER = "a number"
_WORDS = "own words"
_LIST = "the whole list"
_MARGIN = 5
_DIGITS = 9
_STYLE = questionary.Style(
    [
        ("pointer", "fg:ansicyan bold"),
        ("highlighted", "fg:ansicyan bold"),
        ("instruction", "fg:ansibrightblack"),
    ]
)  # fmt: skip


class TerminalUI:
    """Shows an interview page by page."""

    interactive = True

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.note: RenderableType | None = None
        self.greeting = ""

    def greet(self, text: str) -> None:
        """Show it above the first question, where a long list cannot push it off the screen."""
        self.greeting = "\n ".join(wrap(text, self.console.width - 2))

    def complaint(self, titles: Mapping[str, str], near: Sequence[str]) -> str | None:
        """Ask which complaint fits best, or for the person's own words."""
        self._page()
        listed = {id: titles[id] for id in near} if near else titles
        found = self._complaint(listed, whole=not near)
        if found == _LIST:
            self._clear()
            found = self._complaint(titles, whole=True)
        if found != _WORDS:
            return found
        said = questionary.text("In your own words:", style=_STYLE, qmark="").unsafe_ask()
        return str(said).strip() or "skip"

    def _complaint(self, titles: Mapping[str, str], *, whole: bool) -> str:
        choices = [
            questionary.Choice("none of these", "skip"),
            questionary.Choice("in my own words", _WORDS),
        ]
        if not whole:
            choices.append(questionary.Choice("show the whole list", _LIST))
        choices += [questionary.Choice(title, id) for id, title in titles.items()]
        asked = "What troubles you most?" if whole else "Is it one of these?"
        message = f"{self.greeting}\n\n {asked}" if self.greeting else asked
        self.greeting = ""
        more = len(choices) - (self.console.height - 1 - message.count("\n"))
        foot = f"{len(titles)} to pick from; go down for {more} more" if more > 0 else " "
        prompt = questionary.select(message, choices, instruction=foot, style=_STYLE, qmark="")
        return str(_with_keys(prompt, _commands({"q": "quit"})).unsafe_ask())

    def understood(self, words: str, answer: str) -> None:
        """Show the first answer on the next page, under that of another complaint."""
        before = [self.note, ""] if self.note is not None else []
        self.note = Group(*before, Text(words, style="bold"), Padding(Text(answer), (0, 0, 1, 2)))

    def sections(self, titles: Mapping[str, str]) -> tuple[str, ...] | str | None:
        """Ask which sections were looked at."""
        self._page()
        choices = [
            questionary.Choice(title, name, checked=name in USUAL_AREAS)
            for name, title in titles.items()
        ]
        prompt = questionary.checkbox(
            "What have you looked at so far? The rest is asked later.",
            choices, instruction="(space to tick, Enter when done, b back, q stop)",
            style=_STYLE, qmark="",
        )  # fmt: skip
        found = _with_keys(prompt, _commands({"b": "back", "q": "quit"})).unsafe_ask()
        return found if isinstance(found, str) else tuple(found)

    def ask(self, question: Question, dialogue: Dialogue) -> str | None:
        """Show one page and return what was chosen or typed."""
        self._clear()
        rows = self.console.height - len(question.choices) - _MARGIN
        note, self.note = self.note, None
        if note is not None and tall(note, self.console) > rows - _MARGIN:
            self._read(note)
            note = None
        below: tuple[RenderableType, ...] = (note, "") if note is not None else ()
        rows -= sum(tall(part, self.console) for part in below)
        self.console.print(page(question, dialogue, self.console, rows), "", *below, sep="\n")
        if not question.choices:
            return self._typed(question)
        found = self._select(question)
        return self._typed(question) if found == _NUMBER else found

    def fill(
        self, form: QuestionForm, dialogue: Dialogue, said: Mapping[str, str]
    ) -> Mapping[str, str] | str | None:
        """Show the fields in a menu, each with what was said, until the person is done."""
        found = dict(said)
        while True:
            picked = self._field(form, dialogue, found)
            if picked == _DONE:
                return found
            fields = {one.symptom: one for one in form.fields}
            if picked not in fields:
                return picked
            field = fields[picked]
            self._clear()
            self.console.print(Text(field.question, style="bold"), Text(field.help), "", sep="\n")
            reply = self._select(field) if field.choices else self._typed(field)
            reply = self._typed(field) if reply == _NUMBER else reply
            found[picked] = "" if command(reply) else reply

    def _field(self, form: QuestionForm, dialogue: Dialogue, said: Mapping[str, str]) -> str:
        """Return the field that is picked, that the form is done, or a command."""
        self._page()
        self.console.print(form_page(form, dialogue.turn), "", sep="\n")
        wide = max(len(one.question) for one in form.fields)
        listed = [
            questionary.Choice(
                f"{place} {one.question:{wide}}  {said.get(one.symptom) or '-'}", one.symptom
            )
            for place, one in enumerate(form.fields, 1)
        ]
        listed.append(questionary.Choice("0 go on; the rest is not known", _DONE))
        by_digit = {str(place): one.symptom for place, one in enumerate(form.fields, 1)}
        keys = {"b": "back", "k": "known", "q": "quit", **by_digit, "0": _DONE}
        prompt = questionary.select(
            "", listed, instruction=_FORM_FOOT, style=_STYLE, qmark="", use_jk_keys=False
        )
        return str(_with_keys(prompt, _commands(keys)).unsafe_ask())

    def _read(self, note: RenderableType) -> None:
        """Show a note that leaves no room for the question on a page of its own."""
        self.console.print(note, "", sep="\n")
        questionary.press_any_key_to_continue(
            "Any key goes back to the question.", style=_STYLE
        ).unsafe_ask()
        self._clear()

    def _select(self, question: Question) -> str:
        told = [(amount(one, question), str(one.value)) for one in question.choices]
        if question.kind == "number":
            told.append(("type a number", _NUMBER))
        by_digit = {str(place): value for place, (_, value) in enumerate(told[:_DIGITS], 1)}
        listed = [
            questionary.Choice(f"{place if place <= _DIGITS else ' '} {title}", value)
            for place, (title, value) in enumerate(told, 1)
        ]
        listed.append(questionary.Choice("0 don't know", "skip"))
        prompt = questionary.select(
            "", listed, instruction=_FOOT, style=_STYLE, qmark="", use_jk_keys=False
        )
        return str(_with_keys(prompt, _commands({**_KEYS, **by_digit, "0": "skip"})).unsafe_ask())

    def _typed(self, question: Question) -> str:
        """Ask for a number or a word; nothing typed means don't know.

        While nothing is typed the keys are commands, as in a menu; in a word, which may begin with
        one of them, only `?` is, and the others when they stand alone.
        """
        hint = "(Enter for don't know; ? help  w why  b back  k known  q stop)"
        prompt = questionary.text(
            f"{counted(question)} >".lstrip(), instruction=hint, style=_STYLE, qmark=""
        )
        keys = _KEYS if question.kind == "number" else {"?": "help"}
        application = prompt.application
        empty = Condition(lambda: not application.current_buffer.text)
        return str(_with_keys(prompt, _commands(keys, empty)).unsafe_ask())

    def go_on(self, stop: Stop, dialogue: Dialogue) -> bool:
        """Say why to stop, and ask."""
        self._clear()
        self.console.print(Text(stop.told, style="bold"), "", ranking(dialogue.inference), "")
        choices = [questionary.Choice("show the report", False), questionary.Choice("ask on", True)]
        return bool(
            questionary.select("", choices, style=_STYLE, qmark="", instruction=" ").unsafe_ask()
        )

    def help(self, question: Question) -> None:
        """Show the help on the same page."""
        self.note = help_text(question)

    def why(self, question: Question) -> None:
        """Show why it is asked on the same page."""
        self.note = why_text(question)

    def known(self, dialogue: Dialogue) -> str | None:
        """List what is known, and return what is to be changed."""
        self._clear()
        wide = self.console.width - 6
        choices: list[Any] = [questionary.Choice("nothing, go on", "")]
        choices += [questionary.Choice(line[:wide], id) for id, line in known_rows(dialogue)]
        found = questionary.select(
            "What is known. Pick one to change it.", choices, style=_STYLE, qmark=""
        ).unsafe_ask()
        return str(found) or None

    def wrong(self, error: InputError) -> None:
        """Show on the same page what cannot stand."""
        self.note = Text(str(error), style="red")

    def _page(self) -> None:
        """Begin a page with the note, if there is one."""
        self._clear()
        note, self.note = self.note, None
        if note is not None:
            self.console.print(note, "", sep="\n")

    def _clear(self) -> None:
        self.console.clear()


def _commands(results: Mapping[str, str], when: Condition | bool = True) -> KeyBindings:
    """Return one key for each result, as long as the condition holds."""
    bindings = KeyBindings()
    for key, result in results.items():

        def pressed(event: KeyPressEvent, result: str = result) -> None:
            event.app.exit(result=result)

        bindings.add(key, eager=True, filter=when)(pressed)
    return bindings


def _with_keys(prompt: questionary.Question, keys: KeyBindings) -> questionary.Question:
    """Return the prompt with keys of ours beside its own."""
    application: Application[Any] = prompt.application
    application.key_bindings = merge_key_bindings([*filter(None, [application.key_bindings]), keys])
    return prompt
