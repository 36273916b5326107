"""Templates of HTML: each part of a report is a file in `templates`, and the page uses the same.

Text is escaped unless it is markup already; characters that no page may hold are replaced. Jinja is
imported when the first HTML is made.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mldx.knowledge.wording import words
from mldx.report.read_summary import figure

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(value: Any) -> Any:
    """Return a value as a page can hold it: text without characters that no page may hold."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return "" if value is None else value
    return _UNPRINTABLE.sub("\ufffd", value)


def environment(*first: BaseLoader) -> Environment:
    """Return an environment for the parts of reports.

    first   where templates are looked for before
    """
    made = Environment(
        loader=ChoiceLoader([*first, PackageLoader("mldx.report.html", "templates")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        auto_reload=False,  # else each part asks for the age of its file each time
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["words"] = words
    made.filters["figure"] = figure
    made.filters["named"] = lambda id: id.replace("_", " ")
    return made


@cache
def _shared() -> Environment:
    return environment()


def rendered(template: str, **known: Any) -> Markup:
    """Return a part of a report as HTML."""
    return Markup(_shared().get_template(template).render(**known).strip())  # noqa: S704  escaped by the template
