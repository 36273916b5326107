"""What an observer says of a short history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from mldx import observe


@pytest.fixture
def seen() -> Callable[..., dict[str, Any]]:
    """The observed values of a history: `seen(train_loss=[...], setup={"n_classes": 10})`."""

    def values(
        setup: dict[str, Any] | None = None, **series: Sequence[float | None]
    ) -> dict[str, Any]:
        return observe.history(series, **(setup or {})).observed

    return values
