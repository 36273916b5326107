"""How often a check is answered how over all failing runs, as priors and rows imply it.

    implied(answer) = sum over causes of P(cause) * P(answer | cause),  healthy runs left out

A cause without a row is answered as usual. Where an answer is implied far more often than `usual`
says, either a prior or a row is too high, or `usual` counts what its causes are answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from mldx.errors import Fault
from mldx.knowledge.base import KnowledgeBase
from mldx.knowledge.cards import HEALTHY, SCOPES, Check
from mldx.knowledge.frequencies import FrequencyTable, Row
from mldx.knowledge.read import RuleFiles
from mldx.knowledge.wording import words

_TIMES = 4.0
_OFTEN = 0.1  # a rare answer is implied by its own causes above all, as it should be


def implied(base: KnowledgeBase, card: Check, table: FrequencyTable) -> Row:
    """Return the share of each answer over all failing runs in which the check makes sense."""
    scope = {name: getattr(card.only_for, name) for name in SCOPES} if card.only_for else {}
    field = {name: values[0] for name, values in scope.items() if values}
    priors = {id: prior for id, prior in base.priors(field).items() if id != HEALTHY}
    whole = sum(priors.values())
    found = [0.0] * len(table.usual)
    for cause, prior in priors.items():
        for number, share in enumerate(table.row(cause)):
            found[number] += prior / whole * share
    return tuple(found)


def base_rates(reading: RuleFiles, base: KnowledgeBase) -> Iterator[Fault]:
    """No answer is implied much more often than `usual` says."""
    for check in base.compiled.checks:
        table = check.card.table
        rates = zip(check.answers, implied(base, check.card, table), table.usual, strict=True)
        for answer, share, usual in rates:
            if share >= _OFTEN and share >= _TIMES * usual:
                what = (
                    f"`{check.id}` is answered `{words(answer)}` in {share:.0%} of failing runs by"
                    f" priors and rows, and in {usual:.1%} by `usual`."
                )
                where = reading.where("check", check.id, "usual")
                help = "lower a prior or a row, or raise `usual`"
                yield Fault(where, what, f"less than {_TIMES:g} times as often", help)
