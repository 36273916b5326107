"""A folder of runs that is open, and things beside it that are not."""

import shutil
from pathlib import Path

import pytest

from mldx.knowledge import load
from mldx.mcp.context import ServerContext
from mldx.mcp.folders import Folders

RUNS = Path(__file__).parents[1] / "runs"
CURVE = "epoch,loss,val_loss\n" + "".join(
    f"{n},{2.3 * 0.8**n + 0.2:.4f},{2.3 * 0.8**n + 0.25:.4f}\n" for n in range(20)
)


def laid_out(place: Path) -> Path:
    """Lay out `open/`, with links that lead out of it, and a secret beside it; return the open
    folder.
    """
    opened = place / "open"
    shutil.copytree(RUNS, opened)
    (place / "secret").mkdir()
    (place / "secret" / "metrics.csv").write_text(CURVE)
    (opened / "curve.csv").write_text(CURVE)
    (opened / "out").symlink_to(place / "secret")
    (opened / "out.csv").symlink_to(place / "secret" / "metrics.csv")
    (opened / "in.csv").symlink_to(opened / "curve.csv")
    (opened / "linked").mkdir()
    (opened / "linked" / "metrics.csv").symlink_to(place / "secret" / "metrics.csv")
    return opened


@pytest.fixture
def opened(tmp_path) -> Path:
    """The open folder."""
    return laid_out(tmp_path)


@pytest.fixture
def context(opened) -> ServerContext:
    """What the server works with when it was started with the open folder."""
    return ServerContext(Folders.of([opened]), load())
