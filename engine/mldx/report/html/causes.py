"""The causes as cards: how sure, what it means, and the evidence for and against as bars in
decibans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from mldx.knowledge.wording import words
from mldx.report.html.markup import Markup, joined, tag
from mldx.report.outline import ListedCause, Outline

if TYPE_CHECKING:
    from mldx.diagnosis import Diagnosis
    from mldx.diagnosis.results import Evidence, NamedCause
    from mldx.knowledge.cards import Cause

_HALF, _LOUDEST = 60.0, 20.0
_LESS = 12

Link = Callable[[str, str], Markup]


def named(cause: str, title: str) -> Markup:
    """Return a cause's name where there is nothing to follow."""
    return tag("span", title, title=cause)


def causes(diagnosis: Diagnosis, said: Outline, link: Link = named) -> Markup:
    """Return the likeliest causes in full, each with what follows from it, and the rest by name.

    link  how the name of a cause is written: (id, title) -> markup
    """
    if not said.causes:
        return tag("p", "Nothing that was observed points to a cause.", class_="faint")
    cards = [
        cause_card(diagnosis, one, link, opened=number == 0)
        for number, one in enumerate(said.causes)
    ]
    return joined(
        tag("ol", [tag("li", card) for card in cards], class_="causes"), _less(said.rest, link)
    )


def _less(rest: Sequence[ListedCause], link: Link) -> Markup | None:
    if not rest:
        return None
    told = [
        tag("li", link(one.id, one.title), " ", tag("span", one.percent, class_="faint"))
        for one in rest
    ]
    return tag(
        "details", tag("summary", f"{len(rest)} less likely"), tag("ul", told, class_="less")
    )


def cause_card(
    diagnosis: Diagnosis, cause: ListedCause, link: Link = named, opened: bool = True
) -> Markup:
    """Return one cause: name, probability, meaning, evidence, and the way to settle it."""
    card = diagnosis.card(cause.id)
    facts = [cause.id, cause.remark]
    return tag(
        "article",
        tag("div", _chance(cause), tag("h3", link(cause.id, cause.title)), class_="headline"),
        tag("p", " · ".join(filter(None, facts)), class_="faint small"),
        tag("p", card.meaning),
        evidence(cause.evidence),
        tag("details", tag("summary", "How to settle it"), settling(card), open=opened),
        _doubtful(cause.cause),
        class_=f"cause {cause.confidence}",
    )


def _chance(cause: ListedCause) -> Markup:
    return tag("span", tag("b", cause.percent), " ", cause.confidence, class_="chance")


def evidence(items: Sequence[Evidence]) -> Markup | None:
    """Return the evidence as a table with bars, what counts first for, then against."""
    told = sorted((one for one in items if one.counted), key=lambda one: (one.db < 0, -abs(one.db)))
    rows = [
        tag(
            "tr",
            tag("th", _saw(one), scope="row"),
            tag("td", _bar(one.db)),
            tag("td", f"{one.db:+.0f} dB", class_="db"),
        )
        for one in told
    ]
    caption = tag("caption", "Evidence for and against, in decibans", class_="unseen")
    return tag("table", caption, tag("tbody", rows), class_="evidence") if rows else None


def _saw(item: Evidence) -> Markup:
    figure = tag("span", item.figure, class_="faint") if item.figure else None
    return joined(f"{item.symptom.replace('_', ' ')}: ", tag("b", words(item.saw)), " ", figure)


def _bar(db: float) -> Markup:
    """Return a bar from the middle: to the right for, to the left against; 20 dB fill a half."""
    wide = round(_HALF * min(abs(db), _LOUDEST) / _LOUDEST, 1)
    start = _HALF if db > 0 else _HALF - wide
    middle = tag("line", x1=_HALF, x2=_HALF, y1=0, y2=12, class_="middle")
    side = "for" if db > 0 else "against"
    drawn = tag("rect", x=round(start, 1), y=2, width=wide, height=8, rx=1.5, class_=side)
    return tag(
        "svg", drawn, middle, viewBox=f"0 0 {2 * _HALF:g} 12", class_="bar", aria_hidden="true"
    )


def settling(card: Cause) -> Markup:
    """Return the test that would refute a cause, its fixes, and what it is mistaken for."""
    confirm = card.confirm
    fixes = [tag("li", f"{deed.do} ", _minutes(deed.minutes)) for deed in card.fix]
    alike = [
        tag("li", tag("b", id.replace("_", " ")), f": {sign}")
        for id, sign in card.mistaken_for.items()
    ]
    return tag(
        "dl",
        tag("dt", "Test"), tag("dd", f"{confirm.do} ", _minutes(confirm.minutes), tag("br"), f"Expect: {confirm.expect}"),
        tag("dt", "Fix"), tag("dd", tag("ul", fixes)),
        tag("dt", "Not to be mistaken for"), tag("dd", tag("ul", alike)),
    )  # fmt: skip


def _minutes(minutes: float) -> Markup:
    return tag("span", f"{words(minutes)} min", class_="minutes")


def _doubtful(cause: NamedCause) -> Markup | None:
    """What the cause would have led one to see and was seen otherwise, and what is not known."""
    told = list(_doubts(cause))
    if not told:
        return None
    return tag(
        "details",
        tag("summary", "Expected but not seen, and unknown"),
        tag("ul", told, class_="small"),
    )


def _doubts(cause: NamedCause) -> Iterator[Markup]:
    counted = {item.check for item in cause.evidence if item.counted}
    for one in cause.absent:
        if one.check not in counted:
            yield tag(
                "li",
                "Seen otherwise: ",
                one.symptom.replace("_", " "),
                " is ",
                tag("b", words(one.saw)),
            )
    for one in cause.unknown[:_LESS]:
        yield tag("li", "Not known: ", one.question)
