"""The interview on a terminal, with questionary: a page for each question, choices by arrow keys,
commands by one key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import questionary
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent, merge_key_bindings
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from mldx.cli.ask_loop import USUAL
from mldx.cli.ask_show import amount, counted, help_text, known_rows, page, ranking, tall, why_text
from mldx.diagnosis.inference import Inference
from mldx.errors import InputError
from mldx.interview.question import Question
from mldx.interview.stop import Stop
from mldx.symptoms import Symptoms

_KEYS = {"?": "help", "h": "help", "w": "why", "b": "back", "k": "known", "s": "skip", "q": "quit"}
_FOOT = "? help  w why  b back  k what is known  q stop"
_NUMBER = "a number"
_WORDS = "own words"
_MARGIN = 5
_STYLE = questionary.Style(
    [
        ("pointer", "fg:ansicyan bold"),
        ("highlighted", "fg:ansicyan bold"),
        ("instruction", "fg:ansibrightblack"),
    ]
)  # fmt: skip


class Terminal:
    """Shows an interview page by page."""

    lasting = True

    def __init__(self) -> None:
        self.console = Console(highlight=False)
        self.note: RenderableType | None = None

    def complaint(self, titles: Mapping[str, str]) -> str | None:
        """Ask which complaint fits best, or for the person's own words."""
        self._page()
        choices = [
            questionary.Choice("none of these", ""),
            questionary.Choice("in my own words", _WORDS),
        ]
        choices += [questionary.Choice(title, id) for id, title in titles.items()]
        found = str(
            questionary.select(
                "What troubles you most?", choices, style=_STYLE, qmark=""
            ).unsafe_ask()
        )
        if found == _WORDS:
            found = str(
                questionary.text("In your own words:", style=_STYLE, qmark="").unsafe_ask()
            ).strip()
        return found or None

    def answered(self, words: str, answer: str) -> None:
        """Show the first answer on the next page."""
        self.note = Group(Text(words, style="bold"), Padding(Text(answer), (0, 0, 1, 2)))

    def areas(self, titles: Mapping[str, str]) -> tuple[str, ...] | None:
        """Ask which sections were looked at."""
        self._page()
        choices = [
            questionary.Choice(title, name, checked=name in USUAL) for name, title in titles.items()
        ]
        found = questionary.checkbox(
            "What have you looked at so far? The rest is asked later.",
            choices, instruction="(space to tick, Enter when done)", style=_STYLE, qmark="",
        ).unsafe_ask()  # fmt: skip
        return tuple(found)

    def ask(self, question: Question, turn: int, position: Inference) -> str | None:
        """Show one page and return what was chosen or typed."""
        self._clear()
        rows = self.console.height - len(question.choices) - _MARGIN
        note, self.note = self.note, None
        if note is not None and tall(note, self.console) > rows - _MARGIN:
            self._read(note)
            note = None
        below: tuple[RenderableType, ...] = (note, "") if note is not None else ()
        rows -= sum(tall(part, self.console) for part in below)
        self.console.print(page(question, position, self.console, turn, rows), "", *below, sep="\n")
        if not question.choices:
            return self._typed("")
        found = self._select(
            [(amount(one, question), str(one.value)) for one in question.choices], question
        )
        return self._typed(counted(question)) if found == _NUMBER else found

    def _read(self, note: RenderableType) -> None:
        """Show a note that leaves no room for the question on a page of its own."""
        self.console.print(note, "", sep="\n")
        questionary.press_any_key_to_continue(
            "Any key goes back to the question.", style=_STYLE
        ).unsafe_ask()
        self._clear()

    def _select(self, choices: Sequence[tuple[str, str]], question: Question) -> str:
        listed = [questionary.Choice(title, value) for title, value in choices]
        if question.kind == "number":
            listed.append(questionary.Choice("type a number", _NUMBER))
        listed.append(questionary.Choice("don't know", "skip"))
        return self._picked("", listed, _FOOT)

    def _picked(self, message: str, choices: Sequence[questionary.Choice], foot: str) -> str:
        prompt = questionary.select(
            message, choices, instruction=foot, style=_STYLE, qmark="", use_jk_keys=False
        )
        application = prompt.application
        if foot:
            application.key_bindings = merge_key_bindings(
                [*filter(None, [application.key_bindings]), _keys()]
            )
        return str(prompt.unsafe_ask())

    def _typed(self, counts: str) -> str:
        """Ask for a number or a word; nothing typed means don't know."""
        hint = "(Enter for don't know; or help, why, back, known, quit)"
        return str(
            questionary.text(
                f"{counts} >".lstrip(), instruction=hint, style=_STYLE, qmark=""
            ).unsafe_ask()
        )

    def go_on(self, stop: Stop, position: Inference) -> bool:
        """Tell why to stop, and ask."""
        self._clear()
        self.console.print(Text(stop.told, style="bold"), "", ranking(position), "")
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

    def known(self, symptoms: Symptoms) -> str | None:
        """List what is known, and return what is to be changed."""
        self._clear()
        wide = self.console.width - 6
        choices: list[Any] = [questionary.Choice("nothing, go on", "")]
        choices += [questionary.Choice(line[:wide], id) for id, line in known_rows(symptoms)]
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


def _keys() -> KeyBindings:
    """One key for each command."""
    bindings = KeyBindings()
    for key, deed in _KEYS.items():

        def said(event: KeyPressEvent, deed: str = deed) -> None:
            event.app.exit(result=deed)

        bindings.add(key, eager=True)(said)
    return bindings
