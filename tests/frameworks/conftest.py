"""Real frameworks train something small here, with their own loggers; what is read of their logs is
compared with what they hold, value by value.

    pytest -m framework tests/frameworks        # in an environment with the extra `frameworks`

A framework that is not installed has its tests skipped.
"""

from __future__ import annotations

import os

import pytest

# Nets as small as these are faster on one thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("KERAS_BACKEND", "torch")


def pytest_collection_modifyitems(items):
    """Mark everything in this folder."""
    for item in items:
        if "tests/frameworks" in item.path.as_posix():
            item.add_marker(pytest.mark.framework)


@pytest.fixture(scope="session")
def torch():
    """PyTorch on one thread, seeded."""
    module = pytest.importorskip("torch")
    module.set_num_threads(1)
    module.manual_seed(0)
    return module
