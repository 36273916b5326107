"""Where a check or a cause applies, by what is known of the run: domain, task, model family,
framework. A fact that is not known neither includes nor excludes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Known = Mapping[str, Any]


def applies(scope: Mapping[str, Any] | None, known: Known) -> bool | None:
    """Does a scope hold? None when a fact it needs is not known; several keys must all hold."""
    if scope is None:
        return True
    missing = False
    for name, wanted in scope.items():
        if wanted and name not in known:
            missing = True
        elif wanted and known[name] not in wanted:
            return False
    return None if missing else True


def excludes(scope: Mapping[str, Any] | None, known: Known) -> bool:
    """Is the run one of those that a `not_for` names? One key that holds is enough."""
    if scope is None:
        return False
    return any(name in known and known[name] in values for name, values in scope.items())
