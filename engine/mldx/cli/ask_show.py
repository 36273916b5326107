"""How a question looks on a terminal: its words, its choices with little curves, and the ranking so
far.
"""

from __future__ import annotations

from functools import cache
from math import ceil

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mldx.diagnosis.inference import Inference
from mldx.interview import Choice, Dialogue, Question, QuestionForm
from mldx.interview.question import Related
from mldx.interview.shapes import shape
from mldx.knowledge.wording import words
from mldx.provenance import Provenance
from mldx.report import plot
from mldx.report.outline import percent

_BESIDE = 110
_RANKED = 5
_WIDTH = 10
_OFFERED = 8


@cache
def sparkline(symptom: str, word: str) -> str:
    """Return the shape that a word stands for as one line of Braille, a cross where the loss is no
    number; "" for none.

    A character is two dots wide and four high; the frame is 0..1, the same for every shape, so that
    they compare.
    """
    y = shape(symptom, word, 2 * _WIDTH)
    return "" if y is None else plot.sparkline(y.tolist(), _WIDTH)


def label(choice: Choice, question: Question) -> str:
    """Return a choice in one line: the word, its picture, what it means."""
    picture = sparkline(question.symptom, str(choice.value))
    wide = max(len(one.label) for one in question.choices)
    return "  ".join(
        part for part in (f"{choice.label:{wide}}", picture, choice.meaning) if part
    ).rstrip()


def amount(choice: Choice, question: Question) -> str:
    """Return a choice in one line, what it means before the word: of an amount the word alone tells
    little.
    """
    if question.kind != "number" or not choice.meaning:
        return label(choice, question)
    wide = max(len(one.meaning) for one in question.choices)
    return f"{choice.meaning:{wide}}  {choice.label}"


def ranking(inference: Inference, most: int = _RANKED, folded: bool = False) -> RenderableType:
    """Return the likeliest causes so far, with a bar each; a title that is too long is cut, or
    folded.
    """
    ordered, _ = inference.ranking
    title = Text("Likeliest so far", style="bold")
    if not ordered:
        return Group(title, Text("nothing points to a cause yet", style="dim"))
    table = Table.grid(padding=(0, 1), expand=True)
    table.add_column(width=4, justify="right", no_wrap=True)
    table.add_column(width=6, no_wrap=True)
    table.add_column(no_wrap=not folded, overflow="fold" if folded else "ellipsis", ratio=1)
    for cause, share in sorted(ordered, key=lambda one: -one[1])[:most]:
        bar = "█" * round(6 * share) or "▏"
        table.add_row(
            percent(share),
            Text(bar, style="red"),
            inference.knowledge.causes[cause].title,
        )
    return Group(title, table)


def page(
    question: Question, dialogue: Dialogue, console: Console, rows: int = 99
) -> RenderableType:
    """Return a question with the ranking: beside it on a wide screen, else under it, as far as
    `rows` allow.
    """
    body = Group(*_question(question, dialogue.turn))
    if console.width >= _BESIDE:
        table = Table.grid(padding=(0, 3), expand=True)
        table.add_column(ratio=3)
        table.add_column(ratio=2)
        table.add_row(body, ranking(dialogue.inference, folded=True))
        return table
    left = min(rows - tall(body, console) - 2, _RANKED)
    return Group(body, Text(""), ranking(dialogue.inference, left)) if left > 0 else body


def form_page(form: QuestionForm, turn: int) -> RenderableType:
    """Return the head of a form: what is to be looked at, and where."""
    last = turn + len(form.fields) - 1
    numbers = f"Questions {turn} to {last}" if last > turn else f"Question {turn}"
    head = Text(f"{numbers}, about {ceil(form.minutes)} min", style="dim")
    return Group(head, Text(form.asks, style="bold"), Text(form.help))


def offered(field: Question) -> str:
    """Return what may be said in a field, in one line."""
    said = [": ".join(filter(None, (one.label, one.meaning))) for one in field.choices]
    if not said:
        return f"({field.unit})" if field.unit else ""
    more = "; ..." if len(said) > _OFFERED else ""
    return f"({'; '.join(said[:_OFFERED])}{more})"


def tall(shown: RenderableType, console: Console) -> int:
    """Return how many rows something takes."""
    return len(console.render_lines(shown, pad=False))


def _question(question: Question, number: int) -> list[RenderableType]:
    place = ", ".join(part for part in (question.stage.replace("_", "-"), question.symptom) if part)
    minutes = (
        f", about {question.minutes:g} min if you have to look" if question.minutes > 1 else ""
    )
    head = Text(f"Question {number}  {place}{minutes}", style="dim")
    return [head, Text(question.question, style="bold")]


def counted(question: Question) -> str:
    """Return what exactly a typed number counts, and in which unit; "" where the question says it
    or takes no number.
    """
    if question.kind != "number" or question.about == question.question or not question.choices:
        return ""
    return f"{question.about} ({question.unit})" if question.unit else question.about


def help_text(question: Question) -> RenderableType:
    """Return where to look, and what misleads there."""
    return Padding(Text(question.help or "There is no help for this one."), (0, 0, 0, 2))


def why_text(question: Question) -> RenderableType:
    """Return which causes the answer would distinguish, and what is known of them already."""
    lines = [Text("The answer would distinguish:")]
    lines += [Text(f"  {one.title}", style="bold") for one in question.separates]
    if question.related:
        lines.append(Text("What is known of them already:"))
        lines += [Text(f"  {_seen(one)}") for one in question.related]
    return Padding(Group(*lines), (0, 0, 0, 2))


def _seen(one: Related) -> str:
    figure = f": {one.figure}" if one.figure else ""
    return f"{one.symptom} is {words(one.saw)} ({one.source}{figure})"


def known_rows(dialogue: Dialogue) -> list[tuple[str, str]]:
    """Return (id, one line) of everything observed, with who says so."""
    symptoms = dialogue.symptoms
    rows = []
    for id, value in symptoms.observed.items():
        provenance = symptoms.provenances.get(id, Provenance())
        who = "stated by your complaint" if id in dialogue.imprecise else provenance.source.value
        figure = f": {provenance.figure}" if provenance.figure else ""
        rows.append((id, f"{id} is {words(value)} ({who}{figure})"))
    return rows
