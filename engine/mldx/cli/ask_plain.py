"""The interview line by line: for pipes, for scripts, and where there are no menus.

A line is an answer, the number of a choice, `id: value` about anything, or a command. Where the
lines end, so does the interview, and the report is told.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from mldx.cli.ask_loop import COMMANDS
from mldx.cli.ask_show import counted, help_text, known_rows, label, page, why_text
from mldx.diagnosis.inference import Inference
from mldx.errors import InputError
from mldx.interview.question import Question
from mldx.interview.stop import Stop
from mldx.symptoms import Symptoms

_ADDRESSED = re.compile(r"[a-z_.]+\s*:")
_COMMANDS = "? help, why, back, known, skip (don't know), quit"


class Plain:
    """Shows an interview as lines; with `quiet` on standard error."""

    def __init__(self, lasting: bool, quiet: bool = False) -> None:
        self.lasting = lasting
        self.console = Console(stderr=quiet, highlight=False)
        self.kept: list[str] = []

    def _line(self) -> str | None:
        """Read a line, first those that were kept; None where they end.

        Comments and, in a pipe, empty lines are passed over.
        """
        if self.kept:
            return self.kept.pop(0)
        self.console.print("> ", end="")
        while (line := sys.stdin.readline()) != "":
            text = line.partition("#")[0].strip() if line.lstrip().startswith("#") else line.strip()
            if text or self.lasting:
                return text
        self.console.print("")
        return None

    def complaint(self, titles: Mapping[str, str]) -> str | None:
        """Ask by number, id, or in the person's own words; a line that answers something else is
        kept.
        """
        told = "What troubles you most? (a number, or your own words; Enter for none of them)"
        self.console.print(Text(told, style="bold"))
        self._listed(titles)
        line, names = self._line(), list(titles)
        if line is None or COMMANDS.get(line.lower()) == "skip":
            return None
        if line.lower() in COMMANDS or _ADDRESSED.match(line):
            self.kept.append(line)
            return None
        return names[int(line) - 1] if line.isdecimal() and 0 < int(line) <= len(names) else line

    def answered(self, words: str, answer: str) -> None:
        """Print the complaint as it was understood, and the first answer."""
        self.console.print(
            Text(f"\n{words}", style="bold"), Padding(Text(answer), (0, 0, 1, 2)), sep="\n"
        )

    def areas(self, titles: Mapping[str, str]) -> tuple[str, ...] | None:
        """Ask by numbers or names."""
        self.console.print(
            Text(
                "What have you looked at so far? (numbers or names; Enter to leave it open)",
                style="bold",
            )
        )
        self._listed(titles)
        return self._picked(titles) or None

    def _listed(self, titles: Mapping[str, str]) -> None:
        for number, title in enumerate(titles.values(), 1):
            self.console.print(Text(f"  {number:2} {title}"))

    def _picked(self, titles: Mapping[str, str]) -> tuple[str, ...]:
        """What was picked; a line that picks nothing is kept for the next question."""
        line = self._line()
        names = list(titles)
        words = (line or "").replace(",", " ").split()
        found = [
            names[int(one) - 1] if one.isdecimal() and 0 < int(one) <= len(names) else one
            for one in words
        ]
        if words and all(one in titles for one in found):
            return tuple(dict.fromkeys(found))
        if line and COMMANDS.get(line.lower()) != "skip":
            self.kept.append(line)
        return ()

    def ask(self, question: Question, turn: int, position: Inference) -> str | None:
        """Print the question with numbered choices, and read a line."""
        if self.kept:
            return self.kept.pop(0)
        self.console.print("")
        self.console.print(page(question, position, self.console, turn), "", sep="\n")
        for number, choice in enumerate(question.choices, 1):
            mark = "   " if question.kind == "number" else f"{number:2} "
            self.console.print(Text(f"  {mark}{label(choice, question)}"))
        if counts := counted(question):
            self.console.print(Text(f"     or a number: {counts}"))
        how = (
            "an answer or its number"
            if question.choices and question.kind != "number"
            else "an answer"
        )
        self.console.print(Text(f"  {how}; {_COMMANDS}", style="dim"))
        return self._line()

    def go_on(self, stop: Stop, position: Inference) -> bool:
        """Ask on a terminal; a script is asked on as long as it has lines."""
        self.console.print(Text(f"\n{stop.told}", style="bold"))
        if not self.lasting:
            return True
        self.console.print(Text("Go on all the same? yes or no"))
        return (self._line() or "no").lower() in ("y", "yes")

    def help(self, question: Question) -> None:
        """Print the help."""
        self.console.print(help_text(question))

    def why(self, question: Question) -> None:
        """Print why it is asked."""
        self.console.print(why_text(question))

    def known(self, symptoms: Symptoms) -> str | None:
        """Print everything known; what is to be changed is said as `id: value`."""
        for _, line in known_rows(symptoms):
            self.console.print(Text(f"  {line}"))
        self.console.print(Text("  To change one, write `id: value`.", style="dim"))
        return None

    def wrong(self, error: InputError) -> None:
        """Print what cannot stand and what was expected."""
        self.console.print(Text(str(error), style="red"))
