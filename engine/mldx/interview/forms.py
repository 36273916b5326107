"""Several questions on one screen, where that is quicker or tells more than one at a time.

Facts that judge a check are asked in its place: whoever made the fault holds it for right. Setup
facts are asked together, for each after the first costs a glance. And where many questions lead to
no cause, one look is worth more than the next of them: it answers several checks at once, also
those that nobody could answer without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from mldx.diagnosis.inference import Inference
from mldx.diagnosis.information_gain import LikelihoodTable, information_gain, likelihood_table
from mldx.interview.question import Question, QuestionForm, question
from mldx.knowledge.cards import Form

SETUP = "setup"
_SETUP_ASKS = "A few facts of the setup"
_SETUP_HELP = "They stand in the code or the configuration. Leave out what you do not know."


def with_form(fields: Sequence[Question], card: Form) -> Question:
    """Return the first of the fields as it is asked on a form with the others."""
    form = QuestionForm(card.id, card.asks, card.help, card.minutes, tuple(fields))
    return replace(fields[0], form=form)


def setup_form(fields: Sequence[Question], minutes: float) -> Question:
    """Return the first of several setup facts as it is asked together with the others."""
    if len(fields) == 1:
        return fields[0]
    form = QuestionForm(SETUP, _SETUP_ASKS, _SETUP_HELP, minutes, tuple(fields))
    return replace(fields[0], form=form)


def judged_by(
    id: str,
    inference: Inference,
    skipped: Collection[str],
    forms_seen: Collection[str],
    about: Callable[[str], Question],
) -> Question | None:
    """Return the form with the facts that judge a check, while some of them are not known."""
    cards = (card for card in inference.knowledge.forms.values() if card.judges == id)
    card = next(cards, None)
    if card is None or card.id in forms_seen:
        return None
    values = inference.values
    left = [about(one) for one in card.fields if one not in values and one not in skipped]
    return with_form(left, card) if left else None


def best_look(
    inference: Inference,
    skipped: Collection[str],
    forms_seen: Collection[str],
) -> Question | None:
    """Return the look whose answers settle most for each minute; None where none settles anything.

    skipped  what is not to be asked again, even after a look
    """
    cards = [card for card in inference.knowledge.forms.values() if not card.judges]
    looks = (_look(card, inference, skipped) for card in cards if card.id not in forms_seen)
    found = [one for one in looks if one is not None]
    return min(found, key=lambda one: (-round(one.worth, 12), one.symptom), default=None)


def _look(card: Form, inference: Inference, skipped: Collection[str]) -> Question | None:
    """Return a look with the fields that tell most, the most telling first."""
    reached = {check.id: check for check in inference.trail.open if check.id not in skipped}
    tables = {
        id: likelihood_table(reached[id], inference.values) for id in card.fields if id in reached
    }
    gains = _gains(tables, inference)
    most = int(inference.knowledge.threshold("interview.form_fields"))
    fields = sorted(gains, key=lambda id: (-round(gains[id], 12), id))[:most]
    if not fields:
        return None
    settled = sum(gains[id] for id in fields)
    asked = [
        question(id, ((tables[id], 1.0),), gains[id], settled / card.minutes, inference)
        for id in fields
    ]
    return with_form(asked, card)


def _gains(tables: dict[str, LikelihoodTable], inference: Inference) -> dict[str, float]:
    """Return the bits that each answer is expected to settle, of those that settle some."""
    posterior = inference.interview_posterior()
    limit = inference.knowledge.threshold
    least = limit("interview.least_worth")
    gains = {
        id: information_gain(table, posterior, inference.tally) for id, table in tables.items()
    }
    least = max(least, max(gains.values(), default=0.0) * limit("interview.further_fact"))
    return {id: bits for id, bits in gains.items() if bits >= least}


def facts_among(ids: Iterable[str], inference: Inference) -> list[str]:
    """Return the setup facts among these."""
    return [id for id in ids if inference.knowledge.specs[id].kind == "fact"]
