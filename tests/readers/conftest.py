from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit import ORIGINAL_LOGS


@pytest.fixture
def logs() -> Path:
    """The folder of real logs, which is kept beside the repository and not in it."""
    if not ORIGINAL_LOGS.is_dir():
        pytest.skip("the real logs are not here")
    return ORIGINAL_LOGS
