"""The interview line by line: for pipes, for scripts, and where there are no menus.

A line is an answer, the number of a choice, `id: value` about anything, or a command. Where the
lines end, so does the interview, and the report follows.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from mldx.cli.ask_loop import command
from mldx.cli.ask_show import (
    counted,
    form_page,
    help_text,
    known_rows,
    label,
    offered,
    page,
    why_text,
)
from mldx.errors import InputError
from mldx.interview import Dialogue, Question, QuestionForm, Stop

_ADDRESSED = re.compile(r"[\w .-]+\s*:")
_COMMANDS = "? help, why, back, known, skip (don't know), quit"


class PlainUI:
    """Shows an interview as lines; with `quiet` on standard error."""

    def __init__(self, interactive: bool, quiet: bool = False) -> None:
        self.interactive = interactive
        self.console = Console(stderr=quiet, highlight=False)
        self.kept: list[str] = []

    def greet(self, text: str) -> None:
        """Print it; a script needs no greeting."""
        if self.interactive:
            self.console.print(Text(text, style="dim"), "", sep="\n")

    def complaint(self, titles: Mapping[str, str], near: Sequence[str]) -> str | None:
        """Ask by number, id, or in the person's own words; a line for a later question is kept."""
        names = list(titles)
        if near:
            self._print("Which of these is it? (its number, other words, or Enter for none)")
            self._listed({id: titles[id] for id in near}, [names.index(id) + 1 for id in near])
        else:
            self._print(
                "What troubles you most? (a number, or your own words; Enter for none of these)"
            )
            self._listed(titles, range(1, len(titles) + 1))
        line = self._line()
        if line is None:
            return None
        if line.isdecimal() and 0 < int(line) <= len(names):
            return names[int(line) - 1]
        return "skip" if self._is_for_later(line) else line

    def understood(self, words: str, answer: str) -> None:
        """Print the complaint as it was understood, and the first answer."""
        self.console.print(
            Text(f"\n{words}", style="bold"), Padding(Text(answer), (0, 0, 1, 2)), sep="\n"
        )

    def sections(self, titles: Mapping[str, str]) -> tuple[str, ...] | str | None:
        """Ask by numbers or names; a line for a later question is kept."""
        self._print("What have you looked at so far? (numbers or names; Enter to leave it open)")
        self._listed(titles, range(1, len(titles) + 1))
        line = self._line()
        if line is None:
            return None
        numbered = {str(number): id for number, id in enumerate(titles, 1)}
        words = [numbered.get(word, word) for word in line.replace(",", " ").split()]
        if words and all(word in titles for word in words):
            return tuple(dict.fromkeys(words))
        if not command(line) or self._is_for_later(line):
            self.kept = self.kept or [line]
            return "skip"
        return line

    def _is_for_later(self, line: str) -> bool:
        """Is a line meant for a question? Then it is kept for that."""
        addressed = _ADDRESSED.match(line) and not command(line)
        if addressed or (not self.interactive and command(line) not in ("", "skip", "quit")):
            self.kept.append(line)
            return True
        return False

    def ask(self, question: Question, dialogue: Dialogue) -> str | None:
        """Print the question with numbered choices, and read a line."""
        if self.kept:
            return self.kept.pop(0)
        self.console.print("")
        self.console.print(page(question, dialogue, self.console), "", sep="\n")
        for number, choice in enumerate(question.choices, 1):
            mark = "   " if question.kind == "number" else f"{number:2} "
            self.console.print(Text(f"  {mark}{label(choice, question)}"))
        if counts := counted(question):
            self.console.print(Text(f"     or a number: {counts}"))
        numbered = question.choices and question.kind != "number"
        how = "an answer or its number" if numbered else "an answer"
        self.console.print(Text(f"  {how}; {_COMMANDS}", style="dim"))
        return self._line()

    def fill(
        self, form: QuestionForm, dialogue: Dialogue, said: Mapping[str, str]
    ) -> Mapping[str, str] | str | None:
        """Read a line for each field; Enter leaves it blank."""
        self.console.print("")
        self.console.print(form_page(form, dialogue.turn), "", sep="\n")
        found: dict[str, str] = {}
        for field in form.fields:
            self.console.print(Text(f"{field.question}  {offered(field)}".rstrip()))
            line = self._line()
            if line is None or command(line) in ("quit", "back", "known"):
                return line and command(line)
            while command(line) == "help":
                self.help(field)
                line = self._line() or ""
            found[field.symptom] = line
        return found

    def go_on(self, stop: Stop, dialogue: Dialogue) -> bool:
        """Ask on a terminal; a script is asked on as long as it has lines."""
        self._print(f"\n{stop.told}")
        if not self.interactive:
            return True
        self.console.print(Text("Go on all the same? yes or no"))
        return (self._line() or "no").lower() in ("y", "yes")

    def help(self, question: Question) -> None:
        """Print the help."""
        self.console.print(help_text(question))

    def why(self, question: Question) -> None:
        """Print why it is asked."""
        self.console.print(why_text(question))

    def known(self, dialogue: Dialogue) -> str | None:
        """Print everything known; what is to be changed is said as `id: value`."""
        for _, line in known_rows(dialogue):
            self.console.print(Text(f"  {line}"))
        self.console.print(Text("  To change one, write `id: value`.", style="dim"))
        return None

    def wrong(self, error: InputError) -> None:
        """Print what cannot stand and what was expected."""
        self.console.print(Text(str(error), style="red"))

    def _print(self, title: str) -> None:
        self.console.print(Text(title, style="bold"))

    def _listed(self, titles: Mapping[str, str], numbers: Sequence[int]) -> None:
        for number, title in zip(numbers, titles.values(), strict=True):
            self.console.print(Text(f"  {number:2} {title}"))

    def _line(self) -> str | None:
        """Read a line, first those that were kept; None where they end.

        Comments are passed over; an empty line is a reply, "don't know".
        """
        if self.kept:
            return self.kept.pop(0)
        self.console.print("> ", end="")
        while (line := sys.stdin.readline()) != "":
            if not line.lstrip().startswith("#"):
                return line.strip()
        self.console.print("")
        return None
