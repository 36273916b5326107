"""The rules as the plain if/else program that a person would write by hand, generated from what was
loaded.

It weighs the single hypotheses as a diagnosis does, and keeps no record of why: answers, tables for
other circumstances, gates, scopes, the strongest item of a family on each side and priors are the
same; pairs of causes, and readings that a curve settles only in part, are left out. So it is the
yardstick of `diagnose()`: what a diagnosis costs beyond it is the price of these and of its
explanation.

    program = plain_program(load())
    weights = program(values)          # {hypothesis: log of its weight}
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mldx.knowledge import KnowledgeBase
from mldx.knowledge.base import SOMETHING_ELSE
from mldx.knowledge.cards import HEALTHY, SCOPES
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import Condition, Joint, Test, parse
from mldx.knowledge.frequencies import FrequencyTable

Program = Callable[[Mapping[str, Any]], dict[str, float]]

SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
FACTS = ", ".join(SCOPES)
HEAD = """\
def program(seen):
 get = seen.get
 score, best, worst = [0.0] * COUNT, {}, {}
"""
TAIL = """\
 for key, decibans in best.items(): score[key % COUNT] += decibans
 for key, decibans in worst.items(): score[key % COUNT] += decibans
 prior = PRIORS({name: seen[name] for name in SCOPES if name in seen})
 return {name: LOG(share) + NEPERS * score[NUMBER[name]] for name, share in prior.items()}
"""


def plain_program(knowledge: KnowledgeBase) -> Program:
    """Return a function from the observed values by id to the log weight of each hypothesis."""
    names = [*knowledge.causes, HEALTHY, SOMETHING_ELSE]
    number = {name: index for index, name in enumerate(names)}
    scope: dict[str, Any] = {
        "COUNT": len(names),
        "NUMBER": number,
        "NEPERS": math.log(10) / 10,
        "LOG": math.log,
        "PRIORS": knowledge.priors,
        "SCOPES": SCOPES,
        "NAMED": _named(knowledge),
    }
    exec(compile(source(knowledge, number), "<rules>", "exec"), scope)
    program: Program = scope["program"]
    return program


def _named(knowledge: KnowledgeBase) -> Callable[[str, Any], Any]:
    """Return the answer that a value is, as conditions compare it."""
    checks = knowledge.compiled.by_id

    def named(symptom: str, value: Any) -> Any:
        answer = checks[symptom].answer(value)
        return value if answer is None else checks[symptom].answers[answer]

    return named


def source(knowledge: KnowledgeBase, number: Mapping[str, int]) -> str:
    """Return the text of the program."""
    shared = _shared_families(knowledge)
    families = {family: index for index, family in enumerate(shared)}
    lines = [f" {name} = get({name!r})" for name in SCOPES]
    lines += [f" shut_{stage} = False" for stage in knowledge.stages]
    for check in knowledge.compiled.checks:
        lines += _Writer(knowledge, check, number, families.get(check.family)).lines()
    return HEAD + "\n".join(lines) + "\n" + TAIL


def _shared_families(knowledge: KnowledgeBase) -> list[str]:
    """The families of which several checks may speak of one cause."""
    voices: dict[str, set[str]] = defaultdict(set)
    for check in knowledge.compiled.checks:
        voices[check.family].add(check.id)
    return sorted(family for family, checks in voices.items() if len(checks) > 1)


class _Writer:
    """Writes one check."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        check: CompiledCheck,
        number: Mapping[str, int],
        family: int | None,
    ) -> None:
        self.knowledge, self.check, self.number, self.family = knowledge, check, number, family

    def lines(self) -> Iterator[str]:
        check = self.check
        yield f" x = get({check.id!r})"
        yield f" if x is not None and not shut_{check.stage}{self.scope()}:"
        keyword = "if"
        for given in check.card.given:
            yield f"  {keyword} {self.text(parse(given.when), True)}:"
            yield from self.answers(given.table, "   ")
            keyword = "elif"
        if keyword == "if":
            yield from self.answers(check.card.table, "  ")
        else:
            yield "  else:"
            yield from self.answers(check.card.table, "   ")
        yield from self.gate()

    def scope(self) -> str:
        """The text of "it makes sense for this run", as far as is known."""
        card = self.check.card.only_for
        wanted = {name: getattr(card, name) for name in SCOPES} if card else {}
        return "".join(
            f" and ({name} is None or {name} in {tuple(names)!r})"
            for name, names in wanted.items()
            if names
        )

    def answers(self, table: FrequencyTable, indent: str) -> Iterator[str]:
        """What each answer says, one after the other."""
        keyword = "if"
        for condition, mixture in self.regions():
            yield f"{indent}{keyword} {condition}:"
            yield from self.body(table, mixture, indent + " ")
            keyword = "elif"

    def regions(self) -> Iterator[tuple[str, Any]]:
        """The regions of the values, each with the answers it is; close to a border it is two."""
        check = self.check
        if check.card.kind == "flag":
            yield "x not in (False, 0)", ((0, 1.0),)
            yield "True", ((1, 1.0),)
            return
        for index, answer in enumerate(check.card.answers):
            yield f"x == {answer.id!r}", ((index, 1.0),)
        rest = [index for index, answer in enumerate(check.card.answers) if answer.rest]
        if check.card.kind == "number":
            yield from self.spans()
        elif rest:
            yield "True", ((rest[0], 1.0),)

    def spans(self) -> Iterator[tuple[str, Any]]:
        yield "x is True or isinstance(x, str)", None
        for index, border in enumerate(self.check.borders):
            width = self.check.widths[index]
            if width > 0:
                yield f"abs(x - {border!r}) < {width!r}", (index, border, width)
        for index, border in enumerate(self.check.borders):
            yield f"x < {border!r}", ((index, 1.0),)
        yield "True", ((len(self.check.borders), 1.0),)

    def body(self, table: FrequencyTable, mixture: Any, indent: str) -> Iterator[str]:
        """The additions of one region; `mixture` is None, answers, or (answer, border, width)."""
        if mixture is None:
            yield f"{indent}pass"
            return
        if isinstance(mixture[0], int):
            yield from self.soft(table, mixture, indent)
            return
        said = table.decibans(mixture)
        yield from self.sums({cause: repr(db) for cause, db in said.items() if db}, indent)

    def soft(
        self, table: FrequencyTable, zone: tuple[int, float, float], indent: str
    ) -> Iterator[str]:
        """Close to a border what both answers say counts, each by its share."""
        index, border, width = zone
        yield f"{indent}u = 0.5 + (x - {border!r}) / {2 * width!r}"
        below, above = table.of_answer(index), table.of_answer(index + 1)
        texts = {
            cause: f"(1 - u) * {below[cause]!r} + u * {above[cause]!r}" for cause in table.rows
        }
        yield from self.sums(texts, indent)

    def sums(self, texts: Mapping[str, str], indent: str) -> Iterator[str]:
        """Add what is said of each cause; of a shared family the strongest on each side."""
        if not texts:
            yield f"{indent}pass"
        for cause, text in texts.items():
            place = self.number[cause]
            if self.family is None:
                yield f"{indent}score[{place}] += {text}"
                continue
            key = self.family * len(self.number) + place
            yield f"{indent}w = {text}"
            yield f"{indent}if w > best.get({key}, 0.0): best[{key}] = w"
            yield f"{indent}if w < worst.get({key}, 0.0): worst[{key}] = w"

    def gate(self) -> Iterator[str]:
        """Close later stages."""
        gate = self.check.card.gate
        if gate is None:
            return
        if self.check.card.kind == "flag":
            taken = " or ".join(
                "x not in (False, 0)" if answer else "x in (False, 0)" for answer in gate.answers
            )
        else:
            taken = f"x in {tuple(gate.answers)!r}"
        yield f"  if {taken}: {'; '.join(f'shut_{stage} = True' for stage in gate.closes)}"

    def text(self, condition: Condition, wanted: bool) -> str:
        """The text of "it holds", or of "it is known not to hold"."""
        if isinstance(condition, Joint):
            negated = condition.kind == "not"
            parts = [self.text(part, wanted != negated) for part in condition.parts]
            # that one of several does not hold is enough against "all"
            every = (condition.kind == "any") != (wanted != negated)
            return (" and " if every else " or ").join(f"({part})" for part in parts)
        test, value = condition, f"get({condition.symptom!r})"
        text = self.comparison(test, value)
        return f"{value} is not None and {'' if wanted else 'not '}({text})"

    def comparison(self, test: Test, value: str) -> str:
        """The text of a comparison with a value that is known."""
        if test.operator in SIGNS:
            number = f"isinstance({value}, (int, float)) and not isinstance({value}, bool)"
            return f"{number} and {value} {SIGNS[test.operator]} {test.operand!r}"
        operands = (test.operand,) if test.operator == "is" else test.operand
        if isinstance(operands, str):
            operands = self.knowledge.groups[operands]
        check = self.knowledge.compiled.by_id.get(test.symptom)
        texts = [f"{value} in {tuple(operands)!r}"]
        if check is not None and check.card.kind != "flag":
            texts.append(f"NAMED({test.symptom!r}, {value}) in {tuple(operands)!r}")
        return " or ".join(texts)
