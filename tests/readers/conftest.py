from __future__ import annotations

from pathlib import Path

import pytest

LOGS = Path(__file__).parents[3] / "shared" / "logs"


@pytest.fixture
def logs() -> Path:
    """The folder of real logs, which is kept beside the repository and not in it."""
    if not LOGS.is_dir():
        pytest.skip("the real logs are not here")
    return LOGS
