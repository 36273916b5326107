"""The rules as the plain if/else program that a person would write by hand, generated from what was
loaded.

It gives the ranking that a diagnosis gives, and keeps no record of why: three-valued conditions,
the strongest item of a family on each side, priors, domain factors and scopes are the same. So it
is the yardstick of `diagnose()`: what a diagnosis costs beyond it is the price of its explanation.

    program = plain_program(load())
    ranking, healthy = program(values)          # [(cause, log-odds), ...], log-odds of `healthy`
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mldx.diagnosis.walk import SCOPES
from mldx.knowledge import KnowledgeBase
from mldx.knowledge.cards import HEALTHY
from mldx.knowledge.compiled import CompiledCheck
from mldx.knowledge.conditions import Condition, Joint, Otherwise, Test, parse, symptoms, tests
from mldx.knowledge.regions import cuts, samples
from mldx.symptoms import LEVELS

Ranking = tuple[list[tuple[str, float]], float]
Program = Callable[[Mapping[str, Any]], Ranking]
Scope = Mapping[str, Sequence[str]]

SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}
FACTS = ", ".join(SCOPES)
HEAD = """\
def program(seen):
 get = seen.get
 score, supported, best, worst = [0.0] * COUNT, [False] * COUNT, {}, {}
"""
TAIL = f"""\
 for key, decibans in best.items(): score[key % COUNT] += decibans
 for key, decibans in worst.items(): score[key % COUNT] += decibans
 known = [value for value in ({FACTS}) if value is not None]
 listed = []
 for cause, yes in enumerate(supported):
  if yes and cause != HEALTHY and (cause not in POSSIBLE or POSSIBLE[cause]({FACTS})):
   odds = PRIOR[cause] + NEPERS * score[cause]
   if known and cause in FACTORS:
    for value in known: odds += FACTORS[cause].get(value, 0.0)
   listed.append((-odds, ORDER[cause], NAME[cause]))
 listed.sort()
 return [(name, -odds) for odds, _, name in listed], PRIOR[HEALTHY] + NEPERS * score[HEALTHY]
"""


def plain_program(knowledge: KnowledgeBase) -> Program:
    """Return a function from the observed values by path to the ranking."""
    names = [*knowledge.causes, HEALTHY]
    number = {name: index for index, name in enumerate(names)}
    scope: dict[str, Any] = {
        "COUNT": len(names),
        "HEALTHY": number[HEALTHY],
        "NAME": names,
        "NEPERS": math.log(10) / 10,
        "PRIOR": [knowledge.prior_log_odds[name] for name in names],
        "ORDER": [knowledge.order.get(name) for name in names],
        "FACTORS": {number[name]: found for name, found in knowledge.domain_factors.items()},
        "POSSIBLE": {number[name]: _possible(*pair) for name, pair in knowledge.scopes.items()},
    }
    exec(compile(source(knowledge, number), "<rules>", "exec"), scope)
    program: Program = scope["program"]
    return program


def _possible(only: Scope | None, never: Scope | None) -> Callable[..., bool]:
    """Return whether a cause can apply, as a function of the facts."""
    parts = [
        f"({name} is None or {name} in {tuple(wanted)!r})"
        for name, wanted in (only or {}).items()
        if wanted
    ]
    parts += [f"{name} not in {tuple(names)!r}" for name, names in (never or {}).items()]
    possible: Callable[..., bool] = eval(f"lambda {FACTS}: {' and '.join(parts) or True}")
    return possible


def source(knowledge: KnowledgeBase, number: Mapping[str, int]) -> str:
    """Return the text of the program."""
    checks = knowledge.compiled.checks
    families = {family: index for index, family in enumerate(_families_with_two_voices(knowledge))}
    lines = [f" {name} = get('setup.{name}')" for name in SCOPES]
    lines += [f" r{check.number} = {check.number in knowledge.compiled.start}" for check in checks]
    for check in checks:
        lines += _Writer(knowledge, check, number, families.get(check.family)).lines()
    return HEAD + "\n".join(lines) + "\n" + TAIL


def _families_with_two_voices(knowledge: KnowledgeBase) -> list[str]:
    """The families in which two branches that hold together may speak of one cause."""
    voices: dict[tuple[str, str], set[int]] = defaultdict(set)
    shared = set()
    for check in knowledge.compiled.checks:
        if not _alternatives(check, knowledge)[0]:
            shared.add(check.family)
        for branch in check.branches:
            for cause in branch.points_to:
                voices[check.family, cause].add(check.number)
    shared |= {family for (family, _), checks in voices.items() if len(checks) > 1}
    return sorted(shared)


def _alternatives(check: CompiledCheck, knowledge: KnowledgeBase) -> tuple[bool, bool]:
    """Does at most one branch hold for any value, and does always one?"""
    spec = knowledge.specs[check.symptom]
    conditions = [parse(branch.when, check.path) for branch in check.branches]
    if spec.kind == "fact" or set().union(*map(symptoms, conditions)) - {check.path}:
        return False, False
    compared = [test for condition in conditions for test in tests(condition)]
    held = [
        len(check.decide({check.path: value}))
        for value in samples(spec, cuts(spec.path, compared, knowledge.scales))
    ]
    return max(held) <= 1, min(held) == max(held) == 1


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
        self.conditions = [parse(branch.when, check.path) for branch in check.branches]

    def lines(self) -> Iterator[str]:
        check = self.check
        yield f" if r{check.number}:"
        yield f"  x = get({check.path!r})"
        yield f"  if x is None: {_reach(check.unknown)}"
        outside = [
            f"{name} is not None and {name} not in {tuple(wanted)!r}"
            for name, wanted in (check.applies_to or {}).items()
            if wanted
        ]
        if outside:
            yield f"  elif {' or '.join(outside)}: {_reach(check.unknown)}"
        one, always = _alternatives(check, self.knowledge)
        yield from self.in_turn(always) if one else self.side_by_side()

    def in_turn(self, always: bool) -> Iterator[str]:
        """One branch at most: `elif` after `elif`."""
        last = len(self.conditions) - 1
        for index, condition in enumerate(self.conditions):
            yield "  else:" if always and index == last else f"  elif {self.taken(condition)}:"
            yield from self.body(index, "   ")
        if not always:
            yield f"  else: {_reach(self.check.unknown)}"

    def side_by_side(self) -> Iterator[str]:
        """Several branches may hold."""
        yield "  else:"
        yield "   none = True"
        for index, condition in enumerate(self.conditions):
            yield f"   if {self.taken(condition)}:"
            yield "    none = False"
            yield from self.body(index, "    ")
        yield f"   if none: {_reach(self.check.unknown)}"

    def body(self, index: int, indent: str) -> Iterator[str]:
        branch = self.check.branches[index]
        for cause, weight in branch.points_to.items():
            place = self.number[cause]
            if self.family is not None:
                table, sign = ("best", ">") if weight > 0 else ("worst", "<")
                key = self.family * len(self.number) + place
                stronger = f"{weight} {sign} {table}.get({key}, 0.0)"
                yield f"{indent}if {stronger}: {table}[{key}] = {weight}"
            else:
                yield f"{indent}score[{place}] += {weight}"
            if weight > 0:
                yield f"{indent}supported[{place}] = True"
        yield indent + _reach(branch.then)

    def taken(self, condition: Condition) -> str:
        """The text of "this branch is taken"."""
        if isinstance(condition, Otherwise):
            others = [other for other in self.conditions if not isinstance(other, Otherwise)]
            return _both([self.text(other, False) for other in others])
        return self.text(condition, True)

    def text(self, condition: Condition, wanted: bool) -> str:
        """The text of "it holds", or of "it is known not to hold"."""
        if isinstance(condition, Joint):
            negated = condition.kind == "not"
            parts = [self.text(part, wanted != negated) for part in condition.parts]
            # that one of several does not hold is enough against "all", and for "not all"
            every = (condition.kind == "any") != (wanted != negated)
            return _both(parts) if every else _either(parts)
        assert isinstance(condition, Test)
        own = condition.symptom == self.check.path
        value = "x" if own else f"get({condition.symptom!r})"
        test = self.comparison(condition, value)
        known = [] if own else [f"{value} is not None"]
        return _both([*known, test if wanted else f"not ({test})"])

    def comparison(self, test: Test, value: str) -> str:
        """The text of a comparison with a value that is known."""
        if test.operator == "in":
            members = (Test(test.symptom, "is", operand) for operand in test.operand)
            return _either([self.comparison(member, value) for member in members])
        scales = self.knowledge.scales
        if test.symptom in scales and test.operand in LEVELS:
            return self.level(test, value)
        if isinstance(test.operand, bool):
            return f"{value} is {test.operand}"
        if test.operator == "is":
            return f"{value} == {test.operand!r}"
        ordered = f"{value} {SIGNS[test.operator]} {float(test.operand)!r}"
        return _both([*self.guard(test, value), ordered])

    def guard(self, test: Test, value: str) -> list[str]:
        """The text of "it is a number", where it may be something else."""
        spec = self.knowledge.paths[test.symptom]
        if spec.kind == "fact":
            return [f"not isinstance({value}, (str, bool))"]
        return [f"not isinstance({value}, str)"] if spec.words else []

    def level(self, test: Test, value: str) -> str:
        """A level is the span of numbers from its own bound to that of the next."""
        scales, rank = self.knowledge.scales, LEVELS.index(test.operand)
        bounds = scales.bounds(test.symptom)  # of mild, moderate, strong
        reaches, stays_below = (">=", "<") if scales.rising(test.symptom) else ("<=", ">")
        from_rank = {"is": rank, "ge": rank, "gt": rank + 1}.get(test.operator, 0)
        below_rank = {"is": rank + 1, "le": rank + 1, "lt": rank}.get(test.operator, len(LEVELS))
        if from_rank == len(LEVELS) or below_rank == 0:
            return "False"
        parts = self.guard(test, value)
        if from_rank > 0:
            parts.append(f"{value} {reaches} {bounds[from_rank - 1]!r}")
        if below_rank < len(LEVELS):
            parts.append(f"{value} {stays_below} {bounds[below_rank - 1]!r}")
        return _both(parts)


def _reach(checks: Sequence[int]) -> str:
    return "; ".join(f"r{number} = True" for number in checks) or "pass"


def _both(parts: Sequence[str]) -> str:
    return " and ".join(f"({part})" for part in parts) or "True"


def _either(parts: Sequence[str]) -> str:
    return " or ".join(f"({part})" for part in parts)
