"""HTML and SVG put together from elements; text is escaped unless it is markup already.

tag("p", "a < b", class_="told")  ->  <p class="told">a &lt; b</p>
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself, as template engines ask for it."""
        return self


Inner = str | None | Iterable[str | None]
Value = str | float | bool | None


def text(value: object) -> Markup:
    """Return plain text as HTML, without characters that no page may hold."""
    return Markup(escape(_UNPRINTABLE.sub("\ufffd", str(value))))


def tag(name: str, /, *inner: Inner, **attributes: Value) -> Markup:
    """Return an element.

    inner       text, markup, None (left out), or several of them
    attributes  None and False are left out, True stands bare; `class_` is class, `aria_label` is aria-label
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{name}{given}>")
    return Markup(f"<{name}{given}>{joined(*inner)}</{name}>")


def joined(*inner: Inner) -> Markup:
    """Return what is given, one after the other, as markup."""
    return Markup("".join(_flat(inner)))


def _flat(inner: Iterable[Inner]) -> Iterable[str]:
    for one in inner:
        if isinstance(one, Markup):
            yield one
        elif isinstance(one, str):
            yield text(one)
        elif one is not None:
            yield from _flat(one)


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    if isinstance(value, str):
        return f' {name}="{text(value)}"'
    return f' {name}="{f"{value:g}" if isinstance(value, float) else value}"'
