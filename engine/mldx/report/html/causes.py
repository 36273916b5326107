"""The causes as cards: how sure, what it means, and the evidence for and against as bars in
decibans.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mldx.report.html.render import rendered
from mldx.report.outline import LEGEND_DB, LEGEND_PERCENT, Outline, counted

if TYPE_CHECKING:
    from markupsafe import Markup

    from mldx.diagnosis import Diagnosis
    from mldx.diagnosis.results import Evidence
    from mldx.knowledge.cards import Cause


def causes(diagnosis: Diagnosis, outlined: Outline) -> Markup:
    """Return the listed causes as cards, and the others by name."""
    return rendered(
        "causes.html",
        outlined=outlined,
        cards={one.id: diagnosis.card(one.id) for one in outlined.causes},
        legend_percent=LEGEND_PERCENT,
        legend_db=LEGEND_DB,
    )


def evidence(items: Sequence[Evidence]) -> Markup:
    """Return what was counted as a table with bars, what counts first for, then against."""
    return rendered("evidence.html", bars=counted(items))


def settling(card: Cause) -> Markup:
    """Return the test that would refute a cause, its fixes, and what it is mistaken for."""
    return rendered("settling.html", card=card)
